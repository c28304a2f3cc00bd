"""How much of the data a model's samples reach: coverage, and variety inside a class."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.errors import expect_finite, expect_floating, expect_labels, expect_positive


def coverage(real: Tensor, fake: Tensor, k: int = 5) -> float:
    """Share of real points with a generated one at least as near as their k-th nearest real
    neighbour, in [0, 1].

    Section 3 of Naeem et al. 2020 (arXiv:2002.09797), on features `real` (N, F) and `fake` (M, F):
    N above `k`, M at least 1. It does not fall for fakes that lie far off, and a few real points
    among `fake` cover their neighbours too: print what as many other real points cover beside it.
    Raises `ValueError` for other shapes, too few points, NaN and infinity.
    """
    _check(real, fake)
    expect_positive("k", k)
    if len(real) <= k:
        raise ValueError(
            f"expected more than k = {k} real points, got {len(real)}: take more, or a smaller k"
        )
    # The nearest of a point's neighbours is the point itself.
    radius = torch.cdist(real, real).kthvalue(k + 1, dim=1).values
    nearest = torch.cdist(real, fake).amin(dim=1)
    return (nearest <= radius).double().mean().item()


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
