"""`gan-course runs`."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_course.commands.failures import command
from gan_course.files import read_json

if TYPE_CHECKING:
    from gan_course.training.run_folder import RunFolder

LEVELS = 3  # of folders inside the one asked for
COLUMNS = ("folder", "model", "data", "seed", "state", "CPU\ntime", "peak\nmemory", "begun")
WIDE = ("machine", "commit")
NOT_LOOKED_INTO = ("checkpoints", "tensorboard")


@dataclass(frozen=True)
class Line:
    """A run in the table, in words."""

    folder: str
    model: str
    data: str
    seed: str
    state: str
    cost: tuple[str, ...]  # CPU time, peak memory, when begun, machine, commit
    go_on: str | None  # the command that does, for a run that has not reached its end


@dataclass(frozen=True)
class Unread:
    """A run that cannot be read."""

    folder: str
    state: str
    reason: str


@command
def runs(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Where to look, a few levels deep; by default in runs/.", show_default=False
        ),
    ] = None,
    wide: Annotated[bool, typer.Option("--wide", help="Show machine and commit too.")] = False,
) -> None:
    """List the runs in a folder: what they train, how far they are, what they cost, and how to go
    on with those that stopped.

    A run that is in training at this moment is shown at its newest checkpoint. Time and memory are
    those of its first process, where it has several.

    \b
    Examples:
      gan-course runs
      gan-course runs --wide
      gan-course runs /scratch/experiments
    """
    root = folder or Path("runs")
    if not root.is_dir() and (folder is not None or root.exists()):
        raise FileNotFoundError(f"there is no folder {root}: give the one that holds your runs")
    # Loading PyTorch takes longer than all the rest.
    found = list(_with_a_config(root))
    lines = _read(found) if found else []
    if not lines:
        typer.echo(
            f"There is no run in {root} yet; make one with: gan-course train dcgan --steps 500 "
            f"--out {_quoted(root / 'a')}"
        )
        return
    _show(lines, wide)


def _with_a_config(root: Path) -> Iterator[Path]:
    """The folders that hold a config.json, whatever that is, each before those inside it, run-2
    before run-10."""
    for name, folders, files in os.walk(root, followlinks=True):
        path = Path(name)
        if "config.json" in [*files, *folders]:
            yield path
        deep = len(path.relative_to(root).parts) >= LEVELS
        folders[:] = (
            []
            if deep
            else sorted(
                (one for one in folders if one not in NOT_LOOKED_INTO and not one.startswith(".")),
                key=_as_counted,
            )
        )


def _as_counted(name: str) -> list[tuple[str, int]]:
    return [(text, int(digits or 0)) for text, digits in re.findall(r"(\D*)(\d*)", name)]


def _read(paths: list[Path]) -> list[Line | Unread]:
    from gan_course.machine import OtherVersionError
    from gan_course.training.run_folder import RunFolder

    lines: list[Line | Unread] = []
    for folder in map(RunFolder, paths):
        try:
            lines.append(_line(folder))
        except OtherVersionError as error:
            lines.append(Unread(str(folder.path), "of another version", str(error)))
        except (OSError, ValueError, TypeError) as error:
            if not _of_another_program(folder):
                lines.append(Unread(str(folder.path), "damaged", str(error)))
    return lines


def _line(folder: RunFolder) -> Line:
    """Raises `OSError`, `ValueError` or `TypeError`, which say what is damaged."""
    from gan_course.training.sessions import read_sessions

    recipe = folder.recipe()
    total = recipe.config["steps"]
    sessions = read_sessions(folder.sessions)
    training, newest = folder.training, _newest(folder)
    if folder.finished and not training:
        folder.expect_whole_weights(recipe.model)
        state = f"finished, {total:,} steps"
    elif newest is not None:
        state = f"{'training, past' if training else 'stopped at'} step {newest:,} of {total:,}"
    elif training:
        state = f"training, {total:,} steps"
    else:
        begun = any(_number(entry["to_step"]) for entry in sessions)
        state = f"{'stopped before a checkpoint' if begun else 'not begun'}, 0 of {total:,} steps"
    return Line(
        folder=str(folder.path),
        model=recipe.model,
        data=str(recipe.data),
        seed=str(recipe.seed),
        state=state,
        cost=_cost(sessions),
        go_on=None if folder.finished or training else folder.again(recipe.model),
    )


def _newest(folder: RunFolder) -> int | None:
    """The step of the newest checkpoint, by its name."""
    from gan_course.training.checkpoint import checkpoints

    names = (re.fullmatch(r"step-(\d+)", path.stem) for path in checkpoints(folder.checkpoints))
    return max((int(name[1]) for name in names if name), default=None)


def _of_another_program(folder: RunFolder) -> bool:
    """Whether a config.json that is none of a run's is whole, and nothing of a run lies beside
    it."""
    try:
        content = read_json(folder.config)
    except (OSError, ValueError):
        return False
    ours = isinstance(content, dict) and content.keys() >= {"model", "config", "seed"}
    return not ours and not any(
        path.exists()
        for path in (folder.history, folder.checkpoints, folder.weights, folder.sessions)
    )


def _cost(sessions: list[dict[str, Any]]) -> tuple[str, ...]:
    """CPU time, peak memory, when the first session began; machines and commits. Nothing depends on
    these: what is damaged is left out."""
    from gan_course.training.progress import clock

    if not sessions:
        return ("",) * 5
    memories = [_named(entry, "peak_memory_mib") for entry in sessions]
    peaks = {
        name: max(_number(memory.get(name)) for memory in memories) for name in ("main", "gpu")
    }
    peak = [
        f"{'GPU ' if name == 'gpu' else ''}{mib:,.0f} MiB" for name, mib in peaks.items() if mib
    ]
    machines = [_named(entry, "machine") for entry in sessions]
    computers = [str(machine.get("gpu") or machine.get("processor") or "") for machine in machines]
    commits = [
        commit[:9] + commit[40:]
        for commit in (str(entry.get("commit") or "") for entry in sessions)
    ]
    return (
        clock(sum(_number(entry.get("cpu_seconds")) for entry in sessions)),
        "\n".join(peak),
        _local(sessions[0].get("began")),
        # Each once, in their order.
        "\n".join(dict.fromkeys(filter(None, computers))),
        "\n".join(dict.fromkeys(filter(None, commits))),
    )


def _named(entry: dict[str, Any], name: str) -> dict[str, Any]:
    value = entry.get(name)
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float:
    return value if isinstance(value, int | float) and isfinite(value) else 0


def _local(moment: object) -> str:
    """A moment of the world's clock, as the clock on this wall showed it."""
    try:
        return datetime.fromisoformat(str(moment)).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return ""


def _quoted(path: Path) -> str:
    return shlex.quote(path.as_posix())


def _show(lines: list[Line | Unread], wide: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    columns = COLUMNS + (WIDE if wide else ())
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for line in lines:
        if isinstance(line, Unread):
            cells = [line.folder, "", "", "", line.state]
        else:
            cells = [line.folder, line.model, line.data, line.seed, line.state, *line.cost]
        # As text, for a folder's name may hold what rich takes for markup.
        table.add_row(*map(Text, cells[: len(columns)]))
    Console().print(table)
    # Below the table, where they are whole lines that can be copied.
    for title, below in (
        ("Cannot be read:", [line.reason for line in lines if isinstance(line, Unread)]),
        ("Go on with:", [line.go_on for line in lines if isinstance(line, Line) and line.go_on]),
    ):
        if below:
            typer.echo("\n  ".join(["\n" + title, *below]))
