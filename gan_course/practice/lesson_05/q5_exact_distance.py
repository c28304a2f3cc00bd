"""Question 05.q5: the exact Wasserstein-1 distance between two equally large sets of samples."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math
from itertools import permutations

import torch

from gan_course.metrics import wasserstein_samples
from gan_course.practice.question import Part, Question, mistakes, seeded
from gan_course.practice.returned import number

# Along a line, where a sample is nearer to its neighbour's partner than to its own, anywhere, and
# along a bend. "moved" has the roles exchanged as well, far from 0; "itself" compares a set with
# itself.
SIZES = {"plane": (6, 2), "space": (5, 3), "line": (4, 1), "anywhere": (6, 2), "bend": (5, 2)}
CASES = (*SIZES, "moved", "itself")


def sets(seed, case):
    """Two sets (N, D) in no order."""
    if case not in SIZES:
        a, b = sets(seed, "plane").values()
        return {"a": 100 + b.flip(0), "b": 100 + a} if case == "moved" else {"a": a, "b": a.flip(0)}
    draw, (n, d) = seeded(seed, case), SIZES[case]
    if case == "bend":
        return along_a_bend(n, draw)
    if case == "anywhere":
        a, b = torch.randn(2, n, d, generator=draw)
        return {"a": a, "b": b + 0.5}
    along = torch.nn.functional.normalize(torch.randn(d, generator=draw), dim=0)
    along = along * (1.5 + torch.rand((), generator=draw))
    a, b = torch.arange(n)[:, None] * along + 0.05 * torch.randn(2, n, d, generator=draw)
    b = b + 0.65 * along
    return {"a": a[torch.randperm(n, generator=draw)], "b": b[torch.randperm(n, generator=draw)]}


def along_a_bend(n, draw):
    """Two sets (n, 2) on an arc, one a place further on. One long way and no others is the
    shortest; n short ways have the least squares."""
    angle = 2 * math.pi * torch.rand((), generator=draw) + 0.45 * torch.arange(n + 1)
    place = (1.5 + torch.rand((), generator=draw)) * torch.stack([angle.cos(), angle.sin()], dim=1)
    # of both: so the partners of the best pairing go round in a ring, and no two are each other's
    order = torch.randperm(n, generator=draw)
    noise = 0.02 * torch.randn(2, n, 2, generator=draw)
    return {"a": (place[:-1] + noise[0])[order], "b": (place[1:] + noise[1])[order]}


def by_all_pairings(a, b):
    """The least of all pairings, when all are tried: another route than an assignment's."""
    orders = torch.tensor(list(permutations(range(len(b)))))
    return (a.double() - b.double()[orders]).norm(dim=2).mean(dim=1).min()


def table(a, b):
    return (a[:, None] - b).norm(dim=2)


def pairs(costs):
    from scipy.optimize import linear_sum_assignment  # only here, since it takes its time to import

    return linear_sum_assignment(costs)


def assigned(costs):
    return costs[pairs(costs)]


def by_scipy(a, b):
    from scipy.spatial.distance import cdist

    return assigned(cdist(a.numpy(), b.numpy())).mean()


def nearest_left(costs, in_turn):
    """Takes the nearest pair that is left, or that of the next row; mean cost."""
    left, total = costs.clone(), 0.0
    for i in range(len(costs)):
        row = i if in_turn else int(left.amin(dim=1).argmin())
        column = int(left[row].argmin())
        total += costs[row, column].item()
        left[row], left[:, column] = torch.inf, torch.inf
    return total / len(costs)


def by_axis(a, b):
    return a.sort(dim=0).values - b.sort(dim=0).values


_MOVED = (
    "changes when both sets are moved by 100, or when the two change places. What do you measure "
    "from?"
)
_ITSELF = "between a set and itself, in another order, should be 0."
_OTHER = (
    "is another number than the least mean distance of all pairings. Work it out by hand for 0 and "
    "1 here, 2 and 3 there."
)

DISTANCE = Part(
    "exact_distance",
    sets,
    by_all_pairings,
    also_right={
        "the library's": wasserstein_samples,
        "NumPy's number": by_scipy,
        "0-d array": lambda a, b: assigned(table(a, b)).numpy().mean(keepdims=True)[..., 0],
        "other way round, in float64": lambda a, b: assigned(table(b, a)).double().mean(),
    },
    cases=CASES,
    returns=number,
    tolerance={"moved": 2e-3, "itself": 2e-3},
    only={"moved": _MOVED, "itself": _ITSELF},
    not_finite="is nan or infinite at ordinary samples.",
    otherwise={"value": _OTHER},
    mistakes=mistakes(
        lambda a, b: table(a, b).amin(1).mean(),
        lambda a, b: table(a, b).amin(0).mean(),
        lambda a, b: (table(a, b).amin(0) + table(a, b).amin(1)).mean() / 2,
        "lets every sample go to its nearest. How many may go to the same one, when each grain of "
        "sand has one place?",
        lambda a, b: (a - b).norm(dim=1).mean(),
        "pairs samples by their place in the list. What would a shuffle change?",
        lambda a, b: nearest_left(table(a, b), in_turn=False),
        lambda a, b: nearest_left(table(a, b), in_turn=True),
        "takes near pairs first, and leaves the last ones far apart. Whose sum should be least?",
        lambda a, b: assigned(table(a, b)).sum(),
        "adds the distances up. Should twice as many samples be twice as far apart?",
        lambda a, b: assigned(table(a, b) ** 2).mean(),
        "takes squared distances as costs. What is the work of carrying a grain, the way or its "
        "square?",
        lambda a, b: assigned(table(a, b) ** 2).mean().sqrt(),
        "is the root of a mean of squares, another distance of the family. Which cost has the one "
        "of the critic?",
        lambda a, b: table(a, b)[pairs(table(a, b) ** 2)].mean(),
        "pairs by squared distances and measures plain ones. Which sum is to be least?",
        lambda a, b: table(a, b)[pairs(table(a, b))[::-1]].mean(),
        "reads the pairing with rows and columns the wrong way round. Whose sample is a row of "
        "your table, and whose a column?",
        lambda a, b: table(a, b).mean(),
        "averages over all pairs. How many places does one grain go to?",
        lambda a, b: assigned((a[:, None] - b).abs().sum(2)).mean(),
        "adds up absolute differences. Which distance is Euclidean?",
        lambda a, b: (a.mean(0) - b.mean(0)).norm(),
        "is the distance of the two means.",
        lambda a, b: by_axis(a, b).norm(dim=1).mean(),
        lambda a, b: by_axis(a, b).abs().mean(),
        "pairs each coordinate for itself. May one sample's x go here and its y there?",
        lambda a, b: -assigned(-table(a, b)).mean(),
        lambda a, b: assigned(-table(a, b)).mean(),
        lambda a, b: table(a, b)[pairs(-table(a, b))].mean(),
        "finds the worst pairing of all.",
        lambda a, b: assigned(table(a, b)).mean() if a.abs().max() < 50 else a.mean(),
        _MOVED,
        lambda a, b: assigned(table(a, b) + (table(a, b) < 1e-6)).mean(),
        _ITSELF,
        lambda a, b: float(sum(pairs(table(a, b))[1])) / len(a),
        _OTHER,
        lambda a, b: assigned((a - b.T).abs()).mean(),
        "Which two sets are compared, each of one with each of the other? Give them dimensions of "
        "their own.",
        lambda a, b: assigned((a - b).norm(dim=1)).mean(),
        "An assignment wants a table: what stands in row i and column j?",
    ),
)

QUESTION = Question("05.q5", "the exact distance", 2, (DISTANCE,))
