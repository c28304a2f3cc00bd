"""Question 09.q3: least squares of logits against targets that have to get their shape."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch.nn import functional as F

from gan_course.practice.question import Part, Question, mistakes, seeded

N = 4
# As many patches a side as there are images: there every wrong shape fits, and nothing complains.
SHAPES = {"maps": (N, 1, N, N), "one logit": (N, 1), "row": (N,)}


def logits(seed, case):
    """Logits of one real image among fakes, or of one fake among real ones."""
    draw = seeded(seed, case)
    values = torch.randn(SHAPES[case], generator=draw).requires_grad_()
    one, odd = torch.randint(2 * N, (), generator=draw) % N, torch.rand((), generator=draw) < 0.5
    return {"logits": values, "labels": ((torch.arange(N) == one) ^ odd).float()}


def image_by_image(logits, labels):
    apart = [((x - y.item()).double() ** 2).sum() for x, y in zip(logits, labels, strict=True)]
    return torch.stack(apart).sum() / 2 / logits.numel()


def in_two_parts(logits, labels):
    real, fake = logits[labels == 1], logits[labels == 0]
    return ((real - 1).square().sum() + fake.square().sum()) / (2 * logits.numel())


def filled(logits, labels):
    targets = torch.zeros_like(logits)
    targets[labels.bool()] = 1
    return F.mse_loss(logits, targets) / 2


def spread(logits, labels):
    """The targets in the shape of the logits."""
    return labels.reshape(-1, *[1] * (logits.ndim - 1)).expand_as(logits)


def squares(
    targets=spread,
    cost=torch.square,
    half=0.5,
    mean=torch.mean,
    score=lambda x: x,
):
    """The right loss with one part exchanged."""
    return lambda logits, labels: half * mean(cost(score(logits) - targets(logits, labels)))


_SHAPE = (
    "lets one image's target meet another image's logits: shapes that differ are stretched until "
    "they fit, without a word. Print the shape of the difference. Which shape should a target have?"
)

LOSS = Part(
    "patch_loss",
    logits,
    image_by_image,
    cases=tuple(SHAPES),
    words={"logits": "the logits"},
    also_right={"two parts": in_two_parts, "filled": filled, "by parts": squares()},
    mistakes=mistakes(
        squares(lambda x, labels: labels),
        squares(lambda x, labels: labels[:, None]),
        squares(lambda x, labels: labels[:, None, None]),
        squares(lambda x, labels: labels.view(-1, 1, 1, 1)),
        squares(lambda x, labels: labels, score=torch.squeeze),
        _SHAPE,
        squares(lambda x, labels: spread(x, 1 - labels)),
        "gives real images the target 0, and fakes the target 1.",
        squares(lambda x, labels: 2 * spread(x, labels) - 1),
        squares(lambda x, labels: 2 * spread(x, labels) - 1, half=1),
        "gives fakes the target -1. The question asks for 0.",
        squares(lambda x, labels: torch.ones_like(x)),
        "gives every image the target 1. What is `labels` for?",
        squares(lambda x, labels: labels[:, None], score=lambda x: x.flatten(1)),
        "Logits may also be a row (N,), of one dimension only. Which reshape fits that as well as "
        "(N, 1, h, w)?",
        squares(half=1),
        "is twice too large. What stands before the square?",
        squares(mean=torch.sum),
        squares(mean=lambda cost: cost.sum() / N),
        "adds up what the patches say. What should the loss not depend on: how many there are?",
        squares(score=torch.sigmoid),
        "squashes the logits first. Here the logit itself is the score.",
        lambda x, labels: F.binary_cross_entropy_with_logits(x, spread(x, labels)),
        "is the cross-entropy of lesson 1, and least squares are asked for.",
        squares(cost=torch.abs),
        squares(cost=torch.abs, half=1),
        "takes differences without their sign, and does not square them.",
        lambda x, labels: (x.reshape(N, -1).mean(1) - labels).square().mean() / 2,
        "averages an image's logits before it squares: one verdict for a whole image. Each patch "
        "should be judged by itself.",
    ),
)

QUESTION = Question("09.q3", "targets of least squares", 2, (LOSS,))
