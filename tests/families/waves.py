"""A GAN that draws waves: it has no average of its generator, and takes its penalty every fourth
step only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD

from gan_course import losses
from gan_course.data.batches import Batch, random_generator
from gan_course.models.base import Model, frozen
from gan_course.models.config import Config
from gan_course.models.declarations import DISCRIMINATOR, GENERATOR, Adversary
from gan_course.models.kinds import Count, Rate, Shape, Size
from gan_course.penalties import r1
from tests.families.wave_modality import WAVES, Waves

EVERY = 4  # steps from one penalty to the next


@dataclass(frozen=True)
class WaveGANConfig(Config):
    shape: Shape = (1, 32)
    latent_dim: Size = 4
    width: Size = 4
    lr_g: Rate = 0.05
    lr_d: Rate = 0.05
    batch_size: Size = 8
    steps: Count = 60


PROFILES = {"lesson": WaveGANConfig(), "full": WaveGANConfig(width=32, steps=600)}


class Draw(nn.Module):
    """Latents to waves of any length, by a dense layer and a convolution."""

    def __init__(self, latent_dim: int, length: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.dense = nn.Linear(latent_dim, width * length)
        self.smooth = nn.Conv1d(width, 1, 5, padding=2)

    def forward(self, z: Tensor) -> Tensor:
        return self.smooth(self.dense(z).relu().view(len(z), self.width, -1)).tanh()


class Listen(nn.Module):
    """Waves to logits."""

    def __init__(self, length: int, width: int) -> None:
        super().__init__()
        self.hear = nn.Conv1d(1, width, 5, padding=2)
        self.dense = nn.Linear(width * length, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.dense(self.hear(x).relu().flatten(1))


class WaveGAN(Model[WaveGANConfig]):
    """The non-saturating game on waves; its penalty, R1, is taken every `EVERY` steps and therefore
    counts `EVERY` times as much."""

    modalities = (WAVES,)
    players = (GENERATOR, DISCRIMINATOR)
    draws = ("generator",)
    moves = {"discriminator_step": ("discriminator",), "generator_step": ("generator",)}

    def __init__(self, config: WaveGANConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        length = config.shape[-1]
        self.generator = Draw(config.latent_dim, length, config.width)
        self.discriminator = Listen(length, config.width)
        self.optimizer_g = SGD(self.generator.parameters(), config.lr_g, momentum=0.5)
        self.optimizer_d = SGD(self.discriminator.parameters(), config.lr_d, momentum=0.5)
        self.count = Counter()

    def step(self, batch: Batch) -> dict[str, Tensor]:
        fake = self.generator(self.noise(len(batch)))
        record = self.discriminator_step(batch.x, fake) | self.generator_step(fake)
        self.count.done += 1
        return record

    def discriminator_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        loss = losses.non_saturating.discriminator(
            self.discriminator(real), self.discriminator(fake.detach())
        )
        record = {"discriminator": loss.detach()}
        if self.count.done % EVERY == 0:
            penalty = r1(self.discriminator, real)
            record["penalty"] = penalty.detach()
            loss = loss + 0.1 * EVERY * penalty
        return record | {"gradient_norm_d": self.descend(self.optimizer_d, loss)}

    def generator_step(self, fake: Tensor) -> dict[str, Tensor]:
        with frozen(self.discriminator):
            loss = losses.non_saturating.generator(self.discriminator(fake))
            norm = self.descend(self.optimizer_g, loss)
        return {"generator": loss.detach(), "gradient_norm_g": norm}

    def adversary(self) -> Adversary:
        return Adversary(losses.non_saturating, lambda batch: self.discriminator(batch.x))

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        return self.generator(self.noise(n))

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim, device=self.device)


class Counter:
    """How many steps are done: a number that a resumed run must know."""

    done = 0

    def state_dict(self) -> dict[str, Any]:
        return {"done": self.done}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.done = state["done"]


@dataclass(frozen=True)
class Tones:
    """Sine waves of any pitch and phase."""

    length: int = 32
    modality: Waves = WAVES
    classes: None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return (1, self.length)

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        turns, phase = torch.rand(2, n, 1, 1, generator=generator)
        place = torch.arange(self.length) / self.length
        return torch.sin(2 * math.pi * ((1 + 3 * turns) * place + phase))

    def batch(self, index: int, size: int, seed: int) -> Batch:
        return Batch(self.draw(size, random_generator(seed, index)))

    def batches_per_epoch(self, size: int) -> int:
        return 20

    def reference(self, n: int) -> Batch:
        return Batch(self.draw(n, random_generator(0, 0, 0)))


def tones() -> Tones:
    return Tones()
