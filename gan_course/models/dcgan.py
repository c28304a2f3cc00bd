"""Deep convolutional GAN: Radford, Metz & Chintala, 2015 (arXiv:1511.06434)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor
from torch.optim import Adam

from gan_course import losses
from gan_course.data.batches import Batch
from gan_course.modalities import IMAGES
from gan_course.models.base import Model, frozen, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import DISCRIMINATOR, GENERATOR, Adversary, Latent
from gan_course.models.kinds import Betas, Count, Decay, Loss, OneOf, Rate, Shape, Share, Size
from gan_course.nets.dcgan import OUTPUTS, ConvDiscriminator, ConvGenerator
from gan_course.nets.ema import EMA


@dataclass(frozen=True)
class DCGANConfig(Config):
    shape: Shape = (1, 28, 28)
    latent_dim: Size = 12
    width: Size = 12  # channels at the finest resolution
    loss: Loss = "hinge"
    batch_norm: bool = True  # in the generator
    spectral_norm: bool = True  # in the discriminator
    # the generator's last function; "sigmoid" cannot reach values below 0
    output: Annotated[str, OneOf("output", OUTPUTS)] = "tanh"
    lr_g: Rate = 4e-3
    lr_d: Rate = 8e-3
    betas: Betas = (0.0, 0.99)
    decay_start: Share = 0.25  # of the run after which the rates begin to fall
    ema_decay: Decay = 0.99  # of the generator that is sampled from
    batch_size: Size = 32
    steps: Count = 2000


PROFILES = {
    "lesson": DCGANConfig(),
    "full": DCGANConfig(
        latent_dim=64,
        width=64,
        lr_g=2e-4,
        lr_d=2e-4,
        decay_start=0.5,
        ema_decay=0.999,
        batch_size=64,
        steps=60_000,
    ),
}


class DCGAN(Model[DCGANConfig]):
    """Learns to draw images from noise by an adversarial game between two convolutional
    networks."""

    modalities = (IMAGES,)
    players = (GENERATOR, DISCRIMINATOR)
    draws = ("ema",)
    moves = {"discriminator_step": ("discriminator",), "generator_step": ("generator",)}
    explorers = ("latent", "compare")

    def __init__(self, config: DCGANConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        self.loss = losses.by_name(config.loss)
        self.generator = ConvGenerator(
            config.latent_dim,
            config.shape,
            config.width,
            batch_norm=config.batch_norm,
            output=config.output,
        )
        self.discriminator = ConvDiscriminator(
            config.shape, config.width, spectral_norm=config.spectral_norm
        )
        self.optimizer_g = Adam(self.generator.parameters(), config.lr_g, config.betas)
        self.optimizer_d = Adam(self.discriminator.parameters(), config.lr_d, config.betas)
        self.schedule_g = linear_decay(self.optimizer_g, config.steps, config.decay_start)
        self.schedule_d = linear_decay(self.optimizer_d, config.steps, config.decay_start)
        self.ema = EMA(self.generator, config.ema_decay)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        fake = self.generator(self.noise(len(batch.x)))
        record = self.discriminator_step(batch.x, fake) | self.generator_step(fake)
        self.schedule_d.step()
        self.schedule_g.step()
        self.ema.update(self.generator)
        return record

    def discriminator_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Learn to score `real` above `fake`, both of shape (N, C, H, W)."""
        # Detaching keeps this loss from reaching the generator, which plays for the other side.
        score_real, score_fake = self.discriminator(real), self.discriminator(fake.detach())
        loss = self.loss.discriminator(score_real, score_fake)
        norm = self.descend(self.optimizer_d, loss)
        return {
            "discriminator": loss.detach(),
            "score_real": score_real.detach().mean(),
            "score_fake": score_fake.detach().mean(),
            "gradient_norm_d": norm,
        }

    def generator_step(self, fake: Tensor) -> dict[str, Tensor]:
        """Learn to raise the score of `fake`, of shape (N, C, H, W), still tied to the generator
        that drew it."""
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
        """`n` images in [-1, 1] of shape (n, C, H, W), from the averaged generator."""
        return self.ema(self.noise(n))

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim, device=self.device)
