"""Question 04.q4: how well codes that nobody explained fit the classes."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

from functools import lru_cache
from itertools import permutations

import torch
from scipy.optimize import linear_sum_assignment
from torch.nn import functional as F

from gan_course.practice.question import Part, Question, mistakes, seeded
from gan_course.practice.returned import number

CASES = ("all", "unused")
# Two codes want one class, three times over: who chooses first spoils the first two for the other,
# squares the second, and shares and logarithms the third. Rows are codes, columns classes.
WANTED = (((20, 18), (18, 2)), ((24, 14), (14, 0)), ((24, 10), (8, 2)))


def best(counts, of=lambda counts: counts, maximize=True):
    """How many are right under the assignment that is best on what `of` makes of the counts."""
    return counts[linear_sum_assignment(of(counts), maximize=maximize)].sum()


def greedy(counts):
    """The largest count first, then the largest that is left."""
    left, total = counts.clone(), 0
    for _ in left:
        code, label = divmod(int(left.argmax()), len(left))
        total += int(left[code, label])
        left[code], left[:, label] = -1, -1
    return total


def in_turn(counts):
    """One row after the other takes the best column that is left."""
    left, total = counts.clone(), 0
    for row in left:
        total += int(row.max())
        left[:, row.argmax()] = -1
    return total


def once(counts):
    """As `table[codes, labels] += 1` counts."""
    return best((counts > 0).double())


def squared(counts):
    return best(counts, torch.square)


def logarithms(counts):
    return best(counts, torch.log1p)


def shares_of_codes(counts):
    return best(counts, lambda counts: counts / counts.sum(1, keepdim=True).clamp_min(1))


def shares_of_classes(counts):
    return shares_of_codes(counts.T)


def columns_in_turn(counts):
    return in_turn(counts.T)


GREEDY = (greedy, in_turn, columns_in_turn)
SHARES = (logarithms, shares_of_codes, shares_of_classes)
# By hint: what they find must differ, and from the best and from what that gets wrong too.
RIVALS = (
    GREEDY,
    (squared,),
    SHARES,
    (torch.trace,),
    (best,),
    (lambda t: t.sum() - best(t),),
    (once,),
)


def tells_apart(counts):
    found = [{int(of(counts)) for of in alike} for alike in RIVALS]
    return sum(map(len, found)) == len(set().union(*found))


@lru_cache
def table(seed, case):
    """How often each code comes with each class, such that the usual mistakes find other numbers.
    In the case "unused" the last code never comes, and neither does the first class."""
    draw = seeded(seed, case)
    sure = torch.block_diag(*[torch.tensor(block) for block in WANTED[case == "unused" :]])
    while True:
        counts = sure + torch.randint(0, 3, sure.shape, generator=draw)
        rows, columns = (torch.randperm(len(sure), generator=draw) for _ in range(2))
        counts = counts[rows][:, columns]
        if case == "unused":
            counts = F.pad(counts, (1, 0, 0, 1))
        if tells_apart(counts):
            return counts


def pairs(seed, case):
    """Codes and labels in mixed order, that come together as `table` says."""
    counts = table(seed, case)
    codes, labels = counts.nonzero().repeat_interleave(counts[counts > 0], dim=0).T
    order = torch.randperm(len(codes), generator=seeded(seed, "order"))
    return {"codes": codes[order], "labels": labels[order], "count": len(counts)}


def together(codes, labels, count):
    return F.one_hot(codes, count).T @ F.one_hot(labels, count)


def accuracy(of=best, share=True):
    """The share that `of` makes of the table of counts, or what it makes itself."""

    def unsupervised_accuracy(codes, labels, count):
        return of(together(codes, labels, count)) / (len(codes) if share else 1)

    return unsupervised_accuracy


def right(codes, labels, count):
    """By trying every assignment."""
    counts, orders = together(codes, labels, count), torch.tensor(list(permutations(range(count))))
    return counts[torch.arange(count), orders].sum(dim=1).max().double() / len(codes)


def by_every_order(codes, labels, count):
    hits = [
        sum(
            order[code] == label
            for code, label in zip(codes.tolist(), labels.tolist(), strict=True)
        )
        for order in permutations(range(count))
    ]
    return max(hits) / len(codes)


def by_cost(codes, labels, count):
    misses = [[((codes == i) & (labels != j)).sum() for j in range(count)] for i in range(count)]
    return 1 - best(torch.tensor(misses), maximize=False) / len(codes)


def by_bincount(codes, labels, count):
    counts = torch.bincount(codes * count + labels, minlength=count**2).view(count, count)
    stands_for = torch.empty(count, dtype=torch.int64)
    rows, columns = (torch.from_numpy(x) for x in linear_sum_assignment(-counts.numpy()))
    stands_for[rows] = columns
    return (stands_for[codes] == labels).double().mean()


def mean_share(counts):
    assigned = linear_sum_assignment(counts, maximize=True)
    return (counts[assigned] / counts.sum(1).clamp_min(1)).mean()


def in_short_table(codes, labels, count):
    counts = torch.zeros(len(codes.unique()), len(labels.unique()))
    for code, label in zip(codes, labels, strict=True):
        counts[code, label] += 1
    return best(counts) / len(codes)


_UNUSED = (
    "is right where every code comes, and wrong where one never does. Is each row of your table "
    "still the code you take it for?"
)
_OTHER = (
    "is another number. Count by hand with three codes: which table do you assign from, and what "
    "do you add up?"
)

ACCURACY = Part(
    "unsupervised_accuracy",
    pairs,
    right,
    also_right={
        "every order": by_every_order,
        "cost": by_cost,
        "bincount": by_bincount,
        "NumPy's number": accuracy(lambda counts: best(counts.numpy())),
        "0-d array": lambda *given: accuracy()(*given).numpy(),
    },
    cases=CASES,
    returns=number,
    sends_inputs=True,
    only={"unused": _UNUSED},
    otherwise={"value": _OTHER},
    mistakes=mistakes(
        accuracy(lambda counts: counts.amax(1).sum()),
        "lets two codes stand for one class: a code for each picture would then score 1. How often "
        "may a class be chosen?",
        accuracy(lambda counts: counts.amax(0).sum()),
        "lets each class choose its best code, and one code may be chosen twice. How often may it "
        "stand for a class?",
        accuracy(torch.trace),
        "takes code 3 for class 3. Nobody told the codes: which class does each stand for?",
        *[accuracy(of) for of in GREEDY],
        "lets one choose after the other. Can a first choice that is best by itself be wrong for "
        "all together?",
        accuracy(squared),
        "assigns from squares, where one large count outweighs two that add up to more. Of what "
        "should the sum be largest?",
        accuracy(once),
        "counts each pair of a code and a class once, however often it comes. Does `+= 1` add "
        "twice where an index stands twice?",
        *[accuracy(of) for of in SHARES],
        "assigns from shares or logarithms, where a rare code or class weighs as much as a "
        "frequent one. Of what should as many as possible be right?",
        accuracy(lambda counts: best(counts, maximize=False)),
        "finds the worst assignment of all. What does your solver make small unless told "
        "otherwise?",
        lambda codes, labels, count: best(together(codes, labels, count)) / count,
        "divides by the number of codes. Of how many samples is it a share?",
        accuracy(share=False),
        "counts samples. How many would it count in a thousand? A share lies between 0 and 1.",
        lambda *given: 1 - right(*given),
        "is the share that is wrong.",
        lambda *given: 100 * right(*given),
        "is a percentage. A share lies between 0 and 1.",
        accuracy(mean_share, share=False),
        "averages over codes, so that a rare one counts as much as a frequent one. Of what is it a "
        "share?",
        accuracy(lambda counts: mean_share(counts.T), share=False),
        "averages over classes. Of what is it a share?",
        lambda codes, labels, count: right(codes, labels, count) * (len(codes.unique()) == count),
        _UNUSED,
        lambda *given: right(*given) / 2,
        _OTHER,
        in_short_table,
        lambda codes, labels, count: best(
            torch.bincount(codes * count + labels).view(count, count)
        ),
        lambda codes, labels, count: (F.one_hot(codes) * F.one_hot(labels)).sum() / len(codes),
        "A code that never comes needs its place in the table as well. Where does yours learn how "
        "many there are?",
        lambda codes, labels, count: linear_sum_assignment(codes),
        "An assignment is read from a table of codes and classes. What should stand at row i and "
        "column j of it?",
    ),
)

QUESTION = Question("04.q4", "codes and classes", 3, (ACCURACY,))
