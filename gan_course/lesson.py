"""What a lesson calls: its card, a claim, the library's own code."""

from __future__ import annotations

import inspect
import math
import textwrap
from collections.abc import Callable
from html import escape
from typing import Any

from gan_course.catalogue import catalogue

CLAIM_MIME = "application/vnd.gan-course.claim+json"


class ClaimError(AssertionError):
    """A sentence of the lesson did not hold."""


def claim(text: str, value: float, *, at_least: float | None = None, at_most: float | None = None) -> None:
    """State `text`, show the measured `value` beside its bound, and raise `ClaimError` where it does not hold.

    Exactly one of `at_least` and `at_most` is given. The record is left in the cell's output before anything is raised,
    so `gan-course verify` reads also those that failed; a value that is NaN or infinite never holds.
    """
    value = float(value)
    if at_least is not None and at_most is None:
        sense, sign, bound = ">=", "≥", float(at_least)
        holds = math.isfinite(value) and value >= bound
    elif at_most is not None and at_least is None:
        sense, sign, bound = "<=", "≤", float(at_most)
        holds = math.isfinite(value) and value <= bound
    else:
        raise ValueError("a claim has exactly one bound: at_least or at_most")
    record = {"text": text, "value": value if math.isfinite(value) else str(value), "bound": bound, "sense": sense, "passed": holds}
    line = f"{text}: {value:.4g} (must be {sign} {bound:.4g})"
    _display(
        {
            CLAIM_MIME: record,
            "text/html": f'<div style="border-left: 4px solid {"#009E73" if holds else "#D55E00"}; padding: 0.2em 0.8em">'
            f"<b>{'✓' if holds else '✗'}</b> {escape(text)}: <b>{value:.4g}</b> "
            f'<span style="opacity: 0.7">(must be {sign} {bound:.4g})</span></div>',
            "text/plain": f"{'holds' if holds else 'FAILS'}: {line}",
        }
    )
    if not holds:
        raise ClaimError(line)


def show_source(thing: Callable[..., Any] | type) -> None:
    """Display the code of a function, method or class of the library, with its docstring: what is read is what is run.

    Raises `TypeError` for what has no source of its own: an instance, a module, a builtin.
    """
    try:
        place = f"{thing.__module__}.{thing.__qualname__}"
        source = textwrap.dedent(inspect.getsource(thing)).rstrip()
    except (AttributeError, TypeError, OSError) as error:
        given = getattr(thing, "__qualname__", f"an object of type {type(thing).__name__}")
        raise TypeError(f"there is no Python source to show for {given}: pass a function, a method or a class of the library") from error
    _display({"text/markdown": f"`{place}`\n\n```python\n{source}\n```", "text/plain": f"{place}\n\n{source}"})


def card(lesson_id: str) -> None:
    """Display a lesson's card: what one can do afterwards, how long it takes, what it needs, and a link that opens it in Colab."""
    lesson = catalogue().lesson(lesson_id)
    needs = [f"[lesson {catalogue().lesson(need).number}]({catalogue().lesson(need).name}.ipynb)" for need in lesson.needs]
    rows = {
        "After this lesson you can": "<br>".join(f"• {outcome}" for outcome in lesson.outcomes),
        "Time": f"{lesson.minutes} minutes, of which the computer works {lesson.cpu_seconds} seconds (one core, measured)",
        "You need": ", ".join([*needs, lesson.prerequisites]),
        "Exercise": f"[exercises/{lesson.name}](../exercises/{lesson.name}.ipynb)" if lesson.exercise else "none",
        "In the browser": f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({catalogue().colab_url(lesson)})",
    }
    table = "\n".join(f"| **{name}** | {text} |" for name, text in rows.items())
    _display({"text/markdown": f"| | |\n|---|---|\n{table}", "text/plain": "\n".join(f"{name}: {text}" for name, text in rows.items())})


def colab_cell() -> str:
    """The first code cell of every notebook; the tests hold each notebook to it."""
    return (
        "# Only in Colab does this cell do anything: it installs the course and keeps the PyTorch that is there.\n"
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
