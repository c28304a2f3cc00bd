"""Answers for questions 04.q4 and 04.q5: right ones written differently, and the parts that wrong
ones are made of."""

from __future__ import annotations

from itertools import permutations

import torch
from scipy.optimize import linear_sum_assignment
from scipy.stats import rankdata, spearmanr
from torch.nn import functional as F


def table(codes, labels, count):
    return F.one_hot(codes, count).T @ F.one_hot(labels, count)


def best(counts, maximize=True):
    rows, columns = linear_sum_assignment(counts, maximize=maximize)
    return counts[rows, columns].sum()


def accuracy(of):
    """The share that `of` makes of the table of counts."""
    return lambda codes, labels, count: of(table(codes, labels, count)) / len(codes)


def by_every_order(codes, labels, count):
    hits = max(
        sum(int(order[code] == label) for code, label in zip(codes, labels, strict=True))
        for order in permutations(range(count))
    )
    return hits / len(codes)


def by_cost(codes, labels, count):
    misses = torch.stack(
        [
            torch.stack([((codes == i) & (labels != j)).sum() for j in range(count)])
            for i in range(count)
        ]
    )
    rows, columns = linear_sum_assignment(misses.numpy())
    return 1 - misses[rows, columns].sum() / len(codes)


def by_bincount(codes, labels, count):
    counts = torch.bincount(codes * count + labels, minlength=count**2).view(count, count)
    stands_for = torch.empty(count, dtype=torch.int64)
    rows, columns = (torch.from_numpy(x) for x in linear_sum_assignment(-counts.numpy()))
    stands_for[rows] = columns
    return (stands_for[codes] == labels).double().mean()


def as_numpy_number(codes, labels, count):
    counts = table(codes, labels, count).numpy()
    return counts[linear_sum_assignment(counts, maximize=True)].sum() / len(codes)


def greedy(counts):
    left, total = counts.clone(), 0
    for _ in range(len(left)):
        row, column = divmod(int(left.argmax()), left.shape[1])
        total += int(left[row, column])
        left[row], left[:, column] = -1, -1
    return total


def in_turn(counts):
    left, total = counts.clone(), 0
    for row in left:
        total += int(row.max())
        left[:, row.argmax()] = -1
    return total


def mean_share(codes, labels, count):
    counts = table(codes, labels, count)
    rows, columns = linear_sum_assignment(counts, maximize=True)
    return (counts[rows, columns] / counts.sum(1).clamp_min(1)).mean()


def too_short(codes, labels, count):
    return accuracy(best)(codes, labels, count) if len(codes.unique()) == count else 0.0


# Ranks and matches


def pearson(one, other):
    a, b = (x.double() - x.double().mean(0) for x in (one, other))
    return F.normalize(a, dim=0).T @ F.normalize(b, dim=0)


def shared_ranks(x):
    """The mean of the places of equal values, counted."""
    return torch.stack(
        [torch.stack([(c < v).sum() + ((c == v).sum() + 1) / 2 for v in c]) for c in x.T], dim=1
    )


def scipy_ranks(x, method="ema"):
    return torch.from_numpy(rankdata(x.numpy(), method=method, axis=0))


def by_scipy(codes, factors):
    rows = [[abs(spearmanr(code, factor).statistic) for factor in factors.T] for code in codes.T]
    return torch.tensor(rows, dtype=torch.float64)


def by_corrcoef(codes, factors):
    everything = torch.corrcoef(torch.cat([scipy_ranks(codes), scipy_ranks(factors)], 1).T)
    return everything[: codes.shape[1], codes.shape[1] :].abs()


def by_counting(codes, factors):
    return pearson(shared_ranks(codes), shared_ranks(factors)).abs()


def with_ranks(method, of_factors=None):
    return lambda codes, factors: pearson(
        scipy_ranks(codes, method), scipy_ranks(factors, of_factors or method)
    ).abs()


def by_two_sorts(codes, factors):
    return pearson(codes.argsort(0).argsort(0), factors.argsort(0).argsort(0)).abs()


def codes_from_the_end(codes, factors):
    return pearson(
        codes.argsort(dim=0, descending=True, stable=True).argsort(0), scipy_ranks(factors)
    ).abs()


def by_first_sort(codes, factors):
    return pearson(codes.argsort(0), factors.argsort(0)).abs()


def short_formula(codes, factors):
    n, apart = (
        len(codes),
        (scipy_ranks(codes)[:, :, None] - scipy_ranks(factors)[:, None]).pow(2).sum(0),
    )
    return (1 - 6 * apart / (n * (n**2 - 1))).abs()


def mixed_divisors(codes, factors):
    a, b = (scipy_ranks(x) - scipy_ranks(x).mean(0) for x in (codes, factors))
    return ((a.T @ b) / len(a) / a.std(0)[:, None] / b.std(0)).abs()


def matched(strengths):
    return torch.from_numpy(linear_sum_assignment(strengths.numpy(), maximize=True)[1])


def matched_by_trying(strengths):
    k, n = strengths.shape
    return torch.tensor(
        max(
            permutations(range(n), k),
            key=lambda order: sum(strengths[i, j].item() for i, j in enumerate(order)),
        )
    )


def matched_by_cost(strengths):
    factors = linear_sum_assignment(1 - strengths)[1]
    return torch.as_tensor(factors.tolist())


def matched_greedily(strengths):
    left, chosen = strengths.clone(), [0] * len(strengths)
    for _ in chosen:
        row, column = divmod(int(left.argmax()), left.shape[1])
        chosen[row] = column
        left[row], left[:, column] = -1, -1
    return torch.tensor(chosen)
