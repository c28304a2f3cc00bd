"""Every explorer of images takes pictures of any height, width and number of channels."""

from __future__ import annotations

from contextlib import nullcontext
from math import prod
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_course.data import Dataset, Split
from gan_course.explore import ClassExplorer, CodeExplorer, LatentExplorer, LatentPlane
from gan_course.explore.explorer import Explorer
from gan_course.models import GAN, GANConfig
from tests.explore.conftest import picture_size

SHAPES = [(1, 20, 12), (3, 12, 20)]


def explorers(shape: tuple[int, int, int]) -> tuple[Explorer, ...]:
    own = Split(2 * torch.rand(5, *shape) - 1)
    weights = torch.rand(4, prod(shape))

    def draw(*parts: Tensor) -> Tensor:
        return (torch.cat(parts, dim=1) @ weights).tanh().view(-1, *shape)

    data = Dataset("mine", own, own, "me")
    autoencoder: Any = SimpleNamespace(
        device=torch.device("cpu"),
        evaluating=nullcontext,
        code=lambda x: x.flatten(1)[:, :2],
        decode=lambda z: draw(z, z),
    )
    return (
        LatentExplorer.of(GAN(GANConfig(shape=shape, hidden=(8,))), data),
        LatentPlane({"mine": autoencoder}, data),
        ClassExplorer(draw, torch.rand(3, 2), latent_dim=2),
        CodeExplorer(draw, latent_dim=1, categories=2, codes=1),
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_every_view_is_pictured(shape: tuple[int, int, int]) -> None:
    for explorer in explorers(shape):
        for view in explorer.views():
            width, height = picture_size(explorer.show(view.key, view.values))
            assert (width, height) > (2 * shape[2], shape[1])
