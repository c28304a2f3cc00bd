"""The verdict: the values of a learner's function are compared with those of the right one and of
each mistake. No learner's code runs here, and whatever the values are, judging them raises
nothing."""

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
from gan_course.practice.surroundings import surroundings
from gan_course.practice.watching import KINDS

Seen = Mapping[tuple[int, str], Values]  # by seed and case
SLOPE = "at "  # before the name of an input, in the values of the standard probe


def verdict(question: Question, runs: Mapping[str, Run], seeds: Sequence[int]) -> Verdict:
    """Whether `runs`, one for each part, are what right answers give; the hint is that of the first
    part that is wrong."""
    for part in question.parts:
        found = judge(part, runs[part.name], tuple(seeds))
        if not found.passed:
            return found
    return RIGHT


def judge(part: Part, found: Run, seeds: tuple[int, ...]) -> Verdict:
    """Whether `found` is what a right answer to `part` gives under `seeds`."""
    with surroundings(0):  # what reads the values may build networks, which draw
        right = known(part, part.right, seeds)
        judged = _Judge(part, found, seeds, right, facts_of(part, right))
        try:
            return judged.verdict()
        except Exception:  # the values may be anything at all; what nobody can judge is no answer
            return Verdict(False, hints.NOTHING.format(f=part.name))


@dataclass(frozen=True)
class _Judge:
    part: Part
    found: Run
    seeds: tuple[int, ...]
    right: Run
    expected: Seen

    def verdict(self) -> Verdict:
        changed = _changed(self.part, self.found)
        if self.found.fault:
            return self._of_fault(self.found.fault, changed)
        if self.right.fault:  # nothing would be compared, and everything would pass
            said = self.right.fault.said
            return Verdict(False, hints.UNJUDGED.format(f=self.part.name, said=said))
        if not _complete(self.found.values, self.right.values):
            return Verdict(False, hints.NOTHING.format(f=self.part.name))
        seen, expected = facts_of(self.part, self.found), self.expected
        names = list(next(iter(expected.values())))
        wrong = next((n for n in names if not _agree(self.part, seen, expected, [n])), "")
        if not wrong and not changed:
            return RIGHT
        told = names[: names.index(wrong) + 1] if wrong else names
        for mistake, function in self._mistakes(every=bool(changed)):
            if self._agrees(function, seen, told, changed):
                return self._say(mistake.hint, seen, wrong, mistake)
        if changed:
            return self._of_change(changed, seen)
        return self._of_value(wrong, seen)

    def _mistakes(self, every: bool = False) -> Iterable[tuple[Mistake, Answer]]:
        """The mistakes that need a run. One whose hint stands in `otherwise` too gets it without,
        unless a side effect would be told first: then `every` mistake is run."""
        for mistake in self.part.mistakes:
            if every or mistake.hint not in self.part.otherwise.values():
                yield from ((mistake, function) for function in mistake.functions)

    def _agrees(
        self, function: Answer, seen: Seen, names: Sequence[str], changed: frozenset[str]
    ) -> bool:
        """Whether `function`, a mistake, gives the values `names` of `seen`; most are told apart
        by their first seed."""
        for seeds in (self.seeds[:1], self.seeds):
            other = known(self.part, function, seeds)
            if other.fault:
                return False
            if not _agree(self.part, facts_of(self.part, other), seen, names, equal_nan=True):
                return False
        return changed == _changed(self.part, other)

    def _of_fault(self, fault: Fault, changed: frozenset[str]) -> Verdict:
        alike: list[tuple[bool, Mistake]] = []
        seed, _ = stopped = list(self.found.values)[-1]
        for mistake, function in self._mistakes() if fault.kind else ():
            other = known(self.part, function, (seed,))
            if other.fault and other.fault.kind == fault.kind:
                alike.append((list(other.values)[-1] == stopped, mistake))
        if alike:  # one that stopped in the same case, if there is one
            _, mistake = max(alike, key=lambda pair: pair[0])
            return Verdict(False, f"{fault.said.rstrip('.')}. {mistake.hint}", mistake)
        return self._of_change(changed, {}) if changed else Verdict(False, fault.said)

    def _of_change(self, changed: frozenset[str], seen: Seen) -> Verdict:
        """The hint for the first of several side effects, which often causes the others."""
        first = min(changed, key=lambda name: (KINDS.index(name.rpartition(".")[2]), name))
        if first in self.part.otherwise:
            return self._say(self.part.otherwise[first], seen, "")
        thing, _, kind = first.rpartition(".")
        return Verdict(False, hints.SIDE_EFFECTS[kind].format(f=self.part.name, x=thing))

    def _of_value(self, name: str, seen: Seen) -> Verdict:
        """The hint for a value that no known mistake gives."""
        part, expected, f = self.part, self.expected, self.part.name
        apart = [at for at in expected if not _agree(part, {at: seen[at]}, expected, [name])]
        found, right = seen[apart[0]][name], expected[apart[0]][name]
        if found.shape != right.shape:
            for mistake, function in self._mistakes():
                other = known(self.part, function, self.seeds)
                if other.fault:
                    continue
                if _shapes(facts_of(part, other), name) == _shapes(seen, name):
                    return self._say(mistake.hint, seen, name, mistake)
            wanted = f"shape {tuple(right.shape)}" if right.ndim else "a scalar, shape ()"
            said = hints.SHAPE.format(f=f, found=tuple(found.shape), wanted=wanted)
            return Verdict(False, said + hints.SCALAR * (not right.ndim))
        own = name in part.otherwise and name != "value"  # knows more than what holds everywhere
        if not found.double().isfinite().all() and not own:
            return self._say(part.not_finite or hints.NOT_FINITE.format(f=f), seen, name)
        if right.is_floating_point() and not found.is_floating_point() and name == "value":
            return Verdict(False, hints.WHOLE.format(f=f, dtype=found.dtype))
        cases = {case for _, case in apart}
        if cases <= part.only.keys() and cases != set(part.cases):
            return self._say(part.only[min(cases, key=part.cases.index)], seen, name)
        if name.startswith(SLOPE) and name not in part.otherwise:
            thing = name.removeprefix(SLOPE)
            said = _of_slope(found, right).format(f=f, x=part.words.get(thing, f"`{thing}`"))
            return Verdict(False, said)
        return self._say(part.otherwise.get(name, hints.OTHERWISE.format(f=f)), seen, name)

    def _say(
        self, hint: str | Computed, seen: Seen, name: str, known: Mistake | None = None
    ) -> Verdict:
        """The hint, with the example before it and the number in it that a part asks for, both from
        the first case and seed where the value called `name` is wrong."""
        part, names = self.part, [name] if name else []
        known = known or next((one for one in part.mistakes if one.hint == hint), None)
        at = next((a for a in seen if not _agree(part, {a: seen[a]}, self.expected, names)), None)
        if isinstance(hint, Computed):
            assert at is not None  # noqa: S101 - only values are computed with
            hint = hint.hint(seen[at], self.expected[at])
        said = f"`{part.name}` {hint}" if hint[0].islower() else hint
        if part.example and at:
            said = f"{part.example(seen[at], self.expected[at], part.inputs(*at))} {said}"
        return Verdict(False, said, known)


