"""Two measures of a model at any step of its training: how often its discriminator is right, and
how varied its samples are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gan_course.data.batches import Batch
from gan_course.data.source import Source
from gan_course.doctor.thresholds import ALIKE, LOPSIDED, TWINS
from gan_course.models.base import Model
from gan_course.models.declarations import Adversary


@dataclass(frozen=True)
class Accuracy:
    """Shares, from 0 to 1, that a discriminator is right about: `real` of so many real `samples`
    that it has not seen, `fake` of fresh ones. Where it guesses, the two sum to 1."""

    real: float
    fake: float
    samples: int


@dataclass(frozen=True)
class Variety:
    """How much fresh samples differ from each other, against how much real ones do.

    `spread` is the mean Euclidean distance between two of them, as a share of that between two real
    ones: 1 is right, 0 is one sample over and over. `nearest` is the median distance to the nearest
    other sample, as the same kind of share; None where it tells nothing about the modality.
    `imbalance` is the share, from 0 to 1, that would have to change class for the classes to be as
    frequent as in the data; None where the modality knows no classes. `remedy` says in words what
    changing class means.
    """

    spread: float
    nearest: float | None
    imbalance: float | None
    remedy: str = ""

    @property
    def low(self) -> bool:
        twins = self.nearest is not None and self.nearest < TWINS
        lopsided = self.imbalance is not None and self.imbalance > LOPSIDED
        return self.spread < ALIKE or twins or lopsided


def accuracy(model: Model[Any], adversary: Adversary, real: Batch, fake: Batch) -> Accuracy:
    """How often `adversary`, of `model`, takes samples for what they are; `ValueError` where its
    loss does not say above which logit a sample is taken for real."""
    boundary = adversary.loss.boundary
    if boundary is None:
        raise ValueError("this loss does not say from which logit on a sample is taken for real")
    with model.evaluating():
        real_right = adversary.logits(real.to(model.device)) > boundary
        fake_right = adversary.logits(fake.to(model.device)) < boundary
    return Accuracy(real_right.double().mean().item(), fake_right.double().mean().item(), len(real))


def variety(fake: Tensor, real: Tensor, data: Source) -> Variety:
    """Variety of `fake` (N, *shape) against `real` (M, *shape), samples of `data`; N and M of at
    least 2, all finite."""
    from gan_course.metrics.digits import histogram_distance

    (mean, nearest), (real_mean, real_nearest) = _distances(fake), _distances(real)
    balance = data.modality.balance(fake, data)
    return Variety(
        mean / real_mean,
        nearest / real_nearest if data.modality.neighbours_tell and real_nearest else None,
        None if balance is None else histogram_distance(balance.drawn, balance.due),
        "" if balance is None else balance.remedy,
    )


def _distances(x: Tensor) -> tuple[float, float]:
    """Mean distance between two of `x`, and median distance from one of them to the nearest
    other."""
    distances = torch.cdist(x.flatten(1).double(), x.flatten(1).double())
    mean = distances.sum().item() / (len(x) * (len(x) - 1))
    return mean, distances.fill_diagonal_(math.inf).amin(dim=1).median().item()
