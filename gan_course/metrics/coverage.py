"""How many of the samples are like data, and how much of the data they reach: precision, recall,
density and coverage by nearest neighbours; and variety inside a class."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.errors import expect_finite, expect_floating, expect_labels, expect_positive


def precision(real: Tensor, fake: Tensor, k: int = 3) -> float:
    """Share of generated points no farther from some real point than that one's k-th nearest real
    neighbour, in [0, 1].

    Eq. 2 of Kynkäänniemi et al. 2019 (arXiv:1904.06991), who take k = 3, on features `real` (N, F)
    and `fake` (M, F): N above `k`, M at least 1. One good sample repeated scores 1, and a real
    outlier, whose neighbours are far, lets bad samples count. Raises as `coverage` does.
    """
    return _near(real, fake, k).any(dim=0).double().mean().item()


def recall(real: Tensor, fake: Tensor, k: int = 3) -> float:
    """Share of real points no farther from some generated point than that one's k-th nearest
    generated neighbour, in [0, 1]: `precision` with `real` and `fake` exchanged.

    N at least 1, M above `k`. Generated points that are scattered widely reach far, and so score
    high; those that are each repeated more than `k` times reach nowhere, and score 0. Raises as
    `coverage` does.
    """
    return _near(fake, real, k, what="generated").any(dim=0).double().mean().item()


def density(real: Tensor, fake: Tensor, k: int = 5) -> float:
    """Number of real points that a generated one lies near enough to, in the sense of `precision`,
    averaged and divided by `k`: at least 0.

    Section 3 of Naeem et al. 2020 (arXiv:2002.09797), for points as `coverage` takes them. Where
    `precision` asks for one real point, it counts them all, so one outlier adds little. As many new
    real points score 1 on average; samples where the real points lie most densely score more.
    Raises as `coverage` does.
    """
    return _near(real, fake, k).sum().item() / (k * len(fake))


def coverage(real: Tensor, fake: Tensor, k: int = 5) -> float:
    """Share of real points with a generated one at least as near as their k-th nearest real
    neighbour, in [0, 1].

    Section 3 of Naeem et al. 2020 (arXiv:2002.09797), on features `real` (N, F) and `fake` (M, F):
    N above `k`, M at least 1. It does not fall for fakes that lie far off, and a few real points
    among `fake` cover their neighbours too: print what as many other real points cover beside it.
    Raises `ValueError` for other shapes, too few points, NaN and infinity.
    """
    return _near(real, fake, k).any(dim=1).double().mean().item()


def variety_within_classes(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Mean Euclidean distance between two different samples of a class: float64 of shape
    (classes,), in the features' own unit.

    `features` (N, F), `labels` int64 (N,) in [0, classes), each class at least twice. A class of
    which one picture was memorised scores 0. Divide by what real samples score. Raises `ValueError`
    where a class has fewer than two samples, for labels out of range, NaN and infinity.
    """
    _check(features, features)
    expect_labels(labels, len(features), expect_positive("classes", classes), wait=True)
    found = []
    for label in range(classes):
        members = features[labels == label]
        if len(members) < 2:
            raise ValueError(
                f"expected at least 2 samples of class {label}, because one has no distance, got "
                f"{len(members)}"
            )
        found.append(torch.pdist(members.double()).mean())
    return torch.stack(found)


def _near(points: Tensor, others: Tensor, k: int, what: str = "real") -> Tensor:
    """Whether each of `others` (M, F) is at least as near to each of `points` (N, F) as that one's
    k-th nearest neighbour among `points`: bool (N, M)."""
    _check(points, others)
    expect_positive("k", k)
    if len(points) <= k:
        raise ValueError(
            f"expected more than k = {k} {what} points, got {len(points)}: take more, or a smaller "
            "k"
        )
    # The nearest of a point's neighbours is the point itself.
    radius = torch.cdist(points, points).kthvalue(k + 1, dim=1, keepdim=True).values
    return torch.cdist(points, others) <= radius


def _check(one: Tensor, other: Tensor) -> None:
    expect_floating("features", one, other)
    expect_finite("features", one, other)
    for features in (one, other):
        if features.ndim != 2 or not features.numel():
            raise ValueError(f"expected features of shape (N, F), got {tuple(features.shape)}")
    if one.shape[1] != other.shape[1]:
        raise ValueError(
            f"expected two sets with the same number of features, got {one.shape[1]} and "
            f"{other.shape[1]}"
        )
