"""Question 04.q5: which factor of the data each continuous code follows."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

from itertools import permutations

import torch
from scipy.optimize import linear_sum_assignment
from scipy.stats import rankdata, spearmanr
from torch.nn import functional as F

from gan_course.practice.question import Computed, Part, Question, mistakes, seeded
from gan_course.practice.returned import BadReturn, tensor

ROWS, CODES, FACTORS = 14, 2, 4
TIES = (1, 6, 2, 5)  # how often each value of the last factor comes
EQUAL = slice(4, 8)  # the places, in order, of those values of the last code that are equal
# Rows are codes, columns factors. In "followed" two codes follow one factor, and each code's own
# favourite is no match. In "steep" two good pairs are better than one that is very strong, in the
# last two that one is better than two that are equally good.
STRENGTHS = {
    "followed": [[0.90, 0.80, 0.10, 0.05], [0.85, 0.30, 0.20, 0.10], [0.15, 0.10, 0.60, 0.25]],
    "steep": [[0.90, 0.60, 0.05], [0.55, 0.05, 0.00]],
    "even": [[0.90, 0.45, 0.05], [0.45, 0.30, 0.05]],
    "weak": [[0.90, 0.45, 0.05], [0.45, 0.15, 0.05]],
}


def measured(seed, case):
    """Codes, the last with equal values; factors: one steep, one falling, one apart, one with equal
    values."""
    draw = seeded(seed, case)
    codes = 2 * torch.rand(ROWS, CODES, generator=draw) - 1
    noise = 0.15 * torch.randn(ROWS, FACTORS, generator=draw)
    tied = torch.arange(len(TIES)).float().repeat_interleave(torch.tensor(TIES))
    tied = tied[torch.randperm(ROWS, generator=draw)]
    steep, falling = torch.exp(5 * (codes[:, 0] + noise[:, 0])), -codes[:, 1] + 2 * noise[:, 1]
    order = codes[:, -1].argsort()
    codes[order[EQUAL], -1] = codes[order[EQUAL.start], -1].clone()
    return {"codes": codes, "factors": torch.stack([steep, falling, noise[:, 2], tied], dim=1)}


def places(x):
    """The mean of the places of equal values in each column, by counting."""
    below, equal = x[None] < x[:, None], x[None] == x[:, None]
    return below.sum(dim=1) + (equal.sum(dim=1) + 1) / 2


def correlation(one, other):
    a, b = (x.double() - x.double().mean(0) for x in (one, other))
    return F.normalize(a, dim=0).T @ F.normalize(b, dim=0)


def ranks(x, method="average"):
    return torch.from_numpy(rankdata(x.numpy(), method=method, axis=0))


def by_ranks(of_codes=ranks, of_factors=ranks, then=torch.abs):
    """The right correlations with one part exchanged."""
    return lambda codes, factors: then(correlation(of_codes(codes), of_factors(factors)))


def method(name):
    return lambda x: ranks(x, name)


def by_sorting(x, **order):
    return x.argsort(dim=0, **order).argsort(dim=0)


def from_the_end(x):
    return by_sorting(x, descending=True, stable=True)


def same(x):
    return x


def everything(codes, factors):
    return torch.cat([ranks(codes), ranks(factors)], 1).T


def by_scipy(codes, factors):
    found = [[abs(spearmanr(code, factor).statistic) for factor in factors.T] for code in codes.T]
    return torch.tensor(found, dtype=torch.float64)


def by_corrcoef(codes, factors):
    return torch.corrcoef(everything(codes, factors))[: codes.shape[1], codes.shape[1] :].abs()


def short_formula(codes, factors):
    n, apart = len(codes), (ranks(codes)[:, :, None] - ranks(factors)[:, None]).pow(2).sum(0)
    return (1 - 6 * apart / (n * (n**2 - 1))).abs()


def mixed_divisors(codes, factors):
    a, b = (ranks(x) - ranks(x).mean(0) for x in (codes, factors))
    return ((a.T @ b) / len(a) / a.std(0)[:, None] / b.std(0)).abs()


_NAN = "is nan or infinite. Every column changes here: of what do you divide by the length?"
_FUNCTION = (
    "is another function. Work it out by hand for the codes 1, 2, 3 and a factor that is 9, 5, 5: "
    "which ranks have the two fives?"
)

CORRELATIONS = Part(
    "rank_correlations",
    measured,
    right=by_ranks(places, places),
    also_right={"scipy": by_scipy, "corrcoef": by_corrcoef, "ranks of scipy": by_ranks()},
    not_finite=_NAN,
    otherwise={"value": _FUNCTION},
    mistakes=mistakes(
        by_ranks(then=same),
        "may be below 0. A code that falls where a factor rises follows it as well: how strong is "
        "it then?",
        by_ranks(same, same),
        "asks for a straight line. Which numbers take the place of the values if only their order "
        "counts?",
        by_ranks(same, same, then=same),
        "asks for a straight line, and may be below 0. What counts is only the order.",
        by_ranks(lambda x: ranks(x.T).T, lambda x: ranks(x.T).T),
        "ranks the numbers of one sample among each other. Of what is a value the third largest: "
        "of its row, or of its column?",
        by_ranks(then=torch.square),
        "is squared. The question asks for the correlation itself.",
        by_ranks(lambda x: x.argsort(0), lambda x: x.argsort(0)),
        "correlates where each value would be taken from, not where it comes to stand. What does "
        "one `argsort` return?",
        *[by_ranks(method(how), method(how)) for how in ("ordinal", "min", "max")],
        *[by_ranks(of_factors=method(how)) for how in ("ordinal", "min", "max")],
        by_ranks(by_sorting, by_sorting),
        by_ranks(from_the_end, from_the_end),
        by_ranks(of_factors=from_the_end),
        "gives equal values different ranks, or all of them the first or the last. Which rank do "
        "they share?",
        *[by_ranks(method(how)) for how in ("ordinal", "min", "max", "dense")],
        by_ranks(from_the_end),
        "shares ranks in the factors and not in the codes, where some values are equal too. Which "
        "rank is theirs?",
        by_ranks(method("dense"), method("dense")),
        by_ranks(of_factors=method("dense")),
        "numbers the different values, so that many equal ones take up one place. How many rows "
        "stand below?",
        short_formula,
        "uses the short formula of rank differences. It is right only where no two values are "
        "equal: are there such here?",
        mixed_divisors,
        by_ranks(then=lambda c: c.abs() * ROWS / (ROWS - 1)),
        "divides by N in one place and by N - 1 in another. Does the same number divide all?",
        lambda codes, factors: torch.cov(everything(codes, factors))[:2, 2:].abs(),
        _FUNCTION,
        lambda codes, factors: correlation(codes, factors) / 0,
        _NAN,
        lambda codes, factors: by_scipy(factors, codes),
        "returned a row for each factor. Which of the two does the question name first?",
        lambda codes, factors: torch.corrcoef(everything(codes, factors)),
        "correlates everything with everything, codes with codes too. Which block of the table is "
        "asked for?",
        lambda codes, factors: ranks(codes) @ ranks(factors),
        "Every code meets every factor over the same rows. Which side of the product must be "
        "turned?",
        lambda codes, factors: (ranks(codes) * ranks(factors)).sum(0),
        "There are not as many codes as factors. Which dimension do they share, and which are "
        "their own?",
    ),
)


def strengths(seed, case):
    """A table for which the usual mistakes find other pairs, and code 1 with factor 1 and so on is
    not the best."""
    draw, table = seeded(seed, case), torch.tensor(STRENGTHS[case])
    table = table + 0.04 * torch.rand(table.shape, generator=draw)
    while True:
        mixed = table[:, torch.randperm(table.shape[1], generator=draw)]
        if not torch.equal(by_trying(mixed), torch.arange(len(mixed))):
            return {"strengths": mixed}


def choice_and_sum(call, given):
    table, chosen = given["strengths"], call(**given)
    fits = chosen.shape == table.shape[:1] and ((chosen >= 0) & (chosen < table.shape[1])).all()
    pairs = table[torch.arange(len(table)), chosen.long()] if fits else torch.zeros(())
    return {"value": chosen, "sum": pairs.double().sum()}


def whole_numbers(name, value):
    value = tensor(name, value)
    if value.is_floating_point() or value.dtype == torch.bool:
        raise BadReturn(f"`{name}` returned {value.dtype}, {_WHOLE}")
    return value


def by_trying(strengths, of=sum):
    k, n = strengths.shape
    orders = permutations(range(n), k)
    best = max(orders, key=lambda order: of(strengths[range(k), order].double().tolist()))
    return torch.tensor(best)


def assigned(of=same, maximize=True):
    """The assignment that is best on what `of` makes of the strengths."""
    return lambda strengths: torch.from_numpy(
        linear_sum_assignment(of(strengths), maximize=maximize)[1]
    )


def greedily(strengths):
    left, chosen = strengths.clone(), torch.zeros(len(strengths), dtype=torch.int64)
    for _ in chosen:
        row, column = divmod(int(left.argmax()), left.shape[1])
        chosen[row] = column
        left[row], left[:, column] = -1, -1
    return chosen


def what_is_wrong(found, right):
    chosen, count = found["value"].tolist(), len(right["value"])
    if not found["sum"]:
        return f"returned {chosen}, and factors are counted from 0 to one less than there are."
    if len(set(chosen)) < count:
        return (
            "gives one factor to two codes. Would three codes that all follow one factor have "
            "found three?"
        )
    return (
        f"finds pairs that add up to {found['sum']:.2f}, and more is possible. Who chooses "
        "first in yours, and who pays for it?"
    )


_WHOLE = (
    "and a factor's number is whole. Are yours the strengths of the pairs, or the numbers of their "
    "factors?"
)
WRONG_PAIRS = Computed(what_is_wrong)

MATCHED = Part(
    "matched_factors",
    strengths,
    by_trying,
    also_right={
        "scipy": assigned(),
        "by cost": lambda strengths: torch.as_tensor(
            linear_sum_assignment(1 - strengths)[1].tolist()
        ),
    },
    cases=tuple(STRENGTHS),
    probe=choice_and_sum,
    returns=whole_numbers,
    sends_inputs=True,
    otherwise={"value": WRONG_PAIRS},
    mistakes=mistakes(
        lambda strengths: strengths.argmax(1),
        greedily,
        lambda strengths: assigned()(strengths) + 1,
        WRONG_PAIRS,
        assigned(torch.square),
        "finds the pairs whose squares add up to the most: there one strong pair outweighs two "
        "good ones. Which sum should be large?",
        assigned(torch.log),
        "adds up logarithms: there one weak pair outweighs all others. Which sum should be large?",
        lambda strengths: by_trying(strengths, of=min),
        "makes the weakest pair as strong as can be. Which sum should be large?",
        assigned(maximize=False),
        "finds the worst assignment of all. What does your solver make small unless told "
        "otherwise?",
        lambda strengths: torch.arange(len(strengths)),
        "gives code 1 factor 1, and so on. Where do the strengths come in?",
        lambda strengths: strengths[range(len(strengths)), assigned()(strengths)],
        _WHOLE,
        lambda strengths: linear_sum_assignment(strengths[0]),
        "An assignment is read from the whole table of strengths. What did the solver get?",
    ),
)

QUESTION = Question("04.q5", "codes and factors", 3, (CORRELATIONS, MATCHED))
