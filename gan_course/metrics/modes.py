"""Has a generator found every mode of a mixture, and does it serve them evenly?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from gan_course.errors import expect_finite, expect_positive, expect_shape
from gan_course.metrics.digits import histogram_distance, label_histogram


class HasModes(Protocol):
    """What a mixture in the plane must know for its modes to be counted."""

    @property
    def places(self) -> Tensor:
        """The centres, of shape (K, 2)."""
        ...

    @property
    def std(self) -> float: ...


@dataclass(frozen=True)
class Modes:
    """Which modes a set of samples holds.

    `counts` int64 of shape (K,): good samples of each mode. `found`: modes with at least as many as
    were asked for. `good`: share of all samples that are good, from 0 to 1. `variation`: total
    variation, from 0 to 1, between the good samples' histogram over modes and the even one; 1 where
    no sample is good.
    """

    counts: Tensor
    found: int
    good: float
    variation: float

    @property
    def of(self) -> int:
        """How many modes there are."""
        return len(self.counts)


def count_modes(
    samples: Tensor, mixture: HasModes, *, at_least: int = 20, within: float = 3.0
) -> Modes:
    """Count the modes of `mixture`, whose Gaussians have equal weight, in `samples` of shape (N,
    2).

    A sample is good where it lies `within` so many standard deviations of its nearest centre.
    Perfect samples are good in a share of 1 - exp(-within² / 2), 98.9 % at 3. A mode is found by
    `at_least` good samples: 20 of 20,000 is a fortieth of what each of 25 modes should get. Lin et
    al. 2018 (PacGAN, arXiv:1712.04086) draw 2,500 samples and ask for one, so that a single stray
    sample finds a mode: `at_least=1`. Raises `ValueError` for another shape, no sample, NaN and
    infinity.
    """
    expect_positive("at_least", at_least)
    if not within > 0:  # written so that NaN fails too
        raise ValueError(f"expected a distance above 0, in standard deviations, got {within}")
    mode, distance = nearest_mode(samples, mixture)
    good = distance <= within * mixture.std
    counts = torch.bincount(mode[good], minlength=len(mixture.places))
    variation = 1.0
    if good.any():
        shares = counts / counts.sum()
        variation = histogram_distance(shares, torch.full_like(shares, 1 / len(shares)))
    return Modes(counts, int((counts >= at_least).sum()), good.double().mean().item(), variation)


def mode_histogram(samples: Tensor, mixture: HasModes) -> Tensor:
    """Share of `samples` (N, 2), good or not, that each mode is the nearest of: float64 (K,), sums
    to 1. Raises as `count_modes` does."""
    return label_histogram(nearest_mode(samples, mixture)[0], len(mixture.places))


def nearest_mode(samples: Tensor, mixture: HasModes) -> tuple[Tensor, Tensor]:
    """For each of `samples` (N, 2) the number of its nearest centre, int64 (N,), and the distance
    to it, float64 (N,). Raises as `count_modes` does."""
    expect_shape("samples", samples, (2,))
    expect_finite("samples", samples)
    if not len(samples):
        raise ValueError("expected at least one sample, got none")
    points = samples.detach().cpu().double()
    # Differences, not the matrix product that is quicker: its rounding would move samples across
    # the bound.
    distance, mode = torch.cdist(
        points, mixture.places.double(), compute_mode="donot_use_mm_for_euclid_dist"
    ).min(dim=1)
    return mode, distance
