"""Question 01.q1: both losses of the non-saturating game, from logits, stable far beyond ±100."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math

import torch
from torch.nn import functional as F

from gan_course.losses import hinge, minimax, non_saturating
from gan_course.practice.comparing import close
from gan_course.practice.hints import REPEATED
from gan_course.practice.question import Computed, Part, Question, in_turn, mistakes, seeded

EXTREMES = (-1000, -100, -30, 30, 100, 1000)
WORDS = {"real": "the real logits", "fake": "the fake logits"}


def logits(seed, case):
    """Logits (N,) of real and of fake samples: ordinary ones on both sides of 0, then each extreme
    alone, since in a batch one of 1000 would hide the others."""
    draw, n = seeded(seed, case), 7 + seed % 5
    real, fake = 2 * torch.randn(2, n, generator=draw) + torch.tensor([[0.5], [-0.5]])
    pairs = {"": (real, fake)} | {str(x): torch.tensor([[x], [-x]]).float() for x in EXTREMES}
    return {
        key: {"real": real.clone().requires_grad_(), "fake": fake.clone().requires_grad_()}
        for key, (real, fake) in pairs.items()
    }


def fake_logits(seed, case):
    given = logits(seed, case)
    return {key: {"fake": own["real" if key else "fake"]} for key, own in given.items()}


def game(loss):
    """The discriminator's loss that is made of `loss`, which is low where logits are high."""
    return lambda real, fake: loss(real) + loss(-fake)


def in_float64(a):
    return torch.logaddexp(-a.double(), torch.zeros(1, dtype=torch.float64)).mean()


def labelled(a, label):
    return F.binary_cross_entropy_with_logits(a, torch.full_like(a, label))


def by_hand(a):
    """softplus(-a) from max, abs and log1p."""
    return (a.neg().clamp(min=0) + torch.log1p(torch.exp(-a.abs()))).mean()


def two_classes(a):
    pairs = torch.stack([torch.zeros_like(a), a], dim=1)
    return F.cross_entropy(pairs, torch.ones(len(a), dtype=torch.long))


def branches(a):
    return torch.where(a > 0, torch.log1p(torch.exp(-a)), -a + torch.log1p(torch.exp(a))).mean()


def flat(a):
    return torch.where(a.abs() < 50, F.softplus(-a), F.softplus(-a.detach()) + 0 * a).mean()


# Generator losses that are wrong at extreme logits alone; `game` makes a discriminator's of each.
UNSTABLE = (
    lambda a: -a.sigmoid().log().mean(),
    lambda a: -(a.sigmoid() + 1e-8).log().mean(),
    lambda a: F.binary_cross_entropy(a.sigmoid(), torch.ones_like(a)),  # its logarithm ends at -100
    branches,
    flat,
)
STABLE = {
    "log sigmoid": lambda a: -F.logsigmoid(a).sum() / len(a),
    "max, abs and log1p": by_hand,
    "logaddexp": lambda a: torch.logaddexp(torch.zeros_like(a), -a).mean(),
    "two classes": two_classes,
}


def at_an_extreme(found, right):
    name = next(name for name in right if not close(found[name], right[name]))
    kind, _, logit = name.rpartition(" ")
    at = f"at a logit of {logit}, sure and {'wrong' if logit[0] == '-' else 'right'},"
    x = found[name].flatten()[0].item()
    if kind == "value" and not math.isfinite(x):
        return (
            f"is {x:g} {at} since the probability rounds to 0 or 1 before its logarithm. Can you "
            "do without it?"
        )
    if kind == "value":
        return (
            f"is {x:.4g} {at} and levels off. What limits it: a clamp, a small number added inside "
            "a logarithm?"
        )
    if not math.isfinite(x):
        return (
            f"is right {at} but its gradient is nan: the branch that `where` does not choose is "
            "differentiated too."
        )
    return (
        f"is right {at} but its slope is not: a loss that is cut off there teaches nothing. What "
        "cuts it?"
    )


