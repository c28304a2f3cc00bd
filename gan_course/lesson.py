"""What a lesson calls: its card, a claim, the library's own code."""

from __future__ import annotations

import inspect
import json
import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from typing import Any

from gan_course.catalogue import catalogue
from gan_course.colours import FAILS, HOLDS
from gan_course.errors import unknown_name
from gan_course.tables import html_table
from gan_course.tables import show_table as show_table

CLAIM_MIME = "application/vnd.gan-course.claim+json"
_COLOURS = {True: HOLDS, False: FAILS}
_MARKS = {True: "✓", False: "✗"}
# Code in Markdown is larger and narrower than in a cell. With this, a line of 100 characters fits
# into a window of 1280 pixels, where JupyterLab would otherwise break it in the middle of a word.
_WIDE = '<div style="font-size: 92%; padding: 0 0 1em 1em">'
_COLUMNS = ("", "claim", "measured", "must\u00a0be", "knowing nothing")


class ClaimError(AssertionError):
    """A sentence of the lesson did not hold."""


@dataclass(frozen=True)
class Claim:
    """A sentence, the measured `value`, and the bound that it must keep: exactly one of `at_least`
    and `at_most`.

    `knowing_nothing` is what a constant, a copy or an untrained network scores by the same measure.
    A value that is NaN or infinite never holds.
    """

    text: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    knowing_nothing: float | None = None

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a claim has exactly one bound: at_least or at_most")
        for name in ("value", "at_least", "at_most", "knowing_nothing"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, float(getattr(self, name)))

    @property
    def bound(self) -> float:
        return self.at_most if self.at_least is None else self.at_least  # type: ignore[return-value]

    @property
    def holds(self) -> bool:
        kept = self.value <= self.bound if self.at_least is None else self.value >= self.bound
        return math.isfinite(self.value) and kept

    @property
    def record(self) -> dict[str, Any]:
        value = self.value if math.isfinite(self.value) else str(self.value)
        return {
            "text": self.text,
            "value": value,
            "bound": self.bound,
            "sense": "<=" if self.at_least is None else ">=",
            "passed": self.holds,
        }

    @property
    def must(self) -> str:
        return f"{'≤' if self.at_least is None else '≥'} {self.bound:.4g}"

    def __str__(self) -> str:
        return f"{self.text}: {self.value:.4g} (must be {self.must})"


def claim(
    text: str, value: float, *, at_least: float | None = None, at_most: float | None = None
) -> None:
    """State `text`, show the measured `value` beside its bound, and raise `ClaimError` where it
    does not hold.

    Exactly one of `at_least` and `at_most` is given. The record is left in the cell's output before
    anything is raised, so `gan-course verify` reads also those that failed; a value that is NaN or
    infinite never holds.
    """
    stated = Claim(text, value, at_least, at_most)
    html = (
        f'<div style="border-left: 4px solid {_COLOURS[stated.holds]}; padding: 0.2em 0.8em">'
        f"<b>{_MARKS[stated.holds]}</b> {escape(text)}: <b>{stated.value:.4g}</b> "
        f'<span style="opacity: 0.7">(must be {stated.must})</span></div>'
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
    return mark, escape(stated.text), f"<b>{stated.value:.4g}</b>", stated.must, nothing


def _state(stated: Sequence[Claim], html: str) -> None:
    """Show claims and leave their records, then raise for those that do not hold."""
    nothing = {
        one.text: ""
        if one.knowing_nothing is None
        else f"; knowing nothing: {one.knowing_nothing:.4g}"
        for one in stated
    }
    lines = [f"{'holds' if one.holds else 'FAILS'}: {one}{nothing[one.text]}" for one in stated]
    _display(
        {
            CLAIM_MIME: [one.record for one in stated],
            "text/html": html,
            "text/plain": "\n".join(lines),
        }
    )
    if failed := [str(one) for one in stated if not one.holds]:
        raise ClaimError("; ".join(failed))


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
    _display(
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
        "In the browser": f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({catalogue().colab_url(lesson)})",
    }
    table = "\n".join(f"| **{name}** | {text} |" for name, text in rows.items())
    _display(
        {
            "text/markdown": f"| | |\n|---|---|\n{table}",
            "text/plain": "\n".join(f"{name}: {text}" for name, text in rows.items()),
        }
    )


def colab_cell() -> str:
    """The first code cell of every notebook, below its title; the tests hold each notebook to
    it."""
    return (
        "# Only in Colab does this cell do anything: it installs the course and keeps the PyTorch "
        "that is there.\n"
        "import subprocess\n"
        "import sys\n"
        "\n"
        'if "google.colab" in sys.modules:\n'
        f'    course = "{catalogue().install_requirement}"\n'
        '    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])'
    )


def _display(bundle: dict[str, Any]) -> None:
    from IPython.display import display

    display(bundle, raw=True)
