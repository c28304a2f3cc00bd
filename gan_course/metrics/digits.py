"""Which digits a model draws, and how evenly."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.errors import expect_labels, expect_positive, expect_tensor
from gan_course.metrics.divergence import expect_shares
from gan_course.metrics.judge import judge


def digit_histogram(images: Tensor) -> Tensor:
    """Share of each digit 0-9 among `images` (N, 1, 28, 28) in [-1, 1], as the judge reads them:
    float64 (10,), sums to 1.

    The judge has no answer "none": noise too is read as some digit. Raises as `Judge.read` does,
    and ValueError without an image.
    """
    expect_tensor("images", images)
    return label_histogram(judge(images.device).read(images))


def label_histogram(labels: Tensor, classes: int = 10) -> Tensor:
    """Share of each class among int64 `labels` (N,) in [0, classes): float64 (classes,), sums to
    1."""
    expect_tensor("labels", labels)
    if labels.ndim != 1 or not len(labels):
        raise ValueError(
            f"expected labels of shape (N,) with N of at least 1, got {tuple(labels.shape)}"
        )
    labels = labels.cpu()
    expect_labels(labels, len(labels), expect_positive("classes", classes))
    return torch.bincount(labels, minlength=classes).double() / len(labels)


def histogram_distance(p: Tensor, q: Tensor) -> float:
    """Total variation ½ Σ |p - q| between two histograms of shape (K,) that sum to 1: 0 for equal
    ones, 1 for ones that share no class.

    A model that draws a single digit is about 0.9 from the uniform histogram of ten. Raises
    ValueError for anything but two such histograms.
    """
    p, q = expect_shares(p, q)
    return 0.5 * (p - q).abs().sum().item()
