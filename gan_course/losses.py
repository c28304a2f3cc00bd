"""Adversarial losses: each a pair of pure functions on logits.

Every function takes logits of one shape, usually (N, 1) or (N,), and returns their mean loss, a
scalar to be minimised. A logit is the discriminator's output before any sigmoid: above 0 means
"looks real".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import NamedTuple, ParamSpec

from torch import Tensor
from torch.nn.functional import relu, softplus

from gan_course.errors import expect_floating, unknown_name

P = ParamSpec("P")


def of_logits(formula: Callable[P, Tensor]) -> Callable[P, Tensor]:
    """The same formula, which says in a sentence what is no logits."""

    @wraps(formula)
    def checked(*args: P.args, **kwargs: P.kwargs) -> Tensor:
        expect_floating("logits", *args, *kwargs.values())  # type: ignore[arg-type]
        return formula(*args, **kwargs)

    return checked


class AdversarialLoss(NamedTuple):
    """The two sides of one game, and how to read the discriminator's: the logit above which a
    sample is taken for real, and what the best single answer to every sample costs; None for a
    critic, whose scores have no zero."""

    discriminator: Callable[[Tensor, Tensor], Tensor]  # (logits of real, logits of fake) -> scalar
    generator: Callable[[Tensor], Tensor]  # (logits of fake) -> scalar
    boundary: float | None = None
    guessing: float | None = None


@of_logits
def cross_entropy_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """-log D(real) - log(1 - D(fake)) with D = sigmoid(logit): the discriminator's side of eq. 1 of
    Goodfellow et al. 2014.

    softplus(-a) is -log sigmoid(a) without the overflow: at logit -100 the plain logarithm is
    infinite, softplus is 100.
    """
    return softplus(-real).mean() + softplus(fake).mean()


@of_logits
def minimax_generator(fake: Tensor) -> Tensor:
    """log(1 - D(fake)), the generator's side of eq. 1 of Goodfellow et al. 2014: flat where D is
    sure that the sample is fake."""
    return -softplus(fake).mean()


@of_logits
def non_saturating_generator(fake: Tensor) -> Tensor:
    """-log D(fake), section 3 of Goodfellow et al. 2014: steepest where D is sure that the sample
    is fake."""
    return softplus(-fake).mean()


@of_logits
def least_squares_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """½ (real - 1)² + ½ fake², eq. 9 of Mao et al. 2016; the logit itself is the score, there is no
    sigmoid."""
    return 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake**2).mean()


@of_logits
def least_squares_generator(fake: Tensor) -> Tensor:
    """½ (fake - 1)², eq. 9 of Mao et al. 2016."""
    return 0.5 * ((fake - 1) ** 2).mean()


@of_logits
def hinge_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """max(0, 1 - real) + max(0, 1 + fake), eq. 16 of Miyato et al. 2018: a sample beyond its margin
    no longer teaches."""
    return relu(1 - real).mean() + relu(1 + fake).mean()


@of_logits
def negative_score_generator(fake: Tensor) -> Tensor:
    """-fake: raise the score. Eq. 17 of Miyato et al. 2018 and the generator's side of eq. 2 of
    Arjovsky et al. 2017."""
    return -fake.mean()


@of_logits
def wasserstein_critic(real: Tensor, fake: Tensor) -> Tensor:
    """fake - real, the negative of eq. 2 of Arjovsky et al. 2017; a distance only if the critic is
    kept 1-Lipschitz."""
    return fake.mean() - real.mean()


minimax = AdversarialLoss(cross_entropy_discriminator, minimax_generator, 0.0, 2 * math.log(2))
non_saturating = AdversarialLoss(
    cross_entropy_discriminator, non_saturating_generator, 0.0, 2 * math.log(2)
)
least_squares = AdversarialLoss(least_squares_discriminator, least_squares_generator, 0.5, 0.25)
hinge = AdversarialLoss(hinge_discriminator, negative_score_generator, 0.0, 2.0)
wasserstein = AdversarialLoss(wasserstein_critic, negative_score_generator)

BY_NAME = {
    "minimax": minimax,
    "non_saturating": non_saturating,
    "least_squares": least_squares,
    "hinge": hinge,
    "wasserstein": wasserstein,
}


def by_name(name: str) -> AdversarialLoss:
    """The pair that a configuration names; `ValueError` says the nearest for an unknown name."""
    if name not in BY_NAME:
        raise unknown_name("loss", name, BY_NAME)
    return BY_NAME[name]
