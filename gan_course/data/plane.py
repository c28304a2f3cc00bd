"""Mixtures of Gaussians in the plane: points whose density is known, and whose modes can be
counted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from gan_course.data.batches import Batch, random_generator
from gan_course.errors import expect_positive, expect_tensor
from gan_course.modalities.base import Modality
from gan_course.modalities.plane import PLANE

CREDIT = "Drawn by the course"
# Gulrajani et al. 2017 divide the grid by this in their code, its standard deviation along an axis,
# so that the data have a spread of about 1.
GRID_SCALE = 2.828


@dataclass(frozen=True)
class PlaneMixture:
    """Gaussians of equal weight and of one standard deviation `std` in every direction, around
    `centres`, each a pair (x, y)."""

    classes: ClassVar[None] = None  # points have no labels

    centres: tuple[tuple[float, float], ...]
    std: float

    def __post_init__(self) -> None:
        if not self.centres:
            raise ValueError("a mixture needs at least one centre, got none")
        if not (
            all(math.isfinite(value) for centre in self.centres for value in centre)
            and 0 < self.std < math.inf
        ):
            raise ValueError(
                "a mixture in the plane needs finite centres and a standard deviation above 0, "
                f"got {self.centres} and {self.std}"
            )

    def __str__(self) -> str:
        """The mixture in words, to stand beside a measured number: numbers can be compared only
        where the mixture is the same."""
        if len(self.centres) == 1:
            return f"one Gaussian of standard deviation {self.std:.4g}"
        return (
            f"{len(self.centres)} Gaussians of equal weight and standard deviation "
            f"{self.std:.4g}, neighbouring centres {self.spacing:.4g} apart"
        )

    @property
    def shape(self) -> tuple[int, ...]:
        return (2,)

    @property
    def spacing(self) -> float:
        """Least distance between two centres; infinite where there is only one."""
        places = self.places
        distances = torch.cdist(places, places, compute_mode="donot_use_mm_for_euclid_dist")
        return distances.fill_diagonal_(math.inf).min().item()

    @property
    def places(self) -> Tensor:
        """The centres as a float64 tensor of shape (K, 2), on the CPU."""
        return torch.tensor(self.centres, dtype=torch.float64, device="cpu")

    def density(self, x: Tensor) -> Tensor:
        """Probability per unit of area at points `x` (..., 2): float64 (...)."""
        expect_tensor("points", x)
        if x.shape[-1:] != (2,):
            raise ValueError(f"expected points of shape (..., 2), got {tuple(x.shape)}")
        squares = (x.double()[..., None, :] - self.places.to(x.device)).square().sum(
            dim=-1
        ) / self.std**2
        return torch.exp(-0.5 * squares).mean(dim=-1) / (2 * math.pi * self.std**2)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """`n` independent draws, float32 of shape (n, 2)."""
        expect_positive("n", n)
        chosen = torch.randint(len(self.centres), (n,), generator=generator)
        return self.places.float()[chosen] + self.std * torch.randn(n, 2, generator=generator)

    @property
    def modality(self) -> Modality:
        return PLANE

    def batch(self, index: int, size: int, seed: int) -> Batch:
        """Fresh draws: data that is generated never repeats."""
        return Batch(self.sample(size, random_generator(seed, index)))

    def reference(self, n: int) -> Batch:
        """`n` samples that no model has learned from, always the same ones."""
        # A key of three numbers: no batch of a run is drawn from it.
        return Batch(self.sample(n, random_generator(0, 0, 0)))

    def batches_per_epoch(self, size: int) -> int:  # noqa: ARG002
        # As for points on a line: data without an end has no epochs.
        return 500


def grid() -> PlaneMixture:
    """25 Gaussians on a grid, the 2D-grid of Lin et al. 2018 (PacGAN, arXiv:1712.04086): centres
    at -4, -2, 0, 2, 4 along each axis and a standard deviation of 0.05, all divided by
    `GRID_SCALE`, which changes no number of standard deviations."""
    ticks = [value / GRID_SCALE for value in (-4, -2, 0, 2, 4)]
    return PlaneMixture(tuple((x, y) for x in ticks for y in ticks), 0.05 / GRID_SCALE)


def ring() -> PlaneMixture:
    """8 Gaussians evenly on the unit circle with a standard deviation of 0.01, the 2D-ring of Lin
    et al. 2018, in its own units."""
    angles = [2 * math.pi * i / 8 for i in range(8)]
    return PlaneMixture(tuple((math.cos(angle), math.sin(angle)) for angle in angles), 0.01)
