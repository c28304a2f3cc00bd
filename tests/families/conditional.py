"""A generator that is told which digit to draw, and a discriminator that is shown some old fakes,
kept in a pool."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam

from gan_course import losses
from gan_course.data.batches import Batch
from gan_course.models.base import Model, frozen, linear_decay
from gan_course.nets.mlp import mlp


@dataclass(frozen=True)
class ConditionalConfig:
    shape: tuple[int, ...] = (1, 28, 28)
    latent_dim: int = 4
    classes: int = 10
    hidden: int = 8
    pool: int = 6  # fakes remembered; 0 for none
    batch_size: int = 8
    steps: int = 60


LESSON = ConditionalConfig()
FULL = ConditionalConfig(hidden=64, steps=600)


class Labelled(nn.Module):
    """Vectors and labels to vectors."""

    def __init__(self, inputs: int, classes: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.classes = nn.Embedding(classes, 3)
        self.body = mlp([inputs + 3, hidden, outputs])

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return self.body(torch.cat([x.flatten(1), self.classes(labels)], dim=1))


class Pool:
    """Old fakes and their labels; which are taken out is drawn by Python's generator."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.kept: list[tuple[Tensor, Tensor]] = []

    def mix(self, fakes: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        chosen = []
        for new in zip(fakes, labels, strict=True):
            if len(self.kept) < self.size:
                self.kept.append(new)
                chosen.append(new)
            elif random.random() < 0.5:
                place = random.randrange(self.size)
                chosen.append(self.kept[place])
                self.kept[place] = new
            else:
                chosen.append(new)
        return torch.stack([fake for fake, _ in chosen]), torch.stack(
            [label for _, label in chosen]
        )

    def state_dict(self) -> dict[str, Any]:
        return {"kept": [[fake.clone(), label.clone()] for fake, label in self.kept]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.kept = [(fake, label) for fake, label in state["kept"]]


class Conditional(Model[ConditionalConfig]):
    def __init__(self, config: ConditionalConfig = LESSON) -> None:
        super().__init__(config)
        pixels = torch.Size(config.shape).numel()
        self.generator = Labelled(config.latent_dim, config.classes, config.hidden, pixels)
        self.discriminator = Labelled(pixels, config.classes, config.hidden, 1)
        self.optimizer_g = Adam(self.generator.parameters(), 1e-3, (0.0, 0.99))
        self.optimizer_d = Adam(self.discriminator.parameters(), 1e-3, (0.0, 0.99))
        self.schedule_g = linear_decay(self.optimizer_g, config.steps)
        self.pool = Pool(config.pool)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        labels = batch.labels
        assert labels is not None
        fake = self.draw(labels)
        old = self.pool.mix(fake.detach(), labels) if self.config.pool else (fake.detach(), labels)
        loss_d = losses.hinge.discriminator(
            self.discriminator(batch.x, labels), self.discriminator(*old)
        )
        norm_d = self.descend(self.optimizer_d, loss_d)
        with frozen(self.discriminator):
            loss_g = losses.hinge.generator(self.discriminator(fake, labels))
            norm_g = self.descend(self.optimizer_g, loss_g)
        self.schedule_g.step()
        return {
            "discriminator": loss_d.detach(),
            "generator": loss_g.detach(),
            "gradient_norm_d": norm_d,
            "gradient_norm_g": norm_g,
        }

    def draw(self, labels: Tensor) -> Tensor:
        return self.generator(self.noise(len(labels)), labels).tanh().view(-1, *self.config.shape)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        return self.draw(torch.arange(n, device=self.device) % self.config.classes)

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim, device=self.device)
