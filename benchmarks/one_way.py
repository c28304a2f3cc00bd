"""One generator and one discriminator: translation without a way back, for the study "cycle"."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, l1_loss
from torch.optim import Adam

from gan_course.data.batches import Batch
from gan_course.losses import least_squares
from gan_course.modalities import UNPAIRED
from gan_course.models import CycleGAN, Translator
from gan_course.models.base import frozen, linear_decay
from gan_course.models.cyclegan import CycleGANConfig
from gan_course.nets.ema import EMA
from gan_course.nets.patches import PatchDiscriminator
from gan_course.nets.resnet import ResNetGenerator
from gan_course.penalties import gradient_penalty
from gan_course.replay import ReplayPool


class OneWay(Translator[CycleGANConfig]):
    """Half of a CycleGAN whose λ is 0: `to_y`, `discriminator_y` and their pool.

    With `values` the two play for another loss. The critic answers each image with so many numbers,
    and the loss is the norm of the difference between its mean answers to real and to drawn images.
    """

    modalities = (UNPAIRED,)

    def __init__(self, config: CycleGANConfig, values: int = 0, noise: int = 0) -> None:
        super().__init__(config)
        self.values = values
        self.generator = generator(config, noise)
        self.discriminator = PatchDiscriminator(config.shape, config.d_width, config.halvings)
        if values:
            last = self.discriminator.body[-1]
            self.discriminator.body[-1] = nn.Conv2d(last.in_channels, values, 4, 1, 1)
        self.optimizer_g = Adam(self.generator.parameters(), config.lr_g, config.betas)
        self.optimizer_d = Adam(self.discriminator.parameters(), config.lr_d, config.betas)
        self.schedule_g = linear_decay(self.optimizer_g, config.steps, config.decay_start)
        self.schedule_d = linear_decay(self.optimizer_d, config.steps, config.decay_start)
        self.ema = EMA(self.generator, config.ema_decay)
        self.pool = ReplayPool(config.pool)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        x, y = batch.x, batch.expect_y()
        fake = self.generator(x)
        with frozen(self.discriminator):
            loss = self.config.adversarial * self.generator_loss(y, fake)
            if self.config.identity:
                loss = loss + self.config.identity * l1_loss(self.generator(y), y)
            self.descend(self.optimizer_g, loss)
        self.schedule_g.step()
        if self.config.adversarial:
            self.descend(self.optimizer_d, self.discriminator_loss(y, self.pool.mix(fake)))
            self.schedule_d.step()
        self.ema.update(self.generator)
        return {"generator": loss.detach()}

    def generator_loss(self, y: Tensor, fake: Tensor) -> Tensor:
        if self.values:
            return self.difference(y, fake).norm()
        return least_squares.generator(self.discriminator(fake))

    def discriminator_loss(self, y: Tensor, fake: Tensor) -> Tensor:
        if not self.values:
            return least_squares.discriminator(self.discriminator(y), self.discriminator(fake))
        difference = self.difference(y, fake)
        distance = difference.norm()
        # Without a bound the critic need only grow. What is held to a slope of one is the score
        # that the norm takes of its answers: how far they lie in the direction of the difference.
        direction = (difference / distance).detach()
        return 10 * gradient_penalty(lambda x: self.answers(x) @ direction, y, fake) - distance

    def difference(self, y: Tensor, fake: Tensor) -> Tensor:
        """E D(y) - E D(fake): shape (values,)."""
        return self.answers(y).mean(0) - self.answers(fake).mean(0)

    def answers(self, x: Tensor) -> Tensor:
        """The critic's answers, the mean over patches: (N, values)."""
        return self.discriminator(x).mean((2, 3))

    def translate(self, x: Tensor) -> Tensor:
        return self.ema(x)


class WithNoise(nn.Module):
    """A ResNetGenerator that sees noise beside its input: `channels` maps of 4 × 4, enlarged.

    One number over the whole image would not do: instance norm takes away what is the same
    everywhere. Noise of single pixels would be averaged out on the way down.
    """

    def __init__(self, config: CycleGANConfig, channels: int) -> None:
        super().__init__()
        colours, *sides = config.shape
        self.channels = channels
        self.network = ResNetGenerator(
            (colours + channels, *sides),
            config.width,
            config.blocks,
            skip=config.skip,
            code=config.code,
        )

    def forward(self, x: Tensor) -> Tensor:
        z = torch.randn(len(x), self.channels, 4, 4, device=x.device)
        z = interpolate(z, size=x.shape[2:])
        return self.network(torch.cat([x, z], 1))[:, : x.shape[1]]


def generator(config: CycleGANConfig, noise: int) -> nn.Module:
    if noise:
        return WithNoise(config, noise)
    return ResNetGenerator(
        config.shape, config.width, config.blocks, skip=config.skip, code=config.code
    )


class NoisyCycleGAN(CycleGAN):
    """Both generators see noise beside their input."""

    def __init__(self, config: CycleGANConfig, noise: int) -> None:
        super().__init__(config)
        self.to_y, self.to_x = generator(config, noise), generator(config, noise)
        self.optimizer_g = Adam(
            [*self.to_y.parameters(), *self.to_x.parameters()], config.lr_g, config.betas
        )
        self.schedules[0] = linear_decay(self.optimizer_g, config.steps, config.decay_start)
        self.ema_y = EMA(self.to_y, config.ema_decay)
        self.ema_x = EMA(self.to_x, config.ema_decay)