EXTREME = Computed(at_an_extreme)
_PROBABILITIES = (
    "That function takes probabilities, and these are logits. Which of its relatives takes logits?"
)
_TWICE = "squashes the logits twice. Does the loss you call apply a sigmoid of its own?"
_NAN = (
    "is nan or infinite at ordinary logits such as -2 and 3. A logarithm wants a probability: what "
    "turns a logit into one?"
)
_OTHER = (
    "gives another number than the formula in its docstring. Work it out by hand for one logit, 0 "
    "say, and compare."
)
OTHERWISE = {"value": _OTHER} | {
    f"{kind} {x}": EXTREME for x in EXTREMES for kind in ("value", "at real", "at fake")
}

D, G = non_saturating.discriminator, non_saturating.generator

DISCRIMINATOR = Part(
    "discriminator_loss",
    logits,
    right=game(in_float64),
    probe=in_turn,
    words=WORDS,
    not_finite=_NAN,
    otherwise=OTHERWISE,
    also_right={name: game(loss) for name, loss in STABLE.items()}
    | {
        "binary cross-entropy with logits": lambda real, fake: (
            labelled(real, 1.0) + labelled(fake, 0.0)
        ),
        "the library's": D,
    },
    mistakes=mistakes(
        lambda real, fake: -D(real, fake),
        "has the right size and the wrong sign. Its optimiser goes downhill: is it low where the "
        "discriminator is good?",
        lambda real, fake: D(real, fake) * len(real),
        REPEATED,
        lambda real, fake: D(real, fake) / 2,
        "is half of what is asked for. Do you average real and fake together, or average each and "
        "then add?",
        lambda real, fake: D(fake, real),
        "rewards calling real fake and fake real. Which of them wants the label 1?",
        lambda real, fake: G(real),
        "ignores the fake logits. What should the discriminator answer to a fake?",
        lambda real, fake: G(-fake),
        "ignores the real logits. What should the discriminator answer to a real sample?",
        lambda real, fake: G(real) + G(fake),
        "gives real and fake the same label. Who would win it by saying 'real' to everything?",
        lambda real, fake: D(real.sigmoid(), fake.sigmoid()),
        _TWICE,
        hinge.discriminator,
        "is the hinge loss, which stops at a margin. The question asks for the cross-entropy.",
        lambda real, fake: -real.log().mean() - (1 - fake).log().mean(),
        _NAN,
        lambda real, fake: 0 * D(real, fake) + 1.386,
        _OTHER,
        *(game(loss) for loss in UNSTABLE),
        EXTREME,
        lambda real, fake: F.binary_cross_entropy(real, torch.ones_like(real)),
        _PROBABILITIES,
    ),
)

GENERATOR = Part(
    "generator_loss",
    fake_logits,
    right=in_float64,
    probe=in_turn,
    words=WORDS,
    not_finite=_NAN,
    otherwise=OTHERWISE,
    also_right=STABLE
    | {
        "binary cross-entropy with logits": lambda fake: labelled(fake, 1.0),
        "the library's": G,
    },
    mistakes=mistakes(
        lambda fake: -G(fake),
        "has the right size and the wrong sign. Its optimiser goes downhill: is it low where the "
        "discriminator is fooled?",
        lambda fake: G(fake) * len(fake),
        REPEATED,
        minimax.generator,
        "is log(1 - D(fake)): flat where the discriminator is sure. Which form stays steep there?",
        lambda fake: G(-fake),
        "rewards fakes that are called fake, the discriminator's wish. Which label does the "
        "generator wish for?",
        lambda fake: G(fake.sigmoid()),
        _TWICE,
        hinge.generator,
        "is the raw score, as in the hinge and Wasserstein games. The question asks for a "
        "cross-entropy.",
        lambda fake: -fake.log().mean(),
        _NAN,
        lambda fake: 0 * G(fake) + 0.693,
        _OTHER,
        *UNSTABLE,
        EXTREME,
        lambda fake: F.binary_cross_entropy(fake, torch.ones_like(fake)),
        _PROBABILITIES,
    ),
)

QUESTION = Question("01.q1", "losses from logits", 3, (DISCRIMINATOR, GENERATOR))
