"""Question 08.q3: the two losses of pix2pix, whose discriminator looks at pairs, patch by patch."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from gan_course.losses import minimax, non_saturating
from gan_course.practice.question import Part, Question, hanging, mistakes, seeded

BATCH, CHANNELS, SIDES = 3, 2, (6, 8)
SIZE = 6  # patches of a picture


def pairs(seed, case):
    """A discriminator of pairs, inputs, what they should become, and what a generator makes of
    them."""
    draw = seeded(seed, case)
    discriminator = nn.Conv2d(2 * CHANNELS, 1, 3, stride=2)
    for weight in discriminator.parameters():
        weight.data = 0.5 * torch.randn(weight.shape, generator=draw)
        weight.grad = torch.ones_like(weight)  # left from the step before
    x, y, fake = torch.rand(3, BATCH, CHANNELS, *SIDES, generator=draw) * 2 - 1
    return {"discriminator": discriminator, "x": x, "y": y, "fake": hanging(fake)}


def with_weight(seed, case):
    given = pairs(seed, case)
    given["discriminator"].requires_grad_(False)
    return given | {"weight": 2 + 3 * torch.rand((), generator=seeded(seed)).item()}


def missed(logits):
    """-log D, in float64."""
    return torch.logaddexp(-logits.double(), torch.zeros((), dtype=torch.float64)).mean()


def beside(x, y):
    return torch.cat([x, y], dim=1)


def in_one_batch(d, x, y, fake):
    logits = d(beside(torch.cat([x, x]), torch.cat([y, fake.detach()])))
    labels = torch.tensor([1.0, 0.0]).repeat_interleave(len(x)).view(-1, 1, 1, 1)
    return 2 * F.binary_cross_entropy_with_logits(logits, labels.expand_as(logits))


def d_side(
    loss=non_saturating.discriminator,
    real=lambda x, y, fake: beside(x, y),
    drawn=lambda x, y, fake: beside(x, fake),
    cut=torch.detach,
):
    """The discriminator's loss with one part exchanged."""

    def discriminator_loss(d, x, y, fake):
        fake = cut(fake)
        return loss(d(real(x, y, fake)), d(drawn(x, y, fake)))

    return discriminator_loss


def g_side(
    loss=non_saturating.generator,
    drawn=lambda x, y, fake: beside(x, fake),
    far=lambda x, y, fake: (fake - y).abs().mean(),
    total=lambda fooled, far, weight: fooled + weight * far,
):
    """The generator's loss with one part exchanged."""
    return lambda d, x, y, fake, weight: total(loss(d(drawn(x, y, fake))), far(x, y, fake), weight)


_ALONE = (
    "The discriminator looks at pairs: at a picture, and at what it was made from. What is joined "
    "to what?"
)
_ORDER = "joins input and picture in the other order. Which of them does the question name first?"
_TARGET = (
    "joins the fake to the true picture and not to the input. What is a fake made from, and what "
    "would be shown to a discriminator that had no answer to compare it with?"
)
_SUM = (
    "adds up what the patches say. What should the loss not depend on: how many patches there are?"
)
_ONE_VERDICT = (
    "averages the logits before it takes the loss: one verdict for a whole picture. Each patch "
    "should be judged by itself."
)

