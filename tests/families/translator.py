"""Translation between two domains without pairs: four networks, and a replay pool for each
discriminator."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss
from torch.optim import Adam

from gan_course import losses
from gan_course.data.batches import Batch, Unpaired
from gan_course.data.dataset import Dataset
from gan_course.data.digits import packaged_digits
from gan_course.models.base import Model, frozen
from gan_course.models.config import Config
from gan_course.models.declarations import DISCRIMINATOR, GENERATOR, Adversary
from gan_course.models.kinds import Amount, Count, Rate, Shape, Size, Weight, Widths
from gan_course.nets.mlp import mlp
from gan_course.replay import ReplayPool
from tests.families.unpaired import UNPAIRED_IMAGES, UnpairedImages

EXAMPLES = 3  # images whose translations are shown


@dataclass(frozen=True)
class TranslatorConfig(Config):
    shape: Shape = (1, 28, 28)
    hidden: Widths = (8,)
    cycle: Weight = 10.0
    pool: Amount = 6  # fakes remembered; 0 for none
    lr_g: Rate = 1e-3
    lr_d: Rate = 1e-3
    batch_size: Size = 8
    steps: Count = 60


PROFILES = {"lesson": TranslatorConfig(), "full": TranslatorConfig(hidden=(64, 64), steps=600)}


class Translation(nn.Module):
    """Images to images of the same shape, in [-1, 1]."""

    def __init__(self, pixels: int, hidden: tuple[int, ...]) -> None:
        super().__init__()
        self.body = mlp([pixels, *hidden, pixels])

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x.flatten(1)).tanh().view_as(x)


class Examples(nn.Module):
    """Images of the first batch, which are translated whenever samples are asked for."""

    def __init__(self, count: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.register_buffer("images", torch.zeros(count, *shape))
        self.register_buffer("kept", torch.zeros((), dtype=torch.bool))

    def keep(self, images: Tensor) -> None:
        self.images.copy_(torch.where(self.kept, self.images, images[: len(self.images)]))
        self.kept.fill_(True)


class Translator(Model[TranslatorConfig]):
    """Learns to turn samples of one domain into samples of another, and back into themselves."""

    modalities = (UNPAIRED_IMAGES,)
    players = (GENERATOR, DISCRIMINATOR)
    moves = {
        "generator_step": ("to_y", "to_x"),
        "discriminator_step": ("discriminator_x", "discriminator_y"),
    }

    def __init__(self, config: TranslatorConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        pixels = torch.Size(config.shape).numel()
        self.to_y, self.to_x = (Translation(pixels, config.hidden) for _ in "yx")
        self.discriminator_x, self.discriminator_y = (
            nn.Sequential(nn.Flatten(), mlp([pixels, *config.hidden, 1])) for _ in "xy"
        )
        self.examples = Examples(EXAMPLES, config.shape)
        both = [*self.to_y.parameters(), *self.to_x.parameters()]
        self.optimizer_g = Adam(both, config.lr_g, (0.5, 0.99))
        self.optimizers_d = [
            Adam(network.parameters(), config.lr_d, (0.5, 0.99))
            for network in (self.discriminator_x, self.discriminator_y)
        ]
        self.pools = [ReplayPool(config.pool), ReplayPool(config.pool)]

    def step(self, batch: Batch) -> dict[str, Tensor]:
        assert isinstance(batch, Unpaired)
        self.examples.keep(batch.x)
        fake_y, fake_x = self.to_y(batch.x), self.to_x(batch.y)
        record = self.generator_step(batch.x, batch.y, fake_x, fake_y)
        return record | self.discriminator_step(batch.x, batch.y, fake_x, fake_y)

    def generator_step(
        self, x: Tensor, y: Tensor, fake_x: Tensor, fake_y: Tensor
    ) -> dict[str, Tensor]:
        loss = losses.least_squares.generator
        with frozen(self.discriminator_x), frozen(self.discriminator_y):
            game = loss(self.discriminator_x(fake_x)) + loss(self.discriminator_y(fake_y))
            cycle = l1_loss(self.to_x(fake_y), x) + l1_loss(self.to_y(fake_x), y)
            norm = self.descend(self.optimizer_g, game + self.config.cycle * cycle)
        return {"generator": game.detach(), "cycle": cycle.detach(), "gradient_norm_g": norm}

    def discriminator_step(
        self, x: Tensor, y: Tensor, fake_x: Tensor, fake_y: Tensor
    ) -> dict[str, Tensor]:
        total, norms = torch.zeros((), device=x.device), []
        sides = ((self.discriminator_x, x, fake_x), (self.discriminator_y, y, fake_y))
        for (judge, real, fake), pool, optimizer in zip(
            sides, self.pools, self.optimizers_d, strict=True
        ):
            loss = losses.least_squares.discriminator(judge(real), judge(pool.mix(fake)))
            norms.append(self.descend(optimizer, loss))
            total = total + loss.detach()
        return {"discriminator": total / 2, "gradient_norm_d": sum(norms) / 2}

    def adversary(self) -> Adversary:
        return Adversary(losses.least_squares, lambda batch: self.discriminator_y(batch.x))

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """Translations of the examples, over and over."""
        rows = torch.arange(n, device=self.device) % len(self.examples.images)
        return self.to_y(self.examples.images[rows])


@dataclass(frozen=True)
class Domains:
    """Two data sets that are learned from side by side; samples are meant to look like `y`."""

    x: Dataset
    y: Dataset
    modality: UnpairedImages = UNPAIRED_IMAGES
    classes: None = None
    judged: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        return self.y.shape

    def batch(self, index: int, size: int, seed: int) -> Unpaired:
        return Unpaired(self.x.batch(index, size, seed).x, y=self.y.batch(index, size, seed + 1).x)

    def batches_per_epoch(self, size: int) -> int:
        return self.x.batches_per_epoch(size)

    def reference(self, n: int) -> Batch:
        return self.y.reference(n)


def tiny_domains() -> Domains:
    digits = packaged_digits()
    train, held_out = (
        type(split)(-split.x, split.labels) for split in (digits.train, digits.held_out)
    )
    return Domains(digits, Dataset("negatives", train, held_out, digits.credit))
