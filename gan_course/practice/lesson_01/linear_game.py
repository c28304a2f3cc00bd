"""A GAN small enough that every step is known in closed form: both networks linear, both optimisers
plain gradient descent.

Generator x = A z + c, discriminator logit = w · x + b. With s = sigmoid, the cross-entropies of
Goodfellow et al. 2014
    L_D = mean(-log s(D(real))) + mean(-log(1 - s(D(fake))))
    L_G = mean(-log s(D(fake)))
have the slopes
    dL_D/dD(real) = -s(-D(real)) / N    dL_D/dD(fake) = s(D(fake)) / N
    dL_G/dD(fake) = -s(-D(fake)) / N
and the chain rule through two linear maps does the rest, without automatic differentiation. All in
float64.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

LATENT, FEATURES, BATCH, ROUNDS = 3, 2, 6, 3
LR_G, LR_D = 0.3, 0.5


@dataclass(frozen=True)
class Game:
    """Where both networks start, a row [weight | bias] per output, and what they see in every
    round."""

    generator: Tensor  # (FEATURES, LATENT + 1)
    discriminator: Tensor  # (FEATURES + 1,)
    real: Tensor  # (ROUNDS, BATCH, FEATURES)
    noise: Tensor  # (ROUNDS, BATCH, LATENT)


@dataclass(frozen=True)
class Slip:
    """A way to get the alternating step wrong; each field names what happens that should not."""

    d_loss_reaches_g: bool = False  # no detach, and the generator's gradient not cleared in between
    g_loss_moves_d: bool = False  # the discriminator steps on both losses
    simultaneous: bool = False  # the generator answers the discriminator as it was before its step
    d_keeps_gradient: bool = False
    g_keeps_gradient: bool = False
    d_climbs: bool = False
    g_climbs: bool = False
    saturating: bool = False  # the generator minimises log(1 - D(fake))


NO_SLIP = Slip()


def play(game: Game, slip: Slip = NO_SLIP) -> tuple[Tensor, Tensor]:
    """Both networks after every round: discriminator (ROUNDS, FEATURES + 1), generator (ROUNDS,
    FEATURES, LATENT + 1)."""
    g, d = game.generator.double(), game.discriminator.double()
    kept_g, kept_d = torch.zeros_like(g), torch.zeros_like(d)
    seen_d, seen_g = [], []
    for real, noise in zip(game.real.double(), game.noise.double(), strict=True):
        z = with_one(noise)
        slope_d, d_loss_on_g = _discriminator_slopes(d, g, real, z)
        before = d
        kept_d = kept_d * slip.d_keeps_gradient + slope_d
        if slip.g_loss_moves_d:
            kept_d = kept_d + _generator_slopes(d, g, z, slip)[1]
        d = d - LR_D * (-kept_d if slip.d_climbs else kept_d)
        slope_g, g_loss_on_d = _generator_slopes(before if slip.simultaneous else d, g, z, slip)
        # its backward pass runs through the discriminator and leaves this behind
        kept_d = kept_d + g_loss_on_d
        kept_g = kept_g * slip.g_keeps_gradient + slope_g + d_loss_on_g * slip.d_loss_reaches_g
        g = g - LR_G * (-kept_g if slip.g_climbs else kept_g)
        seen_d.append(d)
        seen_g.append(g)
    return torch.stack(seen_d), torch.stack(seen_g)


def with_one(x: Tensor) -> Tensor:
    """`x` of shape (N, F) with a column of ones, so that a bias is one more weight."""
    return torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], dim=1)


def _discriminator_slopes(d: Tensor, g: Tensor, real: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
    """Slopes of L_D: of the discriminator, and those that would reach the generator if nothing cut
    them off."""
    x, fake = with_one(real), with_one(z @ g.T)
    pull_real, pull_fake = -torch.sigmoid(-(x @ d)) / len(x), torch.sigmoid(fake @ d) / len(fake)
    return pull_real @ x + pull_fake @ fake, d[:-1, None] * (pull_fake @ z)


def _generator_slopes(d: Tensor, g: Tensor, z: Tensor, slip: Slip) -> tuple[Tensor, Tensor]:
    """Slopes of L_G: of the generator, and those it leaves in the discriminator on its way."""
    fake = with_one(z @ g.T)
    logits = fake @ d
    pull = -torch.sigmoid(logits if slip.saturating else -logits) / len(fake)
    return d[:-1, None] * (pull @ z), pull @ fake
