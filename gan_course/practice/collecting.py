"""What touches a learner's code: inputs in, the function called under watch, plain tensors out.

Nothing here decides. What a `Run` holds is made of tensors and text, and may come from another
process, so `judging.py` trusts none of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from gan_course.practice.explain import explain, told
from gan_course.practice.question import Answer, Part, Question, Values
from gan_course.practice.returned import BadReturn
from gan_course.practice.surroundings import limited, make_plain, surroundings
from gan_course.practice.watching import Watch

CHANGED = "changed "  # before the name of a thing, in the record of side effects


@dataclass(frozen=True)
class Fault:
    """An exception that a learner's function raised: the sentence for it, and its kind, which is
    the same for exceptions that differ only in their numbers."""

    said: str
    kind: str


@dataclass(frozen=True)
class Run:
    """What one function gave, for each seed and case, and the exception that ended it, if any. A
    run that was stored may have `facts`, what its part reads from the values, in their place."""

    values: Mapping[tuple[int, str], Values]
    fault: Fault | None = None
    facts: Mapping[tuple[int, str], Values] | None = None


class Call:
    """A learner's function under watch: it is called with named arguments, which it gets in their
    order. `others` are the learner's functions by name; it is empty where a mistake is run."""

    def __init__(self, part: Part, answer: Answer, others: Mapping[str, Answer]) -> None:
        self._part, self._answer, self.others = part, answer, others
        self.changed: dict[str, Tensor] = {}

    def __call__(self, **given: Any) -> Any:
        watch = Watch(given)
        try:
            value = self._answer(*given.values())
        finally:
            for name, row in watch.changed().items():
                self.changed[name] = self.changed.get(name, torch.zeros_like(row)) | row
            make_plain()  # whatever the function left, for the next one
        return self._part.returns(self._part.name, value)


def collect(question: Question, answers: Sequence[Answer], seeds: Sequence[int]) -> dict[str, Run]:
    """What a learner's `answers` give, by the name of the part that each belongs to."""
    named = dict(zip(question.asks, answers, strict=True))
    return {part.name: run(part, named[part.name], seeds, named) for part in question.parts}


def run(
    part: Part,
    answer: Answer,
    seeds: Sequence[int],
    others: Mapping[str, Answer] = MappingProxyType({}),
) -> Run:
    """`answer` in every case under each of `seeds`, up to its first exception. The caller's random
    state and settings stay as they were."""
    values: dict[tuple[int, str], Values] = {}
    for seed in seeds:
        for case in part.cases:
            call = Call(part, answer, others)
            with surroundings(seed):
                seen, fault = _attempt(part, call, seed, case)
            changed = {CHANGED + name: row for name, row in call.changed.items()}
            values[seed, case] = seen | changed
            if fault:
                return Run(values, fault)
    return Run(values)


def _attempt(
    part: Part, call: Call, seed: int, case: str
) -> tuple[dict[str, Tensor], Fault | None]:
    """What the part's probe saw of one case, or the exception that ended it."""
    try:
        with limited():
            found = part.probe(call, part.inputs(seed, case))
            return {name: plain(value) for name, value in found.items()}, None
    except KeyboardInterrupt:  # the learner's own
        raise
    except BaseException as error:  # whatever a learner's code may raise
        return {}, Fault(explain(error, (part.name,)), _kind(error))


def plain(value: Tensor) -> Tensor:
    """A copy of `value` that is a tensor and nothing more, without a graph."""
    return value.detach().as_subclass(Tensor).clone()


def _kind(error: BaseException) -> str:
    """A text that is the same for exceptions that differ only in their numbers."""
    kind = "" if isinstance(error, BadReturn) else f"{type(error).__name__}: {told(error)}"
    return re.sub(r"\d[\d, .]*", "#", kind)
