"""What decides: the values of a learner's function beside those of the right one and of each
mistake. It runs no code of a learner's, and raises on nothing that the values hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from gan_course.practice import hints
from gan_course.practice.collecting import CHANGED, Fault, Run, run
from gan_course.practice.comparing import close
from gan_course.practice.question import (
    RIGHT,
    Answer,
    Computed,
    Mistake,
    Part,
    Question,
    Values,
    Verdict,
)
from gan_course.practice.watching import KINDS

Seen = Mapping[tuple[int, str], Values]  # by seed and case
SLOPE = "at "  # before the name of an input, in the values of the standard probe


def verdict(question: Question, runs: Mapping[str, Run], seeds: Sequence[int]) -> Verdict:
    """Whether `runs`, one for each part, are what right answers give; the first part that is wrong
    speaks."""
    for part in question.parts:
        found = judge(part, runs[part.name], tuple(seeds))
        if not found.passed:
            return found
    return RIGHT


def judge(part: Part, found: Run, seeds: tuple[int, ...]) -> Verdict:
    """Whether `found` is what a right answer to `part` gives under `seeds`."""
    try:
        return _Judge(part, found, seeds).verdict()
    # The values may be anything at all, and whatever goes wrong with them is no answer.
    except (RuntimeError, ValueError, TypeError, IndexError, KeyError, OverflowError):
        return Verdict(False, hints.NOTHING.format(f=part.name))


@dataclass(frozen=True)
class _Judge:
    part: Part
    found: Run
    seeds: tuple[int, ...]

    def verdict(self) -> Verdict:
        changed = _changed(self.part, self.found)
        if self.found.fault:
            return self._of_fault(self.found.fault, changed)
        seen, right = _seen(self.part, self.found), _known(self.part, self.part.right, self.seeds)
        expected = _seen(self.part, right)
        if any(_unfit(values, seen.get(at, {})) for at, values in expected.items()):
            return Verdict(False, hints.NOTHING.format(f=self.part.name))
        names = list(next(iter(expected.values())))
        wrong = next((n for n in names if not _agree(self.part, seen, expected, [n])), "")
        if not wrong and not changed:
            return RIGHT
        told = names[: names.index(wrong) + 1] if wrong else names
        for mistake, other in self._mistakes():
            if other.fault or changed != _changed(self.part, other):
                continue
            if _agree(self.part, seen, _seen(self.part, other), told):
                return self._say(mistake.hint, seen, expected, mistake)
        if changed:
            return Verdict(False, _of_change(self.part, changed))
        return self._of_value(wrong, seen, expected)

    def _mistakes(self) -> Iterable[tuple[Mistake, Run]]:
        for mistake in self.part.mistakes:
            for function in mistake.functions:
                yield mistake, _known(self.part, function, self.seeds)

    def _of_fault(self, fault: Fault, changed: frozenset[str]) -> Verdict:
        for mistake, other in self._mistakes() if fault.kind else ():
            if other.fault and other.fault.kind == fault.kind:
                said = f"{fault.said.rstrip('.')}. {mistake.hint}"
                return Verdict(False, said, mistake)
        return Verdict(False, _of_change(self.part, changed) if changed else fault.said)

    def _of_value(self, name: str, seen: Seen, expected: Seen) -> Verdict:
        """The hint for a value that no known mistake gives."""
        part, f = self.part, self.part.name
        apart = [at for at in expected if not _agree(part, _only(seen, at), expected, [name])]
        found, right = seen[apart[0]][name], expected[apart[0]][name]
        if found.shape != right.shape:
            for mistake, other in self._mistakes():
                if not other.fault and _shapes(other.values, name) == _shapes(seen, name):
                    return self._say(mistake.hint, seen, expected, mistake)
            wanted = f"shape {tuple(right.shape)}" if right.ndim else "a scalar, shape ()"
            said = hints.SHAPE.format(f=f, found=tuple(found.shape), wanted=wanted)
            return Verdict(False, said + hints.SCALAR * (not right.ndim))
        if not found.double().isfinite().all():
            return self._say(part.not_finite or hints.NOT_FINITE, seen, expected)
        if right.is_floating_point() and not found.is_floating_point() and name == "value":
            return Verdict(False, hints.WHOLE.format(f=f, dtype=found.dtype))
        cases = {case for _, case in apart}
        if cases <= part.only.keys() and cases != set(part.cases):
            return self._say(part.only[min(cases, key=part.cases.index)], seen, expected)
        if name in part.otherwise:
            values = {at: {name: v[name]} for at, v in seen.items() if at in apart}
            return self._say(part.otherwise[name], values, expected)
        if name.startswith(SLOPE):
            thing = name.removeprefix(SLOPE)
            said = _of_slope(found, right).format(f=f, x=part.words.get(thing, f"`{thing}`"))
            return Verdict(False, said)
        return Verdict(False, hints.OTHERWISE.format(f=f))

    def _say(
        self, hint: str | Computed, seen: Seen, expected: Seen, known: Mistake | None = None
    ) -> Verdict:
        if isinstance(hint, Computed):
            at = next(at for at in expected if at in seen and not self._right(at, seen, expected))
            hint = hint.hint(seen[at], expected[at])
        said = f"`{self.part.name}` {hint}" if hint[0].islower() else hint
        return Verdict(False, said, known)

    def _right(self, at: tuple[int, str], seen: Seen, expected: Seen) -> bool:
        return _agree(self.part, _only(seen, at), expected, [*seen[at]])


@lru_cache(maxsize=1024)
def _known(part: Part, function: Answer, seeds: tuple[int, ...]) -> Run:
    """What the right answer gives, or a mistake: worked out here, and only once."""
    return run(part, function, seeds)


def _seen(part: Part, found: Run) -> Seen:
    """The values of `found` as they are compared: as recorded, or what `part.read` makes of
    them."""
    recorded = {
        at: {name: value for name, value in values.items() if not name.startswith(CHANGED)}
        for at, values in found.values.items()
    }
    if part.read is None:
        return recorded
    with torch.no_grad():
        return {at: part.read(values, *at) for at, values in recorded.items()}


def _only(seen: Seen, at: tuple[int, str]) -> Seen:
    return {at: seen[at]}


def _unfit(expected: Values, values: Values) -> bool:
    """Whether something cannot be compared at all."""
    there = [values.get(name) for name in expected]
    return any(not isinstance(value, Tensor) or value.is_complex() for value in there)


def _agree(part: Part, seen: Seen, others: Seen, names: Sequence[str]) -> bool:
    """Whether the values called `names` are the same in all cases and under all seeds of `seen`."""
    return all(
        name in others[at] and close(values[name], others[at][name], _tolerance(part, name, at[1]))
        for at, values in seen.items()
        for name in names
    )


def _tolerance(part: Part, name: str, case: str) -> float:
    return part.tolerance.get(name, part.tolerance.get(case, 1e-4))


def _shapes(seen: Seen, name: str) -> list[torch.Size]:
    return [values[name].shape for values in seen.values()]


def _changed(part: Part, found: Run) -> frozenset[str]:
    """The side effects in `found` that `part` does not ask for, each as "thing.kind"."""
    names = set()
    for values in found.values.values():
        for name, row in values.items():
            if name.startswith(CHANGED):
                thing = name.removeprefix(CHANGED)
                kinds = [kind for kind, bit in zip(KINDS, row.tolist(), strict=True) if bit != 0]
                names |= {f"{thing}.{kind}" if thing else kind for kind in kinds}
    return frozenset(names - set(part.may_change))


def _of_change(part: Part, changed: frozenset[str]) -> str:
    """The hint for the first of several side effects, which often causes the others."""
    first = min(changed, key=lambda name: (KINDS.index(name.rpartition(".")[2]), name))
    thing, _, kind = first.rpartition(".")
    return hints.SIDE_EFFECTS[kind].format(f=part.name, x=thing)


def _of_slope(found: Tensor, right: Tensor) -> str:
    if right.any() and not found.any():
        return hints.NO_GRADIENT
    return hints.WRONG_GRADIENT if right.any() else hints.STRAY_GRADIENT
