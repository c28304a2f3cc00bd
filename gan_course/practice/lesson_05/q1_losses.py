"""Question 05.q1: the losses of a critic and of its generator, from scores that may be any real
numbers."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch.nn import functional as F

from gan_course.losses import hinge, least_squares, non_saturating, wasserstein
from gan_course.practice.hints import REPEATED
from gan_course.practice.question import Part, Question, mistakes, seeded

CASES = ("near", "far")


def scores(seed, case):
    """Scores (N, 1) of real and of fake samples: "near" 0 with the real ones higher, "far" from it
    with the fakes higher."""
    draw, n = seeded(seed, case), 7 + seed % 5
    rising, other = (3 * torch.randn(2, n, 1, generator=draw)).sort(dim=1).values.unbind()
    # so that some fakes score above the real sample beside them, and some below
    real, fake = rising, other.flip(0)
    up, down = 1.5 + torch.rand(2, generator=draw)
    real, fake = real - real.mean() + up, fake - fake.mean() - down
    if case == "far":
        real, fake = 100 * fake + 30, 80 * real + 50
    return {"real": real.requires_grad_(), "fake": fake.requires_grad_()}


def fake_scores(seed, case):
    return {"fake": scores(seed, case)["fake"]}


_FAR = "is right for scores near 0 and not for scores of 100 and more. What limits it?"
_NAN = (
    "is nan or infinite for scores such as -300 and 200. Which function in it does not take every "
    "real number?"
)
_LOGS = (
    "That function takes probabilities, and scores are none. What is left of the loss without them?"
)

_OTHER = (
    "gives another number than the question asks for. Work it out by hand for scores 3 and 5 of "
    "real and 1 of fake samples."
)

CRITIC = Part(
    "critic_loss",
    scores,
    cases=CASES,
    words={"real": "the real scores", "fake": "the fake scores"},
    only={"far": _FAR},
    not_finite=_NAN,
    otherwise={"value": _OTHER},
    # as a weighted sum of all scores
    right=lambda real, fake: torch.cat([fake, -real]).sum() / len(real),
    also_right={
        "negative gap": lambda real, fake: -(real.mean() - fake.mean()),
        "mean of differences": lambda real, fake: (fake - real).mean(),
        "sums in float64": lambda real, fake: (
            fake.double().sum() / len(fake) - real.double().mean()
        ),
        "the library's": wasserstein.discriminator,
    },
    mistakes=mistakes(
        lambda real, fake: real.mean() - fake.mean(),
        "is the gap that the critic wants large. An optimiser goes downhill: which way does "
        "the gap go then?",
        lambda real, fake: (fake - real).sum(),
        REPEATED,
        lambda real, fake: torch.cat([fake, -real]).mean(),
        "is half of what is asked for. Do you average real and fake together, or each alone?",
        lambda real, fake: -real.mean(),
        "never looks at the fakes. A critic could win it by scoring everything high.",
        lambda real, fake: fake.mean(),
        "never looks at the real samples. A critic could win it by scoring everything low.",
        lambda real, fake: real.mean() + fake.mean(),
        lambda real, fake: -real.mean() - fake.mean(),
        "treats real and fake alike. Which of the two should the critic score high?",
        non_saturating.discriminator,
        "is the cross-entropy of lesson 1, made of probabilities. What does a critic give instead?",
        lambda real, fake: fake.sigmoid().mean() - real.sigmoid().mean(),
        "squashes the scores into (0, 1). Could a distance of 100 be seen through that?",
        hinge.discriminator,
        "is the hinge loss, which stops at a margin. Does a distance stop anywhere?",
        least_squares.discriminator,
        lambda real, fake: ((real - 1) ** 2 + fake**2).mean(),
        "pulls the scores to targets of 1 and 0. Which target has a score that may be any number?",
        lambda real, fake: (real.mean() - fake.mean()).abs(),
        lambda real, fake: -(real.mean() - fake.mean()).abs(),
        "forgets the sign of the gap. Should a critic that scores the fakes higher be content?",
        lambda real, fake: F.l1_loss(fake, real),
        "compares sample i with sample i, without the sign. Do a real and a fake sample belong "
        "together?",
        lambda real, fake: F.mse_loss(fake, real),
        "compares sample i with sample i, and squares. Do a real and a fake sample belong "
        "together?",
        lambda real, fake: (real.mean() - fake.mean()) ** 2,
        "squares the gap. In which units is a squared distance?",
        lambda real, fake: (fake.clamp(-30, 30) - real.clamp(-30, 30)).mean(),
        _FAR,
        lambda real, fake: fake.log().mean() - real.log().mean(),
        _NAN,
        lambda real, fake: fake.median() - real.median(),
        _OTHER,
        lambda real, fake: F.binary_cross_entropy(real, torch.ones_like(real)),
        _LOGS,
    ),
)

GENERATOR = Part(
    "generator_loss",
    fake_scores,
    cases=CASES,
    words={"fake": "the fake scores"},
    only={"far": _FAR},
    not_finite=_NAN,
    otherwise={"value": _OTHER},
    right=lambda fake: -fake.sum() / len(fake),
    also_right={
        "mean of negatives": lambda fake: (-fake).mean(),
        "neg": lambda fake: fake.mean().neg(),
        "in float64": lambda fake: -fake.double().mean(),
        "the library's": wasserstein.generator,
    },
    mistakes=mistakes(
        lambda fake: fake.mean(),
        "goes down when the fakes' scores do. Its optimiser goes downhill: does the generator "
        "want them low?",
        lambda fake: -fake.sum(),
        REPEATED,
        non_saturating.generator,
        "is the generator's loss of lesson 1, made of probabilities. What does a critic give "
        "instead?",
        lambda fake: -F.softplus(fake).mean(),
        "is log(1 - D(fake)) of lesson 1, made of probabilities. What does a critic give instead?",
        lambda fake: -fake.sigmoid().mean(),
        "squashes the scores. What is left of the push where a score is 100?",
        lambda fake: F.relu(1 - fake).mean(),
        "stops at a score of 1. Does the generator have enough at any score?",
        least_squares.generator,
        lambda fake: ((fake - 1) ** 2).mean(),
        "pulls the scores to a target. Which score would be high enough?",
        lambda fake: fake.abs().mean(),
        lambda fake: -fake.abs().mean(),
        "forgets the sign of the scores. Is a score of -100 as good as one of 100?",
        lambda fake: fake.square().mean(),
        "squares the scores. In which units is a squared distance?",
        lambda fake: -fake.clamp(-30, 30).mean(),
        _FAR,
        lambda fake: -fake.log().mean(),
        _NAN,
        lambda fake: F.binary_cross_entropy(fake, torch.ones_like(fake)),
        _LOGS,
    ),
)

QUESTION = Question("05.q1", "losses of a critic", 2, (CRITIC, GENERATOR))