@lru_cache(maxsize=1024)
def known(part: Part, function: Answer, seeds: tuple[int, ...]) -> Run:
    """What the right answer or a mistake gives: it is run here, and only once, or was stored."""
    return part.recorded(function, seeds) if part.recorded else run(part, function, seeds)


def facts_of(part: Part, found: Run) -> Seen:
    """The values of `found` as they are compared: as recorded, or what `part.read` makes of
    them."""
    if found.facts is not None:
        return found.facts
    recorded = {
        at: {name: value for name, value in values.items() if not name.startswith(CHANGED)}
        for at, values in found.values.items()
    }
    if part.read is None:
        return recorded
    with torch.no_grad():
        return {at: part.read(values, *at) for at, values in recorded.items()}


def _complete(found: Seen, right: Seen) -> bool:
    """Whether everything that had to be recorded is there, in real numbers."""
    return all(
        isinstance(found[at][name], Tensor)
        and not found[at][name].is_complex()
        and (found[at][name].shape == value.shape or not name.startswith(CHANGED))
        for at, values in right.items()
        for name, value in values.items()
    )


def _agree(
    part: Part, seen: Seen, others: Seen, names: Sequence[str], *, equal_nan: bool = False
) -> bool:
    """Whether the values called `names` are the same in all cases and under all seeds of `seen`."""
    return all(
        name in others[at]
        and close(values[name], others[at][name], _tolerance(part, name, at[1]), equal_nan)
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
    cleared = {name.replace(".gradients", ".cleared") for name in part.may_change}
    return frozenset(names - cleared - set(part.may_change))


def _of_slope(found: Tensor, right: Tensor) -> str:
    if right.any() and not found.any():
        return hints.NO_GRADIENT
    return hints.WRONG_GRADIENT if right.any() else hints.STRAY_GRADIENT
