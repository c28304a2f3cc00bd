"""Conditional GAN: Mirza & Osindero, 2014 (arXiv:1411.1784), with the projection discriminator of
Miyato & Koyama, 2018 (arXiv:1802.05637)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor
from torch.optim import Adam

from gan_course.data.batches import Batch
from gan_course.losses import hinge
from gan_course.modalities import IMAGES
from gan_course.models.base import Model, frozen, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import (
    DISCRIMINATOR,
    GENERATOR,
    Adversary,
    Condition,
    Latent,
    choices,
    whole,
)
from gan_course.models.kinds import (
    Betas,
    Classes,
    Count,
    Decay,
    OneOf,
    Rate,
    Shape,
    Share,
    Size,
)
from gan_course.nets.conditional import (
    ConcatDiscriminator,
    ConditionalGenerator,
    DeafDiscriminator,
    ProjectionDiscriminator,
)
from gan_course.nets.ema import EMA

# How the discriminator hears of the class.
CONDITIONINGS = {
    "projection": ProjectionDiscriminator,
    "concat": ConcatDiscriminator,
    "none": DeafDiscriminator,
}


@dataclass(frozen=True)
class CGANConfig(Config):
    shape: Shape = (1, 28, 28)
    classes: Classes = 10
    # or "concat", as in 2014; "none" keeps the class from the discriminator
    conditioning: Annotated[str, OneOf("conditioning", CONDITIONINGS)] = "projection"
    latent_dim: Size = 64
    embedding_dim: Size = 16  # length of the vector that stands for a class
    width: Size = 12  # channels at the finest resolution
    lr_g: Rate = 2e-3
    lr_d: Rate = 8e-3
    betas: Betas = (0.0, 0.99)
    decay_start: Share = 0.25  # share of the run after which the rates begin to fall
    ema_decay: Decay = 0.99  # of the generator that is sampled from
    batch_size: Size = 64
    steps: Count = 1200


PROFILES = {
    "lesson": CGANConfig(),
    "full": CGANConfig(width=64, lr_g=2e-4, lr_d=8e-4, ema_decay=0.999, steps=60_000),
}


class CGAN(Model[CGANConfig]):
    """Learns to draw images of the class it is told; real and generated images come with their
    labels, and must fit them."""

    modalities = (IMAGES,)
    players = (GENERATOR, DISCRIMINATOR)
    draws = ("ema",)
    moves = {"discriminator_step": ("discriminator",), "generator_step": ("generator",)}
    conditions = {
        "label": Condition(
            "the class of every sample, or several to take in turn; by default all", whole, "7"
        )
    }
    explorers = ("classes", "latent", "compare")

    def __init__(self, config: CGANConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        self.classes = config.classes
        self.generator = ConditionalGenerator(
            config.latent_dim, config.shape, config.classes, config.width, config.embedding_dim
        )
        self.discriminator = CONDITIONINGS[config.conditioning](
            config.shape, config.classes, config.width
        )
        self.optimizer_g = Adam(self.generator.parameters(), config.lr_g, config.betas)
        self.optimizer_d = Adam(self.discriminator.parameters(), config.lr_d, config.betas)
        self.schedule_g = linear_decay(self.optimizer_g, config.steps, config.decay_start)
        self.schedule_d = linear_decay(self.optimizer_d, config.steps, config.decay_start)
        self.ema = EMA(self.generator, config.ema_decay)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        labels = batch.expect_labels()
        # Fakes take the labels of the real images, so that no class is more often fake than real.
        fake = self.generator(self.noise(len(labels)), labels)
        record = self.discriminator_step(batch.x, fake, labels) | self.generator_step(fake, labels)
        self.schedule_d.step()
        self.schedule_g.step()
        self.ema.update(self.generator)
        return record

    def discriminator_step(self, real: Tensor, fake: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Learn to score `real` above `fake`, both of shape (N, C, H, W), each with its `labels`,
        int64 (N,)."""
        # Detaching keeps this loss from reaching the generator, which plays for the other side.
        score_real, score_fake = (
            self.discriminator(real, labels),
            self.discriminator(fake.detach(), labels),
        )
        loss = hinge.discriminator(score_real, score_fake)
        norm = self.descend(self.optimizer_d, loss)
        return {
            "discriminator": loss.detach(),
            "score_real": score_real.detach().mean(),
            "score_fake": score_fake.detach().mean(),
            "gradient_norm_d": norm,
        }

    def generator_step(self, fake: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Learn to raise the score of `fake`, of shape (N, C, H, W), as an image of the class it
        was told."""
        with frozen(self.discriminator):
            loss = hinge.generator(self.discriminator(fake, labels))
            norm = self.descend(self.optimizer_g, loss)
        return {"generator": loss.detach(), "gradient_norm_g": norm}

    def adversary(self) -> Adversary:
        return Adversary(hinge, lambda batch: self.discriminator(batch.x, batch.expect_labels()))

    def latent(self) -> Latent:
        return Latent(self.config.latent_dim, self.ema, "class", self.classes)

    @torch.no_grad()
    def sample(self, n: int, label: int | Sequence[int] | Tensor | None = None) -> Tensor:
        """`n` images in [-1, 1] of shape (n, C, H, W) from the averaged generator, of class
        `label`, one for all or one for each, or of each class in turn."""
        return self.ema(self.noise(n), self.labels(n, label))

    def sampled(self, n: int, label: int | Sequence[int] | Tensor | None = None) -> Batch:
        labels = self.labels(n, label)
        return Batch(self.sample(n, labels), labels)

    def labels(self, n: int, label: int | Sequence[int] | Tensor | None = None) -> Tensor:
        """`n` labels, int64 of shape (n,): as `label` says, or 0, 1, 2 ... in turn. Raises as
        `choices` does."""
        if label is None:
            return torch.arange(n, device=self.device) % self.config.classes
        return choices("class", label, n, self.config.classes).to(self.device)

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim, device=self.device)
