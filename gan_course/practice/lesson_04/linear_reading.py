"""A game with a reader, small enough that every slope is known in closed form: generator, score and
reader are linear, without biases.

Fakes x = A z, score s = w · x, reading r = R x. With the hinge loss and p = softmax(r), y the
indicator of the true category,
    mean(max(0, 1 - s(real)) + max(0, 1 + s(fake))):  slope -1 / N at s(real) below 1,
                                                      and 1 / N at s(fake) above -1
    -mean(s(fake)):                                   slope -1 / N at s(fake)
    log K + mean(log p_y):                            slope (y - p) / N at r
and the chain rule through linear maps does the rest, without automatic differentiation. All in
float64.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

LATENT, FEATURES, BATCH, CATEGORIES = 4, 3, 8, 5


@dataclass(frozen=True)
class Game:
    """The three networks, what they see, and the weight of the bound on either side."""

    generator: Tensor  # A, (FEATURES, LATENT)
    score: Tensor  # w, (FEATURES,)
    reader: Tensor  # R, (CATEGORIES, FEATURES)
    real: Tensor  # (BATCH, FEATURES)
    noise: Tensor  # (BATCH, LATENT)
    category: Tensor  # (BATCH,)
    weight_d: float
    weight_g: float


@dataclass(frozen=True)
class Parts:
    """What a total is made of, each a scalar: losses of both sides, of the sides exchanged, and
    bounds on fakes and on real samples."""

    d: Tensor
    d_exchanged: Tensor
    fake_alone: Tensor  # the discriminator's loss on fakes
    g: Tensor
    told: Tensor
    told_of_real: Tensor


def game(draw: torch.Generator) -> Game:
    sizes = (
        (FEATURES, LATENT),
        (FEATURES,),
        (CATEGORIES, FEATURES),
        (BATCH, FEATURES),
        (BATCH, LATENT),
    )
    a, w, r, real, noise = (torch.randn(size, generator=draw) for size in sizes)
    category = (torch.arange(BATCH) % CATEGORIES)[torch.randperm(BATCH, generator=draw)]
    weights = torch.rand(2, generator=draw).tolist()
    return Game(
        a / 2, w / 2, r, real + 0.5, noise, category, 0.2 + 0.3 * weights[0], 0.6 + 0.3 * weights[1]
    )


def parts(now: Game) -> Parts:
    fake = now.noise.double() @ now.generator.double().T
    of_real, of_fake = now.real.double() @ now.score.double(), fake @ now.score.double()
    return Parts(
        d=(1 - of_real).clamp_min(0).mean() + (1 + of_fake).clamp_min(0).mean(),
        d_exchanged=(1 - of_fake).clamp_min(0).mean() + (1 + of_real).clamp_min(0).mean(),
        fake_alone=(1 + of_fake).clamp_min(0).mean(),
        g=-of_fake.mean(),
        told=_told(fake, now),
        told_of_real=_told(now.real.double(), now),
    )


def slopes_d(now: Game) -> tuple[Tensor, Tensor]:
    """Of the discriminator's total: at w from the hinge loss alone, and at R from the bound
    alone."""
    real, fake = now.real.double(), now.noise.double() @ now.generator.double().T
    below, above = (
        (real @ now.score.double() < 1).double(),
        (fake @ now.score.double() > -1).double(),
    )
    return (above @ fake - below @ real) / BATCH, -now.weight_d * _pull(fake, now).T @ fake


def slopes_g(now: Game) -> tuple[Tensor, Tensor]:
    """Of the generator's total at A: from the score, and from the bound."""
    z = now.noise.double()
    fake = z @ now.generator.double().T
    from_score = -now.score.double()[:, None] * z.mean(dim=0)
    return from_score, -now.weight_g * (_pull(fake, now) @ now.reader.double()).T @ z


def _told(x: Tensor, now: Game) -> Tensor:
    log_q = (x @ now.reader.double().T).log_softmax(dim=1)
    return math.log(CATEGORIES) + log_q[torch.arange(BATCH), now.category].mean()


def _pull(x: Tensor, now: Game) -> Tensor:
    """The bound's slope at the readings of `x`, (BATCH, CATEGORIES)."""
    member = (now.category[:, None] == torch.arange(CATEGORIES)).double()
    return (member - (x @ now.reader.double().T).softmax(dim=1)) / BATCH
