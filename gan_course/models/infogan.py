"""InfoGAN: Chen, Duan, Houthooft, Schulman, Sutskever & Abbeel, 2016 (arXiv:1606.03657)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import torch
from torch import Tensor
from torch.nn.functional import one_hot
from torch.optim import Adam

from gan_course import losses
from gan_course.augmentation import disturbed
from gan_course.data.batches import Batch
from gan_course.errors import expect_index
from gan_course.information import categorical_bound, gaussian_bound
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
    numbered,
    numbers,
    whole,
)
from gan_course.models.kinds import (
    Amount,
    Betas,
    Count,
    Decay,
    Loss,
    OneOf,
    Rate,
    Shape,
    Size,
    Weight,
)
from gan_course.nets.dcgan import ConvDiscriminator, ConvGenerator
from gan_course.nets.ema import EMA
from gan_course.nets.infogan import CoordinateGenerator, QHead, Reading

GENERATORS = {"convolutional": ConvGenerator, "coordinates": CoordinateGenerator}


@dataclass(frozen=True)
class InfoGANConfig(Config):
    shape: Shape = (1, 28, 28)
    latent_dim: Size = 16  # of the noise that no code explains
    categories: Amount = 10  # values of the categorical code; 0 for none
    codes: Amount = 0  # continuous codes, uniform in [-1, 1]
    # standard deviation of what the generator is given of a code, where noise has 1
    contrast: Weight = 1.0
    lambda_q: Weight = (
        1.0  # weight of the bound in the discriminator's step, where Q learns to read
    )
    # and in the generator's, λ of eq. 6, where it learns to be read; 0 for a GAN that is only
    # listened to
    lambda_g: Weight = 0.3
    shift: Weight = 2.0  # pixels; Q reads pictures that are moved,
    turn: Weight = 0.2  # turned (radians),
    stretch: Weight = 0.15  # stretched (logarithm of the factor)
    # and noisy, so that a code must change what is left of a digit after all that
    noise: Weight = 1.5
    generator: Annotated[str, OneOf("generator", GENERATORS)] = "convolutional"
    width: Size = 12
    loss: Loss = "hinge"
    lr_g: Rate = 2e-3
    lr_d: Rate = 2e-3
    betas: Betas = (0.0, 0.99)
    ema_decay: Decay = 0.99  # of the generator that is sampled from
    batch_size: Size = 64
    steps: Count = 600

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.categories == self.codes == 0:
            raise ValueError(
                "an InfoGAN without a code is a GAN: categories or codes must be above 0, got 0 "
                "for both"
            )
        if self.categories == 1:
            raise ValueError(
                "a single category tells nothing: categories must be at least 2, or 0 for none, "
                "got 1"
            )


SHAPES = InfoGANConfig(
    latent_dim=8,
    categories=0,
    codes=3,
    lambda_q=0.3,
    shift=0.0,  # a place that is disturbed could not be read
    turn=0.0,
    stretch=0.0,
    noise=0.1,
    generator="coordinates",
    width=8,
)
PROFILES = {
    "lesson": InfoGANConfig(),
    "lesson/shapes": SHAPES,
    "full": InfoGANConfig(
        latent_dim=62, codes=2, width=64, lr_g=2e-4, lr_d=2e-4, ema_decay=0.999, steps=60_000
    ),
    "full/shapes": replace(SHAPES, width=64, lr_g=2e-4, lr_d=2e-4, ema_decay=0.999, steps=60_000),
}


class InfoGAN(Model[InfoGANConfig]):
    """A GAN whose generator is given a code and must draw so that a reader, Q, can tell the code
    from the picture. It never sees a label."""

    modalities = (IMAGES,)
    players = (GENERATOR, DISCRIMINATOR)
    draws = ("ema", "discriminator", "q_head")
    moves = {"discriminator_step": ("discriminator", "q_head"), "generator_step": ("generator",)}
    conditions = {
        "category": Condition(
            "the categorical code of every sample, or several to take in turn; by default drawn",
            whole,
            "3",
        ),
        "code": Condition(
            "continuous codes, as number:value, the others drawn", numbered, "0:1.5,1:-1"
        ),
    }
    explorers = ("codes", "latent", "compare")

    def __init__(self, config: InfoGANConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        self.loss = losses.by_name(config.loss)
        self.parts = (config.latent_dim, config.categories, config.codes)
        # A one-hot vector of K has the standard deviation √(K - 1) / K, a uniform code 1 / √3: all
        # are brought to that of the noise.
        self.category_scale = (
            config.contrast * config.categories / math.sqrt(max(config.categories - 1, 1))
        )
        self.code_scale = config.contrast * math.sqrt(3)
        self.generator = GENERATORS[config.generator](sum(self.parts), config.shape, config.width)
        self.discriminator = ConvDiscriminator(config.shape, config.width)
        self.q_head = QHead(self.discriminator.feature_count, config.categories, config.codes)
        self.optimizer_g = Adam(self.generator.parameters(), config.lr_g, config.betas)
        self.optimizer_d = Adam(
            [*self.discriminator.parameters(), *self.q_head.parameters()], config.lr_d, config.betas
        )
        self.schedule_g = linear_decay(self.optimizer_g, config.steps)
        self.schedule_d = linear_decay(self.optimizer_d, config.steps)
        self.ema = EMA(self.generator, config.ema_decay)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        latent = self.noise(len(batch.x))
        fake = self.generator(latent)
        record = self.discriminator_step(batch.x, fake, latent) | self.generator_step(fake, latent)
        self.schedule_d.step()
        self.schedule_g.step()
        self.ema.update(self.generator)
        return record

    def discriminator_step(self, real: Tensor, fake: Tensor, latent: Tensor) -> dict[str, Tensor]:
        """Learn to score `real` above `fake`, both (N, C, H, W), and, with the same trunk, to read
        from `fake` the code in its `latent`."""
        # Detaching keeps both losses from reaching the generator.
        score_real, score_fake = self.discriminator(real), self.discriminator(fake.detach())
        loss = self.loss.discriminator(score_real, score_fake)
        information = self.information(fake.detach(), latent)
        norm = self.descend(
            self.optimizer_d, loss - self.config.lambda_q * sum(information.values())
        )
        return {
            "discriminator": loss.detach(),
            "score_real": score_real.detach().mean(),
            "score_fake": score_fake.detach().mean(),
            "gradient_norm_d": norm,
            **{name: bound.detach() for name, bound in information.items()},
        }

    def generator_step(self, fake: Tensor, latent: Tensor) -> dict[str, Tensor]:
        """Learn to raise the score of `fake`, (N, C, H, W), still tied to the generator that drew
        it from `latent`, and to be read: eq. 6."""
        with frozen(self.discriminator), frozen(self.q_head):
            loss = self.loss.generator(self.discriminator(fake))
            information = (
                sum(self.information(fake, latent).values()) if self.config.lambda_g else 0
            )
            norm = self.descend(self.optimizer_g, loss - self.config.lambda_g * information)
        return {"generator": loss.detach(), "gradient_norm_g": norm}

    def information(self, x: Tensor, latent: Tensor) -> dict[str, Tensor]:
        """Eq. 5: how many nats Q tells, from `x` once disturbed, of the category and of all codes
        together in the `latent` it was drawn from."""
        config = self.config
        reading = self.read(disturbed(x, config.shift, config.turn, config.stretch, config.noise))
        _, category, codes = latent.split(self.parts, dim=1)
        bounds = {}
        if config.categories:
            bounds["information_category"] = categorical_bound(reading.logits, category.argmax(1))
        if config.codes:
            bounds["information_codes"] = gaussian_bound(
                reading.mu, reading.log_var, codes / self.code_scale
            ).sum()
        return bounds

    def read(self, x: Tensor) -> Reading:
        """What Q believes of the code of images `x` (N, C, H, W), drawn or real."""
        return self.q_head(self.discriminator.features(x))

    def adversary(self) -> Adversary:
        return Adversary(self.loss, lambda batch: self.discriminator(batch.x))

    def latent(self) -> Latent:
        return Latent(self.config.latent_dim, self.at_rest, "category", self.config.categories)

    def at_rest(self, z: Tensor, category: Tensor | None = None) -> Tensor:
        """Images for noise z (N, latent_dim), each of a `category`, int64 (N,), where there are
        any, with all codes at 0: (N, C, H, W)."""
        parts = [z, z.new_zeros(len(z), self.config.codes)]
        if category is not None:
            parts.insert(1, self.category_scale * one_hot(category, self.config.categories))
        return self.ema(torch.cat(parts, dim=1))

    @torch.no_grad()
    def sample(
        self,
        n: int,
        category: int | Sequence[int] | Tensor | None = None,
        code: Mapping[int, float | Sequence[float] | Tensor] | None = None,
    ) -> Tensor:
        """`n` images in [-1, 1] of shape (n, C, H, W), from the averaged generator: of `category`,
        and with each code in `code` at its value; both one for all, or one for each.

        What is not asked for is drawn. Raises as `choices` does, and `ValueError` for a value that
        is not finite.
        """
        latent = self.noise(n)
        # views: what is written into them is in the latent
        _, one_of, codes = latent.split(self.parts, dim=1)
        if category is not None:
            chosen = choices("category", category, n, self.config.categories).to(latent.device)
            one_of.zero_().scatter_(1, chosen[:, None], self.category_scale)
        for number, value in (code or {}).items():
            values = numbers("code", value, n).to(latent)
            if not values.isfinite().all():
                raise ValueError(
                    f"a code is a finite number, usually from -1 to 1, got {value} for code "
                    f"{number}"
                )
            codes[:, expect_index("code", number, self.config.codes)] = self.code_scale * values
        return self.ema(latent)

    def noise(self, n: int) -> Tensor:
        """Latent vectors (n, latent_dim + categories + codes): noise, a one-hot category drawn
        evenly, codes uniform in [-1, 1], both scaled."""
        z, codes = (
            torch.randn(n, self.parts[0], device=self.device),
            2 * torch.rand(n, self.parts[2], device=self.device) - 1,
        )
        some = max(self.config.categories, 1)
        one_of = one_hot(torch.randint(some, (n,), device=self.device), some)[
            :, : self.config.categories
        ]
        return torch.cat([z, self.category_scale * one_of, self.code_scale * codes], dim=1)
