"""Question 04.q2: how many nats a reader tells about each continuous code."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math

import torch
from torch.distributions import Normal
from torch.nn import functional as F

from gan_course.information import gaussian_bound
from gan_course.practice.hints import REPEATED
from gan_course.practice.question import Part, Question, mistakes, seeded

BATCH = 7
COUNTS = {"three": 3, "one": 1, "sure": 3}
H = math.log(2)  # the entropy of a code
LOG_2PI = math.log(2 * math.pi)


def readings(seed, case):
    """A reader whose last code is misread so badly that its bound is below 0; in the case "sure"
    one that is off by less than a ten-thousandth, and knows it."""
    draw, shape = seeded(seed, case), (BATCH, COUNTS[case])
    codes = 2 * torch.rand(shape, generator=draw) - 1
    log_var, noise = torch.rand(shape, generator=draw), torch.randn(shape, generator=draw)
    if case == "sure":
        log_var = log_var - 20
        mu = codes + (log_var / 2).exp() * noise
    else:
        log_var = 3 * log_var - 2
        mu = codes + 0.4 * noise
        mu[:, -1] = codes[:, -1] + 2 + noise[:, -1].abs()
    return {"mu": mu.requires_grad_(), "log_var": log_var.requires_grad_(), "codes": codes}


def right(mu, log_var, codes):
    """By the standard deviation, in float64."""
    spread = (log_var.double() / 2).exp()
    z = (codes.double() - mu.double()) / spread
    return H - LOG_2PI / 2 - (spread.log() + z * z / 2).sum(dim=0) / len(codes)


def by_normal(mu, log_var, codes):
    return math.log(2) + Normal(mu, (log_var / 2).exp()).log_prob(codes).mean(0)


def by_precision(mu, log_var, codes):
    surprise = ((codes - mu).square() * torch.exp(-log_var) + log_var + math.log(2 * math.pi)) / 2
    return math.log(2) - surprise.mean(dim=0)


def one_code_at_a_time(mu, log_var, codes):
    found = [
        math.log(2) - F.gaussian_nll_loss(m, c, s.exp(), full=True, eps=1e-30)
        for m, s, c in zip(mu.T, log_var.T, codes.T, strict=True)
    ]
    return torch.stack(found)


def mean(x):
    return x.mean(0)


def gauss(
    constant=LOG_2PI / 2,
    width=lambda s: s / 2,
    miss=lambda d, s: d**2 / s.exp() / 2,
    entropy=H,
    reduce=mean,
    then=lambda bound: bound,
):
    """The right bound with one part exchanged."""

    def code_bounds(mu, log_var, codes):
        log_q = -(constant + width(log_var) + miss(codes - mu, log_var))
        return then(entropy + reduce(log_q))

    return code_bounds


def unsure(scale, shift=0):
    return lambda mu, s, codes: scale * ((mu - codes) ** 2).mean(0) + shift


def prior(sign, shift=0):
    """The divergence from a standard bell curve, as in a VAE."""
    return lambda mu, s, codes: sign / 2 * (mu**2 + s.exp() - 1 - s).mean(0) + shift


_NAN = (
    "is nan or infinite at ordinary numbers. Which of the inputs may be below 0, and of what do "
    "you take a root or a logarithm?"
)
_ONE = "is right for 3 codes and wrong for one. Which of your numbers counts the codes?"
_SURE = (
    "levels off where Q is very sure, log_var near -20. What keeps your variance from becoming "
    "that small?"
)
_OTHER = (
    "is another function. Work it out by hand for one sample with mu equal to the code and log_var "
    "0: what is log Q there?"
)
_CUT = "has the right values, but not the gradient at `{}`, and Q could not learn it. What cuts "
_CUT += "the path?"

BOUNDS = Part(
    "code_bounds",
    readings,
    right,
    also_right={
        "distribution": by_normal,
        "precision": by_precision,
        "one code at a time": one_code_at_a_time,
        "double precision": lambda *given: gaussian_bound(*(x.double() for x in given)),
    },
    cases=tuple(COUNTS),
    only={"one": _ONE, "sure": _SURE},
    not_finite=_NAN,
    otherwise={"value": _OTHER},
    tolerance={"sure": 1e-3},
    mistakes=mistakes(
        gauss(constant=0),
        "leaves out a constant. What makes the area under a bell curve 1?",
        gauss(constant=LOG_2PI),
        gauss(miss=lambda d, s: d**2 / s.exp()),
        gauss(width=lambda s: s),
        gauss(LOG_2PI, lambda s: s, lambda d, s: d**2 / s.exp()),
        "has a ½ too few. Which terms does log Q of a bell curve halve?",
        gauss(width=lambda s: s, miss=lambda d, s: d**2 / (2 * s).exp() / 2),
        gauss(miss=lambda d, s: d**2 / (2 * s).exp() / 2),
        "uses exp(log_var) as a standard deviation. What is it the logarithm of?",
        gauss(miss=lambda d, s: d**2 / (s / 2).exp() / 2),
        "squares the miss and divides by a width that is not squared. By how many widths is Q off?",
        gauss(miss=lambda d, s: d**2 / s / 2),
        "divides by a logarithm. How does a variance come out of `log_var`?",
        gauss(miss=lambda d, s: d**2 * s.exp() / 2),
        "counts a miss more where Q was unsure. Which way should doubt weigh it?",
        gauss(width=lambda s: -s / 2),
        "pays Q for being unsure. With which sign does the width enter log Q?",
        gauss(width=lambda s: 0),
        "takes nothing for doubt: a Q with an endless variance would lose nothing. Which term is "
        "missing?",
        gauss(miss=lambda d, s: d.abs() / (s / 2).exp() / 2),
        "counts the miss itself. Which power of it stands in a bell curve?",
        *[unsure(scale, shift) for scale in (1, -1, 0.5, -0.5) for shift in (0, H)],
        gauss(width=lambda s: 0, miss=lambda d, s: d**2 / 2),
        "knows how far Q is off, and not how sure it was. Where does `log_var` come in?",
        gauss(then=torch.neg),
        "has the right size and the wrong sign. Should it rise or fall as Q reads better?",
        gauss(entropy=0),
        "is log Q alone. How wide is the range of a code, and what is the entropy of an even draw "
        "from it?",
        gauss(entropy=0, then=torch.neg),
        "is a loss, and without the entropy of the code. The question asks what was told.",
        gauss(entropy=-H, then=torch.neg),
        "grows as Q reads worse. With which sign does log Q enter?",
        gauss(entropy=-H),
        "has the entropy of a code with the wrong sign. Is the density of an even draw from "
        "[-1, 1] above or below 1?",
        gauss(entropy=(LOG_2PI + 1) / 2),
        "takes the code for a bell curve. How is it drawn?",
        gauss(entropy=3 * H),
        lambda mu, s, codes: gauss(entropy=mu.shape[1] * H)(mu, s, codes),
        "gives each code the entropy of all. How much is there to know about one?",
        gauss(then=lambda bound: bound / H),
        "counts in bits. In which logarithm does a nat count?",
        gauss(entropy=1),
        "adds nats to a bit. Do both terms use the same logarithm?",
        gauss(then=lambda bound: bound.clamp_min(0)),
        "is 0 for a code that is misread. What a picture tells is never below 0; may a bound from "
        "below be?",
        gauss(then=lambda bound: BATCH * bound),
        gauss(reduce=lambda log_q: log_q.sum(0)),
        REPEATED,
        gauss(reduce=lambda log_q: log_q.exp().mean(0)),
        "averages a density. Of what does the formula take the mean?",
        gauss(reduce=lambda log_q: log_q.exp().mean(0).log()),
        "takes the logarithm of a mean. In which order does the formula put the two?",
        gauss(then=lambda bound: bound.mean().expand(len(bound))),
        gauss(then=lambda bound: bound.sum().expand(len(bound))),
        "is the same for every code. Over which dimension does the mean run?",
        *[prior(1), prior(-1), prior(-1, H)],
        "compares Q with a standard bell curve and never looks at `codes`. Which code was the "
        "picture drawn from?",
        gauss(then=lambda bound: bound * 3 / len(bound)),
        _ONE,
        gauss(
            width=lambda s: (s.exp() + 1e-6).log() / 2,
            miss=lambda d, s: d**2 / (s.exp() + 1e-6) / 2,
        ),
        _SURE,
        gauss(miss=lambda d, s: (1 + d**2 / s.exp()).log()),
        _OTHER,
        gauss(width=lambda s: s.sqrt()),
        _NAN,
        gauss(then=torch.sum),
        "returned one number for all codes. One that is never read could hide behind two that are: "
        "one number a code is asked for.",
        gauss(reduce=lambda log_q: log_q.mean(1)),
        "returned a number for each sample. Of which dimension is the mean taken, and which one "
        "stays?",
        gauss(reduce=lambda log_q: log_q),
        "returned a number for each sample and code. Which of the two dimensions is an average?",
        lambda mu, s, codes: gaussian_bound(mu.detach(), s, codes),
        _CUT.format("mu"),
        lambda mu, s, codes: gaussian_bound(mu, s.detach(), codes),
        _CUT.format("log_var"),
        gauss(width=lambda s: s.mean(1) / 2),
        "All three inputs have one shape. Which of your terms has another, and from which "
        "reduction?",
        lambda mu, s, codes: math.log(2) + Normal(mu, s).log_prob(codes).mean(0),
        "A width is above 0. What does `log_var` have to go through to become one?",
    ),
)

QUESTION = Question("04.q2", "nats about each code", 3, (BOUNDS,))
