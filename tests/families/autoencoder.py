"""An autoencoder: one network that has no opponent."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss
from torch.optim import Adam

from gan_course.data.batches import Batch
from gan_course.modalities import IMAGES
from gan_course.models.base import Model, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import Latent, Player
from gan_course.models.kinds import Count, Rate, Shape, Size, Widths
from gan_course.nets.mlp import mlp


@dataclass(frozen=True)
class AutoencoderConfig(Config):
    shape: Shape = (1, 28, 28)
    latent_dim: Size = 4
    hidden: Widths = (8,)
    lr: Rate = 1e-3
    sample_chunk: Size = 100
    batch_size: Size = 8
    steps: Count = 60


PROFILES = {
    "lesson": AutoencoderConfig(),
    "full": AutoencoderConfig(hidden=(64, 64), steps=600),
}


class Code(nn.Module):
    """Samples to codes and back."""

    def __init__(self, pixels: int, hidden: tuple[int, ...], latent_dim: int) -> None:
        super().__init__()
        self.encoder = mlp([pixels, *hidden, latent_dim])
        self.decoder = mlp([latent_dim, *reversed(hidden), pixels])

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encoder(x.flatten(1))).view_as(x)

    def decode(self, z: Tensor) -> Tensor:
        return self.decoder(z).tanh()


class Autoencoder(Model[AutoencoderConfig]):
    """Learns to describe a sample in a few numbers from which it can be drawn again."""

    modalities = (IMAGES,)
    players = (Player("autoencoder", "lr", "reconstruction", "gradient_norm", "optimizer"),)
    draws = ("autoencoder",)
    moves = {"step": ("autoencoder",)}
    explorers = ("latent", "compare")

    def __init__(self, config: AutoencoderConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        pixels = torch.Size(config.shape).numel()
        self.autoencoder = Code(pixels, config.hidden, config.latent_dim)
        self.optimizer = Adam(self.autoencoder.parameters(), config.lr)
        self.schedule = linear_decay(self.optimizer, config.steps)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        loss = mse_loss(self.autoencoder(batch.x), batch.x)
        norm = self.descend(self.optimizer, loss, clip=1.0)
        self.schedule.step()
        return {"reconstruction": loss.detach(), "gradient_norm": norm}

    def latent(self) -> Latent:
        return Latent(self.config.latent_dim, self.decode)

    def decode(self, z: Tensor) -> Tensor:
        """Samples (N, *shape) of codes (N, latent_dim)."""
        return self.autoencoder.decode(z).view(len(z), *self.config.shape)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        return self.decode(torch.randn(n, self.config.latent_dim, device=self.device))
