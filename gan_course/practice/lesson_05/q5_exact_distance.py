"""Question 05.q5: the exact Wasserstein-1 distance between two equally large sets of samples."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import torch
from torch import Tensor

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.question import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import tensor

NAME = "exact_distance"
SIZES = ((6, 2), (5, 3), (4, 1), (6, 2), (5, 2))
CASES = range(len(SIZES))
ANYWHERE, BENT = CASES[-2:]


def sets(seed: int, case: int) -> tuple[Tensor, Tensor]:
    """Two sets (N, D) in no order: along a line, where a sample is nearer to its neighbour's
    partner than to its own, anywhere, and along a bend."""
    draw, (n, d) = seeded(seed + 1000 * case), SIZES[case]
    along = torch.nn.functional.normalize(torch.randn(d, generator=draw), dim=0) * (
        1.5 + torch.rand((), generator=draw)
    )
    if case == BENT:
        return _along_a_bend(n, draw)
    if case == ANYWHERE:
        a, b = torch.randn(2, n, d, generator=draw).unbind()
        return a, b + 0.5
    place = torch.arange(n)[:, None] * along
    a = place + 0.05 * torch.randn(n, d, generator=draw)
    b = place + 0.65 * along + 0.05 * torch.randn(n, d, generator=draw)
    return a[torch.randperm(n, generator=draw)], b[torch.randperm(n, generator=draw)]


def _along_a_bend(n: int, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Two sets (n, 2) on an arc, one a place further on. One long way and no others is the
    shortest; n short ways have the least squares."""
    angle = 2 * math.pi * torch.rand((), generator=draw) + 0.45 * torch.arange(n + 1)
    place = (1.5 + torch.rand((), generator=draw)) * torch.stack([angle.cos(), angle.sin()], dim=1)
    # of both: so the partners of the best pairing go round in a ring, and no two are each other's
    order = torch.randperm(n, generator=draw)
    a, b = (
        place[:-1] + 0.02 * torch.randn(n, 2, generator=draw),
        place[1:] + 0.02 * torch.randn(n, 2, generator=draw),
    )
    return a[order], b[order]


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    (exact_distance,) = answers
    values = {f"value_{case}": _number(exact_distance(*sets(seed, case))) for case in CASES}
    a, b = sets(seed, 0)
    # The same sets with their roles exchanged, in another order, far from 0; and a set with itself.
    values["turned"] = _number(exact_distance(100 + b.flip(0), 100 + a))
    values["itself"] = _number(exact_distance(a.clone(), a.flip(0)))
    return values


def _number(value: Any) -> Tensor:
    """A distance may be a plain number as well as a tensor, since nothing learns from it."""
    if (
        type(value).__module__ == "numpy"
        and hasattr(value, "item")
        and getattr(value, "ndim", 1) == 0
    ):
        value = value.item()
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return torch.tensor(float(value), dtype=torch.float64) if plain else tensor(NAME, value)


def judge(values: Values, seed: int) -> Verdict:
    names = [f"value_{case}" for case in CASES]
    if problem := unfit(values, dict.fromkeys([*names, "turned", "itself"], ()), NAME):
        return wrong(problem)
    found = torch.stack([values[name].double() for name in names])
    right = torch.stack([_best(_distances(*sets(seed, case))) for case in CASES])
    if not close(found, right):
        return wrong(_hint(found, right, seed))
    if not close(values["turned"], right[0], tolerance=2e-3):
        return wrong(
            f"`{NAME}` changes when both sets are moved by 100, or when the two change places. "
            "What do you measure from?"
        )
    if not close(values["itself"], torch.zeros(()), tolerance=2e-3):
        return wrong(f"`{NAME}` between a set and itself, in another order, should be 0.")
    return RIGHT


def _distances(a: Tensor, b: Tensor) -> Tensor:
    """Of every sample of `a` from every one of `b`: float64 (N, N)."""
    return (a.double()[:, None] - b.double()[None]).norm(dim=2)


def _partners(costs: Tensor) -> Tensor:
    """The column of each row in the best of all pairings, when all are tried: another route than an
    assignment's."""
    orders = torch.tensor(list(permutations(range(len(costs)))))
    return orders[costs[torch.arange(len(costs)), orders].mean(dim=1).argmin()]


def _mean(costs: Tensor, partners: Tensor) -> Tensor:
    return costs[torch.arange(len(costs)), partners].mean()


def _best(costs: Tensor) -> Tensor:
    """Mean cost of the best of all pairings."""
    return _mean(costs, _partners(costs))


def _greedy(costs: Tensor) -> Tensor:
    """Mean cost where the nearest pair of all is taken first, and so on."""
    left, total = costs.clone(), 0.0
    for _ in range(len(costs)):
        row, column = divmod(int(left.argmin()), len(costs))
        total += costs[row, column].item()
        left[row], left[:, column] = torch.inf, torch.inf
    return torch.tensor(total / len(costs), dtype=torch.float64)


