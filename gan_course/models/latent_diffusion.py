"""Latent diffusion: Rombach et al., 2021 (arXiv:2112.10752), on the latent vectors of a VAE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor
from torch.nn.functional import mse_loss
from torch.optim import Adam

from gan_course import diffusion
from gan_course.data.batches import Batch
from gan_course.diffusion import PREDICTIONS, SCHEDULES, Denoise
from gan_course.likelihood import bernoulli_log_likelihood, gaussian_kl, reparameterised
from gan_course.modalities import IMAGES
from gan_course.models.base import linear_decay
from gan_course.models.declarations import Player
from gan_course.models.denoising import Denoising, DenoisingConfig
from gan_course.models.kinds import Count, OneOf, Rate, Shape, Share, Size, Weight, Widths
from gan_course.nets.vae import ConvDecoder, ConvEncoder


@dataclass(frozen=True)
class LatentDiffusionConfig(DenoisingConfig):
    shape: Shape = (1, 28, 28)
    latent_dim: Size = 20
    hidden: Widths = (256, 256, 256)
    lr: Rate = 2e-3
    beta: Weight = 1.0  # of the KL divergence in the autoencoder's loss
    lr_a: Rate = 2e-3  # of the autoencoder
    autoencoder_share: Share = 0.5  # of the run, in which it learns; then it stays as it is
    draws: Size = 4  # times, noises and latent vectors that the denoiser learns from for one image
    noise_steps: Count = 1000
    schedule: Annotated[str, OneOf("schedule", SCHEDULES)] = "cosine"
    prediction: Annotated[str, OneOf("prediction", PREDICTIONS)] = "velocity"
    batch_size: Size = 128
    steps: Count = 3000


PROFILES = {
    "lesson": LatentDiffusionConfig(),
    "full": LatentDiffusionConfig(
        latent_dim=32, width=64, hidden=(512,) * 4, lr=5e-4, lr_a=1e-3, steps=60_000
    ),
}


class LatentDiffusion(Denoising[LatentDiffusionConfig]):
    """Diffusion in the latent space of a VAE, where a sample has a few numbers instead of all its
    pixels: the decoder draws the picture, once, at the end."""

    modalities = (IMAGES,)
    players = (
        *Denoising.players,
        Player("autoencoder", "lr_a", "negative_elbo", "gradient_norm_a", "optimizer_a"),
    )
    draws = ("ema", "encoder", "decoder")
    moves = {
        "autoencoder_step": ("encoder", "decoder"),
        "denoiser_step": ("denoiser", "ema"),
    }
    explorers = ("compare",)

    def __init__(self, config: LatentDiffusionConfig = PROFILES["lesson"]) -> None:
        super().__init__(config, (config.latent_dim,), config.noise_steps)
        self.schedule = SCHEDULES[config.schedule](config.noise_steps)
        diffusion.spaced(config.noise_steps, config.sampling_steps)  # raises where there are fewer
        self.encoder = ConvEncoder(config.shape, config.latent_dim, config.width)
        self.decoder = ConvDecoder(config.latent_dim, config.shape, config.width)
        weights = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimizer_a = Adam(weights, config.lr_a)
        self.first_stage = max(1, round(config.autoencoder_share * config.steps))
        self.decay_a = linear_decay(self.optimizer_a, self.first_stage)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        learning = self.decay_a.last_epoch < self.first_stage
        record = self.autoencoder_step(batch.x) if learning else {}
        return record | self.denoiser_step(batch)

    def autoencoder_step(self, x: Tensor) -> dict[str, Tensor]:
        """Learn to draw images in [-1, 1] (N, C, H, W) again from their latent vectors, as a VAE
        does."""
        mu, log_var = self.encoder(x)
        logits = self.decoder(reparameterised(mu, log_var))
        reconstruction = -bernoulli_log_likelihood(logits, (x + 1) / 2).mean()
        kl = gaussian_kl(mu, log_var).sum(dim=1).mean()
        norm = self.descend(self.optimizer_a, reconstruction + self.config.beta * kl)
        self.decay_a.step()
        return {
            "negative_elbo": (reconstruction + kl).detach(),
            "kl": kl.detach(),
            "gradient_norm_a": norm,
        }

    def denoiser_step(self, batch: Batch) -> dict[str, Tensor]:
        """Learn to take noise from the latent vectors of a batch, which the encoder only reads."""
        with torch.no_grad():
            mu, log_var = (part.repeat(self.config.draws, 1) for part in self.encoder(batch.x))
        z0 = reparameterised(mu, log_var)
        noise = torch.randn_like(z0)
        t = torch.randint(self.config.noise_steps, (len(z0),), device=z0.device)
        z_t = diffusion.q_sample(self.schedule, z0, t, noise)
        told = self.told(batch).repeat(self.config.draws)
        prediction = self.denoiser(z_t, t / self.config.noise_steps, told)
        right = diffusion.target(self.schedule, self.config.prediction, z0, noise, t)
        loss = mse_loss(prediction, right)
        norm = self.descend(self.optimizer, loss, clip=1.0)
        self.decay.step()
        self.ema.update(self.denoiser)
        return {"loss": loss.detach(), "gradient_norm": norm}

    def code(self, x: Tensor) -> Tensor:
        """The mean latent vectors of images in [-1, 1] (N, C, H, W): (N, latent_dim)."""
        return self.encoder(x)[0]

    def decode(self, z: Tensor) -> Tensor:
        """The mean image in [-1, 1] for latent vectors (N, latent_dim): (N, C, H, W)."""
        return 2 * self.decoder(z).sigmoid() - 1

    def solve(self, denoise: Denoise, start: Tensor, count: int, path: bool = False) -> Tensor:
        kind = self.config.prediction
        z = diffusion.sample(denoise, self.schedule, kind, start, count, path=path)
        return self.decode(z.flatten(0, -2)).unflatten(0, z.shape[:-1])
