"""Question 06.q1: a draw from a Gaussian, judged by what any two right draws have in common."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch.distributions import Normal

from gan_course.likelihood import reparameterised
from gan_course.practice.question import (
    Computed,
    Part,
    Question,
    mistakes,
    seeded,
    value_and_slopes,
)

SHAPE = (4000, 4)  # so many draws that their mean and spread hardly depend on chance
LEVELS = (-2.0, -1.0, 1.0, 2.0)  # of log σ²


def posterior(seed, case):
    """Means (N, D), and log-variances at four levels, mixed over all images and dimensions."""
    draw = seeded(seed, "posterior")  # not the stream that ε comes from
    levels = torch.tensor(LEVELS)[torch.randint(len(LEVELS), SHAPE, generator=draw)]
    mu = 3 * torch.randn(SHAPE, generator=draw)
    return {"mu": mu.requires_grad_(), "log_var": levels.requires_grad_()}


def twice(call, given):
    return value_and_slopes(call, given) | {"again": call(**given)}


def read(values, seed, case):
    """What right answers agree on, whichever ε they drew: how ε is spread at each level, and what
    share of each gradient arrives."""
    mu, log_var = (x.detach() for x in posterior(seed, case).values())
    z = values["value"].double()
    told = {"value": 0 * z}  # its shape, and NaN where it is not finite
    if z.shape == mu.shape:
        epsilon = (torch.stack([z, values["again"].double()]) - mu) / (log_var / 2).exp()
        at_level = [epsilon[:, log_var == level] for level in LEVELS]
        told["stays"] = epsilon.abs().max() < 1e-3
        told["repeated"] = range_along(epsilon, 0) < 1e-3
        told["shared"] = torch.stack([range_along(epsilon, dim) < 1e-3 for dim in (1, 2)])
        told["centre"] = torch.stack([own.mean() / own.std() for own in at_level])
        told["spread"] = torch.stack([own.std() for own in at_level])
        weights = torch.randn(z.shape, generator=seeded(0)).double()  # of the probe's gradient
        slopes = {"mu": weights, "log_var": weights * (z - mu) / 2}
        told["arrives"] = torch.stack(
            [
                (values[f"at {name}"].double() * slope.flatten()).sum() / slope.square().sum()
                for name, slope in slopes.items()
            ]
        )
    return told


def range_along(x, dim):
    return (x.amax(dim) - x.amin(dim)).max()


def drawn(sigma=lambda s: (s / 2).exp(), noise=torch.randn_like, then=lambda z: z):
    """The right draw with one part exchanged."""
    return lambda mu, log_var: then(mu + sigma(log_var) * noise(mu))


def of_spread(found, right):
    at, level = found["spread"][0].item(), LEVELS[0]
    return (
        f"draws with {at:.3g} times the standard deviation that it should at log_var = {level:g}, "
        "and with another factor elsewhere. Which number is `log_var` the logarithm of?"
    )


SPREAD = Computed(of_spread)
DRAW = Part(
    "sample_latent",
    posterior,
    right=reparameterised,
    also_right={
        "by distribution": lambda mu, s: Normal(mu, s.exp().sqrt()).rsample(),
        "row by row": lambda mu, s: torch.stack(
            [m + torch.randn(len(m)) * v**0.5 for m, v in zip(mu, s.exp(), strict=True)]
        ),
        "by parts": drawn(),
        "turned": drawn(noise=lambda mu: -torch.normal(0.0, 1.0, mu.shape)),
    },
    probe=twice,
    read=read,
    may_change=("torch",),
    tolerance={"centre": 0.06, "spread": 0.06},
    otherwise={"spread": SPREAD},
    mistakes=mistakes(
        lambda mu, log_var: mu + 0 * log_var,
        "gives the mean each time. Where does chance come in?",
        lambda mu, log_var: drawn()(mu, log_var if torch.manual_seed(0) else None),
        "gives the same numbers when it is called again. What sets the random generator back?",
        drawn(noise=lambda mu: torch.randn(1)),
        "draws one ε for the whole batch: all latent numbers of all images are off by equally many "
        "standard deviations.",
        drawn(noise=lambda mu: torch.randn(len(mu), 1)),
        "draws one ε for each image: its latent numbers rise and fall together, and most of what "
        "the posterior covers is never visited.",
        drawn(noise=lambda mu: torch.randn(mu.shape[1])),
        "draws one ε for each dimension, and all images of the batch share it.",
        drawn(noise=torch.rand_like),
        "is off to one side: its ε is never below 0. Which distribution does ε come from?",
        drawn(noise=lambda mu: 2 * torch.rand_like(mu) - 1),
        "has an ε that never leaves [-1, 1]. Which distribution does ε come from?",
        lambda mu, s: mu * torch.randn_like(mu) + (s / 2).exp(),
        "scales ε by the mean and adds σ. Which of the two says how far draws scatter?",
        drawn(sigma=torch.exp),
        "uses exp(log_var) as the standard deviation, and that is the variance: where σ is 0.37, "
        "yours is 0.14.",
        drawn(sigma=lambda s: s),
        "uses `log_var` itself as the standard deviation. It is a logarithm, and negative wherever "
        "the encoder is sure.",
        drawn(sigma=torch.ones_like),
        "has the same spread at every `log_var`: ε is added as it is drawn.",
        drawn(sigma=lambda s: s.exp() / 2),
        SPREAD,
        lambda mu, s: torch.normal(mu, (s / 2).exp()),
        drawn(then=torch.detach),
        "draws rightly, but no gradient comes back through the draw: the encoder would never hear "
        "of the decoder's errors. What can be drawn without `mu` and `log_var`, and joined with "
        "them afterwards?",
        drawn(sigma=lambda s: (s / 2).exp().detach()),
        "sends a gradient to `mu` and none to `log_var`: the encoder could never learn how sure "
        "it is.",
        lambda mu, s: reparameterised(mu.detach(), s),
        "sends a gradient to `log_var` and none to `mu`: the encoder could never learn where an "
        "image lies.",
        lambda mu, s: Normal(mu, s).rsample(),
        "A standard deviation is above 0, and `log_var` need not be. What is it the logarithm of?",
        drawn(noise=lambda mu: torch.randn(len(mu))),
        "The noise has another shape than `mu`: how many numbers does one image need?",
    ),
)

QUESTION = Question("06.q1", "a draw with a gradient", 2, (DRAW,))
