"""A claim of a lesson: a sentence, the value measured for it, and the bound that the value must
keep. Its record is what a notebook's output holds of it."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from torch import Tensor

from gan_course.errors import expect_seed

CLAIM_MIME = "application/vnd.gan-course.claim+json"
_BOUNDS = {">=": "at_least", "<=": "at_most"}  # by the sense that a record states
_FIELDS = ("text", "value", "bound", "sense", "passed")


@dataclass(frozen=True)
class Claim:
    """A sentence, the measured `value`, and the bound that it must keep: exactly one of `at_least`
    and `at_most`.

    `knowing_nothing` is what a constant, a copy or an untrained network scores by the same measure.
    `stored` are the seeds of the stored study that the value is read from; empty for a value
    computed in this notebook. A value that is NaN or infinite never holds.

    Raises `TypeError` for what is not one real number, `ValueError` for a bound that is not finite.
    """

    text: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    knowing_nothing: float | None = None
    stored: Sequence[int] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.text, str) or not self.text.strip():
            raise TypeError(f"the text of a claim is a sentence in quotes, got {self.text!r}")
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a claim has exactly one bound: at_least or at_most")
        for name in ("value", "at_least", "at_most", "knowing_nothing"):
            given = getattr(self, name)
            if given is not None or name == "value":
                object.__setattr__(self, name, _real(name, given))
        if not math.isfinite(self.bound):
            raise ValueError(f"the bound of a claim is a finite number, got {self.bound}")
        object.__setattr__(self, "stored", _seeds(self.stored))

    @property
    def bound(self) -> float:
        return self.at_most if self.at_least is None else self.at_least  # type: ignore[return-value]

    @property
    def holds(self) -> bool:
        kept = self.value <= self.bound if self.at_least is None else self.value >= self.bound
        return math.isfinite(self.value) and kept

    @property
    def record(self) -> dict[str, Any]:
        """The claim as JSON; only one that reads a stored study has the field `stored`."""
        value = self.value if math.isfinite(self.value) else str(self.value)
        record = {
            "text": self.text,
            "value": value,
            "bound": self.bound,
            "sense": "<=" if self.at_least is None else ">=",
            "passed": self.holds,
        }
        return record | {"stored": list(self.stored)} if self.stored else record

    @classmethod
    def from_record(cls, record: object) -> Claim:
        """The claim that left `record`, to be judged again: what the record says of itself counts
        for nothing.

        Raises `ValueError` or `TypeError` where a field is missing or is not what it should be.
        """
        if not isinstance(record, dict):
            raise TypeError(f"the record of a claim is a JSON object, got {record!r:.80}")
        if missing := [name for name in _FIELDS if name not in record]:
            named = f" of {record['text']!r}" if "text" in record else ""
            raise ValueError(f"the record{named} has no {' and no '.join(missing)}")
        bound = _BOUNDS.get(str(record["sense"]))
        if bound is None:
            raise ValueError(
                f"the sense of {record['text']!r} is {record['sense']!r}; expected '>=' or '<='"
            )
        value = record["value"]
        value = float(value) if value in ("nan", "inf", "-inf") else value
        stated = {bound: _real("bound", record["bound"])}
        return cls(record["text"], value, **stated, stored=record.get("stored", ()))

    @property
    def must(self) -> str:
        return f"{'≤' if self.at_least is None else '≥'} {self.bound:.4g}"

    @property
    def origin(self) -> str:
        """Where a stored value comes from, "stored, seeds 0-4"; empty for one computed here."""
        return f"stored, {seeds_said(self.stored)}" if self.stored else ""

    def __str__(self) -> str:
        return f"{self.text}: {self.value:.4g} (must be {self.must})"


def seeds_said(seeds: Sequence[int]) -> str:
    """Seeds in words: "seed 3", "seeds 0-4", "seeds 0, 2, 5"."""
    first, last = seeds[0], seeds[-1]
    if len(seeds) == 1:
        return f"seed {first}"
    in_a_row = len(seeds) > 2 and list(seeds) == list(range(first, last + 1))
    return f"seeds {first}-{last}" if in_a_row else f"seeds {', '.join(map(str, seeds))}"


def _real(name: str, value: Any) -> float:
    """`value` as a float; `TypeError` where it is not one real number."""
    array = isinstance(value, Tensor | np.ndarray | np.generic)
    try:
        number = value.item() if array else value
        if isinstance(number, Real):
            return float(number)
    except (RuntimeError, ValueError, OverflowError):  # several numbers, or none that can be read
        pass
    shape = f" of shape {tuple(value.shape)} and type {value.dtype}" if array else ""
    shown = f"a {type(value).__name__}{shape}" if array else f"{value!r:.80}"
    raise TypeError(f"{name} of a claim is one real number, got {shown}")


def _seeds(given: Sequence[int]) -> tuple[int, ...]:
    try:
        seeds = tuple(expect_seed(operator.index(seed)) for seed in given)
    except TypeError:
        seeds = None
    if seeds is None or len(set(seeds)) < len(seeds):
        raise TypeError(
            "stored takes the seeds of the study that the value is read from, each once, such as "
            f"range(5); got {given!r:.80}"
        )
    return seeds
