"""Two measures of a model at any step of its training: what its discriminator is right about, and
how varied its samples are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gan_course.data import Data, Dataset, Distribution, PlaneMixture
from gan_course.examination.thresholds import ALIKE, LOPSIDED, TWINS

# By the loss's name: the logit above which a sample is taken for real, and what the best single
# answer to every sample costs.
GUESSING = {
    "minimax": (0.0, 2 * math.log(2)),
    "non_saturating": (0.0, 2 * math.log(2)),
    "hinge": (0.0, 2.0),
    "least_squares": (0.5, 0.25),
}


@dataclass(frozen=True)
class Accuracy:
    """Shares, from 0 to 1, that a discriminator is right about: `real` of held-out samples, `fake`
    of fresh ones; by guessing they sum to 1."""

    real: float
    fake: float


@dataclass(frozen=True)
class Variety:
    """How much fresh samples differ from each other, against how much real ones do.

    `spread` is the mean Euclidean distance between two of them, as a share of that between two real
    ones: 1 is right, 0 is one sample only. `nearest` is the median distance to the nearest other
    one, as a share likewise; for images, else None. `imbalance` is the share, from 0 to 1, that
    would have to change class for the classes to be as frequent as in the data: for digits as the
    judge reads them, for points on a line the ten stretches that hold a tenth of the distribution
    each, for points in the plane the modes, by the nearest centre; None for other data.
    """

    spread: float
    nearest: float | None
    imbalance: float | None

    @property
    def low(self) -> bool:
        twins = self.nearest is not None and self.nearest < TWINS
        return (
            self.spread < ALIKE
            or twins
            or (self.imbalance is not None and self.imbalance > LOPSIDED)
        )


def accuracy(model: Any, real: Tensor, fake: Tensor) -> Accuracy:
    """Accuracy of `model.discriminator` on samples of shape (N, *shape); `GUESSING` holds its loss,
    and above which score it says "real"."""
    boundary = GUESSING[model.config.loss][0]
    with model.observed():
        real_right, fake_right = (
            model.discriminator(real) > boundary,
            model.discriminator(fake) < boundary,
        )
    return Accuracy(real_right.double().mean().item(), fake_right.double().mean().item())


def variety(fake: Tensor, real: Tensor, data: Data) -> Variety:
    """Variety of `fake` (N, *shape) against `real` (M, *shape), samples of `data`; N and M of at
    least 2, all finite."""
    (mean, nearest), (real_mean, real_nearest) = _distances(fake), _distances(real)
    return Variety(
        mean / real_mean,
        nearest / real_nearest if isinstance(data, Dataset) else None,
        _imbalance(fake, data),
    )


def _distances(x: Tensor) -> tuple[float, float]:
    """Mean distance between two of `x`, and median distance from one of them to the nearest
    other."""
    distances = torch.cdist(x.flatten(1).double(), x.flatten(1).double())
    mean = distances.sum().item() / (len(x) * (len(x) - 1))
    return mean, distances.fill_diagonal_(math.inf).amin(dim=1).median().item()


def _imbalance(fake: Tensor, data: Data) -> float | None:
    from gan_course.metrics import histogram_distance, judge, label_histogram, mode_histogram

    if isinstance(data, Distribution):
        tenths = data.quantile(torch.arange(1, 10, dtype=torch.float64) / 10)
        drawn = label_histogram(torch.bucketize(fake.flatten().double(), tenths))
        return histogram_distance(drawn, torch.full((10,), 0.1, dtype=torch.float64))
    if isinstance(data, PlaneMixture):
        modes = len(data.centres)
        return histogram_distance(
            mode_histogram(fake, data), torch.full((modes,), 1 / modes, dtype=torch.float64)
        )
    if data.name != "digits":
        return None
    return histogram_distance(
        label_histogram(judge().read(fake.clamp(-1, 1))), label_histogram(data.held_out.labels)
    )
