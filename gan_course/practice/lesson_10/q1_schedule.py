"""Question 10.q1: the betas of the cosine schedule."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math
from itertools import pairwise

import torch

from gan_course.practice.question import Part, Question, mistakes, seeded


def lengths(seed, case):
    draw = seeded(seed, case)
    steps = torch.randint(8, 30, (), generator=draw).item()
    return {"steps": steps, "offset": 0.01 + 0.05 * torch.rand((), generator=draw).item()}


def by_angles(steps, offset):
    """With cos² a = (1 + cos 2a) / 2, number by number."""
    kept = [1 + math.cos((k / steps + offset) / (1 + offset) * math.pi) for k in range(steps + 1)]
    betas = [min(1 - new / old, 0.999) for old, new in pairwise(kept)]
    return torch.tensor(betas, dtype=torch.float64)


def cosine(
    times=lambda steps: torch.arange(steps + 1) / steps,
    place=lambda s, offset: (s + offset) / (1 + offset),
    power=2,
    beta=lambda old, new: 1 - new / old,
    most=0.999,
):
    """The right betas with one part exchanged."""

    def cosine_betas(steps, offset):
        bar = (place(times(steps), offset) * math.pi / 2).cos() ** power
        return beta(bar[:-1], bar[1:]).clamp(max=most)

    return cosine_betas


BETAS = Part(
    "cosine_betas",
    lengths,
    by_angles,
    also_right={
        "by parts": cosine(),
        "in float64": cosine(lambda steps: torch.linspace(0, 1, steps + 1, dtype=torch.float64)),
    },
    mistakes=mistakes(
        cosine(most=1.0),
        "is not clipped: the last step keeps nothing, and nobody can divide by what it keeps.",
        cosine(power=1),
        "takes the cosine. It is the cosine's square that says how much of the image is left.",
        cosine(place=lambda s, offset: s),
        "does not use `offset`: the first steps would add next to no noise.",
        cosine(place=lambda s, offset: s + offset),
        "goes past the right angle: what divides `s + offset`, so that the last angle is π/2?",
        cosine(beta=lambda old, new: old - new),
        "takes the difference of two ᾱ. By which *factor* does a step change ᾱ?",
        cosine(beta=lambda old, new: new / old),
        "gives the alphas, what a step keeps. β is what it loses.",
        cosine(lambda steps: torch.cat([torch.zeros(1), torch.arange(steps) / steps])),
        "is one step late: its first β is 0. Between which two places is the first step?",
    ),
)

QUESTION = Question("10.q1", "the cosine schedule", 2, (BETAS,))
