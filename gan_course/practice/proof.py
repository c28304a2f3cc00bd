"""The proof of a question, from its own lists: right answers pass however they are written, each
mistake fails with its own hint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gan_course.practice.collecting import run
from gan_course.practice.judging import judge
from gan_course.practice.question import Part, Question, Verdict


@dataclass(frozen=True)
class Proved:
    """One answer to one part of a question and what came of it; `holds` is whether that is what
    the question's lists say."""

    function: str  # the part's name
    answer: str  # "right: in float64" or "mistake 3"
    verdict: Verdict
    holds: bool


def prove(question: Question, seeds: Sequence[int]) -> Iterator[Proved]:
    """Every right answer and every mistake of `question`, judged under all of `seeds` together."""
    for part in question.parts:
        yield from _prove_part(part, tuple(seeds))


def _prove_part(part: Part, seeds: tuple[int, ...]) -> Iterator[Proved]:
    for name, function in {"the question's own": part.right, **part.also_right}.items():
        found = judge(part, run(part, function, seeds), seeds)
        yield Proved(part.name, f"right: {name}", found, found.passed)
    for i, mistake in enumerate(part.mistakes, start=1):
        for letter, function in zip("abcdefghijklmnop", mistake.functions, strict=False):
            name = f"mistake {i}{letter if len(mistake.functions) > 1 else ''}"
            found = judge(part, run(part, function, seeds), seeds)
            own = isinstance(mistake.hint, str) and mistake.hint in found.hint
            yield Proved(part.name, name, found, own or found.known is mistake)
