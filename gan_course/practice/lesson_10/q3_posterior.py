"""Question 10.q3: one step back where the image is known."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch

from gan_course.practice.lesson_10.noising import CASES, SHAPE, STRETCHED, beside, noised
from gan_course.practice.question import Part, Question, mistakes


def both_ends(seed, case):
    return dict(zip(("x0", "x_t", "t", "betas"), noised(seed, case), strict=True))


def times(seed, case):
    return {name: both_ends(seed, case)[name] for name in ("t", "betas")}


def bell(t, betas):
    """By Bayes' rule: what the steps before leave, N(√ᾱ x₀, 1 - ᾱ), meets what the last one says.
    Returns the posterior's variance, and the weights of x₀ and of x_t."""
    betas = betas.double()
    old = torch.stack([(1 - betas[:k]).prod() for k in t])
    beta, keeps = betas[t], 1 - betas[t]
    total = beta + keeps * (1 - old)
    return (1 - old) * beta / total, beta * old.sqrt() / total, (1 - old) * keeps.sqrt() / total


def by_bayes(x0, x_t, t, betas):
    _, of_x0, of_x_t = bell(t, betas)
    return beside(of_x0, x0) * x0 + beside(of_x_t, x_t) * x_t


# The weights of the mean and the variance, from β, α, ᾱ and the ᾱ of the step before.
def of_x0(b, a, bar, old):
    return old.sqrt() * b / (1 - bar)


def of_x_t(b, a, bar, old):
    return a.sqrt() * (1 - old) / (1 - bar)


def of_chance(b, a, bar, old):
    return b * (1 - old) / (1 - bar)


def before(bar, t):
    return torch.cat([torch.ones(1), bar])[t]


def variance(of=of_chance, old=before):
    def posterior_variance(t, betas):
        bar = (1 - betas).cumprod(0)
        return of(betas[t], 1 - betas[t], bar[t], old(bar, t))

    return posterior_variance


def mean(of_x0=of_x0, of_x_t=of_x_t, old=before, spread=beside):
    """The right mean with one part exchanged."""
    weights = variance(of_x0, old), variance(of_x_t, old)
    return lambda x0, x_t, *given: sum(
        spread(weight(*given), x) * x for weight, x in zip(weights, (x0, x_t), strict=True)
    )


AT_FIRST = (
    "is wrong at t = 0, where place -1 of a list is its *last*, and place 0 is the step itself. "
    "How much of the image is there before the first step?"
)
WRAPPED = (lambda bar, t: bar[t - 1], lambda bar, t: bar[(t - 1).clamp(min=0)])
MEAN = Part(
    "posterior_mean",
    both_ends,
    by_bayes,
    cases=tuple(CASES),
    also_right={
        "by the noise": mean(  # eq. 11 of Ho et al. 2020
            lambda b, a, bar, old: b / (1 - bar) * (bar / a).sqrt(),
            lambda b, a, bar, old: (1 - b / (1 - bar)) / a.sqrt(),
        ),
        "by parts": mean(),
    },
    mistakes=mistakes(
        *(mean(spread=shape) for shape in STRETCHED),
        SHAPE,
        *(mean(old=old) for old in WRAPPED),
        AT_FIRST,
        mean(of_x_t, of_x0),
        "has the two weights exchanged. At the first step, which of the two is all that counts?",
        mean(lambda b, a, bar, old: old * b / (1 - bar)),
        mean(of_x_t=lambda b, a, bar, old: a * (1 - old) / (1 - bar)),
        "forgets a square root. Without noise a step multiplies an image by √α.",
        mean(of_x_t=lambda b, a, bar, old: bar.sqrt() * (1 - old) / (1 - bar)),
        "has ᾱ, of all steps, where the α of one step belongs.",
        mean(lambda b, a, bar, old: bar.sqrt() * b / (1 - bar)),
        "has the ᾱ at `t` where the ᾱ of the step before belongs.",
    ),
)
VARIANCE = Part(
    "posterior_variance",
    times,
    right=lambda t, betas: bell(t, betas)[0],
    also_right={
        "by precisions": variance(lambda b, a, bar, old: 1 / (1 / (1 - old) + a / b)),
        "by parts": variance(),
    },
    mistakes=mistakes(
        variance(lambda b, a, bar, old: b),
        "is the variance of a step forward. On the way back the image is known: is one surer?",
        variance(lambda *found: of_chance(*found).sqrt()),
        "is the standard deviation, and its square is asked for.",
        *(variance(old=old) for old in WRAPPED),
        AT_FIRST,
        variance(lambda b, a, bar, old: b * (1 - bar) / (1 - old)),
        "has its fraction upside down: it grows without end as t comes to 0.",
    ),
    cases=tuple(CASES),
)

QUESTION = Question("10.q3", "one step back", 3, (MEAN, VARIANCE))