def _in_turn(costs: Tensor) -> Tensor:
    """Mean cost where sample after sample takes the nearest that is left."""
    left, total = costs.clone(), 0.0
    for row in range(len(costs)):
        column = int(left[row].argmin())
        total += costs[row, column].item()
        left[:, column] = torch.inf
    return torch.tensor(total / len(costs), dtype=torch.float64)


def _hint(found: Tensor, right: Tensor, seed: int) -> str:
    if not found.isfinite().all():
        return f"`{NAME}` is nan or infinite at ordinary samples."
    pairs = [sets(seed, case) for case in CASES]
    costs = [_distances(*pair) for pair in pairs]
    absolute = [(a.double()[:, None] - b.double()[None]).abs() for a, b in pairs]
    squared = torch.stack([_best(cost**2) for cost in costs])
    by_squares = torch.stack([_mean(cost, _partners(cost**2)) for cost in costs])
    sizes = torch.tensor([len(cost) for cost in costs])
    # on a line several pairings are best, and another solver may find another
    plane = [case for case in CASES if SIZES[case][1] > 1]
    exchanged = torch.stack([_mean(costs[case].T, _partners(costs[case])) for case in plane])
    nearest = (
        f"`{NAME}` lets every sample go to its nearest. How many may go to the same one, "
        "when each grain of sand has one place?"
    )
    one_by_one = (
        f"`{NAME}` takes near pairs first, and leaves the last ones far apart. Whose sum "
        "should be least?"
    )
    turned = (
        f"`{NAME}` reads the pairing with rows and columns the wrong way round. Whose sample "
        "is a row of your table, and whose a column?"
    )
    axes = f"`{NAME}` pairs each coordinate for itself. May one sample's x go here and its y there?"
    return (
        first_match(
            found,
            [
                (torch.stack([cost.amin(dim=1).mean() for cost in costs]), nearest),
                (torch.stack([cost.amin(dim=0).mean() for cost in costs]), nearest),
                (
                    torch.stack(
                        [(cost.amin(dim=0).mean() + cost.amin(dim=1).mean()) / 2 for cost in costs]
                    ),
                    nearest,
                ),
                (
                    torch.stack([cost.diagonal().mean() for cost in costs]),
                    (
                        f"`{NAME}` pairs samples by their place in the list. What would a shuffle "
                        "change?"
                    ),
                ),
                (torch.stack([_greedy(cost) for cost in costs]), one_by_one),
                (torch.stack([_in_turn(cost) for cost in costs]), one_by_one),
                (
                    right * sizes,
                    (
                        f"`{NAME}` adds the distances up. Should twice as many samples be twice as "
                        "far "
                        "apart?"
                    ),
                ),
                (
                    squared,
                    (
                        f"`{NAME}` takes squared distances as costs. What is the work of carrying "
                        "a "
                        "grain, the way or its square?"
                    ),
                ),
                (
                    squared.sqrt(),
                    (
                        f"`{NAME}` is the root of a mean of squares, another distance of the "
                        "family. "
                        "Which cost has the one of the critic?"
                    ),
                ),
                (
                    by_squares,
                    (
                        f"`{NAME}` pairs by squared distances and measures plain ones. Which sum "
                        "is to "
                        "be least?"
                    ),
                ),
                (
                    torch.stack([cost.mean() for cost in costs]),
                    f"`{NAME}` averages over all pairs. How many places does one grain go to?",
                ),
                (
                    torch.stack([_best(gaps.sum(dim=2)) for gaps in absolute]),
                    f"`{NAME}` adds up absolute differences. Which distance is Euclidean?",
                ),
                (
                    torch.stack(
                        [(a.double().mean(dim=0) - b.double().mean(dim=0)).norm() for a, b in pairs]
                    ),
                    f"`{NAME}` is the distance of the two means.",
                ),
                (
                    torch.stack(
                        [
                            (a.sort(dim=0).values - b.sort(dim=0).values)
                            .double()
                            .norm(dim=1)
                            .mean()
                            for a, b in pairs
                        ]
                    ),
                    axes,
                ),
                (
                    torch.stack(
                        [
                            (a.sort(dim=0).values - b.sort(dim=0).values).double().abs().mean()
                            for a, b in pairs
                        ]
                    ),
                    axes,
                ),
                (
                    torch.stack([-_best(-cost) for cost in costs]),
                    f"`{NAME}` finds the worst pairing of all.",
                ),
            ],
        )
        or first_match(found[plane], [(exchanged, turned)])
        or f"`{NAME}` is another number than the least mean distance of all pairings. Work it out "
        "by hand for 0 and 1 here, 2 and 3 there."
    )


KNOWN_ERRORS = (
    (
        "must match the size of tensor",
        (
            "Which two sets are compared, each of one with each of the other? Give them dimensions "
            "of "
            "their own."
        ),
    ),
    (
        "expected a matrix (2-D array)",
        "An assignment wants a table: what stands in row i and column j?",
    ),
)

QUESTION = Question("05.q5", "the exact distance", 2, (NAME,), probe, judge, KNOWN_ERRORS)
