"""Question 10.q5: classifier-free guidance."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn

from gan_course.practice.question import Part, Question, mistakes, seeded

N, FEATURES, CLASSES = 5, 3, 4


class Denoiser(nn.Module):
    """Of points, with a row for each class and one more for none."""

    def __init__(self, draw):
        super().__init__()
        rows = torch.randn(CLASSES + 1, FEATURES, generator=draw)
        self.rows = nn.Embedding.from_pretrained(rows)  # nothing learns here

    def forward(self, x, t, labels):
        return torch.tanh(x / (1 + t[:, None]) + self.rows(labels))


def asked(seed, case):
    draw = seeded(seed, case)
    return {
        "denoise": Denoiser(draw),
        "x_t": torch.randn(N, FEATURES, generator=draw),
        "t": torch.randint(0, 3, (N,), generator=draw),
        "labels": torch.randperm(CLASSES, generator=draw).repeat(2)[:N],
        "nothing": CLASSES,
        "scale": 2 + 2 * torch.rand((), generator=draw).item(),
    }


def at_once(denoise, x_t, t, labels, nothing, scale):
    """Both predictions of one doubled batch; then from one to the other, and further."""
    both = torch.cat([labels, torch.full_like(labels, nothing)])
    with_, without = denoise(x_t.repeat(2, 1), t.repeat(2), both).double().chunk(2)
    return with_ + (scale - 1) * (with_ - without)


def guided(
    mix=lambda with_, without, w: (1 - w) * without + w * with_,
    none=torch.full_like,
):
    """The right prediction with one part exchanged."""

    def guided_noise(denoise, x_t, t, labels, nothing, scale):
        with_ = denoise(x_t, t, labels)
        return mix(with_, denoise(x_t, t, none(labels, nothing)), scale)

    return guided_noise


INTO = "writes `nothing` into the caller's `labels`: at the next step nobody knows the classes."
GUIDED = Part(
    "guided_noise",
    asked,
    at_once,
    also_right={
        "by parts": guided(),
        "by a line": guided(lambda with_, without, w: torch.lerp(without, with_, w)),
    },
    otherwise={"labels.written": INTO},
    mistakes=mistakes(
        guided(lambda with_, without, w: w * without + (1 - w) * with_),
        "has the two predictions exchanged: it walks away from the class.",
        guided(lambda with_, without, w: (1 + w) * with_ - w * without),
        "counts as the paper does, where 0 is no guidance. Here a scale of 1 is none.",
        guided(lambda with_, without, w: w * (with_ - without)),
        "gives only the difference. Where does one start from, to go that way?",
        guided(lambda with_, without, w: w * with_ + without),
        "has weights that do not add up to 1: noise of another size than what is in `x_t`.",
        guided(lambda with_, without, w: with_),
        guided(lambda with_, without, w: without),
        guided(none=lambda labels, nothing: labels),
        "gives one of the two predictions. What does a scale above 1 ask for?",
        guided(none=lambda labels, nothing: torch.zeros_like(labels)),
        "takes class 0 for no class. It is a class like any other: what is `nothing` for?",
        guided(none=lambda labels, nothing: labels.fill_(nothing)),
        INTO,
    ),
)

QUESTION = Question("10.q5", "guidance without a classifier", 2, (GUIDED,))
