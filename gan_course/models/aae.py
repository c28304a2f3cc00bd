"""Adversarial autoencoder: Makhzani, Shlens, Jaitly, Goodfellow & Frey, 2015 (arXiv:1511.05644)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import Adam

from gan_course import losses
from gan_course.data.batches import Batch
from gan_course.likelihood import bernoulli_log_likelihood, reparameterised
from gan_course.modalities import IMAGES
from gan_course.models.base import Model, frozen, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import DISCRIMINATOR, Latent, Player
from gan_course.models.kinds import Betas, Count, Loss, Rate, Shape, Size, Widths
from gan_course.nets.mlp import MLPDiscriminator
from gan_course.nets.vae import ConvDecoder, ConvEncoder


@dataclass(frozen=True)
class AAEConfig(Config):
    shape: Shape = (1, 28, 28)
    latent_dim: Size = 8
    width: Size = 16
    hidden: Widths = (128, 128)  # of the discriminator of latent vectors
    loss: Loss = "non_saturating"
    lr: Rate = 2e-3  # of the autoencoder
    lr_e: Rate = 1e-3  # of the encoder against the discriminator
    lr_d: Rate = 2e-3
    betas: Betas = (0.5, 0.99)  # of the adversarial game
    batch_size: Size = 128
    steps: Count = 1500


PROFILES = {
    "lesson": AAEConfig(),
    "full": AAEConfig(width=64, hidden=(1000, 1000), lr=5e-4, lr_e=1e-4, lr_d=2e-4, steps=60_000),
}


class AAE(Model[AAEConfig]):
    """An autoencoder whose latent vectors, of all images together, a discriminator cannot tell
    from noise, so that noise can be decoded."""

    modalities = (IMAGES,)
    players = (
        Player("autoencoder", "lr", "reconstruction", "gradient_norm", "optimizer"),
        Player("encoder", "lr_e", "encoder", "gradient_norm_e", "optimizer_e"),
        DISCRIMINATOR,
    )
    draws = ("encoder", "decoder")
    moves = {
        "reconstruction_step": ("encoder", "decoder"),
        "discriminator_step": ("discriminator",),
        "encoder_step": ("encoder",),
    }
    explorers = ("plane", "latent", "compare")

    def __init__(self, config: AAEConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        self.loss = losses.by_name(config.loss)
        self.encoder = ConvEncoder(config.shape, config.latent_dim, config.width)
        self.decoder = ConvDecoder(config.latent_dim, config.shape, config.width)
        self.discriminator = MLPDiscriminator((config.latent_dim,), config.hidden)
        self.optimizer = Adam([*self.encoder.parameters(), *self.decoder.parameters()], config.lr)
        self.optimizer_e = Adam(self.encoder.parameters(), config.lr_e, config.betas)
        self.optimizer_d = Adam(self.discriminator.parameters(), config.lr_d, config.betas)
        self.schedules = [
            linear_decay(optimizer, config.steps) for optimizer in self.optimizers().values()
        ]

    def step(self, batch: Batch) -> dict[str, Tensor]:
        record = self.reconstruction_step(batch.x)
        z = reparameterised(*self.encoder(batch.x))
        record |= self.discriminator_step(self.noise(len(z)), z) | self.encoder_step(z)
        for schedule in self.schedules:
            schedule.step()
        return record

    def reconstruction_step(self, x: Tensor) -> dict[str, Tensor]:
        """Learn to draw images in [-1, 1] (N, C, H, W) again from their latent vectors: the first
        term of the evidence lower bound."""
        z = reparameterised(*self.encoder(x))
        loss = -bernoulli_log_likelihood(self.decoder(z), (x + 1) / 2).mean()
        norm = self.descend(self.optimizer, loss)
        return {"reconstruction": loss.detach(), "gradient_norm": norm}

    def discriminator_step(self, noise: Tensor, z: Tensor) -> dict[str, Tensor]:
        """Learn to score `noise`, which is drawn from the prior, above the latent vectors `z` of
        images, both (N, latent_dim)."""
        score_real, score_fake = self.discriminator(noise), self.discriminator(z.detach())
        loss = self.loss.discriminator(score_real, score_fake)
        norm = self.descend(self.optimizer_d, loss)
        return {
            "discriminator": loss.detach(),
            "score_real": score_real.detach().mean(),
            "score_fake": score_fake.detach().mean(),
            "gradient_norm_d": norm,
        }

    def encoder_step(self, z: Tensor) -> dict[str, Tensor]:
        """Learn to raise the score of the latent vectors `z` (N, latent_dim), still tied to the
        encoder. This takes the place of the bound's KL divergence."""
        with frozen(self.discriminator):
            loss = self.loss.generator(self.discriminator(z))
            norm = self.descend(self.optimizer_e, loss)
        return {"encoder": loss.detach(), "gradient_norm_e": norm}

    def code(self, x: Tensor) -> Tensor:
        """The posterior means of images in [-1, 1] (N, C, H, W): (N, latent_dim)."""
        return self.encoder(x)[0]

    def decode(self, z: Tensor) -> Tensor:
        """The mean image in [-1, 1] for latent vectors (N, latent_dim): (N, C, H, W)."""
        return 2 * self.decoder(z).sigmoid() - 1

    def latent(self) -> Latent:
        return Latent(self.config.latent_dim, self.decode)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """`n` mean images in [-1, 1], shape (n, C, H, W), for latent vectors drawn from N(0, I)."""
        return self.decode(self.noise(n))

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim, device=self.device)
