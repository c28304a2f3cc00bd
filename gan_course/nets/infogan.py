"""What InfoGAN adds to a GAN's networks: a reader of codes, and a generator that knows where it
draws."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from gan_course.errors import expect_shape

LOG_VAR = (-4.0, 2.0)  # a variance without a floor would be a bound without a ceiling


def between(x: Tensor, low: float, high: float) -> Tensor:
    """`x` squeezed into (low, high): nearly `x` itself around the middle, and never flat.

    A clamp has no gradient beyond its ends, so what was once pushed there would stay.
    """
    middle, half = (low + high) / 2, (high - low) / 2
    return middle + half * torch.tanh((x - middle) / half)


class Reading(NamedTuple):
    """What Q believes of the code: `logits` (N, categories) of the category, `mu` and `log_var` (N,
    codes) of the continuous codes."""

    logits: Tensor
    mu: Tensor
    log_var: Tensor


class QHead(nn.Module):
    """Q of Chen et al. 2016 (arXiv:1606.03657) without its trunk: features (N, feature_count) of
    the discriminator to a `Reading`.

    It believes in a Gaussian around `mu` for each continuous code, independent of the others, with
    `log_var` between -4 and 2. What it learns about `log_var` does not reach the features.
    """

    def __init__(self, feature_count: int, categories: int, codes: int, width: int = 64) -> None:
        super().__init__()
        self.feature_count, self.parts = feature_count, (categories, codes, codes)
        self.body = nn.Sequential(
            nn.Linear(feature_count, width), nn.LeakyReLU(0.2), nn.Linear(width, sum(self.parts))
        )

    def forward(self, features: Tensor) -> Reading:
        expect_shape("features", features, (self.feature_count,))
        logits, mu, _ = self.body(features).split(self.parts, dim=1)
        # With this gradient in the trunk and the generator, one of three runs on shapes ended in
        # black pictures; without it, none of five.
        _, _, log_var = self.body(features.detach()).split(self.parts, dim=1)
        return Reading(logits, mu, between(log_var, *LOG_VAR))


class CoordinateGenerator(nn.Module):
    """Latent vectors (N, latent_dim) to images (N, C, H, W) in [-1, 1], each pixel by one small
    network that is told the pixel's place.

    Convolutions must learn what "further to the right" is at each place anew; here it is an
    addition, so that a code for a position is easy to find. After CoordConv (Liu et al. 2018,
    arXiv:1807.03247) and the spatial broadcast decoder (Watters et al. 2019, arXiv:1901.07017). The
    latent scales and shifts each of `depth` layers of 4 `width` channels, as in Perez et al. 2018
    (arXiv:1709.07871).
    """

    def __init__(
        self, latent_dim: int, shape: tuple[int, ...], width: int = 8, depth: int = 3
    ) -> None:
        super().__init__()
        self.latent_dim, self.shape = latent_dim, shape
        # 3 is the border: steep enough from the start for an edge between two pixels.
        rows, columns = (torch.linspace(-3, 3, side) for side in shape[1:])
        self.register_buffer(
            "places", torch.stack(torch.meshgrid(rows, columns, indexing="ij"))[None]
        )
        channels = [2, *[4 * width] * depth]
        self.style = nn.Sequential(
            nn.Linear(latent_dim, 64), nn.LeakyReLU(0.2), nn.Linear(64, 2 * sum(channels[1:]))
        )
        self.layers = nn.ModuleList(
            nn.Conv2d(inputs, outputs, 1) for inputs, outputs in pairwise(channels)
        )
        self.last = nn.Conv2d(channels[-1], shape[0], 1)
        self.places: Tensor

    def forward(self, z: Tensor) -> Tensor:
        expect_shape("latent vectors", z, (self.latent_dim,))
        styles = self.style(z).view(len(z), len(self.layers), 2, -1, 1, 1)
        x = self.places
        for i, layer in enumerate(self.layers):
            x = nn.functional.leaky_relu(
                layer(x) * (1 + styles[:, i, 0]) + styles[:, i, 1] * (3 if i == 0 else 1), 0.2
            )
        return torch.tanh(3 * self.last(x))
