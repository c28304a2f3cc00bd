"""Question 10.q2: noise added in one jump."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch

from gan_course.practice.lesson_10.noising import CASES, SHAPE, STRETCHED, beside, noised
from gan_course.practice.question import Part, Question, mistakes


def clean(seed, case):
    x0, noise, t, betas = noised(seed, case)
    return {"x0": x0, "t": t, "noise": noise, "betas": betas}


def step_by_step(x0, t, noise, betas):
    """The mean and the variance in float64, one step after another, up to each sample's own t."""
    mean, variance = x0.double(), torch.zeros(())
    for k, beta in enumerate(betas):
        own = beside((t >= k) * beta, x0)
        mean, variance = (1 - own).sqrt() * mean, (1 - own) * variance + own
    return mean + variance.sqrt() * noise


def jump(
    kept=lambda betas: (1 - betas).cumprod(0),
    at=lambda bar, t: bar[t],
    signal=torch.sqrt,
    lost=lambda bar: (1 - bar).sqrt(),
    spread=beside,
):
    """The right jump with one part exchanged."""

    def q_sample(x0, t, noise, betas):
        bar = spread(at(kept(betas), t), x0)
        return signal(bar) * x0 + lost(bar) * noise

    return q_sample


JUMP = Part(
    "q_sample",
    clean,
    step_by_step,
    cases=tuple(CASES),
    also_right={
        "by logarithms": jump(lambda betas: torch.log1p(-betas).cumsum(0).exp()),
        "by parts": jump(),
    },
    mistakes=mistakes(
        *(jump(spread=shape) for shape in STRETCHED),
        SHAPE,
        jump(signal=lambda bar: bar, lost=lambda bar: 1 - bar),
        jump(signal=lambda bar: bar),
        jump(lost=lambda bar: 1 - bar),
        "forgets a square root. ᾱ and 1 - ᾱ are shares of the *variance*: what scales a number?",
        jump(signal=lambda bar: (1 - bar).sqrt(), lost=torch.sqrt),
        "has image and noise exchanged: it is all noise at the start.",
        jump(lambda betas: 1 - betas),
        "takes what one step keeps, α, for what all steps up to `t` keep together.",
        jump(lambda betas: betas.cumprod(0)),
        "multiplies the β, what is lost. What does a step keep?",
        jump(at=lambda bar, t: bar[t - 1]),
        "is one step behind, and at t = 0 it takes the last step of all.",
        jump(at=lambda bar, t: bar[t + 1]),
        "Here the first step is number 0 and the last one `len(betas) - 1`.",
        lambda x0, t, noise, betas: jump()(x0, t, torch.randn_like(x0), betas),
        "draws noise of its own. A loss must know which noise was added: what is `noise` for?",
    ),
)

QUESTION = Question("10.q2", "noise in one jump", 2, (JUMP,))
