"""Fully connected networks, for points and for small images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import prod

from torch import Tensor, nn

from gan_course.errors import expect_shape


def mlp(widths: Sequence[int], activation: Callable[[], nn.Module] = nn.SiLU) -> nn.Sequential:
    """Linear layers between successive `widths`, with `activation` between them and nothing after
    the last.

    SiLU is smooth, so a penalty on gradients has a gradient of its own everywhere.
    """
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


class MLPGenerator(nn.Module):
    """Latent vectors (N, latent_dim) to samples (N, *shape): images end in tanh, points are
    unbounded."""

    def __init__(
        self,
        latent_dim: int,
        shape: tuple[int, ...],
        hidden: Sequence[int] = (32, 32),
        activation: Callable[[], nn.Module] = nn.SiLU,
    ) -> None:
        super().__init__()
        self.latent_dim, self.shape = latent_dim, shape
        self.body = mlp([latent_dim, *hidden, prod(shape)], activation)
        self.output = nn.Tanh() if len(shape) == 3 else nn.Identity()

    def forward(self, z: Tensor) -> Tensor:
        expect_shape("latent vectors", z, (self.latent_dim,))
        x: Tensor = self.output(self.body(z))
        return x.unflatten(1, self.shape)


class MLPDiscriminator(nn.Module):
    """Samples (N, *shape) to logits (N, 1)."""

    def __init__(self, shape: tuple[int, ...], hidden: Sequence[int] = (32, 32)) -> None:
        super().__init__()
        self.shape = shape
        self.body = mlp([prod(shape), *hidden, 1])

    def forward(self, x: Tensor) -> Tensor:
        expect_shape("images" if len(self.shape) == 3 else "points", x, self.shape)
        return self.body(x.flatten(1))
