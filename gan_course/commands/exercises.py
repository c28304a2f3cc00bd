"""`gan-course exercise new` and `gan-course exercise matrix`."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from typing import TYPE_CHECKING, Annotated

import typer

from gan_course.colours import FAILS, HOLDS
from gan_course.commands.failures import FAILED, command

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from gan_course.catalogue import Lesson
    from gan_course.practice.question import Question


@command
def new(
    lesson: Annotated[
        str, typer.Argument(help="A lesson of the catalogue, such as 11.", show_default=False)
    ],
) -> None:
    """Start an exercise in your clone of the course: a solution with one question, and its checks.

    Both work already, as a pattern; what is to be written over says TODO.

    \b
    Examples:
      gan-course exercise new 11
    """
    from gan_course.catalogue import catalogue
    from gan_course.commands import paths
    from gan_course.files import new_files

    known, clone = catalogue().lesson(lesson), paths.expect_clone()
    texts = started(known, clone)
    with new_files(texts):
        for path in texts:
            typer.echo(path.relative_to(clone))
    typer.echo(f"What is to be written over says TODO; next: gan-course exercise matrix {known.id}")


def started(lesson: Lesson, clone: Path) -> dict[Path, str]:
    """The files of a solution with one question, and of its checks: their texts by their places.
    Raises `FileExistsError` where the lesson has an exercise already."""
    from gan_course.lesson import colab_cell

    practice, solutions = clone / "gan_course" / "practice", clone / "solutions"
    folder, solution = practice / f"lesson_{lesson.id}", solutions / f"{lesson.id}_solution.py"
    if found := [*folder.glob("*.py"), *solutions.glob(solution.name)]:
        raise FileExistsError(f"lesson {lesson.id} has an exercise already: {found[0]}")
    words = {"id": lesson.id, "number": lesson.number, "title": lesson.title}
    words |= {"chapter": lesson.name, "install": colab_cell(lesson)}
    made = {"package": folder / "__init__.py", "question": folder / "q1_topic.py"}
    return {
        path: filled(practice / "template" / f"{name}.txt", words)
        for name, path in (made | {"solution": solution}).items()
    }


def filled(template: Path, words: Mapping[str, object]) -> str:
    """The text of a template, with `words` in the place of their names."""
    return Template(template.read_text(encoding="utf-8")).substitute(words)


@command
def matrix(
    question: Annotated[
        str | None,
        typer.Argument(
            help="A question's id, such as 05.q2, or a lesson's number; by default every question.",
            show_default=False,
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option(help="How many seeds (0, 1, 2 ...) inputs are drawn from.")
    ] = 3,
) -> None:
    """Prove the checks of exercises: right answers pass however they are written, and each known
    mistake fails with its own hint.

    Prints a line for each answer that a question's file lists: what the check says of it, and
    whether that is what it should say. The exit code is 1 where a line does not hold.

    \b
    Examples:
      gan-course exercise matrix 05.q2           one question
      gan-course exercise matrix 05              a lesson's questions
      gan-course exercise matrix --seeds 20      every question, on more inputs
    """
    from rich.console import Console

    from gan_course.errors import expect_positive, unknown_name
    from gan_course.practice.registry import MODULES, find

    expect_positive("seeds", seeds)
    chosen = [name for name in MODULES if question in (None, name, name.partition(".")[0])]
    if not chosen:
        raise unknown_name("question", question, MODULES)
    console, failed = Console(), 0
    for name in chosen:
        table, wrong = _proof(find(name), range(seeds))
        console.print(table)
        failed += wrong
    if failed:
        typer.echo(f"gan-course: {failed} {'line' if failed == 1 else 'lines'} failed", err=True)
        raise typer.Exit(FAILED)


def _proof(question: Question, seeds: range) -> tuple[Table, int]:
    """The table of one question, and how many of its lines do not hold."""
    from rich.markup import escape
    from rich.table import Table

    from gan_course.practice.proof import prove

    table = Table(
        "function",
        "answer",
        "proof",
        "verdict and hint",
        title=f"{question.id} · {question.title}",
        title_justify="left",
    )
    wrong, before = 0, ""
    for line in prove(question, seeds):
        wrong += not line.holds
        said = escape(line.verdict.hint) or "right"
        mark = f"[{HOLDS}]holds[/]" if line.holds else f"[{FAILS} bold]FAILS[/]"
        function = line.function if line.function != before else ""
        table.add_row(function, line.answer, mark, said)
        before = line.function
    return table, wrong