D = Part(
    "discriminator_loss",
    pairs,
    right=lambda d, x, y, fake: missed(d(beside(x, y))) + missed(-d(beside(x, fake.detach()))),
    words={"fake": "the generator"},
    also_right={"one batch": in_one_batch, "by parts": d_side()},
    mistakes=mistakes(
        d_side(real=lambda x, y, fake: y, drawn=lambda x, y, fake: fake),
        d_side(drawn=lambda x, y, fake: fake),
        _ALONE,
        d_side(real=lambda x, y, fake: beside(y, x), drawn=lambda x, y, fake: beside(fake, x)),
        _ORDER,
        d_side(drawn=lambda x, y, fake: beside(y, fake)),
        _TARGET,
        d_side(lambda real, fake: non_saturating.discriminator(fake, real)),
        "takes the true pair for the fake, and the fake for the true one.",
        d_side(lambda real, fake: non_saturating.discriminator(real, fake) / 2),
        "is half of what is asked for. Is the mean taken of true and fake pairs together, or of "
        "each kind?",
        d_side(lambda real, fake: real.numel() * non_saturating.discriminator(real, fake)),
        d_side(lambda real, fake: SIZE * non_saturating.discriminator(real, fake)),
        _SUM,
        d_side(lambda real, fake: F.softplus(-real.mean()) + F.softplus(fake.mean())),
        _ONE_VERDICT,
        d_side(lambda real, fake: non_saturating.generator(real)),
        "never sees a fake. What should it answer to one?",
        d_side(lambda real, fake: non_saturating.generator(-fake)),
        "never sees a true pair. What should it answer to one?",
        d_side(cut=lambda fake: fake),
        "has the right value, but sends a gradient into the generator, which would learn to be "
        "found out. Where should that path end?",
    ),
)

G = Part(
    "generator_loss",
    with_weight,
    right=lambda d, x, y, fake, weight: (
        missed(d(beside(x, fake))) + weight * (fake - y).double().abs().sum() / fake.numel()
    ),
    words={"fake": "the generator"},
    also_right={
        "by names": g_side(
            lambda logits: -F.logsigmoid(logits).mean(), far=lambda x, y, fake: F.l1_loss(fake, y)
        ),
        "by parts": g_side(),
    },
    mistakes=mistakes(
        g_side(drawn=lambda x, y, fake: fake),
        _ALONE,
        g_side(drawn=lambda x, y, fake: beside(fake, x)),
        _ORDER,
        g_side(drawn=lambda x, y, fake: beside(y, fake)),
        g_side(drawn=lambda x, y, fake: beside(fake, y)),
        _TARGET,
        g_side(total=lambda fooled, far, weight: weight * fooled + far),
        "weighs the wrong one of its two wishes. Which of them is `weight` there for?",
        g_side(total=lambda fooled, far, weight: fooled + far),
        "does not use `weight`: there are two wishes, and nobody says which matters more.",
        g_side(total=lambda fooled, far, weight: fooled),
        "never compares the fake with `y`: anything that could belong to the input would do.",
        g_side(total=lambda fooled, far, weight: weight * far),
        "does not ask the discriminator, and so rewards the average of all that could be right.",
        g_side(far=lambda x, y, fake: (fake - y).square().mean()),
        g_side(far=lambda x, y, fake: (fake - y).square().mean().sqrt()),
        "squares the differences. Pix2pix takes them as they are, without their sign, and blurs "
        "less.",
        g_side(far=lambda x, y, fake: (fake - x).abs().mean()),
        "wants the fake to be like the input. What should it be like?",
        g_side(far=lambda x, y, fake: (fake - y).abs().sum()),
        g_side(far=lambda x, y, fake: (fake - y).abs().sum() / BATCH),
        "adds up the differences of all pixels. Which mean keeps `weight` the same for small "
        "pictures and large ones?",
        g_side(minimax.generator),
        "descends log(1 - D), which is flat where the discriminator is sure. Which form is steep "
        "there?",
        g_side(lambda logits: non_saturating.generator(-logits)),
        "is low where the fake is found out. Which answer does the generator want to hear?",
        g_side(lambda logits: logits.numel() * non_saturating.generator(logits)),
        g_side(lambda logits: SIZE * non_saturating.generator(logits)),
        _SUM,
        g_side(lambda logits: F.softplus(-logits.mean())),
        _ONE_VERDICT,
        g_side(drawn=lambda x, y, fake: beside(x, fake.detach())),
        "has the right value, and the generator learns nothing of what the discriminator says. In "
        "whose step are fakes cut off?",
        g_side(far=lambda x, y, fake: (fake.detach() - y).abs().mean()),
        "has the right value, and the generator learns nothing of how far its picture is from "
        "`y`. What cuts that path?",
    ),
)

QUESTION = Question("08.q3", "an adversary of pairs, and a distance", 4, (D, G))
