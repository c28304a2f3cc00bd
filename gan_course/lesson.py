"""What a lesson calls: its card, a claim, the library's own code."""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from collections.abc import Callable, Sequence
from html import escape
from importlib import resources
from typing import Any

from gan_course.catalogue import Catalogue, Lesson, catalogue
from gan_course.claims import CLAIM_MIME, Claim
from gan_course.colours import FAILS, HOLDS
from gan_course.errors import unknown_name
from gan_course.notebook import display
from gan_course.tables import html_table
from gan_course.tables import show_table as show_table

_COLOURS = {True: HOLDS, False: FAILS}
_MARKS = {True: "✓", False: "✗"}
# Code in Markdown is larger and narrower than in a cell. With this, a line of 100 characters fits
# into a window of 1280 pixels, where JupyterLab would otherwise break it in the middle of a word.
_WIDE = '<div style="font-size: 92%; padding: 0 0 1em 1em">'
_COLUMNS = ("", "claim", "measured", "must\u00a0be", "knowing nothing")


class ClaimError(AssertionError):
    """A sentence of the lesson did not hold."""


def claim(
    text: str,
    value: float,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    stored: Sequence[int] = (),
) -> None:
    """State `text`, show the measured `value` beside its bound, and raise `ClaimError` where it
    does not hold.

    Exactly one of `at_least` and `at_most` is given. `stored` are the seeds of the stored study
    that the value is read from; empty for a value computed in this notebook. The record is left in
    the cell's output before anything is raised, so `gan-course verify` reads also those that
    failed; a value that is NaN or infinite never holds.
    """
    stated = Claim(text, value, at_least, at_most, stored=stored)
    html = (
        f'<div style="border-left: 4px solid {_COLOURS[stated.holds]}; padding: 0.2em 0.8em">'
        f"<b>{_MARKS[stated.holds]}</b> {escape(text)}: <b>{stated.value:.4g}</b> "
        f'<span style="opacity: 0.7">(must be {stated.must})</span>{_origin(stated)}</div>'
    )
    _state([stated], html)


def claims(*stated: Claim) -> None:
    """State several claims as one table, which is a scoreboard: each with its value, its bound, and
    what knowing nothing scores.

    All are shown and left on record; then `ClaimError` names those that do not hold.
    """
    if not stated:
        raise ValueError("a scoreboard has at least one claim")
    _state(stated, html_table(_COLUMNS, [_row(one) for one in stated], words=1))


def _row(stated: Claim) -> Sequence[str]:
    nothing = "" if stated.knowing_nothing is None else f"{stated.knowing_nothing:.4g}"
    mark = f'<b style="color: {_COLOURS[stated.holds]}">{_MARKS[stated.holds]}</b>'
    text = f"{escape(stated.text)}{_origin(stated)}"
    return mark, text, f"<b>{stated.value:.4g}</b>", stated.must, nothing


def _origin(stated: Claim) -> str:
    return f' <span style="opacity: 0.7">({stated.origin})</span>' if stated.origin else ""


def _state(stated: Sequence[Claim], html: str) -> None:
    """Show claims and leave their records, then raise for those that do not hold."""
    display(
        {
            CLAIM_MIME: [one.record for one in stated],
            "text/html": html,
            "text/plain": "\n".join(map(_line, stated)),
        }
    )
    if failed := [str(one) for one in stated if not one.holds]:
        raise ClaimError("; ".join(failed))


def _line(stated: Claim) -> str:
    nothing = stated.knowing_nothing
    beside = [] if nothing is None else [f"knowing nothing: {nothing:.4g}"]
    beside += [stated.origin] if stated.origin else []
    return "; ".join([f"{'holds' if stated.holds else 'FAILS'}: {stated}", *beside])


