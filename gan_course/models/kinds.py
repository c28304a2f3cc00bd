"""What a field of a configuration may hold, declared where the field is: `lr_g: Rate = 2e-4`."""

from __future__ import annotations

import reprlib
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from numbers import Real
from typing import Annotated, Any, get_type_hints

from gan_course import losses
from gan_course.errors import unknown_name, whole_number

# Single precision holds 3e38, and optimisers multiply what they are given.
HUGE = 1e30


class Kind(ABC):
    """The values that a field may hold; as a string, those values in words."""

    @abstractmethod
    def held(self, value: Any) -> Any:
        """`value` as the field holds it: `TypeError` where it is of another type, `ValueError`
        where it is out of range."""

    @abstractmethod
    def parsed(self, text: str) -> Any:
        """The value in a text that someone typed, or that text where there is none in it."""

    def expect(self, name: str, value: Any) -> Any:
        """`value` as the field `name` holds it; raises what `held` raises, in one sentence."""
        try:
            return self.held(value)
        except (TypeError, ValueError, OverflowError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"{name} must be {self}, got {reprlib.repr(value)}") from None


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number from `low` to `high`; also NumPy's, which becomes Python's."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"a whole number from {self.low:,} to {self.high:,}"

    def held(self, value: Any) -> int:
        number = whole_number(value)
        if number is None:
            raise TypeError
        if not self.low <= number <= self.high:
            raise ValueError
        return number

    def parsed(self, text: str) -> Any:
        return number_in(text, int)


@dataclass(frozen=True)
class Number(Kind):
    """A number from `low` to `high`, without the ends where `above` and `below` say so."""

    low: float = -HUGE
    high: float = HUGE
    above: bool = False
    below: bool = False

    def __str__(self) -> str:
        first = f"above {self.low:g}, up to" if self.above else f"from {self.low:g} to"
        return f"a number {first} {'below ' * self.below}{self.high:g}"

    def held(self, value: Any) -> float:
        if not isinstance(value, Real) or isinstance(value, bool):
            raise TypeError
        number = float(value)
        outside = not self.low <= number <= self.high  # written so that NaN is outside too
        if outside or (self.above and number == self.low) or (self.below and number == self.high):
            raise ValueError
        return number

    def parsed(self, text: str) -> Any:
        return number_in(text, float)


@dataclass(frozen=True)
class Several(Kind):
    """Values of one kind in a row, as many as `length` says; None for any number."""

    each: Kind
    length: int | None = None

    def __str__(self) -> str:
        count = "a tuple of" if self.length is None else str(self.length)
        return f"{count} values, each {self.each}"

    def held(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, tuple | list):  # JSON has lists only
            raise TypeError
        if self.length not in (None, len(value)):
            raise ValueError
        return tuple(self.each.held(part) for part in value)

    def parsed(self, text: str) -> Any:
        inside = text.strip("()[], ")
        return tuple(self.each.parsed(part) for part in inside.split(",")) if inside else text


@dataclass(frozen=True)
class OneOf(Kind):
    """One of the names in `known`; `what` they are names of."""

    what: str
    known: Collection[str]

    def __str__(self) -> str:
        return f"one of {', '.join(sorted(self.known))}"

    def held(self, value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError
        if value not in self.known:
            raise ValueError
        return value

    def parsed(self, text: str) -> str:
        return text

    def expect(self, name: str, value: Any) -> str:
        if isinstance(value, str) and value not in self.known:
            raise unknown_name(self.what, value, self.known)
        return super().expect(name, value)


class Text(Kind):
    """Any text but an empty one."""

    def __str__(self) -> str:
        return "a text that is not empty"

    def held(self, value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError
        if not value.strip():
            raise ValueError
        return value

    def parsed(self, text: str) -> str:
        return text


class Truth(Kind):
    """True or false."""

    def __str__(self) -> str:
        return "true or false"

    def held(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise TypeError
        return value

    def parsed(self, text: str) -> Any:
        return {"true": True, "false": False}.get(text.strip().lower(), text)


@dataclass(frozen=True)
class OfTheData:
    """Marks a field that is read from the data, which have an attribute of the same name; where
    they have no such thing the field holds `lacking`, or the data are refused."""

    lacking: Any = None


# More than any course needs, and less than what a slip of the hand asks for: two layers of a
# million would fill four terabytes.
MANY, LARGE = 10**9, 2**16

Count = Annotated[int, Whole(1, MANY)]
Size = Annotated[int, Whole(1, LARGE)]  # of a layer, a batch or a latent vector
Amount = Annotated[int, Whole(0, LARGE)]  # of what may also be left out
Seed = Annotated[int, Whole(0, 2**32 - 1)]
Widths = Annotated[tuple[int, ...], Several(Whole(1, LARGE))]
Shape = Annotated[tuple[int, ...], Several(Whole(1, MANY)), OfTheData()]
Classes = Annotated[int, Whole(1, LARGE), OfTheData()]
ClassesIfAny = Annotated[int, Whole(0, LARGE), OfTheData(lacking=0)]
Rate = Annotated[float, Number(0, above=True)]  # of learning
Bound = Annotated[float, Number(0, above=True)]  # of a weight or a slope
Weight = Annotated[float, Number(0)]  # of one term of a loss; 0 leaves it out
Share = Annotated[float, Number(0, 1)]
Decay = Annotated[float, Number(0, 1, below=True)]  # of a moving average
Betas = Annotated[tuple[float, float], Several(Number(0, 1, below=True), 2)]  # of Adam
Loss = Annotated[str, OneOf("loss", losses.BY_NAME)]

# What a plain type in place of one of these stands for.
PLAIN: dict[Any, Kind] = {
    int: Whole(-MANY, MANY),
    float: Number(),
    str: Text(),
    bool: Truth(),
}


def kinds(owner: type) -> dict[str, Kind]:
    """The kind of each field of a class that declares one, by the field's name."""
    found = {}
    for name, hint in get_type_hints(owner, include_extras=True).items():
        declared = [mark for mark in _marks(hint) if isinstance(mark, Kind)]
        if declared or hint in PLAIN:
            found[name] = declared[0] if declared else PLAIN[hint]
    return found


def of_the_data(owner: type) -> dict[str, OfTheData]:
    """The marks of the fields of a class that are read from the data, by the field's name."""
    hints = get_type_hints(owner, include_extras=True)
    return {
        name: mark
        for name, hint in hints.items()
        for mark in _marks(hint)
        if isinstance(mark, OfTheData)
    }


class Checked:
    """A frozen dataclass that refuses a value which is not of its field's kind, however it is
    made: in Python, from JSON or from the command line."""

    def __post_init__(self) -> None:
        for name, kind in kinds(type(self)).items():
            # Frozen, but this is still its making.
            object.__setattr__(self, name, kind.expect(name, getattr(self, name)))


def number_in(text: str, kind: type[int] | type[float]) -> Any:
    """The number in `text` as people write it, or `text` itself where there is none: Python would
    also read 1_0, and digits of every alphabet."""
    try:
        return kind(text) if text.isascii() and "_" not in text else text
    except ValueError:
        return text


def _marks(hint: Any) -> tuple[Any, ...]:
    return getattr(hint, "__metadata__", ())
