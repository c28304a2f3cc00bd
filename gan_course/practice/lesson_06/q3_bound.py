"""Question 06.q3: the negative evidence lower bound of a batch, with the right sums and means."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch.distributions import Bernoulli
from torch.nn import functional as F

from gan_course.likelihood import gaussian_kl
from gan_course.practice.hints import REPEATED
from gan_course.practice.question import Part, Question, mistakes, seeded

PIXELS, LATENTS, BATCH = (1, 4, 3), 5, 6


def batch(seed, case):
    """Logits of black and white images (N, C, H, W), some of which are wrong by much; in the case
    "sure" by so much that a probability rounds to 0 or 1."""
    draw = seeded(seed, case)
    logits = (300 if case == "sure" else 2) * torch.randn(BATCH, *PIXELS, generator=draw)
    mu, log_var = (torch.randn(BATCH, LATENTS, generator=draw) for _ in range(2))
    return {
        "logits": logits.requires_grad_(),
        "x": (torch.rand(BATCH, *PIXELS, generator=draw) < 0.4).float(),
        "mu": mu.requires_grad_(),
        "log_var": log_var.requires_grad_(),
        "beta": 0.3 + 0.4 * torch.rand((), generator=draw).item(),
    }


def right(logits, x, mu, log_var, beta):
    """White pixels cost softplus(-logit), black ones softplus(logit)."""
    signs = 1 - 2 * x.double()
    missed = torch.logaddexp(signs * logits, torch.zeros((), dtype=torch.float64)).sum()
    return (missed + beta * gaussian_kl(mu.double(), log_var.double()).sum()) / len(x)


def pixel_by_pixel(logits, x, mu, log_var, beta):
    cost = F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)
    kl = -0.5 * (1 + log_var - mu**2 - log_var.exp()).sum(1)
    return cost.mean() + beta * kl.mean()


def by_distribution(logits, x, mu, log_var, beta):
    log_p = Bernoulli(logits=logits).log_prob(x).sum(dim=(1, 2, 3))
    return (beta * gaussian_kl(mu, log_var).sum(-1) - log_p).mean()


def costs(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none")


def of_image(cost):
    return cost.flatten(1).sum(dim=1)


def bound(cost=costs, pixels=of_image, latents=of_image, batch=torch.mean, total=None):
    """The right loss with one part exchanged."""

    def negative_elbo(logits, x, mu, log_var, beta):
        missed, told = pixels(cost(logits, x)), latents(gaussian_kl(mu, log_var))
        return batch(total(missed, told, beta) if total else missed + beta * told)

    return negative_elbo


_SURE = (
    "is right for small logits only. At 300 a probability rounds to 1 before its logarithm is "
    "taken: which loss takes the logits as they are?"
)
_PROBABILITIES = (
    "What the decoder gives are logits, and this loss takes probabilities. Which of its relatives "
    "takes logits?"
)
_OTHER = (
    "is another number. Does question 2 pass? Then print both terms: where all inputs are 0, each "
    "pixel costs log 2 and each latent dimension nothing."
)

BOUND = Part(
    "negative_elbo",
    batch,
    right,
    cases=("ordinary", "sure"),
    only={"sure": _SURE},
    otherwise={"value": _OTHER},
    also_right={"by parts": bound(), "by pixel": pixel_by_pixel, "distribution": by_distribution},
    mistakes=mistakes(
        bound(pixels=lambda cost: cost.flatten(1).mean(1)),
        "averages over the pixels and sums over the latent dimensions. An image of 784 pixels "
        "would count no more than one of them, and the KL would win: the posterior collapses.",
        bound(latents=lambda kl: kl.mean(1)),
        "averages over the latent dimensions: of 20 of them the KL counts a twentieth of what it "
        "should. What is the KL of a vector of independent numbers?",
        bound(pixels=lambda cost: cost.flatten(1).mean(1), latents=lambda kl: kl.mean(1)),
        "averages over pixels and over latent dimensions, which divides the two terms by different "
        "numbers: that is no bound on anything. What is log p(x) of an image with independent "
        "pixels?",
        bound(batch=torch.sum),
        REPEATED,
        bound(total=lambda missed, told, beta: missed.sum() + beta * told.mean()),
        bound(total=lambda missed, told, beta: missed.mean() + beta * told.sum()),
        "sums one term over the batch and averages the other. Both are asked of one image, on "
        "average.",
        bound(total=lambda missed, told, beta: beta * missed + told),
        bound(total=lambda missed, told, beta: beta * (missed + told)),
        "weighs the reconstruction with β. Which of the two terms is it there for?",
        bound(total=lambda missed, told, beta: missed + told),
        "does not use `beta`.",
        bound(total=lambda missed, told, beta: missed - beta * told),
        "subtracts the KL: this loss falls as the codes leave the prior. It stands with a minus in "
        "the bound; where in the negative one?",
        bound(total=lambda missed, told, beta: -(missed + beta * told)),
        "is the bound itself, which should rise. An optimiser goes downhill.",
        bound(total=lambda missed, told, beta: missed),
        "has no KL: this is an autoencoder, whose codes nobody could draw from noise.",
        bound(cost=lambda a, x: costs(a.sigmoid(), x)),
        "squashes the logits twice, so that no pixel can become surer than 0.73. Does the loss you "
        "call apply a sigmoid of its own?",
        bound(cost=lambda a, x: (a.sigmoid() - x).square()),
        bound(cost=lambda a, x: (a.sigmoid() - x).square() / 2),
        "is a squared error, the likelihood of a Gaussian. The pixels are black or white: which "
        "distribution has only two values?",
        bound(cost=lambda a, x: (a - x).square()),
        "compares logits with pixels. Which function makes a probability of a logit?",
        bound(cost=lambda a, x: x * F.softplus(-a)),
        "counts the white pixels only. What does a white pixel cost where there should be black?",
        bound(cost=lambda a, x: costs(-a, x)),
        bound(cost=lambda a, x: costs(a, 1 - x)),
        "is lowest for the negative of each image. Which pixels should have high logits?",
        bound(cost=lambda a, x: -(x * a.sigmoid().log() + (1 - x) * (1 - a.sigmoid()).log())),
        bound(cost=lambda a, x: F.binary_cross_entropy(a.sigmoid(), x, reduction="none")),
        _SURE,
        bound(cost=lambda a, x: F.binary_cross_entropy(a, x, reduction="none")),
        _PROBABILITIES,
        bound(cost=lambda a, x: 2 * costs(a, x)),
        _OTHER,
        bound(batch=lambda each: each),
        "gives one number for each image. What does a step descend?",
        bound(pixels=lambda cost: cost.sum(dim=1)),
        "Which dimensions has one image, and does your sum take all of them?",
    ),
)

QUESTION = Question("06.q3", "the negative bound of a batch", 3, (BOUND,))
