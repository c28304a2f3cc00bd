"""Variational autoencoder: Kingma & Welling, 2013 (arXiv:1312.6114)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor
from torch.optim import Adam

from gan_course.data.batches import Batch
from gan_course.likelihood import (
    bernoulli_log_likelihood,
    gaussian_kl,
    gaussian_log_density,
    reparameterised,
)
from gan_course.modalities import IMAGES
from gan_course.models.base import Model, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import Latent, Player
from gan_course.models.kinds import Count, OneOf, Rate, Shape, Share, Size, Weight
from gan_course.nets.vae import DECODERS, ConvEncoder

# How grey pixels become black or white: at ½, by a draw in every step, or not at all.
BINARISED = ("threshold", "draw", "never")


@dataclass(frozen=True)
class VAEConfig(Config):
    shape: Shape = (1, 28, 28)
    latent_dim: Size = 20
    width: Size = 16
    # a mirror image of the encoder, or the generator of a DCGAN: a step takes about twice as long
    decoder: Annotated[str, OneOf("decoder", DECODERS)] = "mirror"
    binarise: Annotated[str, OneOf("binarise", BINARISED)] = "threshold"
    beta: Weight = 1.0  # of the KL divergence; 1 for the bound on the likelihood
    warm_up: Share = 0.0  # of the run, in which that weight rises from 0
    lr: Rate = 2e-3
    batch_size: Size = 128
    steps: Count = 1500


PROFILES = {
    "lesson": VAEConfig(),
    "full": VAEConfig(latent_dim=32, width=64, lr=1e-3, steps=60_000),
}


class VAE(Model[VAEConfig]):
    """Learns to describe an image by a few numbers from which it can be drawn again, and to make
    those numbers look like noise, so that noise can be drawn as well."""

    modalities = (IMAGES,)
    players = (Player("autoencoder", "lr", "negative_elbo", "gradient_norm", "optimizer"),)
    draws = ("encoder", "decoder")
    moves = {"step": ("encoder", "decoder")}
    explorers = ("plane", "latent", "compare")

    def __init__(self, config: VAEConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        self.encoder = ConvEncoder(config.shape, config.latent_dim, config.width)
        self.decoder = DECODERS[config.decoder](config.latent_dim, config.shape, config.width)
        self.optimizer = Adam([*self.encoder.parameters(), *self.decoder.parameters()], config.lr)
        self.schedule = linear_decay(self.optimizer, config.steps)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        log_likelihood, kl = self.bound(self.binary(batch.x))
        reconstruction, kl = -log_likelihood.mean(), kl.sum(dim=1).mean()
        norm = self.descend(self.optimizer, reconstruction + self.beta() * kl)
        self.schedule.step()
        return {
            "negative_elbo": (reconstruction + kl).detach(),
            "reconstruction": reconstruction.detach(),
            "kl": kl.detach(),
            "gradient_norm": norm,
        }

    def bound(self, white: Tensor) -> tuple[Tensor, Tensor]:
        """The two parts of the evidence lower bound, eq. 10, for images in [0, 1] (N, C, H, W), at
        one draw: log p(x | z), shape (N,), and the KL divergence of each latent dimension, (N,
        latent_dim)."""
        mu, log_var = self.encode(white)
        logits = self.decoder(reparameterised(mu, log_var))
        return bernoulli_log_likelihood(logits, white), gaussian_kl(mu, log_var)

    def log_weights(self, white: Tensor, k: int) -> Tensor:
        """log p(x, z) - log q(z | x) at `k` draws of z for each of the images in [0, 1] (N, C, H,
        W): shape (k, N), eq. 8 of Burda et al. 2015."""
        mu, log_var = self.encode(white)
        rows = []
        for _ in range(k):
            z = reparameterised(mu, log_var)
            rows.append(
                bernoulli_log_likelihood(self.decoder(z), white)
                + gaussian_log_density(z)
                - gaussian_log_density(z, mu, log_var)
            )
        return torch.stack(rows)

    def encode(self, white: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the latent vectors of images in [0, 1]: (N, latent_dim) each."""
        return self.encoder(2 * white - 1)

    def code(self, x: Tensor) -> Tensor:
        """The mean latent vectors of images in [-1, 1] (N, C, H, W): (N, latent_dim)."""
        return self.encode(self.binary(x))[0]

    def decode(self, z: Tensor) -> Tensor:
        """The mean image in [-1, 1] for latent vectors (N, latent_dim): (N, C, H, W)."""
        return 2 * self.decoder(z).sigmoid() - 1

    def binary(self, x: Tensor) -> Tensor:
        """Images in [-1, 1] as the likelihood takes them, in [0, 1]: black or white, unless the
        configuration says that grey stays grey."""
        white = (x + 1) / 2
        if self.config.binarise == "threshold":
            return (white > 0.5).to(x.dtype)
        return torch.bernoulli(white) if self.config.binarise == "draw" else white

    def beta(self) -> float:
        """The weight of the KL divergence in the next step."""
        rising = self.config.warm_up * self.config.steps
        done = self.schedule.last_epoch
        return self.config.beta * (min(1.0, done / rising) if rising else 1.0)

    def latent(self) -> Latent:
        return Latent(self.config.latent_dim, self.decode)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """`n` mean images in [-1, 1], shape (n, C, H, W), for latent vectors drawn from N(0, I)."""
        return self.decode(self.noise(n))

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim, device=self.device)
