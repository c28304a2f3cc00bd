"""What an explorer lets its reader choose, as plain data: a face reads it and draws the controls,
and no explorer knows its face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Protocol, TypeAlias

from gan_course.explore.picture import Picture

HIGHEST_SEED = 9999

# What a control may hold: a number, an option's place in its list, on or off, a place (x, y), the
# heights of bars, a drawing.
Value: TypeAlias = float | int | bool | tuple[float, ...] | Mapping[str, Any]


@dataclass(frozen=True)
class Renamed:
    """What a control is called while the choice with the key `by` stands at each of its options."""

    by: str
    labels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Control:
    """One thing to choose or to press: `key` names it in the values, `label` on the page, and
    `help` says in a few words what it does. A button, a choice or a switch may be `renamed` while
    the reader chooses."""

    kind: ClassVar[str]

    key: str
    label: str
    help: str = ""
    renamed: Renamed | None = None

    def as_data(self) -> dict[str, Any]:
        """The control as JSON can hold it, with its kind."""
        return {"kind": self.kind, **asdict(self)}


@dataclass(frozen=True, kw_only=True)
class Slider(Control):
    """A number from `low` to `high` in steps of `step`, written with `digits` decimals, with its
    sign where it is `signed`, and followed by its `unit`."""

    kind: ClassVar[str] = "slider"

    low: float
    high: float
    step: float
    value: float = 0.0
    unit: str = ""
    digits: int = 0
    signed: bool = False

    def __post_init__(self) -> None:
        _expect_between(self.key, self.low, self.value, self.high)
        if not self.step > 0:
            raise ValueError(f"control {self.key!r}: a step is above 0, got {self.step}")


@dataclass(frozen=True, kw_only=True)
class Choice(Control):
    """One of several `options`; the value is the place of the chosen one in the list, from 0 on."""

    kind: ClassVar[str] = "choice"

    options: tuple[str, ...]
    value: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.value < len(self.options):
            raise ValueError(
                f"control {self.key!r}: the chosen option is one of 0 to "
                f"{len(self.options) - 1}, got {self.value}"
            )


@dataclass(frozen=True, kw_only=True)
class Seed(Control):
    """A whole number from `low` to `high` that chooses random numbers."""

    kind: ClassVar[str] = "seed"

    value: int = 0
    low: int = 0
    high: int = HIGHEST_SEED

    def __post_init__(self) -> None:
        _expect_between(self.key, self.low, self.value, self.high)


@dataclass(frozen=True, kw_only=True)
class Switch(Control):
    """On or off."""

    kind: ClassVar[str] = "switch"

    value: bool = False


@dataclass(frozen=True, kw_only=True)
class Pad(Control):
    """A place (x, y) in a rectangle from `low` to `high`, moved by the mouse, by a finger or by
    the arrow keys in steps of `step`; `axes` name the two directions, and `beneath` is the
    address of a picture of the rectangle, which `viz.picture.data_url` makes."""

    kind: ClassVar[str] = "pad"

    low: tuple[float, float] = (-3.0, -3.0)
    high: tuple[float, float] = (3.0, 3.0)
    value: tuple[float, float] = (0.0, 0.0)
    step: float = 0.1
    digits: int = 1
    axes: tuple[str, str] = ("x", "y")
    beneath: str = ""

    def __post_init__(self) -> None:
        for low, value, high in zip(self.low, self.value, self.high, strict=True):
            _expect_between(self.key, low, value, high)


@dataclass(frozen=True, kw_only=True)
class Bars(Control):
    """Bars side by side from `low` to `high`, each from 0 to 1 high, drawn by the mouse, by a
    finger or by keys; the value is their heights."""

    kind: ClassVar[str] = "bars"

    low: float
    high: float
    value: tuple[float, ...]

    def __post_init__(self) -> None:
        _expect_between(self.key, self.low, self.low, self.high)
        if not self.value:
            raise ValueError(f"control {self.key!r}: expected at least one bar, got none")
        for height in self.value:
            _expect_between(self.key, 0, height, 1)


@dataclass(frozen=True)
class Pen:
    """What draws a line `width` times as wide as the sheet, or takes ink away where it `erases`."""

    name: str
    width: float
    erases: bool = False


@dataclass(frozen=True, kw_only=True)
class Drawing(Control):
    """Strokes of one of the `pens` on one of the `sheets`, each a title and the address of its
    picture, empty for white paper; `ratio` is a sheet's width over its height.

    One draws with the mouse, a finger, a pen or keys, and takes strokes back. The value is
    `{"sheet": n, "strokes": [{"points": [[x, y], ...], "width": w, "erases": false}, ...]}`, with
    the sheet's place in the list; (0, 0) is its upper left corner and (1, 1) the lower right.
    """

    kind: ClassVar[str] = "drawing"

    sheets: tuple[tuple[str, str], ...] = (("empty sheet", ""),)
    pens: tuple[Pen, ...]
    ratio: float = 1.0
    value: Mapping[str, Any] = field(default_factory=lambda: {"sheet": 0, "strokes": []})


@dataclass(frozen=True, kw_only=True)
class Button(Control):
    """A move to make, `times` times over with a picture after each, unless it is stopped.

    A button with `sets` first gives other controls these values, all at once. It makes a move of
    its own only where it `goes_on`.
    """

    kind: ClassVar[str] = "button"

    times: int = 1
    sets: Mapping[str, Value] = field(default_factory=dict)
    goes_on: bool = False


Rows: TypeAlias = tuple[tuple[Control, ...], ...]


@dataclass(frozen=True)
class Fold:
    """Rows of controls behind their title, folded away until a reader opens them, unless they are
    `open` from the start."""

    title: str
    rows: Rows
    open: bool = False

    def as_data(self) -> dict[str, Any]:
        """The fold as JSON can hold it."""
        return {"title": self.title, "rows": _as_data(self.rows), "open": self.open}


@dataclass(frozen=True, kw_only=True)
class View:
    """One picture of an explorer with the controls that change it, row by row. An explorer with
    several views shows one at a time, under a tab with its title. `folds` with more controls stand
    below the rows, and `note` below the controls."""

    key: str
    title: str
    rows: Rows
    folds: tuple[Fold, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        keys = [control.key for control in self.controls]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"view {self.key!r} has two controls called {twice[0]!r}")

    @property
    def controls(self) -> tuple[Control, ...]:
        """All controls, in the order of the rows, those of the folds last."""
        rows = (*self.rows, *(row for fold in self.folds for row in fold.rows))
        return tuple(control for row in rows for control in row)

    @property
    def values(self) -> dict[str, Value]:
        """The values of its controls when they are first drawn."""
        # A button has no value.
        data = (control.as_data() for control in self.controls)
        return {each["key"]: each["value"] for each in data if "value" in each}

    def as_data(self) -> dict[str, Any]:
        """The view as JSON can hold it."""
        own = {"key": self.key, "title": self.title, "note": self.note}
        folds = [fold.as_data() for fold in self.folds]
        return own | {"rows": _as_data(self.rows), "folds": folds}


@dataclass(frozen=True)
class Press:
    """A button that was pressed; `again` where this is not the first of its `times`."""

    key: str
    again: bool = False


class Explorable(Protocol):
    """What a face needs to know of an explorer."""

    def views(self) -> tuple[View, ...]:
        """What there is to see, and the controls of each."""

    def show(self, view: str, values: Mapping[str, Any], press: Press | None = None) -> Picture:
        """Make the move of `press`, if there is one, and picture the `view` at these `values`."""

    def explain(self, error: BaseException) -> str:
        """One sentence on what went wrong."""


def _as_data(rows: Rows) -> list[list[dict[str, Any]]]:
    return [[control.as_data() for control in row] for row in rows]


def _expect_between(key: str, low: float, value: float, high: float) -> None:
    if not low <= value <= high or not low < high:  # written so that NaN fails too
        raise ValueError(
            f"control {key!r}: expected low ≤ value ≤ high, got {low}, {value}, {high}"
        )
