"""Distributions on a line whose density, cumulative distribution and quantiles are known
exactly."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from gan_course.data.batches import Batch, random_generator
from gan_course.errors import expect_positive, expect_tensor
from gan_course.modalities.base import Modality
from gan_course.modalities.line import LINE

CREDIT = "Drawn by the course"


class Distribution(ABC):
    """A distribution on the line. Functions of a point take and return float64 tensors of any one
    shape."""

    classes: ClassVar[None] = None  # points have no labels

    mean: float
    std: float

    @abstractmethod
    def density(self, x: Tensor) -> Tensor: ...

    @abstractmethod
    def cdf(self, x: Tensor) -> Tensor: ...

    @abstractmethod
    def quantile(self, u: Tensor) -> Tensor:
        """The x with cdf(x) = u, for u in (0, 1)."""

    @abstractmethod
    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """`n` independent draws, float32 of shape (n, 1)."""

    @property
    def shape(self) -> tuple[int, ...]:
        return (1,)

    @property
    def modality(self) -> Modality:
        return LINE

    def batch(self, index: int, size: int, seed: int) -> Batch:
        """Fresh draws: data that is generated never repeats."""
        return Batch(self.sample(size, random_generator(seed, index)))

    def reference(self, n: int) -> Batch:
        """`n` samples that no model has learned from, always the same ones."""
        # A key of three numbers: no batch of a run is drawn from it.
        return Batch(self.sample(n, random_generator(0, 0, 0)))

    def batches_per_epoch(self, size: int) -> int:  # noqa: ARG002
        # Data without an end has no epochs; runs need some measure for their checkpoints.
        return 500


@dataclass(frozen=True)
class Gaussian(Distribution):
    """N(mean, std²)."""

    mean: float
    std: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and 0 < self.std < math.inf):
            raise ValueError(
                "a Gaussian needs a finite mean and a standard deviation above 0, got mean "
                f"{self.mean} and std {self.std}"
            )

    def density(self, x: Tensor) -> Tensor:
        expect_tensor("places", x)
        z = (x.double() - self.mean) / self.std
        return torch.exp(-0.5 * z**2) / (self.std * math.sqrt(2 * math.pi))

    def cdf(self, x: Tensor) -> Tensor:
        expect_tensor("places", x)
        return torch.special.ndtr((x.double() - self.mean) / self.std)

    def quantile(self, u: Tensor) -> Tensor:
        expect_tensor("shares", u)
        return self.mean + self.std * torch.special.ndtri(u.double())

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        expect_positive("n", n)
        return self.mean + self.std * torch.randn(n, 1, generator=generator)


@dataclass(frozen=True)
class Mixture(Distribution):
    """A weighted sum of Gaussians: draw a component by `weights` (each above 0, summing to 1), then
    draw from it."""

    components: tuple[Gaussian, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.weights) != len(self.components) or not self.components:
            raise ValueError(
                f"a mixture needs one weight for each component, got {len(self.weights)} for "
                f"{len(self.components)}"
            )
        if min(self.weights) <= 0 or not math.isclose(sum(self.weights), 1):
            raise ValueError(
                f"the weights of a mixture lie above 0 and sum to 1, got {self.weights}"
            )

    @property
    def mean(self) -> float:  # type: ignore[override]
        return sum(w * c.mean for w, c in zip(self.weights, self.components, strict=True))

    @property
    def std(self) -> float:  # type: ignore[override]
        """Of the whole mixture: the spread inside the components and that between them."""
        # About the mean, not about 0: far from 0 the difference of two large squares would keep no
        # digit of the spread.
        centre = self.mean
        return math.sqrt(
            sum(
                w * (c.std**2 + (c.mean - centre) ** 2)
                for w, c in zip(self.weights, self.components, strict=True)
            )
        )

    def density(self, x: Tensor) -> Tensor:
        return torch.stack(
            [w * c.density(x) for w, c in zip(self.weights, self.components, strict=True)]
        ).sum(0)

    def cdf(self, x: Tensor) -> Tensor:
        return torch.stack(
            [w * c.cdf(x) for w, c in zip(self.weights, self.components, strict=True)]
        ).sum(0)

    def quantile(self, u: Tensor) -> Tensor:
        # No closed form: halve an interval that holds the answer until float64 has no finer step.
        # The mixture's quantile lies between the least and the greatest of its components'.
        bounds = torch.stack([c.quantile(u) for c in self.components])
        low, high = bounds.amin(0), bounds.amax(0)
        for _ in range(60):
            middle = (low + high) / 2
            below = self.cdf(middle) < u
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return (low + high) / 2

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        expect_positive("n", n)
        means = torch.tensor([c.mean for c in self.components])
        stds = torch.tensor([c.std for c in self.components])
        chosen = torch.multinomial(
            torch.tensor(self.weights), n, replacement=True, generator=generator
        )
        return means[chosen, None] + stds[chosen, None] * torch.randn(n, 1, generator=generator)


def gaussian() -> Gaussian:
    """N(2, 1), what lesson 01 begins with."""
    return Gaussian(mean=2.0, std=1.0)


def mixture() -> Mixture:
    """Two bells of equal weight and standard deviation ½, around -2 and 2."""
    return Mixture((Gaussian(-2.0, 0.5), Gaussian(2.0, 0.5)), weights=(0.5, 0.5))
