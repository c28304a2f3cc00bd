"""Tables of numbers, which a notebook shows as a real table: a text that is too long wraps inside
its own column, and a table that is wider than its place scrolls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from gan_course.notebook import display

# The first column of words keeps a width at which it can be read; numbers never break.
_WORDS = "text-align: left; min-width: 8em; padding: 0.4em"
_NUMBER = "text-align: right; white-space: nowrap; padding: 0.4em"
_HEAD = "text-align: right; vertical-align: bottom; padding: 0.4em"


def show_table(rows: Mapping[str, Mapping[str, object]], decimals: int = 3) -> None:
    """Show `rows`, each by its name, with a column for each of their keys. What has a fraction is
    shown with so many `decimals`, all else as it is.

    Raises `ValueError` where there is no row, or where rows have different keys.
    """
    columns = list(next(iter(rows.values()), {}))
    if not columns or any(list(row) != columns for row in rows.values()):
        raise ValueError(
            "a table has at least one row, and all its rows have the same keys in the same order, "
            f"got {[list(row) for row in rows.values()]}"
        )
    lines = [
        [name, *(_shown(value, decimals) for value in row.values())] for name, row in rows.items()
    ]
    html = html_table(["", *columns], [[escape(cell) for cell in line] for line in lines])
    display({"text/html": html, "text/plain": plain_table([["", *columns], *lines])})


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]], words: int = 0) -> str:
    """A table in HTML. `head` is text, the cells of `rows` are HTML; column number `words` holds
    words, the others hold marks and numbers."""
    body = "".join(f"<tr>{_cells('td', row, words, _NUMBER)}</tr>" for row in rows)
    names = _cells("th", [escape(name) for name in head], words, _HEAD)
    return (
        '<div style="overflow-x: auto"><table style="margin-left: 0">'
        f"<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def plain_table(lines: Sequence[Sequence[str]]) -> str:
    """The same as text, for a terminal: names to the left, the rest to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            [f"{name:<{widths[0]}}"]
            + [f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True)]
        ).rstrip()
        for name, *cells in lines
    )


def _cells(tag: str, cells: Sequence[str], words: int, style: str) -> str:
    return "".join(
        f'<{tag} style="{_WORDS if column == words else style}">{cell}</{tag}>'
        for column, cell in enumerate(cells)
    )


def _shown(value: object, decimals: int) -> str:
    return f"{value:.{decimals}f}" if isinstance(value, float) else str(value)
