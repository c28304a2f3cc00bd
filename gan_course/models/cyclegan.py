"""CycleGAN: Zhu, Park, Isola & Efros, 2017 (arXiv:1703.10593)."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import l1_loss
from torch.optim import Adam

from gan_course.data.batches import Batch
from gan_course.losses import least_squares
from gan_course.modalities import UNPAIRED
from gan_course.models.base import frozen, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import DISCRIMINATOR, GENERATOR, Adversary
from gan_course.models.kinds import Amount, Betas, Count, Decay, Rate, Shape, Share, Size, Weight
from gan_course.models.translation import Translator
from gan_course.nets.ema import EMA
from gan_course.nets.patches import PatchDiscriminator
from gan_course.nets.resnet import ResNetGenerator
from gan_course.replay import ReplayPool


@dataclass(frozen=True)
class CycleGANConfig(Config):
    shape: Shape = (3, 32, 32)
    width: Size = 16  # of the generators
    blocks: Size = 3
    skip: bool = False  # whether a generator adds what it draws to its input
    code: Amount = 0  # channels that all must pass at an eighth of each side; 0 leaves that out
    d_width: Size = 16
    halvings: Size = 1  # of the discriminators, whose patches are then 16 pixels wide
    adversarial: Weight = 1.0
    cycle: Weight = 10.0  # λ in eq. 3
    identity: Weight = 1.0  # of section 5.2, which takes 0.5 λ
    pool: Amount = 50  # fakes that each discriminator is shown again; 0 for none
    lr_g: Rate = 1e-3
    lr_d: Rate = 1e-3
    betas: Betas = (0.5, 0.99)
    decay_start: Share = 0.5  # of the run after which the rates begin to fall
    ema_decay: Decay = 0.99  # of the generators that translate
    batch_size: Size = 4
    steps: Count = 1200


PROFILES = {
    "lesson": CycleGANConfig(),
    "full": CycleGANConfig(
        width=64,
        blocks=9,
        d_width=64,
        halvings=2,
        identity=5.0,
        lr_g=2e-4,
        lr_d=2e-4,
        ema_decay=0.999,
        steps=60_000,
    ),
}


class CycleGAN(Translator[CycleGANConfig]):
    """Learns to turn images `x` of one domain into images like `y` of another, and those into
    images like `x`: what went there and back must be what it was."""

    modalities = (UNPAIRED,)
    directions = ("translate", "back")
    players = (GENERATOR, DISCRIMINATOR)
    draws = ("ema_y", "ema_x")
    moves = {
        "generator_step": ("to_y", "to_x"),
        "discriminator_step": ("discriminator_y", "discriminator_x"),
    }
    explorers = ("round_trip", "sketch_pad")

    def __init__(self, config: CycleGANConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        self.to_y, self.to_x = (
            ResNetGenerator(
                config.shape, config.width, config.blocks, skip=config.skip, code=config.code
            )
            for _ in "yx"
        )
        self.discriminator_y, self.discriminator_x = (
            PatchDiscriminator(config.shape, config.d_width, config.halvings) for _ in "yx"
        )
        self.optimizer_g, self.optimizer_d = (
            Adam([*one.parameters(), *other.parameters()], rate, config.betas)
            for one, other, rate in (
                (self.to_y, self.to_x, config.lr_g),
                (self.discriminator_y, self.discriminator_x, config.lr_d),
            )
        )
        self.schedules = [
            linear_decay(optimizer, config.steps, config.decay_start)
            for optimizer in (self.optimizer_g, self.optimizer_d)
        ]
        self.ema_y = EMA(self.to_y, config.ema_decay)
        self.ema_x = EMA(self.to_x, config.ema_decay)
        self.pools = [ReplayPool(config.pool), ReplayPool(config.pool)]

    def step(self, batch: Batch) -> dict[str, Tensor]:
        x, y = batch.x, batch.expect_y()
        fake_y, fake_x = self.to_y(x), self.to_x(y)
        record = self.generator_step(x, y, fake_x, fake_y)
        record |= self.discriminator_step(x, y, fake_x, fake_y)
        for schedule in self.schedules:
            schedule.step()
        self.ema_y.update(self.to_y)
        self.ema_x.update(self.to_x)
        return record

    def generator_step(
        self, x: Tensor, y: Tensor, fake_x: Tensor, fake_y: Tensor
    ) -> dict[str, Tensor]:
        """Learn to make `fake_y`, drawn from `x`, and `fake_x`, drawn from `y`, pass for images of
        their domains, and to find the way back: eq. 3. All four (N, C, H, W)."""
        with frozen(self.discriminator_x), frozen(self.discriminator_y):
            game = least_squares.generator(self.discriminator_y(fake_y))
            game = game + least_squares.generator(self.discriminator_x(fake_x))
            cycle = l1_loss(self.to_x(fake_y), x) + l1_loss(self.to_y(fake_x), y)
            loss = self.config.adversarial * game + self.config.cycle * cycle
            if self.config.identity:
                # An image that is of the domain already need not change.
                kept = l1_loss(self.to_y(y), y) + l1_loss(self.to_x(x), x)
                loss = loss + self.config.identity * kept
            norm = self.descend(self.optimizer_g, loss)
        return {"generator": game.detach(), "cycle": cycle.detach(), "gradient_norm_g": norm}

    def discriminator_step(
        self, x: Tensor, y: Tensor, fake_x: Tensor, fake_y: Tensor
    ) -> dict[str, Tensor]:
        """Learn to tell `x` from `fake_x` and `y` from `fake_y`, these and earlier ones; all four
        (N, C, H, W)."""
        old_x, old_y = (
            pool.mix(fake) for pool, fake in zip(self.pools, (fake_x, fake_y), strict=True)
        )
        loss = least_squares.discriminator(self.discriminator_x(x), self.discriminator_x(old_x))
        loss = loss + least_squares.discriminator(
            self.discriminator_y(y), self.discriminator_y(old_y)
        )
        norm = self.descend(self.optimizer_d, loss)
        # Half of it: the mean over the two.
        return {"discriminator": loss.detach() / 2, "gradient_norm_d": norm}

    def adversary(self) -> Adversary:
        return Adversary(
            least_squares, lambda batch: self.discriminator_y(batch.x).flatten(1).mean(1)
        )

    def translate(self, x: Tensor) -> Tensor:
        return self.ema_y(x)

    def back(self, y: Tensor) -> Tensor:
        """What becomes of images like `y` in [-1, 1] (N, C, H, W) on the way back."""
        return self.ema_x(y)
