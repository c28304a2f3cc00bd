"""Question 06.q2: how far a Gaussian is from the standard normal, for each latent dimension."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch.distributions import Normal, kl_divergence

from gan_course.likelihood import gaussian_kl
from gan_course.practice.question import Part, Question, mistakes, seeded

SHAPE = (6, 4)


def posterior(seed, case):
    """Means and log-variances (N, D), on both sides of 0; in the case "sure", variances that are
    almost 0."""
    draw = seeded(seed, case)
    mu, log_var = (1.5 * torch.randn(SHAPE, generator=draw) for _ in range(2))
    if case == "sure":
        log_var = -30 - log_var.abs()
    return {"mu": mu.requires_grad_(), "log_var": log_var.requires_grad_()}


def by_integral(mu, log_var):
    """The cross-entropy less the entropy, in float64."""
    mu, log_var = mu.double(), log_var.double()
    return (log_var.exp() + mu * mu) / 2 - (1 + log_var) / 2


def divergence(half=0.5, square=torch.square, variance=torch.exp, log=lambda s: s, one=1.0):
    """The right divergence with one part exchanged."""
    return lambda mu, s: half * (square(mu) + variance(s) - one - log(s))


def then(change):
    return lambda mu, s: change(gaussian_kl(mu, s))


_SURE = (
    "is wrong where the encoder is very sure, log_var near -30. What was added to the variance, or "
    "limits it? Its logarithm is given already."
)
_NAN = (
    "is nan or infinite at ordinary numbers. `log_var` may be negative: why take its logarithm, or "
    "its root?"
)
_OTHER = (
    "is another function. Work it out by hand: it is 0 at mu = 0 and log_var = 0, and ½ at mu = 1 "
    "and log_var = 0."
)

DIVERGENCE = Part(
    "gaussian_kl",
    posterior,
    by_integral,
    cases=("ordinary", "sure"),
    only={"sure": _SURE},
    not_finite=_NAN,
    otherwise={"value": _OTHER},
    also_right={
        "by distributions": lambda mu, s: kl_divergence(
            Normal(mu, (s / 2).exp()), Normal(torch.zeros(()), torch.ones(()))
        ),
        "the other way about": lambda mu, s: -0.5 * (1 + s - mu**2 - s.exp()),
        "by a small difference": lambda mu, s: (mu * mu + s.expm1() - s) / 2,
        "the library's": gaussian_kl,
    },
    mistakes=mistakes(
        then(torch.neg),
        "is below 0, and no divergence is: a VAE that descends it would run away from the prior.",
        divergence(half=1),
        "is twice too large. Each of the two Gaussians has a ½ in its exponent: where does it go?",
        divergence(log=lambda s: 2 * s, variance=lambda s: (2 * s).exp()),
        divergence(log=lambda s: 2 * s),
        "takes `log_var` for log σ, and it is twice as much: log σ² = 2 log σ.",
        divergence(variance=lambda s: (s / 2).exp()),
        "has σ where σ² belongs. What does one get from exp(log_var / 2)?",
        divergence(variance=lambda s: (2 * s).exp()),
        "squares the variance. What is `log_var` the logarithm of?",
        divergence(variance=lambda s: s.square()),
        divergence(variance=lambda s: s),
        "uses `log_var` where the variance itself belongs. Which function undoes a logarithm?",
        divergence(log=lambda s: -s),
        "goes down without end as the encoder gets more sure. With which sign does log σ² enter?",
        divergence(log=lambda s: 0),
        "has no log σ²: a variance of 0 would cost nothing, and the draws would be no draws.",
        divergence(one=0.0),
        divergence(one=-1.0),
        "is not 0 where the posterior is the prior, at mu = 0 and log_var = 0. Which constant "
        "makes it so?",
        divergence(square=lambda mu: 0),
        "does not know `mu`: two images could be encoded as far apart as one likes, for nothing.",
        divergence(square=lambda mu: mu),
        divergence(square=torch.abs),
        "has `mu` to the first power. By how much does the log-density of the prior fall at 2, and "
        "by how much at 4?",
        lambda mu, s: 0.5 * ((mu.square() + 1) * (-s).exp() - 1 + s),
        "is the divergence of the prior from the posterior. Which of the two draws z in a VAE, and "
        "so stands first?",
        divergence(variance=lambda s: s.exp() + 1e-6, log=lambda s: (s.exp() + 1e-6).log()),
        divergence(log=lambda s: s.exp().log().clamp(min=-20)),
        _SURE,
        divergence(log=torch.log),
        divergence(variance=torch.sqrt),
        _NAN,
        divergence(half=0.7),
        _OTHER,
        then(lambda kl: kl.sum(dim=1)),
        then(lambda kl: kl.mean(dim=1)),
        "gives one number for each image. A dimension that has collapsed could not be seen in it: "
        "leave the sum to whoever needs it.",
        then(lambda kl: kl.sum(dim=0)),
        then(lambda kl: kl.mean(dim=0)),
        "gives one number for each dimension, and the images are gone. Which shape is asked for?",
        then(torch.sum),
        then(torch.mean),
        "gives one number for everything. Which shape is asked for?",
        lambda mu, s: kl_divergence(Normal(mu, s), Normal(0.0, 1.0)),
        "A standard deviation is above 0, and `log_var` need not be. What is it the logarithm of?",
    ),
)

QUESTION = Question("06.q2", "a divergence in each dimension", 2, (DIVERGENCE,))
