"""A critic held to slope one by a penalty between real and fake, for points on a line, with a
critic step that the generator sits out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import RMSprop

from gan_course import losses
from gan_course.data.batches import Batch
from gan_course.models.base import Model, frozen
from gan_course.nets.average import MovingAverage
from gan_course.nets.mlp import MLPDiscriminator, MLPGenerator


@dataclass(frozen=True)
class PenalisedConfig:
    shape: tuple[int, ...] = (1,)
    latent_dim: int = 3
    hidden: tuple[int, ...] = (8,)
    penalty: float = 1.0
    batch_size: int = 8
    steps: int = 60


LESSON = PenalisedConfig()
FULL = PenalisedConfig(hidden=(64, 64), steps=600)


class Penalised(Model[PenalisedConfig]):
    def __init__(self, config: PenalisedConfig = LESSON) -> None:
        super().__init__(config)
        self.generator = MLPGenerator(config.latent_dim, config.shape, config.hidden)
        self.critic = MLPDiscriminator(config.shape, config.hidden)
        self.optimizer_g = RMSprop(self.generator.parameters(), 1e-3)
        self.optimizer_c = RMSprop(self.critic.parameters(), 1e-3, momentum=0.5)
        self.average = MovingAverage(self.generator, 0.9)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        for _ in range(2):
            fake = self.generator(self.noise(len(batch))).detach()
            loss_c = losses.wasserstein.discriminator(self.critic(batch.x), self.critic(fake))
            norm_c = self.descend(
                self.optimizer_c, loss_c + self.config.penalty * self.slope(batch.x, fake)
            )
        with frozen(self.critic):
            loss_g = losses.wasserstein.generator(
                self.critic(self.generator(self.noise(len(batch))))
            )
            norm_g = self.descend(self.optimizer_g, loss_g)
        self.average.update(self.generator)
        return {
            "critic": loss_c.detach(),
            "generator": loss_g.detach(),
            "gradient_norm_c": norm_c,
            "gradient_norm_g": norm_g,
        }

    def slope(self, real: Tensor, fake: Tensor) -> Tensor:
        between = real.lerp(fake, self.mixing(len(real))).requires_grad_()
        (slope,) = torch.autograd.grad(self.critic(between).sum(), between, create_graph=True)
        return (slope.flatten(1).norm(dim=1) - 1).square().mean()

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        return self.average(self.noise(n))

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim, device=self.device)

    def mixing(self, n: int) -> Tensor:
        return torch.rand(n, 1, device=self.device)
