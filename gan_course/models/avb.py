"""Adversarial variational Bayes: Mescheder, Nowozin & Geiger, 2017 (arXiv:1701.04722)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import Adam

from gan_course import losses
from gan_course.data.batches import Batch
from gan_course.likelihood import bernoulli_log_likelihood
from gan_course.modalities import IMAGES
from gan_course.models.base import Model, frozen, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import DISCRIMINATOR, Latent, Player
from gan_course.models.kinds import Count, Rate, Shape, Size
from gan_course.nets.vae import ConvDecoder, PairNet


@dataclass(frozen=True)
class AVBConfig(Config):
    shape: Shape = (1, 28, 28)
    latent_dim: Size = 8
    noise_dim: Size = 16  # what the encoder is given besides the image
    width: Size = 16
    lr: Rate = 1e-3  # of encoder and decoder
    lr_d: Rate = 2e-3
    batch_size: Size = 128
    steps: Count = 1500


PROFILES = {
    "lesson": AVBConfig(),
    "full": AVBConfig(latent_dim=32, noise_dim=64, width=64, lr=1e-4, lr_d=2e-4, steps=60_000),
}


class AVB(Model[AVBConfig]):
    """A variational autoencoder whose posterior may have any shape: noise that goes through a
    network, and a discriminator that says how far it lies from the prior."""

    modalities = (IMAGES,)
    players = (
        Player("autoencoder", "lr", "negative_elbo", "gradient_norm", "optimizer"),
        DISCRIMINATOR,
    )
    draws = ("encoder", "decoder")
    moves = {
        "discriminator_step": ("discriminator",),
        "autoencoder_step": ("encoder", "decoder"),
    }
    explorers = ("latent", "compare")

    def __init__(self, config: AVBConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        shape, latent_dim, width = config.shape, config.latent_dim, config.width
        self.encoder = PairNet(shape, config.noise_dim, latent_dim, width)
        self.decoder = ConvDecoder(latent_dim, shape, width)
        self.discriminator = PairNet(shape, latent_dim, 1, width)
        self.optimizer = Adam([*self.encoder.parameters(), *self.decoder.parameters()], config.lr)
        self.optimizer_d = Adam(self.discriminator.parameters(), config.lr_d)
        self.schedule = linear_decay(self.optimizer, config.steps)
        self.schedule_d = linear_decay(self.optimizer_d, config.steps)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        z = self.posterior(batch.x)
        record = self.discriminator_step(batch.x, z) | self.autoencoder_step(batch.x, z)
        self.schedule_d.step()
        self.schedule.step()
        return record

    def discriminator_step(self, x: Tensor, z: Tensor) -> dict[str, Tensor]:
        """Learn to score pairs of an image (N, C, H, W) and a latent vector `z` (N, latent_dim) of
        its own above pairs with one from the prior, eq. 3.3.

        At the best discriminator the score is log q(z | x) - log p(z), proposition 1.
        """
        score_real = self.discriminator(x, z.detach())
        score_fake = self.discriminator(x, self.noise(len(z)))
        loss = losses.non_saturating.discriminator(score_real, score_fake)
        norm = self.descend(self.optimizer_d, loss)
        return {
            "discriminator": loss.detach(),
            "score_real": score_real.detach().mean(),
            "score_fake": score_fake.detach().mean(),
            "gradient_norm_d": norm,
        }

    def autoencoder_step(self, x: Tensor, z: Tensor) -> dict[str, Tensor]:
        """Raise the evidence lower bound of images in [-1, 1] (N, C, H, W), its KL divergence as
        the discriminator sees it: eq. 3.7, at latent vectors `z` still tied to the encoder."""
        with frozen(self.discriminator):
            reconstruction = -bernoulli_log_likelihood(self.decoder(z), (x + 1) / 2).mean()
            kl = self.discriminator(x, z).mean()
            norm = self.descend(self.optimizer, reconstruction + kl)
        return {
            "negative_elbo": (reconstruction + kl).detach(),
            "reconstruction": reconstruction.detach(),
            "kl": kl.detach(),
            "gradient_norm": norm,
        }

    def posterior(self, x: Tensor) -> Tensor:
        """A draw from q(z | x) for each of the images in [-1, 1] (N, C, H, W): (N, latent_dim)."""
        return self.encoder(x, torch.randn(len(x), self.config.noise_dim, device=self.device))

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
