"""What codes mean: matched with known factors, and categories matched with classes that nobody
told."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gan_course.data.shapes import FACTORS, KINDS
from gan_course.errors import expect_finite, expect_labels, expect_positive, expect_tensor

BINS = 20  # of a code, as in Locatello et al. 2019 (arXiv:1811.12359)


@dataclass(frozen=True)
class Match:
    """Code number `code` is paired with factor number `factor`; `strength`, from 0 to 1, is what
    the pair was chosen by."""

    code: int
    factor: int
    strength: float


def rank_correlations(codes: Tensor, factors: Tensor) -> Tensor:
    """Absolute Spearman correlation of every code with every factor: `codes` (N, k) and `factors`
    (N, F), to float64 (k, F), from 0 to 1.

    Ranks ask only that a factor rises, or falls, with a code. Equal values share their mean rank;
    what never changes is correlated with nothing, 0. Raises ValueError for other shapes, fewer than
    2 rows, NaN and infinity.
    """
    _check_rows(codes, factors)
    one, other = _standard_ranks(codes), _standard_ranks(factors)
    return (one.T @ other).abs().clamp_max(1)


def shape_correlations(codes: Tensor, kinds: Tensor, factors: Tensor) -> Tensor:
    """As `rank_correlations`, of codes (N, k) with x, y, size and rotation of shapes, `kinds` (N,)
    and `factors` (N, 4) as in `ShapeSplit`: (k, 4).

    Rotation has no order: it comes back to where it began. It counts by its cosine or its sine,
    whichever follows the code better, and each kind of shape by itself, since a turn of one is none
    of another; the kinds' mean is returned. A code that runs once around steadily scores 0.5 to
    0.8.
    """
    _check_rows(codes, factors)
    expect_labels(kinds, len(codes), len(KINDS), what="kinds", wait=True)
    if factors.shape[1] != len(FACTORS):
        raise ValueError(
            f"expected the factors {', '.join(FACTORS)}, shape (N, 4), got {tuple(factors.shape)}"
        )
    angle = 2 * math.pi * factors[:, 3]
    circle = torch.stack([angle.cos(), angle.sin()], dim=1)
    by_kind = [
        rank_correlations(codes[rows], circle[rows]).amax(1)
        for rows in (kinds == kind for kind in kinds.unique())
        if rows.sum() > 1
    ]
    return torch.cat(
        [rank_correlations(codes, factors[:, :3]), torch.stack(by_kind).mean(0)[:, None]], dim=1
    )


def match(strengths: Tensor) -> tuple[Match, ...]:
    """Pairs of codes and *distinct* factors with the greatest sum of `strengths` (k, F), in the
    order of the codes; min(k, F) of them.

    Without "distinct", three codes that all follow one factor would look like three that found
    something.
    """
    from scipy.optimize import linear_sum_assignment

    expect_tensor("strengths", strengths)
    if strengths.ndim != 2 or not strengths.numel() or not strengths.isfinite().all():
        raise ValueError(
            f"expected finite strengths of shape (codes, factors), got {tuple(strengths.shape)}"
        )
    values = strengths.detach().cpu().double()
    codes, factors = linear_sum_assignment(values.numpy(), maximize=True)
    return tuple(
        Match(int(code), int(factor), values[code, factor].item())
        for code, factor in zip(codes, factors, strict=True)
    )


def mutual_information(one: Tensor, other: Tensor) -> float:
    """Nats that two sequences of whole numbers of at least 0, int64 of shape (N,), tell of each
    other, from their counts; at least 0.

    Counts of few rows tell too much: with A and B values about (A - 1)(B - 1) / 2N nats, even of
    two that are independent.
    """
    _check_labels(one, other)
    joint = _contingency(one, other).double() / len(one)
    even = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
    there = joint > 0
    return max((joint[there] * (joint[there] / even[there]).log()).sum().item(), 0.0)


def mutual_information_gap(codes: Tensor, factors: Tensor, bins: int = BINS) -> Tensor:
    """MIG, eq. 6 of Chen et al. 2018 (arXiv:1802.04942), for each factor by itself: float64 (F,)
    from 0 to 1; their mean is the published score.

    For each factor the nats that the best code tells of it, less those of the second best, as a
    share of the factor's entropy: 1 for a factor that one code alone holds, 0 for one that no code
    holds or that two share. `codes` (N, k), `factors` int64 (N, F) of at least 0: continuous ones
    are cut first, `binned(factors, …)`. Codes are cut into `bins` of equal width, as in Locatello
    et al. 2019. Raises ValueError as `rank_correlations` does, and for a factor that never changes.
    """
    _check_rows(codes, factors)
    cut, gaps = binned(codes, bins), []
    for factor in factors.T:
        entropy = mutual_information(factor, factor)
        if not entropy > 0:
            raise ValueError(
                "expected factors that change, got one with a single value: leave it out"
            )
        told = sorted((mutual_information(code, factor) for code in cut.T), reverse=True)
        gaps.append((told[0] - (told[1] if len(told) > 1 else 0.0)) / entropy)
    return torch.tensor(gaps, dtype=torch.float64, device="cpu")


def binned(values: Tensor, bins: int) -> Tensor:
    """Each column of `values` (N, k) cut into `bins` of equal width between its least and its
    greatest value: int64 (N, k) in [0, bins)."""
    expect_positive("bins", bins)
    expect_finite("values", values)
    if values.ndim != 2 or not values.numel():
        raise ValueError(f"expected values of shape (N, k), got {tuple(values.shape)}")
    low, high = values.amin(0), values.amax(0)
    share = (values - low) / torch.where(high > low, high - low, 1)
    return (share * bins).long().clamp_max(bins - 1)


def cluster_accuracy(clusters: Tensor, labels: Tensor) -> float:
    """Unsupervised accuracy, from 0 to 1: the share of `labels` that `clusters` would get right if
    each stood for the class that suits all best.

    Both int64 (N,) of at least 0. No two clusters stand for one class, so where there are more
    clusters than classes some are always wrong. The labels are looked at only here, after the fact:
    ten clusters drawn by chance score above 0.1, the more so the fewer rows.
    """
    _check_labels(clusters, labels)
    counts = _contingency(clusters, labels).double()
    return sum(pair.strength for pair in match(counts)) / len(labels)


def pixel_clusters(images: Tensor, count: int, seed: int = 0) -> Tensor:
    """k-means on the pixels of `images` (N, ...): the number of the cluster of each, int64 (N,) in
    [0, count).

    What can be found without any network. Raises ValueError for a `count` below 1 or above N.
    """
    from scipy.cluster.vq import kmeans2

    expect_finite("images", images)
    if images.ndim < 2:
        raise ValueError(f"expected images of shape (N, ...), got {tuple(images.shape)}")
    if not expect_positive("count", count) <= len(images):
        raise ValueError(
            f"expected a number of clusters from 1 to that of the images, {len(images)}, got "
            f"{count}"
        )
    points = images.detach().cpu().flatten(1).double().numpy()
    _, clusters = kmeans2(points, count, iter=50, minit="++", seed=np.random.default_rng(seed))
    return torch.from_numpy(clusters).long()


def _standard_ranks(values: Tensor) -> Tensor:
    """Ranks of each column, centred and of length 1; 0 where a column never changes."""
    columns = []
    for column in values.detach().cpu().double().T:
        _, place, count = column.unique(return_inverse=True, return_counts=True)
        rank = (count.cumsum(0) - (count.double() - 1) / 2)[place]
        centred = rank - rank.mean()
        columns.append(centred / centred.norm() if len(count) > 1 else torch.zeros_like(centred))
    return torch.stack(columns, dim=1)


def _contingency(one: Tensor, other: Tensor) -> Tensor:
    """How often each pair of the values that are there comes together: int64 (A, B)."""
    (values, row), (others, column) = (
        labels.cpu().unique(return_inverse=True) for labels in (one, other)
    )
    shape = len(values), len(others)
    return torch.bincount(row * shape[1] + column, minlength=math.prod(shape)).view(shape)


def _check_rows(codes: Tensor, factors: Tensor) -> None:
    expect_finite("codes and factors", codes, factors)
    if (
        codes.ndim != 2
        or factors.ndim != 2
        or len(codes) != len(factors)
        or not (codes.shape[1] and factors.shape[1])
    ):
        raise ValueError(
            f"expected codes (N, k) and factors (N, F) with as many rows, got {tuple(codes.shape)} "
            f"and {tuple(factors.shape)}"
        )
    if len(codes) < 2:
        raise ValueError(f"expected at least 2 rows, because one has no order, got {len(codes)}")


def _check_labels(one: Tensor, other: Tensor) -> None:
    expect_tensor("whole numbers", one, other)
    if one.ndim != 1 or one.shape != other.shape or not len(one):
        raise ValueError(
            f"expected two sequences of one shape (N,), N of at least 1, got {tuple(one.shape)} "
            f"and {tuple(other.shape)}"
        )
    if one.is_floating_point() or other.is_floating_point():
        raise TypeError(
            f"expected whole numbers, got {one.dtype} and {other.dtype}: cut continuous values "
            "with binned(values, bins)"
        )
    if min(one.min(), other.min()) < 0:
        raise ValueError(
            f"expected numbers of at least 0, got {min(one.min().item(), other.min().item())}"
        )
