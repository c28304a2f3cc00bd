"""Energy distance: Székely & Rizzo 2013, "Energy statistics: a class of statistics based on
distances"."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.errors import expect_finite, expect_positive

CHUNK = 1024  # samples at a time: 1,024 × 10,000 distances are 82 MB


@torch.inference_mode()
def energy_distance(samples_a: Tensor, samples_b: Tensor, chunk: int = CHUNK) -> float:
    """2 E|a - b| - E|a - a'| - E|b - b'| between two sets of samples, at least 0, in their own
    units; images are compared by their pixels, features as they are.

    `samples_a` (N, ...) and `samples_b` (M, ...) of one shape but for N and M, each at least 1.
    Euclidean distances over all other dimensions, in float64; takes `chunk` × max(N, M) numbers of
    memory. It is the V-statistic, whose means hold each sample's distance 0 to itself: a set is
    exactly 0 from itself, but two sets of one distribution are on average E|a - a'| (1/N + 1/M)
    apart, so compare at equal N and print that floor beside. SciPy's, of one dimension, is its
    square root. Raises `ValueError` for other shapes, no sample, NaN and infinity.
    """
    expect_finite("samples", samples_a, samples_b)
    if samples_a.ndim < 1 or samples_a.shape[1:] != samples_b.shape[1:]:
        raise ValueError(
            "expected two sets of samples of one shape (N, ...), N may differ, got "
            f"{tuple(samples_a.shape)} and {tuple(samples_b.shape)}"
        )
    if not samples_a.numel() or not samples_b.numel():
        raise ValueError("expected at least one sample in each set, got none")
    expect_positive("chunk", chunk)
    a, b = (
        samples.detach().cpu().double().reshape(len(samples), -1)
        for samples in (samples_a, samples_b)
    )
    # cdist multiplies matrices, whose rounding grows with the distance from the origin.
    middle = a.mean(dim=0)
    a, b = a - middle, b - middle
    between, within_a, within_b = (
        _mean_distance(*pair, chunk) for pair in ((a, b), (a, a), (b, b))
    )
    return max(2 * between - within_a - within_b, 0.0)


def _mean_distance(a: Tensor, b: Tensor, chunk: int) -> float:
    total = sum(torch.cdist(rows, b).sum().item() for rows in a.split(chunk))
    return total / (len(a) * len(b))
