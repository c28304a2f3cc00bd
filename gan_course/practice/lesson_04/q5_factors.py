"""Question 04.q5: which factor of the data each continuous code follows."""

from __future__ import annotations

from itertools import permutations

import torch
from torch import Tensor

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import tensor

R, M = "rank_correlations", "matched_factors"
ROWS, CODES, FACTORS = 14, 2, 4
TIES = (1, 6, 2, 5)  # how often each value of the last factor comes
EQUAL = slice(4, 8)  # the places, in order, of those values of the last code that are equal
# Two codes follow one factor, and the last factor is followed by none; rows are codes, columns
# factors.
FOLLOWED = torch.tensor(
    [[0.90, 0.80, 0.10, 0.05], [0.85, 0.30, 0.20, 0.10], [0.15, 0.10, 0.60, 0.25]]
)
# distinct factors for the codes, in every way
CHOICES = list(permutations(range(FACTORS), len(FOLLOWED)))


def measured(seed: int) -> tuple[Tensor, Tensor]:
    """Codes (ROWS, CODES), the last with equal values; factors (ROWS, FACTORS): one steep, one
    falling, one apart, one with equal values."""
    draw = seeded(seed)
    codes = 2 * torch.rand(ROWS, CODES, generator=draw) - 1
    noise = 0.15 * torch.randn(ROWS, FACTORS, generator=draw)
    tied = (
        torch.arange(len(TIES))
        .float()
        .repeat_interleave(torch.tensor(TIES))[torch.randperm(ROWS, generator=draw)]
    )
    steep, falling = torch.exp(5 * (codes[:, 0] + noise[:, 0])), -codes[:, 1] + 2 * noise[:, 1]
    order = codes[:, -1].argsort()
    codes[order[EQUAL], -1] = codes[order[EQUAL.start], -1].clone()
    return codes, torch.stack([steep, falling, noise[:, 2], tied], dim=1)


def strengths(seed: int) -> Tensor:
    """A table (3, FACTORS) of correlations for which each code's own favourite is no match, and
    neither is what is left after a greedy choice."""
    draw = seeded(seed + 1000)
    table = FOLLOWED + 0.04 * torch.rand(FOLLOWED.shape, generator=draw)
    while True:
        mixed = table[:, torch.randperm(FACTORS, generator=draw)]
        sums = _sums(mixed)
        # code i with factor i is neither the best nor the worst
        if min(sums.values()) < sums[CHOICES[0]] < max(sums.values()):
            return mixed


def _sums(table: Tensor) -> dict[tuple[int, ...], float]:
    """What the pairs of every choice add up to."""
    return {choice: float(table[range(len(table)), choice].double().sum()) for choice in CHOICES}


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    rank_correlations, matched_factors = answers
    return {
        "correlations": tensor(R, rank_correlations(*measured(seed))),
        "matched": tensor(M, matched_factors(strengths(seed))),
    }


def judge(values: Values, seed: int) -> Verdict:
    value = values.get("correlations", torch.zeros(0))
    if tuple(value.shape) == (FACTORS, CODES):
        return wrong(
            f"`{R}` returned shape {(FACTORS, CODES)}, a row for each factor. Which of the two "
            "does the question name first?"
        )
    if tuple(value.shape) == (CODES + FACTORS,) * 2:
        return wrong(
            f"`{R}` correlates everything with everything, codes with codes too. Which block of "
            "the table is asked for?"
        )
    if problem := unfit(
        values,
        {"correlations": (CODES, FACTORS), "matched": (len(FOLLOWED),)},
        {"correlations": R, "matched": M},
    ):
        return wrong(problem)
    hint = _correlation_hint(value, *measured(seed)) or _match_hint(
        values["matched"], strengths(seed).double()
    )
    return wrong(hint) if hint else RIGHT


def _ranks(x: Tensor, equal: float = 0.5) -> Tensor:
    """Place of each value in its column of `x` by counting, from `equal`, the share of equal values
    that count as smaller."""
    below = (x[None] < x[:, None]).sum(dim=1).double()
    return below + equal * ((x[None] == x[:, None]).sum(dim=1).double() - 1)


def _in_order(x: Tensor) -> Tensor:
    """Place of each value in its column of `x`, where of equal values the one in the earlier row
    comes first."""
    return x.argsort(dim=0, stable=True).argsort(dim=0)


def _dense(x: Tensor) -> Tensor:
    """How many different smaller values each value's column of `x` has."""
    return torch.stack([column.unique(return_inverse=True)[1] for column in x.T], dim=1)


def _pearson(one: Tensor, other: Tensor) -> Tensor:
    a, b = (x.double() - x.double().mean(dim=0) for x in (one, other))
    return (a.T @ b) / (a.norm(dim=0)[:, None] * b.norm(dim=0))


