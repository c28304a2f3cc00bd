"""Question 09.q3: least squares of logits against targets that have to get their shape."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch.nn import functional as F

from gan_course.practice.hints import REPEATED
from gan_course.practice.question import Part, Question, mistakes, seeded

N = 4
# As many patches a side as there are images: there every wrong shape fits, and nothing complains.
SHAPES = {"square maps": (N, 1, N, N), "wide maps": (N, 1, 2, 3), "one logit": (N, 1), "row": (N,)}


def logits(seed, case):
    """Logits of real images and of fakes in one batch, in an order that is no palindrome."""
    draw = seeded(seed, case)
    values = torch.randn(SHAPES[case], generator=draw).requires_grad_()
    real = torch.tensor([True, False, False, False]).roll(int(draw.seed() % 3))
    return {"logits": values, "is_real": real ^ bool(seed % 2)}


def image_by_image(logits, is_real):
    apart = [
        ((one - int(real)).double() ** 2).sum() for one, real in zip(logits, is_real, strict=True)
    ]
    return torch.stack(apart).sum() / 2 / logits.numel()


def in_two_parts(logits, is_real):
    real, fake = logits[is_real], logits[~is_real]
    return ((real - 1).square().sum() + fake.square().sum()) / (2 * logits.numel())


def filled(logits, is_real):
    targets = torch.zeros_like(logits)
    targets[is_real] = 1
    return F.mse_loss(logits, targets) / 2


def spread(logits, is_real):
    """The targets in the shape of the logits."""
    return is_real.to(logits.dtype).reshape(-1, *[1] * (logits.ndim - 1)).expand_as(logits)


def squares(
    targets=spread,
    cost=torch.square,
    half=0.5,
    mean=torch.mean,
    score=lambda logits: logits,
):
    """The right loss with one part exchanged."""
    return lambda logits, is_real: (
        half * mean(cost(score(logits) - targets(logits, is_real)))
    )


_SHAPE = (
    "lets one image's target meet another image's logits: shapes that differ are stretched until "
    "they fit, without a word. Print the shape of the difference. Which shape should a target have?"
)

LOSS = Part(
    "patch_loss",
    logits,
    image_by_image,
    cases=tuple(SHAPES),
    only={
        **dict.fromkeys(
            ("square maps", "wide maps"),
            "is right for one logit an image and not for maps of patches. Whose target is each "
            "patch's?",
        ),
        **dict.fromkeys(("one logit", "row"), _SHAPE),
    },
    words={"logits": "the logits"},
    also_right={"two parts": in_two_parts, "filled": filled, "by parts": squares()},
    mistakes=mistakes(
        squares(lambda x, real: real.float()),
        squares(lambda x, real: real.float()[:, None]),
        squares(lambda x, real: real.float()[:, None, None]),
        squares(lambda x, real: real.float().view(-1, 1, 1, 1)),
        _SHAPE,
        squares(lambda x, real: spread(x, ~real)),
        "gives real images the target 0, and fakes the target 1.",
        squares(lambda x, real: 2 * spread(x, real) - 1),
        squares(lambda x, real: 2 * spread(x, real) - 1, half=1),
        "gives fakes the target -1. The question asks for 0.",
        squares(lambda x, real: torch.ones_like(x)),
        "gives every image the target 1. What is `is_real` for?",
        squares(half=1),
        "is twice too large. What stands before the square?",
        squares(mean=torch.sum),
        squares(mean=lambda cost: cost.sum() / N),
        "adds up what the patches say. What should the loss not depend on: how many there are?",
        squares(score=torch.sigmoid),
        "squashes the logits first. Here the logit itself is the score.",
        lambda x, real: F.binary_cross_entropy_with_logits(x, spread(x, real)),
        "is the cross-entropy of lesson 1, and least squares are asked for.",
        squares(cost=torch.abs),
        squares(cost=torch.abs, half=1),
        "takes differences without their sign, and does not square them.",
        lambda x, real: (x.flatten(1).mean(1) - real.float()).square().mean() / 2,
        "averages an image's logits before it squares: one verdict for a whole image. Each patch "
        "should be judged by itself.",
        squares(cost=lambda d: d),
        "gives neither",
    ),
)

QUESTION = Question("09.q3", "targets of least squares", 2, (LOSS,))
