"""The generative adversarial network: Goodfellow et al., 2014 (arXiv:1406.2661)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import Adam

from gan_course import losses
from gan_course.data.batches import Batch
from gan_course.modalities import IMAGES, LINE, PLANE
from gan_course.models.base import Model, frozen, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import DISCRIMINATOR, GENERATOR, Adversary, Latent
from gan_course.models.kinds import Betas, Count, Decay, Loss, Rate, Shape, Size, Weight, Widths
from gan_course.nets.ema import EMA
from gan_course.nets.mlp import MLPDiscriminator, MLPGenerator
from gan_course.penalties import r1


@dataclass(frozen=True)
class GANConfig(Config):
    shape: Shape = (1,)
    latent_dim: Size = 4
    hidden: Widths = (32, 32)  # widths of the layers between, in both networks
    loss: Loss = "non_saturating"
    r1_weight: Weight = (
        0.02  # γ of Mescheder et al. 2018 (arXiv:1801.04406); 0 for the game of 2014
    )
    lr_g: Rate = 5e-4
    lr_d: Rate = 4e-3
    betas: Betas = (0.0, 0.99)
    ema_decay: Decay = 0.995  # of the generator that is sampled from
    batch_size: Size = 512
    steps: Count = 3000


PROFILES = {
    "lesson": GANConfig(),
    "full": GANConfig(hidden=(128, 128, 128), steps=30_000),
}


class GAN(Model[GANConfig]):
    """A generator learns to draw, a discriminator to tell drawn from real, each from the other's
    mistakes."""

    modalities = (LINE, PLANE, IMAGES)
    players = (GENERATOR, DISCRIMINATOR)
    draws = ("ema",)
    moves = {"discriminator_step": ("discriminator",), "generator_step": ("generator",)}
    explorers = ("gan_lab", "latent", "compare")

    def __init__(self, config: GANConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        self.loss = losses.by_name(config.loss)
        self.generator = MLPGenerator(config.latent_dim, config.shape, config.hidden)
        self.discriminator = MLPDiscriminator(config.shape, config.hidden)
        self.optimizer_g = Adam(self.generator.parameters(), config.lr_g, config.betas)
        self.optimizer_d = Adam(self.discriminator.parameters(), config.lr_d, config.betas)
        self.schedule_g = linear_decay(self.optimizer_g, config.steps)
        self.schedule_d = linear_decay(self.optimizer_d, config.steps)
        self.ema = EMA(self.generator, config.ema_decay)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        fake = self.generator(self.noise(len(batch.x)))
        record = self.discriminator_step(batch.x, fake) | self.generator_step(fake)
        self.schedule_d.step()
        self.schedule_g.step()
        self.ema.update(self.generator)
        return record

    def discriminator_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Learn to tell `real` from `fake`, both of shape (N, *shape); the loss that is recorded is
        without the penalty."""
        # Detaching keeps this loss from reaching the generator, which plays for the other side.
        logit_real, logit_fake = self.discriminator(real), self.discriminator(fake.detach())
        loss = self.loss.discriminator(logit_real, logit_fake)
        penalty = (
            self.config.r1_weight * r1(self.discriminator, real) if self.config.r1_weight else 0
        )
        norm = self.descend(self.optimizer_d, loss + penalty)
        return {
            "discriminator": loss.detach(),
            "score_real": logit_real.detach().mean(),
            "score_fake": logit_fake.detach().mean(),
            "gradient_norm_d": norm,
        }

    def generator_step(self, fake: Tensor) -> dict[str, Tensor]:
        """Learn to be taken for real: `fake` of shape (N, *shape), still tied to the generator that
        drew it."""
        with frozen(self.discriminator):
            loss = self.loss.generator(self.discriminator(fake))
            norm = self.descend(self.optimizer_g, loss)
        return {"generator": loss.detach(), "gradient_norm_g": norm}

    def adversary(self) -> Adversary:
        return Adversary(self.loss, lambda batch: self.discriminator(batch.x))

    def latent(self) -> Latent:
        return Latent(self.config.latent_dim, self.ema)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """`n` samples of shape (n, *shape), from the averaged generator; images lie in [-1, 1]."""
        return self.ema(self.noise(n))

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim, device=self.device)
