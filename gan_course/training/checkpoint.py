"""Checkpoints: the whole state of a run at a step, written so that a crash never leaves half of
one."""

from __future__ import annotations

import hashlib
import math
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from io import BytesIO
from pathlib import Path
from typing import Any

import torch

from gan_course import processes
from gan_course.errors import expect_positive
from gan_course.files import write_atomically
from gan_course.machine import OtherVersionError, expect_not_newer, versions
from gan_course.models.base import Model
from gan_course.models.config import plain
from gan_course.random_state import random_state, set_random_state
from gan_course.training.hooks import Hook, Run

FORMAT = 3  # raised whenever an older version could not read what is now written
DIGEST = re.compile(rb"sha256:([0-9a-f]{64})\n\Z")  # how a file ends


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds."""

    path: Path  # where it was read from
    model: str  # name of the model's class
    config: dict[str, Any]  # plain values
    seed: int
    step: int  # steps done
    state: dict[str, dict[str, Any]]  # the model's `state_dict`
    # for each process, the parts of its state that are not those of the first: a replay pool, say
    apart: list[dict[str, dict[str, Any]]]
    random: list[dict[str, Any]]  # the random generators of each process
    history: dict[str, Any]  # the history's `state_dict`
    threads: int
    versions: dict[str, str]
    score: float | None  # what `Checkpoints` measured


def write_checkpoint(path: Path, run: Run, score: float | None = None) -> None:
    """Write the whole state of `run`. Every process that trains calls it, and the first one
    writes."""
    state = run.model.state_dict()
    content = {
        "format": FORMAT,
        "model": type(run.model).__name__,
        "config": plain(run.model.config),
        "seed": run.seed,
        "step": run.step,
        "state": state,
        "apart": _apart(state),
        "random": processes.gather(random_state(run.model.device)),
        "history": run.history.state_dict(),
        "threads": torch.get_num_threads(),
        "versions": versions(),
        "score": score,
    }
    if processes.rank() == 0:
        # In memory first: torch turns what the operating system says of a full disk into errors of
        # its own.
        file = BytesIO()
        torch.save(content, file)
        whole = file.getvalue()
        # PyTorch does not notice a flipped bit, so the file ends in a line with a digest; PyTorch
        # reads it with or without that line.
        write_atomically(
            path, whole + b"sha256:" + hashlib.sha256(whole).hexdigest().encode() + b"\n"
        )


def _apart(state: dict[str, dict[str, Any]]) -> list[dict[str, dict[str, Any]]]:
    """The parts of every process's state that differ from the first's."""
    own = {name: _digest(part) for name, part in state.items()} if processes.count() > 1 else {}
    first = processes.from_first(own)
    return processes.gather({name: state[name] for name in own if own[name] != first[name]})


def _digest(part: dict[str, Any]) -> bytes:
    file = BytesIO()
    torch.save(part, file)
    return hashlib.sha256(file.getvalue()).digest()


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint; nothing in the file is executed.

    Raises `FileNotFoundError` where there is none, `ValueError` where the file is damaged or no
    checkpoint, and `OtherVersionError` where another version of the course must read it.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no checkpoint at {path}")
    stored = path.read_bytes()
    digest = DIGEST.search(stored)
    whole = stored[: digest.start()] if digest else b""
    if digest is None or hashlib.sha256(whole).hexdigest().encode() != digest[1]:
        raise ValueError(f"{path} is damaged or no checkpoint of this course")
    try:
        content = torch.load(BytesIO(whole), map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError, ValueError) as error:
        # It is whole, so a newer PyTorch may have written it.
        raise OtherVersionError(
            f"{path} holds more than numbers and names, and is not read: if you trust where it "
            "comes from, update the course and PyTorch"
        ) from error
    parts = [field.name for field in fields(Checkpoint) if field.name != "path"]
    if not isinstance(content, dict) or not isinstance(content.get("format"), int):
        raise ValueError(f"{path} is no checkpoint of this course")
    if content["format"] != FORMAT:
        raise OtherVersionError(
            f"{path} has format {content['format']}, this version of the course reads {FORMAT}: "
            + ("update the course" if content["format"] > FORMAT else "use the one that wrote it")
        )
    if lacking := [part for part in parts if part not in content]:
        raise ValueError(f"{path} is no whole checkpoint: it lacks {lacking[0]}")
    expect_not_newer(path, content["versions"])
    return Checkpoint(path, **{part: content[part] for part in parts})


def load_checkpoint(source: Path | Checkpoint, model: Model[Any]) -> Checkpoint:
    """Load the model's state from a checkpoint, a path or one already read, into `model`, and
    return the checkpoint; history and random generators are left alone.

    Where as many processes go on as wrote it, each loads its own state, else that of the first.

    Raises what `read_checkpoint` raises, and `ValueError`, with `model` unchanged, where the
    checkpoint is of another model or configuration.
    """
    checkpoint = _fitting(source, model)
    apart = checkpoint.apart[processes.rank()] if len(checkpoint.apart) == processes.count() else {}
    model.load_state_dict(checkpoint.state | apart)
    return checkpoint


def load_networks(source: Path | Checkpoint, model: Model[Any]) -> None:
    """Load the networks alone, of the first process, which is all that sampling needs; raises what
    `load_checkpoint` raises."""
    model.load_networks(_fitting(source, model).state)


def _fitting(source: Path | Checkpoint, model: Model[Any]) -> Checkpoint:
    """The checkpoint; `ValueError` where it is not of a model such as `model`."""
    checkpoint = source if isinstance(source, Checkpoint) else read_checkpoint(source)
    path = checkpoint.path
    name, config = type(model).__name__, plain(model.config)
    if checkpoint.model != name:
        raise ValueError(
            f"{path} is a checkpoint of {checkpoint.model}, not of {name}: load it into a "
            f"{checkpoint.model}"
        )
    for key in sorted(config.keys() | checkpoint.config.keys()):
        there, here = checkpoint.config.get(key), config.get(key)
        if there != here:
            raise ValueError(
                f"{path} is a checkpoint of a {name} with {key} = {there!r}, this one has "
                f"{here!r}: give it the same configuration"
            )
    return checkpoint


def resume(run: Run, source: Path | Checkpoint) -> None:
    """Bring `run` to where it was when a checkpoint was written, random generators and history
    included.

    Raises what `load_checkpoint` raises, and `ValueError` for another seed, fewer steps than are
    done, and another number of threads or processes: each changes the numbers that follow.
    """
    checkpoint = source if isinstance(source, Checkpoint) else read_checkpoint(source)
    path = checkpoint.path
    here = {"seed": run.seed, "threads": torch.get_num_threads(), "processes": processes.count()}
    there = {
        "seed": checkpoint.seed,
        "threads": checkpoint.threads,
        "processes": len(checkpoint.random),
    }
    remedies = {
        "seed": f"give seed={checkpoint.seed}",
        "threads": f"set OMP_NUM_THREADS={checkpoint.threads} before starting Python",
        "processes": f"start {len(checkpoint.random)}, with --devices or torchrun",
    }
    for what, value in there.items():
        if here[what] != value:
            raise ValueError(
                f"{path} was written by a run with {what} = {value}, this one has {here[what]}: "
                f"{remedies[what]}"
            )
    if checkpoint.step > run.total:
        raise ValueError(
            f"{path} was written after step {checkpoint.step}, beyond the {run.total} steps asked "
            "for"
        )
    load_checkpoint(checkpoint, run.model)
    run.history.load_state_dict(checkpoint.history)
    run.step, run.last_checkpoint = checkpoint.step, path
    set_random_state(checkpoint.random[processes.rank()], run.model.device)


def checkpoints(folder: Path) -> list[Path]:
    """The checkpoints in `folder`, oldest first, without best.pt."""
    return sorted(
        path for path in folder.glob("step-*.pt") if path.stem.removeprefix("step-").isdecimal()
    )


def newest_whole(folder: Path) -> tuple[Checkpoint | None, list[str]]:
    """The newest checkpoint in `folder` that can be read, or None; and a sentence for each newer
    one that is damaged. Raises `OtherVersionError` where another version of the course must read
    one."""
    there, skipped = checkpoints(folder), list[str]()
    for path in reversed(there):
        try:
            return read_checkpoint(path), skipped
        except OtherVersionError:
            raise
        except FileNotFoundError as error:
            if checkpoints(folder) != there:
                # A run in training has removed it since: there are newer ones now.
                return newest_whole(folder)
            skipped.append(str(error))
        except ValueError as error:
            skipped.append(str(error))
    return None, skipped


class Checkpoints(Hook):
    """Writes a checkpoint into `folder` every `every` steps (default: an epoch), after the last
    step, and where the user stops the run.

    The newest `keep` are kept. Given `measure`, a function of the model (lower is better), the best
    is kept besides, as best.pt.
    """

    def __init__(
        self,
        folder: Path,
        every: int | None = None,
        keep: int = 3,
        measure: Callable[[Any], float] | None = None,
    ) -> None:
        self.folder = folder
        self.every = None if every is None else expect_positive("checkpoint-every", every)
        self.keep = expect_positive("keep", keep)
        self.measure = measure
        self.best = folder / "best.pt"

    def start(self, run: Run) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._every = self.every or max(1, run.data.batches_per_epoch(run.model.samples_per_step))
        self._least = self._score_of_best() if run.step else math.inf

    def _score_of_best(self) -> float:
        try:
            score = read_checkpoint(self.best).score
        except OtherVersionError:
            raise
        except (FileNotFoundError, ValueError):
            return math.inf
        return math.inf if score is None else score

    def after_step(self, run: Run) -> None:
        if run.step % self._every and run.step != run.total and not run.stopping:
            return
        # No checkpoint holds a model that has diverged.
        run.history.flush()
        run.expect_finite()
        score = self._measured(run)
        # Nine digits, so that names in order are steps in order.
        newest = self.folder / f"step-{run.step:09d}.pt"
        write_checkpoint(newest, run, score)
        run.last_checkpoint = newest
        if processes.rank():
            return
        if score is not None and score < self._least:
            self._least = score
            write_atomically(self.best, newest.read_bytes())
        for old in [path for path in checkpoints(self.folder) if path <= newest][: -self.keep]:
            old.unlink()

    def _measured(self, run: Run) -> float | None:
        if self.measure is None or processes.rank():
            return None
        with run.model.evaluating():
            return float(self.measure(run.model))
