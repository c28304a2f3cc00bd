"""`gan-course run` and `gan-course verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gan_course.colours import FAILS, HOLDS
from gan_course.commands.failures import FAILED, command

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from gan_course.commands.verification import Seeded, Verification


@command
def run(
    lesson: Annotated[
        str, typer.Argument(help="A lesson's number or name, such as 02.", show_default=False)
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the executed notebook and its pictures; by default runs/LESSON."
        ),
    ] = None,
) -> None:
    """Execute a lesson from top to bottom without a browser, and keep its notebook and its
    pictures.

    Leaves with 1 where a cell fails; what was done up to there is kept.

    \b
    Examples:
      gan-course run 02
      gan-course run 02 --out /tmp/lesson-two
    """
    from gan_course.commands.paths import lesson_source

    source = lesson_source(lesson)
    from gan_course.commands.execution import (
        Kernels,
        heading,
        headings,
        notebook_text,
        pictures,
        read_lesson,
        side_by_side,
    )
    from gan_course.files import writable_folder, write_atomically

    notebook = read_lesson(source)
    folder = writable_folder(out or Path("runs") / source.stem)
    under = headings(notebook)
    last = max(
        (index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"), default=0
    )
    typer.echo(f"Running {source.name}")

    def report(index: int, cell: NotebookNode, seconds: float) -> None:
        typer.echo(
            f"cell {index + 1:2d} of {last + 1}  {seconds:6.1f} s  {heading(cell, under[index])}"
        )

    def execute(kernels: Kernels, notebook: NotebookNode) -> str | None:
        return kernels.execute(notebook, source.parent, on_cell=report)

    (stopped,) = side_by_side(execute, [notebook])
    for old in folder.glob("cell-*.png"):
        old.unlink()
    names = []
    for name, content in pictures(notebook):
        write_atomically(folder / name, content)
        names.append(name)
    write_atomically(folder / f"{source.stem}.ipynb", notebook_text(notebook))
    typer.echo(
        f"Wrote {folder / source.stem}.ipynb and {len(names)} "
        f"{'picture' if len(names) == 1 else 'pictures'}"
    )
    if stopped:
        # A kernel that dies leaves no trace in the cell that killed it; before the first result,
        # that is the first cell.
        first = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
        failed = next(
            (
                i
                for i, cell in reversed(list(enumerate(notebook.cells)))
                if cell.get("execution_count") or _has_error(cell)
            ),
            first,
        )
        typer.echo(
            f"gan-course: cell {failed + 1} ({heading(notebook.cells[failed], under[failed])}) "
            f"failed: {stopped}",
            err=True,
        )
        raise typer.Exit(FAILED)


@command
def verify(
    lesson: Annotated[
        str, typer.Argument(help="A lesson's number or name, such as 02.", show_default=False)
    ],
    seeds: Annotated[int, typer.Option(help="Seeds 0, 1, ... up to this many.")] = 5,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Evidence file; by default benchmarks/evidence/NN.json beside the lessons."
        ),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Seeds run side by side, each on one core.")] = 1,
) -> None:
    """Execute a lesson under several seeds and say which of its claims hold.

    Leaves with 1 where a claim fails or leaves no record under any seed.

    \b
    Examples:
      gan-course verify 02 --seeds 5
      gan-course verify 01 --seeds 2 --jobs 2 --out /tmp/01.json
    """
    from gan_course.catalogue import catalogue
    from gan_course.commands.paths import PACKAGED, lesson_source
    from gan_course.errors import expect_positive

    source = lesson_source(lesson)
    expect_positive("seeds", seeds)
    expect_positive("jobs", jobs)
    from gan_course.commands import verification
    from gan_course.files import writable_folder

    number = catalogue().lesson(lesson).id
    if out is None and source.is_relative_to(PACKAGED):
        raise ValueError(
            f"the evidence of lesson {number} is part of the installed package, which stays as it "
            "is: say --out FILE.json, or work in a copy, `gan-course lessons FOLDER`"
        )
    out = out or source.parent.parent / "benchmarks" / "evidence" / f"{number}.json"
    if out.suffix != ".json":
        raise ValueError(f"evidence is written as .json, got --out {out}")
    writable_folder(out.parent)
    typer.echo(f"Verifying {source.name} under {seeds} {'seed' if seeds == 1 else 'seeds'}")
    progress = _Progress(seeds * verification.cells_in(source))
    try:
        result = verification.verify(
            number, source, seeds, jobs, progress.seed_done, progress.cell_done
        )
    finally:
        progress.end()
    result.write(out)
    _print_table(result)
    typer.echo(f"Wrote {out}")
    if not result.holds:
        raise typer.Exit(FAILED)


def _has_error(cell: NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", []))


class _Progress:
    """A bar that moves with every cell, and above it a line for each seed that is done."""

    def __init__(self, cells: int) -> None:
        from threading import Lock

        from gan_course.training.progress import Meter, face_here

        self._meter = Meter(face_here(), cells, unit="cell")
        self._done = 0
        self._seeds_side_by_side = Lock()

    def cell_done(self) -> None:
        with self._seeds_side_by_side:
            self._done += 1
            self._meter.reach(self._done)

    def seed_done(self, run: Seeded) -> None:
        with self._seeds_side_by_side:
            self._meter.face.clear()
            _say(run)

    def end(self) -> None:
        self._meter.face.clear()


def _say(run: Seeded) -> None:
    held = sum(claim.holds for claim in run.claims.values())
    seconds = "an unknown time" if run.cpu_seconds is None else f"{run.cpu_seconds:.1f} s CPU"
    typer.echo(f"seed {run.seed}: {held} of {len(run.claims)} recorded claims hold, {seconds}")
    for problem in run.problems:
        typer.echo(f"seed {run.seed}: {problem}", err=True)


def _print_table(result: Verification) -> None:
    from statistics import median

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("claim", "bound", "min", "median", "max", "held")
    for text in result.claims:
        claim, passed = result.claim(text), result.passed(text)
        values = [value for value in result.values(text) if isinstance(value, int | float)]
        spread = [f"{f(values):.4g}" for f in (min, median, max)] if values else ["", "", ""]
        count = f"{passed}/{len(result.runs)}"
        if claim and claim.stored:  # one number, however many seeds
            spread, count = ["", spread[1], ""], claim.origin
        style = HOLDS if passed == len(result.runs) else f"{FAILS} bold"
        bound = claim.must if claim else "no record"
        table.add_row(Text(text), bound, *spread, Text(count, style=style))
    Console().print(table)
