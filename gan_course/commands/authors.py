"""`gan-course lesson new`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated

import typer

from gan_course.commands.failures import command

if TYPE_CHECKING:
    from gan_course.catalogue import Catalogue

ENTRY = """
[[lessons]]
id = "{id}"
name = "{name}"
title = {title}
summary = "TODO: what it is about, in a sentence; the lesson asks a question"
outcomes = [
    "TODO: what one can do afterwards, three times",
]
models = ["gan"]
data = ["gaussian"]
minutes = 30
cpu_seconds = 10
needs = ["{before}"]
prerequisites = "TODO: what one should know"
exercise = true
shows = ["gan"]
untrained = true
"""
LONGEST_TITLE = 60  # characters, which a heading shows in one line
LONGEST_NAME = 15  # after the number, which a tab of JupyterLab shows whole
SMALL_WORDS = frozenset({"a", "an", "and", "by", "for", "from", "in", "of", "on", "the", "to"})


@command
def new(
    number: Annotated[str, typer.Argument(help="The next one, such as 11.", show_default=False)],
    title: Annotated[str, typer.Argument(help="Its title.", show_default=False)],
    name: Annotated[
        str, typer.Option(help="Of its file, after the number; by default made from the title.")
    ] = "",
) -> None:
    """Start a lesson in your clone of the course: its entry in the catalogue, a chapter of ten
    parts, a solution with one question, and its checks.

    All of it works already, as a pattern: a small model learns, a claim holds, a question is
    judged. What is to be written over says TODO, and `make test` names it until you have.

    \b
    Examples:
      gan-course lesson new 11 "Losses and leashes"
    """
    from gan_course.catalogue import checked
    from gan_course.commands import exercises, paths
    from gan_course.files import new_files, write_atomically
    from gan_course.lesson import colab_cell

    clone = paths.expect_clone()
    catalogue = clone / "gan_course" / "catalogue.toml"
    declared = catalogue.read_text(encoding="utf-8")
    title = " ".join(title.split())
    slug = name or _slug(title)
    known = checked(declared)
    _expect_next(known, number, title, slug)
    words = {"id": number, "name": f"{number}_{slug}", "before": known.lessons[-1].id}
    declared += ENTRY.format(title=json.dumps(title, ensure_ascii=False), **words)
    lesson = checked(declared).lesson(number)
    chapter = clone / "chapters" / f"{lesson.name}.py"
    template = clone / "gan_course" / "practice" / "template" / "chapter.txt"
    content = {"number": lesson.number, "title": title, "install": colab_cell(lesson)}
    texts = {chapter: exercises.filled(template, words | content)}
    texts |= exercises.started(lesson, clone)
    with new_files(texts):
        # Last, so that a lesson that the catalogue knows is whole.
        write_atomically(catalogue, declared)
    for path in (catalogue, *texts):
        typer.echo(path.relative_to(clone))
    typer.echo(
        f"What is to be written over says TODO; next, in {clone}: make exercises, make notebooks "
        f"ONLY={number}, gan-course verify {number} --seeds 5, make readme"
    )


def _slug(title: str) -> str:
    """As many of the title's words as a file's name has room for."""
    slug = ""
    for word in re.findall(r"[a-z0-9]+", title.lower()):
        longer = f"{slug}_{word}".lstrip("_")
        if word not in SMALL_WORDS and len(longer) <= LONGEST_NAME:
            slug = longer
    return slug


def _expect_next(known: Catalogue, number: str, title: str, slug: str) -> None:
    """Raise `ValueError` where a new lesson cannot be called so."""
    following = f"{known.lessons[-1].number + 1:02d}"
    if number != following:
        raise ValueError(
            f"the next lesson is {following}, got {number!r}: lessons stand in order, each number "
            "once"
        )
    if len(title) > LONGEST_TITLE or not title.isprintable():
        raise ValueError(
            f"expected a title of up to {LONGEST_TITLE} characters that can be printed, got "
            f"{title!r}"
        )
    if not re.fullmatch(rf"[a-z0-9_]{{1,{LONGEST_NAME}}}", slug):
        raise ValueError(
            f"expected a file's name of up to {LONGEST_NAME} small letters, digits and _, got "
            f"{slug!r}: --name gives one"
        )
    for lesson in known.lessons:
        if lesson.title.casefold() == title.casefold() or lesson.name == f"{lesson.id}_{slug}":
            raise ValueError(
                f"lesson {lesson.id} is called so already, {lesson.name}, {lesson.title!r}: give "
                "the new one a title and, with --name, a name of its own"
            )
