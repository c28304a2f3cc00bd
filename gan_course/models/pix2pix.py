"""Pix2Pix: Isola, Zhu, Zhou & Efros, 2016 (arXiv:1611.07004)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss
from torch.optim import Adam

from gan_course import losses
from gan_course.data.batches import Batch
from gan_course.modalities import PAIRS
from gan_course.models.base import frozen, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import DISCRIMINATOR, GENERATOR, Adversary
from gan_course.models.kinds import Betas, Count, Decay, Loss, Rate, Shape, Share, Size, Weight
from gan_course.models.translation import Translator
from gan_course.nets.ema import EMA
from gan_course.nets.patches import PatchDiscriminator
from gan_course.nets.unet import UNet


@dataclass(frozen=True)
class PairedConfig(Config):
    """What every translator that learns from pairs is told."""

    shape: Shape = (3, 32, 32)
    l1: Weight = 20.0  # λ in eq. 4
    adversarial: Weight = 1.0
    loss: Loss = "non_saturating"
    lr_g: Rate = 2e-3
    lr_d: Rate = 2e-3
    betas: Betas = (0.5, 0.99)
    decay_start: Share = 0.5  # of the run after which the rates begin to fall
    ema_decay: Decay = 0.99  # of the generator that translates
    batch_size: Size = 16
    steps: Count = 1500


@dataclass(frozen=True)
class Pix2PixConfig(PairedConfig):
    width: Size = 16  # of the U-Net
    depth: Size = 4  # times that it halves its input
    skips: bool = True
    dropout: Share = 0.0  # in its coarsest maps, while training
    d_width: Size = 24  # of the discriminator
    halvings: Size = 1  # that it begins with: its patches are then 16 pixels wide


P = TypeVar("P", bound=PairedConfig)

PROFILES = {
    "lesson": Pix2PixConfig(),
    "full": Pix2PixConfig(
        shape=(3, 64, 64), width=64, d_width=64, lr_g=2e-4, lr_d=2e-4, ema_decay=0.999, steps=60_000
    ),
}


class Paired(Translator[P]):
    """Learns to turn images into their partners: close to them, pixel by pixel, and such that a
    discriminator which sees input and output together cannot tell them from the partners."""

    modalities = (PAIRS,)
    players = (GENERATOR, DISCRIMINATOR)
    draws = ("ema",)
    moves = {"discriminator_step": ("discriminator",), "generator_step": ("generator",)}

    def __init__(self, config: P, generator: nn.Module, discriminator: nn.Module) -> None:
        super().__init__(config)
        self.loss = losses.by_name(config.loss)
        self.generator, self.discriminator = generator, discriminator
        self.optimizer_g = Adam(generator.parameters(), config.lr_g, config.betas)
        self.optimizer_d = Adam(discriminator.parameters(), config.lr_d, config.betas)
        self.schedule_g = linear_decay(self.optimizer_g, config.steps, config.decay_start)
        self.schedule_d = linear_decay(self.optimizer_d, config.steps, config.decay_start)
        self.ema = EMA(generator, config.ema_decay)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        x, y = batch.x, batch.expect_y()
        fake = self.generator(x)
        record = self.discriminator_step(x, y, fake) | self.generator_step(x, y, fake)
        self.schedule_d.step()
        self.schedule_g.step()
        self.ema.update(self.generator)
        return record

    def discriminator_step(self, x: Tensor, y: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Learn to tell the pairs (x, y) from the pairs (x, fake); all three (N, C, H, W)."""
        # Detaching keeps this loss from reaching the generator, which plays for the other side.
        score_real, score_fake = self.score(x, y), self.score(x, fake.detach())
        loss = self.loss.discriminator(score_real, score_fake)
        norm = self.descend(self.optimizer_d, loss)
        return {
            "discriminator": loss.detach(),
            "score_real": score_real.detach().mean(),
            "score_fake": score_fake.detach().mean(),
            "gradient_norm_d": norm,
        }

    def generator_step(self, x: Tensor, y: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Learn to make `fake`, drawn from `x`, pass for the partner of `x` and lie close to `y`,
        eq. 4; all three (N, C, H, W)."""
        with frozen(self.discriminator):
            game = self.loss.generator(self.score(x, fake))
            distance = l1_loss(fake, y)
            loss = self.config.adversarial * game + self.config.l1 * distance
            norm = self.descend(self.optimizer_g, loss)
        return {"generator": game.detach(), "l1": distance.detach(), "gradient_norm_g": norm}

    def score(self, x: Tensor, y: Tensor) -> Tensor:
        """Logits of `y` as a translation of `x`, of every patch where the discriminator judges
        patches, (N, 1, h, w) or (N, 1); both (N, C, H, W)."""
        return self.discriminator(torch.cat([x, y], dim=1))

    def adversary(self) -> Adversary:
        return Adversary(
            self.loss, lambda batch: self.score(batch.given["input"], batch.x).flatten(1).mean(1)
        )

    def translate(self, x: Tensor) -> Tensor:
        return self.ema(x)


class Pix2Pix(Paired[Pix2PixConfig]):
    """A U-Net, judged patch by patch."""

    def __init__(self, config: Pix2PixConfig = PROFILES["lesson"]) -> None:
        channels, *sides = config.shape
        super().__init__(
            config,
            UNet(
                config.shape, config.width, config.depth, skips=config.skips, dropout=config.dropout
            ),
            PatchDiscriminator((2 * channels, *sides), config.d_width, config.halvings),
        )