def _correlation_hint(value: Tensor, codes: Tensor, factors: Tensor) -> str:
    ranks_c, ranks_f = _ranks(codes), _ranks(factors)
    signed = _pearson(ranks_c, ranks_f)
    right = signed.abs()
    if close(value, right):
        return ""
    if not value.isfinite().all():
        return (
            f"`{R}` is nan or infinite. Every column changes here: of what do you divide by "
            "the "
            "length?"
        )
    apart = ((ranks_c.T[:, None] - ranks_f.T[None]) ** 2).sum(dim=2)
    short = 1 - 6 * apart / (ROWS * (ROWS**2 - 1))
    shared = (
        f"`{R}` shares ranks in the factors and not in the codes, where some values are "
        "equal "
        "too. Which rank is theirs?"
    )
    unshared = [(_in_order(c), _in_order(f)) for c, f in ((codes, factors), (-codes, -factors))]
    unshared += [(_ranks(codes, equal), _ranks(factors, equal)) for equal in (0.0, 1.0)]
    ties = (
        f"`{R}` gives equal values different ranks, or all of them the first or the last. "
        "Which "
        "rank do they share?"
    )
    dense = (
        f"`{R}` numbers the different values, so that many equal ones take up one place. How "
        "many rows stand below?"
    )
    place = (
        f"`{R}` correlates where each value would be taken from, not where it comes to stand. "
        "What does one `argsort` return?"
    )
    return (
        first_match(
            value,
            [
                (
                    signed,
                    (
                        f"`{R}` may be below 0. A code that falls where a factor rises follows it "
                        "as "
                        "well: how strong is it then?"
                    ),
                ),
                (
                    _pearson(codes, factors).abs(),
                    (
                        f"`{R}` asks for a straight line. Which numbers take the place of the "
                        "values "
                        "if only their order counts?"
                    ),
                ),
                (
                    _pearson(codes, factors),
                    (
                        f"`{R}` asks for a straight line, and may be below 0. What counts is only "
                        "the "
                        "order."
                    ),
                ),
                (right**2, f"`{R}` is squared. The question asks for the correlation itself."),
                (_pearson(codes.argsort(dim=0), factors.argsort(dim=0)).abs(), place),
                *((_pearson(c, f).abs(), ties) for c, f in unshared),
                *((_pearson(ranks_c, f).abs(), ties) for _, f in unshared),
                *((_pearson(c, ranks_f).abs(), shared) for c, _ in unshared),
                (_pearson(_dense(codes), _dense(factors)).abs(), dense),
                (_pearson(ranks_c, _dense(factors)).abs(), dense),
                (_pearson(_dense(codes), ranks_f).abs(), shared),
                (
                    short.abs(),
                    (
                        f"`{R}` uses the short formula of rank differences. It is right only where "
                        "no "
                        "two values are equal: are there such here?"
                    ),
                ),
                (
                    right * (ROWS - 1) / ROWS,
                    (
                        f"`{R}` divides by N in one place and by N - 1 in another. Does the same "
                        "number divide all?"
                    ),
                ),
                (
                    right * ROWS / (ROWS - 1),
                    (
                        f"`{R}` divides by N in one place and by N - 1 in another. Does the same "
                        "number divide all?"
                    ),
                ),
            ],
        )
        or f"`{R}` is another function. Work it out by hand for the codes 1, 2, 3 and a factor "
        "that is 9, 5, 5: which ranks have the two fives?"
    )


def _match_hint(value: Tensor, table: Tensor) -> str:
    if value.is_floating_point() or value.dtype == torch.bool:
        return (
            f"`{M}` returned {value.dtype}, and a factor's number is whole. Are yours the "
            "strengths of the pairs, or the numbers of their factors?"
        )
    chosen = value.tolist()
    if not all(0 <= factor < FACTORS for factor in chosen):
        return f"`{M}` returned {chosen}, and factors are counted from 0 to {FACTORS - 1}."
    sums = _sums(table)
    if len(set(chosen)) < len(chosen):
        return (
            f"`{M}` gives one factor to two codes. Would three codes that all follow one "
            "factor "
            "have found three?"
        )
    if tuple(chosen) == max(sums, key=sums.__getitem__):
        return ""
    if chosen == list(range(len(table))):
        return f"`{M}` gives code 1 factor 1, and so on. Where do the strengths come in?"
    if tuple(chosen) == min(sums, key=sums.__getitem__):
        return (
            f"`{M}` finds the worst assignment of all. What does your solver make small unless "
            "told otherwise?"
        )
    return (
        f"`{M}` finds pairs that add up to {sums[tuple(chosen)]:.2f}, and more is possible. "
        "Who "
        "chooses first in yours, and who pays for it?"
    )


KNOWN_ERRORS = (
    (
        "expected a matrix",
        "An assignment is read from the whole table of strengths. What did the solver get?",
    ),
    (
        "shapes cannot be multiplied",
        (
            "Every code meets every factor over the same rows. Which side of the product must be "
            "turned?"
        ),
    ),
    (
        "must match the size of tensor",
        (
            "There are not as many codes as factors. Which dimension do they share, and which are "
            "their own?"
        ),
    ),
)

QUESTION = Question("04.q5", "codes and factors", 3, (R, M), probe, judge, KNOWN_ERRORS)
