"""`gan-course lesson new`."""

from __future__ import annotations

import json
import re
from string import Template
from typing import Annotated

import typer

from gan_course.commands.failures import command

ENTRY = """
[[lessons]]
id = "{id}"
name = "{name}"
title = {title}
summary = "TODO: what it is about, in a sentence; the lesson asks a question"
outcomes = [
    "TODO: what one can do afterwards, three times",
]
models = []
data = []
minutes = 30
cpu_seconds = 90
needs = ["{before}"]
prerequisites = "TODO: what one should know"
exercise = true
"""


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

    What is to be written says TODO; until the question has its answer, its solution does not run.

    \b
    Examples:
      gan-course lesson new 11 "Losses and leashes"
    """
    from gan_course.catalogue import read_catalogue
    from gan_course.commands import exercises, paths
    from gan_course.files import write_atomically
    from gan_course.lesson import colab_cell

    clone = paths.expect_clone()
    catalogue = clone / "gan_course" / "catalogue.toml"
    known, declared = read_catalogue(catalogue), catalogue.read_text(encoding="utf-8")
    before = known.lessons[-1].id
    if number != f"{int(before) + 1:02d}":
        raise ValueError(
            f"the next lesson is {int(before) + 1:02d}, got {number!r}: lessons stand in order, "
            "each number once"
        )
    title = " ".join(title.split())
    slug = name or "_".join(re.findall(r"[a-z0-9]+", title.lower())[:3])
    if not re.fullmatch(r"[a-z0-9_]{1,24}", slug):
        raise ValueError(
            f"expected a file's name of up to 24 small letters, digits and _, got {slug!r}: "
            "--name gives one"
        )
    chapter = clone / "chapters" / f"{number}_{slug}.py"
    words = {"id": number, "name": chapter.stem, "before": before}
    entry = ENTRY.format(title=json.dumps(title, ensure_ascii=False), **words)
    template = catalogue.parent / "practice" / "template" / "chapter.txt"
    text = Template(template.read_text(encoding="utf-8"))
    write_atomically(catalogue, declared + entry)
    try:
        lesson = read_catalogue(catalogue).lesson(number)
        content = {"number": lesson.number, "title": title, "install": colab_cell(lesson)}
        write_atomically(chapter, text.substitute(words | content), new=True)
        try:
            made = exercises.start(lesson, clone)
        except BaseException:
            chapter.unlink()
            raise
    except BaseException:
        write_atomically(catalogue, declared)
        raise
    for path in (catalogue, chapter, *made):
        typer.echo(path.relative_to(clone))
    typer.echo(
        f"What is to be written says TODO; next: make exercises, make notebooks ONLY={number}, "
        "make readme"
    )