def study(name: str) -> dict[str, Any]:
    """What was measured once, over several seeds, because it costs more than a lesson may: the
    stored numbers of `benchmarks/<name>.py`.

    Raises `ValueError` for an unknown name.
    """
    folder = resources.files("gan_course") / "studies"
    known = [
        file.name.removesuffix(".json") for file in folder.iterdir() if file.name.endswith(".json")
    ]
    if name not in known:
        raise unknown_name("study", name, known)
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return found


def show_source(thing: Callable[..., Any] | type) -> None:
    """Display the code of a function, method or class of the library, with its docstring: what is
    read is what is run.

    Raises `TypeError` for what has no source of its own: an instance, a module, a builtin.
    """
    try:
        place = f"{thing.__module__}.{thing.__qualname__}"
        source = textwrap.dedent(inspect.getsource(thing)).rstrip()
    except (AttributeError, TypeError, OSError) as error:
        given = getattr(thing, "__qualname__", f"an object of type {type(thing).__name__}")
        raise TypeError(
            f"there is no Python source to show for {given}: pass a function, a method or a class "
            "of the library"
        ) from error
    display(
        {
            "text/markdown": f"`{place}`\n\n{_WIDE}\n\n```python\n{source}\n```\n\n</div>",
            "text/plain": f"{place}\n\n{source}",
        }
    )


def card(lesson_id: str) -> None:
    """Display a lesson's card: what one can do afterwards, how long it takes, what it needs, and
    links that open it and its exercise in Colab."""
    lesson = catalogue().lesson(lesson_id)
    needs = [
        f"[lesson {catalogue().lesson(need).number}]({catalogue().lesson(need).name}.ipynb)"
        for need in lesson.needs
    ]
    exercise = lesson.notebooks.get("exercises")
    rows = {
        "After this lesson you can": "<br>".join(f"• {outcome}" for outcome in lesson.outcomes),
        "Time": f"{lesson.minutes} minutes, of which the computer works {lesson.cpu_seconds} "
        "seconds (one core, measured)",
        "You need": ", ".join([*needs, lesson.prerequisites]),
        "Exercise": f"[exercises/{exercise}](../exercises/{exercise}.ipynb), or "
        f"[in Colab]({catalogue().colab_url(lesson, 'exercises')})"
        if exercise
        else "none",
        "Explorer": f'before any training: `explore("{lesson.id}")` below, or '
        f"`gan-course explore {lesson.id}` in a terminal"
        if lesson.shows
        else "none",
        "In the browser": f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({catalogue().colab_url(lesson)})",
    }
    table = "\n".join(f"| **{name}** | {text} |" for name, text in rows.items())
    display(
        {
            "text/markdown": f"| | |\n|---|---|\n{table}",
            "text/plain": "\n".join(_plain(f"{name}: {text}") for name, text in rows.items()),
        }
    )


def _plain(markdown: str) -> str:
    """A line of the card as a terminal shows it: links with their addresses, lists as lines."""
    without_badges = re.sub(r"!\[([^]]*)\]\([^)]*\)", r"\1", markdown)
    linked = re.sub(r"\[([^]]+)\]\(([^)]+)\)", r"\1 (\2)", without_badges)
    return re.sub("(<br>| )•", "\n  •", linked)


def colab_cell(lesson: Lesson) -> str:
    """The first code cell of a lesson's notebooks, below the title; the tests hold each notebook to
    it."""
    return (
        "# Only in Colab does this cell do anything: it installs the course and keeps the PyTorch "
        "that is\n# there.\n"
        "import subprocess\n"
        "import sys\n"
        "\n"
        'if "google.colab" in sys.modules:\n'
        f"{requirement_lines(catalogue(), lesson)}\n"
        '    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])'
    )


def requirement_lines(course: Catalogue, lesson: Lesson) -> str:
    """The lines of that cell that say what is installed: one, or as many as a long name takes."""
    requirement = course.install_requirement(lesson)
    line = f'    course = "{requirement}"'
    if len(line) <= 100:
        return line
    name, at, address = requirement.partition(" @ ")
    return f'    course = (\n        "{name}{at}"\n        "{address}"\n    )'
