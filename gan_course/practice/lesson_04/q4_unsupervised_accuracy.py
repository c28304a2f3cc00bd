"""Question 04.q4: how well codes that nobody explained fit the classes."""

from __future__ import annotations

from itertools import permutations
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import tensor

NAME = "unsupervised_accuracy"
COUNT = 5
# Two codes want one class, twice, so that who chooses first spoils it for another: rows are codes,
# columns classes.
WANTED = torch.tensor(
    [[10, 9, 0, 0, 1], [9, 1, 1, 0, 0], [0, 0, 7, 6, 1], [1, 0, 6, 0, 2], [0, 1, 0, 2, 6]]
)
CASES = ("all", "unused")
# every one-to-one assignment: code i stands for class ORDERS[j, i]
ORDERS = torch.tensor(list(permutations(range(COUNT))))


def counts(seed: int, case: str) -> Tensor:
    """How often each code comes with each class, (COUNT, COUNT), such that the usual mistakes give
    other numbers than the right one.

    In the case "unused" the last code never comes, and neither does one class.
    """
    draw = seeded(seed + 1000 * CASES.index(case))
    while True:
        table = WANTED + torch.randint(0, 3, (COUNT, COUNT), generator=draw)
        if case == "unused":
            table[:, 2] = 0
        table = table[torch.randperm(COUNT, generator=draw)][
            :, torch.randperm(COUNT, generator=draw)
        ]
        if case == "unused":
            table[-1] = 0
        if _tells_apart(table):
            return table


def _tells_apart(table: Tensor) -> bool:
    """Whether no two mistakes that get different hints give the same number for `table`."""
    best, n = _best(table), int(table.sum())
    own = {
        best,
        n - best,
        _worst(table),
        int(table.trace()),
        *(int(table.amax(dim=side).sum()) for side in (0, 1)),
        0,
    }
    return len(own) == 7 and not own & {_greedy(table), _in_turn(table), _in_turn(table.T)}


def pairs(seed: int, case: str) -> tuple[Tensor, Tensor]:
    """Codes and labels, int64 (N,), in mixed order, that come together as `counts` says."""
    table = counts(seed, case)
    codes = torch.arange(COUNT).repeat_interleave(table.sum(dim=1))
    labels = torch.cat([torch.arange(COUNT).repeat_interleave(row) for row in table])
    order = torch.randperm(len(codes), generator=seeded(seed + 5000))
    return codes[order], labels[order]


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    (unsupervised_accuracy,) = answers
    return {case: _number(unsupervised_accuracy(*pairs(seed, case), COUNT)) for case in CASES}


def _number(value: Any) -> Tensor:
    """A share may be a plain number as well as a tensor, since nothing learns from it."""
    plain = isinstance(value, Real) and not isinstance(value, bool)  # NumPy's numbers too
    return torch.tensor(float(value), dtype=torch.float64) if plain else tensor(NAME, value)


def judge(values: Values, seed: int) -> Verdict:
    if problem := unfit(values, dict.fromkeys(CASES, ()), NAME):
        return wrong(problem)
    for case in CASES:
        if hint := _hint(values[case], counts(seed, case), case):
            return wrong(hint)
    return RIGHT


def _best(table: Tensor) -> int:
    """By trying every assignment."""
    return int(table[torch.arange(COUNT), ORDERS].sum(dim=1).max())


def _worst(table: Tensor) -> int:
    return int(table[torch.arange(COUNT), ORDERS].sum(dim=1).min())


def _greedy(table: Tensor) -> int:
    """The largest count first, then the largest that is left."""
    left, total = table.clone(), 0
    for _ in range(COUNT):
        code, label = divmod(int(left.argmax()), COUNT)
        total += int(left[code, label])
        left[code], left[:, label] = -1, -1
    return total


def _in_turn(table: Tensor) -> int:
    """One row after the other takes the best column that is left."""
    left, total = table.clone(), 0
    for row in left:
        label = int(row.argmax())
        total += int(row[label])
        left[:, label] = -1
    return total


def _hint(value: Tensor, table: Tensor, case: str) -> str:
    n, best = int(table.sum()), _best(table)
    if close(value, torch.tensor(best / n)):
        return ""
    greedy = (
        f"`{NAME}` lets one choose after the other. Can a first choice that is best by "
        "itself "
        "be wrong for all together?"
    )
    shared = (
        f"`{NAME}` lets two codes stand for one class: a code for each picture would then "
        "score 1. How often may a class be chosen?"
    )
    of_class = (
        f"`{NAME}` lets each class choose its best code, and one code may be chosen twice. "
        "How often may it stand for a class?"
    )
    hint = first_match(
        value,
        [
            (torch.tensor(guess), said)
            for guess, said in (
                (int(table.amax(dim=1).sum()) / n, shared),
                (int(table.amax(dim=0).sum()) / n, of_class),
                (
                    int(table.trace()) / n,
                    (
                        f"`{NAME}` takes code 3 for class 3. Nobody told the codes: which class "
                        "does "
                        "each stand for?"
                    ),
                ),
                (_greedy(table) / n, greedy),
                (_in_turn(table) / n, greedy),
                (_in_turn(table.T) / n, greedy),
                (
                    _worst(table) / n,
                    (
                        f"`{NAME}` finds the worst assignment of all. What does your solver make "
                        "small "
                        "unless told otherwise?"
                    ),
                ),
                (
                    best / COUNT,
                    f"`{NAME}` divides by the number of codes. Of how many samples is it a share?",
                ),
                (
                    best,
                    (
                        f"`{NAME}` counts samples. How many would it count in a thousand? A share "
                        "lies "
                        "between 0 and 1."
                    ),
                ),
                (1 - best / n, f"`{NAME}` is the share that is wrong."),
                (100 * best / n, f"`{NAME}` is a percentage. A share lies between 0 and 1."),
                (
                    _mean_share(table),
                    (
                        f"`{NAME}` averages over codes, so that a rare one counts as much as a "
                        "frequent one. Of what is it a share?"
                    ),
                ),
                (_mean_share(table.T), f"`{NAME}` averages over classes. Of what is it a share?"),
            )
        ],
    )
    if not hint and case == "unused":
        return (
            f"`{NAME}` is right where every code comes, and wrong where one never does. Is "
            "each "
            "row of your table still the code you take it for?"
        )
    return (
        hint
        or f"`{NAME}` is another number. Count by hand with three codes: which table do you assign "
        "from, and what do you add up?"
    )


def _mean_share(table: Tensor) -> float:
    """The mean over the rows of what the best assignment gets right of each."""
    order = ORDERS[table[torch.arange(COUNT), ORDERS].sum(dim=1).argmax()]
    return float((table[torch.arange(COUNT), order] / table.sum(dim=1).clamp_min(1)).mean())


_TABLE = (
    "A code that never comes needs its place in the table as well. Where does yours learn "
    "how "
    "many there are?"
)
KNOWN_ERRORS = (
    ("is out of bounds", _TABLE),
    ("is invalid for input of size", _TABLE),
    ("must match the size of tensor", _TABLE),
    (
        "expected a matrix",
        (
            "An assignment is read from a table of codes and classes. What should stand at row i "
            "and "
            "column j of it?"
        ),
    ),
)

QUESTION = Question("04.q4", "codes and classes", 3, (NAME,), probe, judge, KNOWN_ERRORS)
