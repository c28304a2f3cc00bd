"""`gan-course list` and `gan-course doctor`."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from math import isfinite
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer

from gan_course.colours import FAILS, HOLDS
from gan_course.commands.environment import BLOCKS
from gan_course.commands.failures import command

if TYPE_CHECKING:
    from rich.table import Table

    from gan_course.doctor.installation import Finding as Installed
    from gan_course.doctor.report import Examination
    from gan_course.doctor.report import Finding as Seen
    from gan_course.training.run_folder import Recipe, RunFolder

MARKS = {
    "ok": ("ok", HOLDS),
    "advice": ("note", "bold"),
    "missing": ("MISSING", f"{FAILS} bold"),
    "problem": ("PROBLEM", f"{FAILS} bold"),
    "unknown": ("unknown", "dim"),
}


@command
def list_contents() -> None:
    """List the lessons, the models and the data sets of the course.

    \b
    Examples:
      gan-course list
      gan-course run 02           runs the lesson with that number
      gan-course train dcgan      trains the model with that name
    """
    from rich.console import Console
    from rich.table import Table

    from gan_course.catalogue import catalogue

    console = Console()
    lessons = Table(
        "no.",
        "lesson",
        "models",
        "data",
        "your time",
        "the computer's",
        title="Lessons",
        title_justify="left",
    )
    for lesson in catalogue().lessons:
        times = f"{lesson.minutes} min", f"{lesson.cpu_seconds} s"
        lessons.add_row(
            lesson.id, lesson.title, ", ".join(lesson.models), ", ".join(lesson.data), *times
        )
    console.print(lessons)
    models = Table(
        "name",
        "what it is",
        "data",
        "lesson profile",
        "full profile",
        title="Models",
        title_justify="left",
    )
    for model in catalogue().models.values():
        steps = [f"{model.configuration(profile).steps:,} steps" for profile in ("lesson", "full")]
        takes = "".join(
            f"\ntakes --given {name}={condition.example}"
            for name, condition in model.kind.conditions.items()
            if condition.read is not None
        )
        if model.kind.directions:
            takes += "\ntakes your pictures: gan-course translate"
        models.add_row(model.name, model.summary + takes, model.data, *steps)
    console.print(models)
    data = Table("name", "what it is", title="Data sets", title_justify="left")
    for entry in catalogue().data.values():
        data.add_row(entry.name, entry.summary)
    console.print(data)


@command
def doctor(
    run: Annotated[
        Path | None,
        typer.Argument(
            help="Folder of a run that `gan-course train` wrote; without it, the installation is "
            "looked at.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Say what is installed, or how a run went, and what to do about anything that is missing or
    wrong.

    Of the installation it also says which device will be used; the exit code is 0 where the course
    can be used and 1 where it cannot. Of a run, finished or not, it shows the curves and judges
    gradients, discriminator and the variety of the samples; the exit code is 0 whatever it finds.

    \b
    Examples:
      gan-course doctor
      gan-course doctor runs/a
    """
    if run is None:
        _installation()
    else:
        from gan_course.training.run_folder import RunFolder

        _examination(RunFolder(run))


def _installation() -> None:
    from rich.console import Console

    from gan_course.commands.paths import chapters
    from gan_course.doctor.installation import examine
    from gan_course.install import how_to_install

    findings = list(examine(how_to_install("learn"), chapters()))
    missing = sum(finding.state == "missing" for finding in findings)
    console = Console()
    console.print(_table(findings))
    console.print(
        "The course can be used."
        if not missing
        else f"The course cannot be used yet: {missing} missing, see the arrows."
    )
    raise typer.Exit(1 if missing else 0)


def _examination(folder: RunFolder) -> None:
    from rich.console import Console

    from gan_course.catalogue import catalogue
    from gan_course.doctor.examination import examine

    recipe, found = folder.recipe(), examine(folder)
    console = Console(highlight=False)
    console.print(
        f"{folder.path}: {recipe.model} on {recipe.data} with seed {recipe.seed}, {recipe.profile} "
        "profile\n",
        markup=False,
    )
    if found.curves:
        console.print(_curves(found), "")
    console.print(_table(found.findings), "")
    typer.echo(_verdict(found, folder, catalogue().model(recipe.model).kind.modalities[0].picture))
    if any("(here " in finding.remedy for finding in found.findings):
        typer.echo(_how_to_change(recipe))


def _curves(found: Examination) -> Table:
    from rich.table import Table

    steps = len(found.curves[0].values)
    table = Table(
        "recorded", "first", "median", "last", f"from step 1 to {steps:,}", box=None, pad_edge=False
    )
    for curve in found.curves:
        numbers = (f"{value:.3g}" for value in (curve.values[0], curve.median, curve.values[-1]))
        table.add_row(curve.name, *numbers, sparkline(curve.values))
    return table


def _table(findings: Iterable[Installed | Seen]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("", "what", "found", box=None, pad_edge=False)
    for finding in findings:
        mark, style = MARKS[finding.state]
        detail = Text(finding.detail)
        if finding.remedy:
            detail.append(f"\n→ {finding.remedy}", style=style)
        table.add_row(Text(mark, style=style), finding.what, detail)
    return table


def sparkline(values: Sequence[float], width: int = 24) -> str:
    """A curve of at least one value as at most `width` blocks: each the median of its share of the
    steps, × where none of them is finite."""
    count = min(width, len(values))
    shares = (
        values[len(values) * i // count : len(values) * (i + 1) // count] for i in range(count)
    )
    heights = [
        median([value for value in share if isfinite(value)] or [float("nan")]) for share in shares
    ]
    low, high = (choose(filter(isfinite, heights), default=0.0) for choose in (min, max))
    levels = (len(BLOCKS) - 1) / ((high - low) or 1.0)
    return "".join(
        BLOCKS[round((height - low) * levels)] if isfinite(height) else "×" for height in heights
    )


def _verdict(found: Examination, folder: RunFolder, suffix: str) -> str:
    problems = [finding.what for finding in found.findings if finding.state == "problem"]
    unknown = [finding.what for finding in found.findings if finding.state == "unknown"]
    if problems:
        return (
            f"Something is wrong with this run: {', '.join(problems)}. Begin with the first "
            "PROBLEM; it may be the cause of the others."
        )
    if unknown:
        return f"Nothing wrong was found, but not everything can be judged: {', '.join(unknown)}."
    if not found.healthy:
        return "Nothing is wrong yet; the notes say what to watch."
    so_far = "This run is healthy" if folder.finished else "So far this run is healthy"
    played = any(finding.what == "discriminator" for finding in found.findings)
    mistaken = ", its discriminator makes mistakes" if played else ""
    return (
        f"{so_far}: its numbers are finite, its gradients ordinary{mistaken} and its samples are "
        "varied.\nWhether they are good this does not say; look at them: gan-course sample "
        f"{shlex.quote(str(folder.path))} --n 64 --out x{suffix}"
    )


def _how_to_change(recipe: Recipe) -> str:
    """How to set a field: a remedy that names one helps nobody who does not know how."""
    from gan_course.catalogue import catalogue

    given = {"data": recipe.data, "source": recipe.source, "profile": recipe.profile}
    left_out = {
        "data": catalogue().model(recipe.model).data,
        "source": "packaged",
        "profile": "lesson",
    }
    rate = catalogue().model(recipe.model).kind.players[0].rate
    options = [f"--{name} {value}" for name, value in given.items() if value != left_out[name]]
    command = " ".join(["gan-course train", recipe.model, *options, f"--set {rate}=0.002"])
    return (
        f"Fields such as {rate} belong to the configuration; --set gives them other values: "
        f"{command}"
    )
