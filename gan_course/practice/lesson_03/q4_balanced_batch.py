"""Question 03.q4: row numbers of a batch in which every class comes equally often, judged by what
many batches have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_course.practice.comparing import unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import tensor

NAME = "balanced_batch"
# of so many, a right answer leaves a row or a leftover out in one of more than a billion checks
BATCHES = 150


@dataclass(frozen=True)
class Case:
    """Data of given class sizes, and how many rows a batch takes."""

    counts: dict[int, int]  # rows of each class
    size: int

    def labels(self, seed: int) -> Tensor:
        """Labels of all rows, in no order; under another seed the same classes have other sizes, by
        up to two rows more."""
        more = torch.randint(3, (len(self.counts),), generator=seeded(seed)).tolist()
        rows = [
            torch.full((n + extra * self.can_grow,), label)
            for (label, n), extra in zip(self.counts.items(), more, strict=True)
        ]
        mixed = torch.cat(rows)
        return mixed[torch.randperm(len(mixed), generator=seeded(seed))]

    @property
    def can_grow(self) -> bool:
        """Whether every class has rows enough; else the sizes are what the case is about."""
        return min(self.counts.values()) > self.size // len(self.counts)


CASES = {
    "even": Case({0: 6, 1: 10, 2: 7, 3: 9}, size=12),
    "over": Case({0: 6, 1: 10, 2: 7, 3: 9}, size=14),  # two more than divide evenly
    "gaps": Case({1: 5, 4: 8, 7: 6}, size=9),  # classes that are not 0, 1, 2
    "less": Case({0: 4, 1: 6, 2: 5, 3: 4, 4: 7}, size=3),  # not even one of each class
    "rare": Case({0: 9, 1: 2, 2: 11}, size=15),  # class 1 has two rows and is due five
}


# A row whose chance in each of n batches is p comes in a share s of them with a probability of
# exp(-n KL(s || p)) at most, on either side of p, however the rows of one batch hang together
# (Chernoff's bound). With this limit on either side of each row, a right answer is refused in less
# than one of a billion checks. A row three or five times as likely as the others of its class is
# missed as rarely. of all cases together, at most
ROWS = sum(sum(case.counts.values()) + 2 * len(case.counts) for case in CASES.values())
TOO_RARE = 1e-9 / (2 * ROWS)


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    (balanced_batch,) = answers
    values: dict[str, Tensor] = {}
    for name, case in CASES.items():
        labels, generator = case.labels(seed), seeded(seed)
        drawn = [
            tensor(NAME, balanced_batch(labels.clone(), case.size, generator))
            for _ in range(BATCHES)
        ]
        values |= {
            f"{name}_rows": torch.cat([rows.flatten() for rows in drawn]),
            f"{name}_sizes": torch.tensor([rows.numel() for rows in drawn]),
        }
        torch.manual_seed(seed + 1)  # the state of other generators must make no difference
        values[f"{name}_again"] = tensor(
            NAME, balanced_batch(labels.clone(), case.size, seeded(seed))
        )
    return values


def judge(values: Values, seed: int) -> Verdict:
    hint = ""
    for name, case in CASES.items():
        hint = hint or _rows_hint(values, name, case, case.labels(seed))
        if not hint:
            hint = _balance_hint(values, name, case, case.labels(seed))
    for name, case in CASES.items():
        hint = hint or _chance_hint(values, name, case, case.labels(seed))
    return wrong(hint) if hint else RIGHT


def _rows_hint(values: Values, name: str, case: Case, labels: Tensor) -> str:
    """What is wrong with the rows as row numbers."""
    rows, sizes, again = (
        values.get(f"{name}_{part}", torch.zeros(0)) for part in ("rows", "sizes", "again")
    )
    what = f"For {len(labels)} rows of {len(case.counts)} classes and a batch of {case.size}"
    if rows.dtype == torch.bool:
        return f"`{NAME}` returned a mask of True and False. What are the numbers of the rows?"
    if rows.is_floating_point():
        return (
            f"`{NAME}` returned no whole numbers, but a row number is one. Where does yours "
            f"become a {rows.dtype}?"
        )
    if problem := unfit({"sizes": sizes}, {"sizes": (BATCHES,)}, NAME):
        return problem
    if not torch.equal(sizes.double(), torch.full((BATCHES,), case.size).double()):
        return (
            f"{what}, `{NAME}` returned {sizes[sizes != case.size][0].item():g} "
            f"rows.{_short_hint(int(sizes[0].nan_to_num()), case)}"
        )
    if problem := unfit(
        {"rows": rows, "again": again},
        {"rows": (BATCHES * case.size,), "again": (case.size,)},
        NAME,
    ):
        return problem
    if rows.min() < 0 or rows.max() >= len(labels):
        return (
            f"{what}, `{NAME}` returned {rows.max().item()}, and rows are counted from 0 to "
            f"{len(labels) - 1}."
        )
    return ""


def _short_hint(size: int, case: Case) -> str:
    """What may be behind a batch that is too small."""
    if size == case.size // len(case.counts) * len(case.counts):
        return " Who gets what does not divide evenly?"
    if not case.can_grow:
        return " A class with fewer rows than it is due is due them all the same: what can it do?"
    return (
        " Are the classes of these data 0, 1, 2 and so on?"
        if max(case.counts) >= len(case.counts)
        else ""
    )


def _balance_hint(values: Values, name: str, case: Case, labels: Tensor) -> str:
    """Whether every batch holds each class as often as it should, and no row more often than it
    must."""
    batches = values[f"{name}_rows"].reshape(BATCHES, case.size)
    found = _unequal_hint(batches, case, labels) or _repeated_hint(batches, case, labels)
    if not found:
        return ""
    # Small numbers throughout count something else; which they are is a better hint than what comes
    # of taking them for rows.
    if set(batches.flatten().tolist()) <= set(case.counts):
        return (
            f"`{NAME}` returns no number but those of the classes. Are yours the numbers of "
            "the "
            "rows, or the labels in them?"
        )
    if batches.max() < labels.bincount().max():
        most = (
            f"`{NAME}` returns no number above {batches.max().item()}, yet there are "
            f"{len(labels)} rows."
        )
        return f"{most} Counted among all rows, or among those of one class?"
    return (
        f"For {len(labels)} rows of {len(case.counts)} classes and a batch of {case.size}, {found}"
    )


def _unequal_hint(batches: Tensor, case: Case, labels: Tensor) -> str:
    held, each = _held(labels[batches], case), case.size // len(case.counts)
    uneven = ((held > each + 1) | (held < each)).any(dim=1)
    if not uneven.any():
        return ""
    said = ", ".join(
        f"{n} of class {label}"
        for label, n in zip(case.counts, held[uneven][0].tolist(), strict=True)
    )
    if case.size % len(case.counts):
        return (
            f"`{NAME}` returned {said}. No class may have more than one row more than another: "
            "who gets the leftovers?"
        )
    return (
        f"`{NAME}` returned {said}. Every class should come equally often, however many rows "
        "it "
        "has."
    )


def _repeated_hint(batches: Tensor, case: Case, labels: Tensor) -> str:
    of_all = _times(batches, labels)
    for label in case.counts:
        times = of_all[:, labels == label]
        share = times.sum(dim=1, keepdim=True) // times.shape[1]
        if ((times > share + 1) | (times < share)).any():
            return (
                f"a row of class {label}, which has {times.shape[1]}, comes again in a batch "
                "before another one came. When may a row come again?"
            )
    return ""


def _times(batches: Tensor, labels: Tensor) -> Tensor:
    """How often each row comes in each batch, (BATCHES, rows)."""
    return torch.nn.functional.one_hot(batches.long(), len(labels)).sum(dim=1)


def _held(drawn: Tensor, case: Case) -> Tensor:
    """How many rows of each class each batch holds, (BATCHES, classes), of labels `drawn` (BATCHES,
    size)."""
    return torch.stack([(drawn == label).sum(dim=1) for label in case.counts], dim=1)


def _chance_hint(values: Values, name: str, case: Case, labels: Tensor) -> str:
    """Whether chance is where it should be: from `generator`, over all rows, and over who gets the
    leftovers."""
    rows = values[f"{name}_rows"]
    batches = rows.reshape(BATCHES, case.size).sort(dim=1).values
    if not torch.equal(batches[0].double(), values[f"{name}_again"].double().sort().values):
        return (
            f"From a generator in the same state, `{NAME}` draws two different batches. Which "
            "of your draws does not know `generator`?"
        )
    if (batches == batches[0]).all():
        return (
            f"`{NAME}` returns the same batch every time. Is anything drawn, and may "
            "`generator` run on from one call to the next?"
        )
    never = sorted(set(range(len(labels))) - set(rows.tolist()))
    if never and case.size >= len(case.counts):
        return (
            f"In {BATCHES} batches, {len(never)} of {len(labels)} rows never come, row "
            f"{never[0]} of class {labels[never[0]]} among them. Why not?"
        )
    if hint := _favour_hint(_times(batches, labels), case, labels):
        return hint
    if not case.size % len(case.counts):
        return ""
    more = _held(labels[batches], case) > case.size // len(case.counts)
    for label, often in zip(case.counts, more.sum(dim=0).tolist(), strict=True):
        if often in (0, BATCHES):
            return (
                f"In {BATCHES} batches, class {label} {'always' if often else 'never'} gets "
                "one "
                "of the leftovers. Who decides that in yours?"
            )
    return ""


def _favour_hint(times: Tensor, case: Case, labels: Tensor) -> str:
    """Whether a row comes more often or less often than others of its class, where not all of them
    come equally often in a batch."""
    for label in case.counts:
        own = times[:, labels == label]
        due, count = own.sum(dim=1), own.shape[1]
        some = due % count > 0  # in other batches nothing is left to chance
        if not some.any():
            continue
        came = (own - (due // count)[:, None])[some].double().mean(dim=0)
        chance = (due % count)[some].double().mean() / count
        surprise = torch.special.xlogy(came, came / chance) + torch.special.xlogy(
            1 - came, (1 - came) / (1 - chance)
        )
        if some.sum() * surprise.max() > -math.log(TOO_RARE):
            place = int(surprise.argmax())
            row, often, fair = (
                (labels == label).nonzero()[place].item(),
                own[:, place].sum(),
                own.sum() / count,
            )
            found = (
                f"In {BATCHES} batches, row {row} of class {label} comes {often} times; with "
                f"the same chance for all {count} rows of its class"
            )
            return (
                f"{found} it would be about {fair:.0f}. In your draw, what sets it apart from "
                "the others?"
            )
    return ""


_MISSING = "Is there a class here without any rows? Which classes are there at all?"
KNOWN_ERRORS = (
    ("ZeroDivisionError", _MISSING),
    ("random_ expects 'from'", _MISSING),
    ("is out of bounds", "Does every class have as many rows as are due?"),
)

QUESTION = Question("03.q4", "a balanced batch", 4, (NAME,), probe, judge, KNOWN_ERRORS)
