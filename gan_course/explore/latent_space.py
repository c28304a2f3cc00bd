"""What the views of a latent space ask of it, and what a model must be for its own to be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from gan_course.explore.controls import View
from gan_course.explore.picture import Picture
from gan_course.metrics import ImageIndex
from gan_course.models import Model
from gan_course.models.declarations import Latent

COLUMNS = 10  # images side by side
LARGEST = 128  # side of an image, in pixels: ten of them are as wide as a page
WIDEST = 512  # numbers of a latent vector: directions are found among all pairs of them


class LatentSpace(Protocol):
    """Latents of seeds, and images of latents."""

    latent_dim: int
    seed: int
    index: ImageIndex | None  # of the training images

    def latent(self, seed: int) -> Tensor:
        """The latent (1, latent_dim) that belongs to `seed`."""

    def images(self, z: Tensor) -> Tensor:
        """Images (N, C, H, W) in [-1, 1] of latents (N, latent_dim), on the CPU."""


@dataclass(frozen=True)
class LatentView:
    """One way to look at a latent space: its controls, what it draws from their values, and where
    it can be offered."""

    view: View
    draw: Callable[[LatentSpace, Mapping[str, Any]], Picture]
    fits: Callable[[LatentSpace], bool] = lambda _: True


def latents(space: LatentSpace, seeds: Sequence[int]) -> Tensor:
    """The latents of `seeds`: (len(seeds), latent_dim)."""
    return torch.cat([space.latent(seed) for seed in seeds])


def numbers(values: Tensor) -> list[str]:
    """Numbers with at most two decimals, and none where they are whole."""
    return [f"{value:.2f}".rstrip("0").rstrip(".") for value in values.tolist()]


def latent_of(model: Model[Any]) -> Latent:
    """The space from which `model` draws; `ValueError` where there is none, or where it is wider or
    its images larger than an explorer shows."""
    kind, latent = type(model).__name__, model.latent()
    if latent is None:
        raise ValueError(
            f"a {kind} has no latent space to explore: no vector alone decides what it draws, as "
            "it does in a DCGAN or in a VAE"
        )
    if latent.dim > WIDEST:
        raise ValueError(
            f"an explorer shows latent spaces of at most {WIDEST} dimensions, this {kind} has "
            f"{latent.dim}"
        )
    expect_drawable(f"this {kind}", model.config.shape)
    return latent


def expect_drawable(what: str, shape: Sequence[int]) -> None:
    """Raise `ValueError` unless samples of `shape`, drawn by `what`, are images that can be
    shown."""
    if len(shape) != 3 or shape[0] not in (1, 3) or max(shape[1:]) > LARGEST:
        raise ValueError(
            "an explorer shows images (C, H, W) of 1 or 3 channels with sides of at most "
            f"{LARGEST} pixels, {what} draws samples of shape {tuple(shape)}"
        )
