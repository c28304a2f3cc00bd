"""From image to image by way of a vector, for square images of 28, 32 or 64 pixels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gan_course.nets.dcgan import ConvGenerator
from gan_course.nets.vae import HIDDEN, conv_trunk


class VectorBottleneck(nn.Module):
    """Images (N, C, H, W) to images of the same shape in [-1, 1]: each becomes a vector of
    `latent_dim` values, `noise_dim` values of noise are joined to it, and a generator draws from
    both. `width` as in `ConvGenerator`."""

    def __init__(
        self, shape: tuple[int, ...], latent_dim: int, noise_dim: int, width: int = 16
    ) -> None:
        super().__init__()
        self.noise_dim = noise_dim
        self.encoder = conv_trunk(shape, width).append(nn.Linear(HIDDEN, latent_dim))
        self.decoder = ConvGenerator(latent_dim + noise_dim, shape, width)

    def forward(self, x: Tensor) -> Tensor:
        noise = torch.randn(len(x), self.noise_dim, device=x.device)
        return self.decoder(torch.cat([self.encoder(x), noise], dim=1))
