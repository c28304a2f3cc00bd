"""Networks of variational autoencoders, for square images of 28, 32 or 64 pixels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from gan_course.errors import expect_shape
from gan_course.nets.dcgan import ConvGenerator, sides
from gan_course.nets.mlp import mlp

HIDDEN = 128  # units between the coarsest feature map and the latent space


def conv_trunk(shape: tuple[int, ...], width: int) -> nn.Sequential:
    """Images (N, C, H, W) to `HIDDEN` features (N, HIDDEN).

    `width` is the number of channels at half the side; there are twice as many at each coarser
    one.
    """
    coarsest, *finer = sides(shape)
    channels = [shape[0], *(width * 2**i for i in range(len(finer)))]
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(channels):
        layers += [nn.Conv2d(inputs, outputs, 4, 2, 1), nn.SiLU()]
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(channels[-1] * coarsest**2, HIDDEN), nn.SiLU()
    )


class ConvEncoder(nn.Module):
    """Images (N, C, H, W) to the mean and the log-variance of their latent vectors, (N, latent_dim)
    each; `width` as in `conv_trunk`."""

    def __init__(self, shape: tuple[int, ...], latent_dim: int, width: int = 16) -> None:
        super().__init__()
        self.shape = shape
        self.body = conv_trunk(shape, width).append(nn.Linear(HIDDEN, 2 * latent_dim))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        expect_shape("images", x, self.shape)
        mu, log_var = self.body(x).chunk(2, dim=1)
        return mu, log_var


class PairNet(nn.Module):
    """Images (N, C, H, W), each with a vector (N, vector_dim), to outputs (N, outputs): a posterior
    of any shape where the vectors are noise, or a discriminator of pairs where they are latent.

    `width` as in `conv_trunk`.
    """

    def __init__(
        self, shape: tuple[int, ...], vector_dim: int, outputs: int, width: int = 16
    ) -> None:
        super().__init__()
        self.shape, self.vector_dim = shape, vector_dim
        self.trunk = conv_trunk(shape, width)
        self.body = mlp([HIDDEN + vector_dim, HIDDEN, HIDDEN, outputs])

    def forward(self, x: Tensor, vector: Tensor) -> Tensor:
        expect_shape("images", x, self.shape)
        expect_shape("vectors", vector, (self.vector_dim,))
        return self.body(torch.cat([self.trunk(x), vector], dim=1))


class ConvDecoder(nn.Module):
    """Latent vectors (N, latent_dim) to the logits of images (N, C, H, W): the mirror image of
    `ConvEncoder`."""

    def __init__(self, latent_dim: int, shape: tuple[int, ...], width: int = 16) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        coarsest, *finer = sides(shape)
        channels = [*(width * 2**i for i in reversed(range(len(finer)))), shape[0]]
        layers: list[nn.Module] = [
            nn.Linear(latent_dim, HIDDEN),
            nn.SiLU(),
            nn.Linear(HIDDEN, channels[0] * coarsest**2),
            nn.Unflatten(1, (channels[0], coarsest, coarsest)),
        ]
        for inputs, outputs in pairwise(channels):
            layers += [nn.SiLU(), nn.ConvTranspose2d(inputs, outputs, 4, 2, 1)]
        self.body = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        expect_shape("latent vectors", z, (self.latent_dim,))
        return self.body(z)


# Networks from latent_dim, shape and width, in this order, which give logits.
DECODERS: dict[str, Callable[[int, tuple[int, ...], int], nn.Module]] = {
    "mirror": ConvDecoder,
    "dcgan": partial(ConvGenerator, output=None),
}
