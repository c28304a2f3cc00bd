"""Question 07.q3: an adversary that holds codes to a prior, its loss and the encoder's."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from gan_course.losses import hinge, minimax, non_saturating
from gan_course.practice.hints import REPEATED
from gan_course.practice.question import Part, Question, hanging, mistakes, seeded

LATENTS, BATCH = 3, 7


def game(seed, case):
    """A discriminator of codes, draws from the prior, and codes that hang on the encoder; in the
    case "sure" the discriminator is sure of all of them, and often wrong."""
    draw = seeded(seed, case)
    discriminator = nn.Linear(LATENTS, 1)
    for weight in discriminator.parameters():
        scale = 200 if case == "sure" else 1
        weight.data = scale * torch.randn(weight.shape, generator=draw)
        weight.grad = torch.ones_like(weight)  # left from the step before
    noise, codes = torch.randn(2, BATCH, LATENTS, generator=draw)
    return {"discriminator": discriminator, "noise": noise, "codes": hanging(2 * codes + 0.5)}


def without_noise(seed, case):
    given = game(seed, case)
    return {"discriminator": given["discriminator"].requires_grad_(False), "codes": given["codes"]}


def missed(logits):
    """-log D, in float64."""
    return torch.logaddexp(-logits.double(), torch.zeros((), dtype=torch.float64)).sum() / BATCH


def labelled(logits, label):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def joined(discriminator, noise, codes):
    logits = discriminator(torch.cat([noise, codes.detach()]))
    labels = torch.cat([torch.ones(len(noise), 1), torch.zeros(len(codes), 1)])
    return 2 * F.binary_cross_entropy_with_logits(logits, labels)


def d_side(loss=non_saturating.discriminator, real=lambda x: x, fake=torch.detach):
    """The discriminator's loss with one part exchanged."""
    return lambda d, noise, codes: loss(real(d(noise)), d(fake(codes)))


def e_side(loss=non_saturating.generator, codes=lambda z: z):
    return lambda d, z: loss(d(codes(z)))


_SURE = (
    "is right for small logits only. In the hundreds a probability rounds to 0 or 1 before its "
    "logarithm is taken: which form takes logits as they are?"
)
_TWICE = "squashes the logits twice. Does the loss you call apply a sigmoid of its own?"
_HINGE = (
    "is the loss of another game, with raw scores. The question asks for the cross-entropy of a "
    "probability."
)
_PROBABILITIES = (
    "That function takes probabilities, and these are logits. Which relative takes them?"
)

D = Part(
    "discriminator_loss",
    game,
    right=lambda d, noise, codes: missed(d(noise)) + missed(-d(codes.detach())),
    cases=("ordinary", "sure"),
    only={"sure": _SURE},
    words={"codes": "the encoder"},
    also_right={
        "labels": lambda d, noise, z: labelled(d(noise), 1.0) + labelled(d(z.detach()), 0.0),
        "joined": joined,
        "by parts": d_side(),
    },
    mistakes=mistakes(
        d_side(lambda real, fake: non_saturating.discriminator(fake, real)),
        "calls the codes real and the noise fake. Which of the two should the other come to look "
        "like? That one is real here: no image is.",
        d_side(lambda real, fake: -non_saturating.discriminator(real, fake)),
        "is low where the discriminator is wrong. Its optimiser goes downhill.",
        d_side(lambda real, fake: non_saturating.discriminator(real, fake) / 2),
        "is half of what is asked for. Is the mean taken of both kinds together, or of each?",
        d_side(lambda real, fake: BATCH * non_saturating.discriminator(real, fake)),
        REPEATED,
        d_side(lambda real, fake: non_saturating.generator(real)),
        "never sees the codes. What should it answer to one?",
        d_side(lambda real, fake: non_saturating.generator(-fake)),
        "never sees the prior. What should it answer to a draw from it?",
        d_side(lambda real, fake: non_saturating.discriminator(real.sigmoid(), fake.sigmoid())),
        _TWICE,
        d_side(hinge.discriminator),
        _HINGE,
        d_side(lambda real, fake: -(real.sigmoid().log() + (1 - fake.sigmoid()).log()).mean()),
        _SURE,
        d_side(fake=lambda z: z),
        "has the right value, but sends a gradient into the encoder, which would learn to be "
        "found out. Where should that path end?",
        d_side(real=torch.detach),
        "has the right value, but the discriminator learns from the codes alone. What is cut off?",
        lambda d, noise, z: F.binary_cross_entropy(d(noise), torch.ones(BATCH, 1)),
        _PROBABILITIES,
    ),
)

ENCODER = Part(
    "encoder_loss",
    without_noise,
    right=lambda d, codes: missed(d(codes)),
    cases=("ordinary", "sure"),
    only={"sure": _SURE},
    words={"codes": "the encoder"},
    also_right={
        "labels": lambda d, z: labelled(d(z), 1.0),
        "log sigmoid": lambda d, z: -F.logsigmoid(d(z)).mean(),
        "by parts": e_side(),
    },
    mistakes=mistakes(
        e_side(lambda fake: non_saturating.generator(-fake)),
        "is low where codes are found out. Which answer does the encoder want to hear?",
        e_side(minimax.generator),
        "is log(1 - D), which is flat where the discriminator is sure, as it is at first. Which "
        "form is steep there?",
        e_side(lambda fake: -non_saturating.generator(fake)),
        "has the right size and the wrong sign.",
        e_side(lambda fake: BATCH * non_saturating.generator(fake)),
        REPEATED,
        e_side(lambda fake: non_saturating.generator(fake.sigmoid())),
        _TWICE,
        e_side(hinge.generator),
        _HINGE,
        e_side(lambda fake: -fake.sigmoid().log().mean()),
        _SURE,
        e_side(codes=torch.detach),
        "has the right value, and the encoder learns nothing from it. In whose step are codes cut "
        "off?",
        e_side(lambda fake: F.binary_cross_entropy(fake, torch.ones_like(fake))),
        _PROBABILITIES,
    ),
)

QUESTION = Question("07.q3", "a prior matched by an adversary", 3, (D, ENCODER))
