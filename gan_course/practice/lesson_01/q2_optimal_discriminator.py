"""Question 01.q2: the optimal discriminator for two given densities, as a probability and as a
logit."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch.nn import functional as F

from gan_course.practice.question import Computed, Part, Question, in_turn, mistakes, seeded

TINY, ONE, NONE, TAILS = "value tiny", "value one is 0", "value both are 0", "value tails"


def densities(seed, case):
    """p and q at ordinary places, where both are tiny, where one is 0, and where both are."""
    draw = seeded(seed, case)
    p, q = ((1.2 * torch.randn(11, generator=draw)).exp() for _ in "pq")
    nothing = torch.zeros(1)
    return {
        "": {"p": p[:7], "q": q[:7]},
        "tiny": {"p": 1e-20 * p[7:9], "q": 1e-20 * q[7:9]},
        "one is 0": {"p": torch.stack([p[9], 0 * p[9]]), "q": torch.stack([0 * q[9], q[9]])},
        "both are 0": {"p": nothing, "q": nothing.clone()},
    }


def log_densities(seed, case):
    """log p and log q at ordinary places, and so low in the tails that both densities are 0."""
    draw = seeded(seed, case)
    log_p, log_q = (1.5 * torch.randn(10, generator=draw) - 1 for _ in "pq")
    return {
        "": {"log_p": log_p[:7], "log_q": log_q[:7]},
        "tails": {"log_p": log_p[7:] - 2000, "log_q": log_q[7:] - 2000},
    }


def through_log_odds(p, q):
    odds = (p.double().log() - q.double().log()).sigmoid()
    return odds.masked_fill((p == 0) & (q == 0), 0.5)


def share(p, q):
    return torch.where(p + q > 0, p / (p + q), torch.full_like(p, 0.5))


def where_nobody_draws(found, right):
    return (
        f"answers {found[NONE].item():g} at a point that neither side ever draws. Which answer "
        "favours neither?"
    )


NOBODY = Computed(where_nobody_draws)
OTHERWISE = {
    "value": (
        "is another function of p and q. At which D does p log D + q log(1 - D) have no slope?"
    ),
    TINY: (
        "goes wrong where both densities are near 1e-20. What did you add or clamp against a "
        "division by zero?"
    ),
    ONE: ("goes wrong where exactly one density is 0. Who alone can have drawn a sample there?"),
}

PROBABILITY = Part(
    "optimal_discriminator",
    densities,
    right=through_log_odds,
    probe=in_turn,
    otherwise=OTHERWISE | {NONE: NOBODY},
    also_right={
        "where": share,
        "odds": lambda p, q: (1 / (1 + q / p)).nan_to_num(0.5),
        "log odds": lambda p, q: torch.sigmoid(p.log() - q.log()).nan_to_num(nan=0.5),
        "double precision": lambda p, q: share(p.double(), q.double()),
    },
    mistakes=mistakes(
        lambda p, q: share(q, p),
        "gives the probability of being fake. Whose density belongs on top?",
        lambda p, q: p / q,
        "gives the ratio p/q, which has no upper end. Of all samples seen at x, which fraction is "
        "real?",
        lambda p, q: 2 * share(p, q) - 1,
        "gives the difference over the sum, from -1 to 1. Which interval holds a probability?",
        lambda p, q: torch.sigmoid(p - q),
        "puts p - q through a sigmoid, which wants a logit. Which function of p and q is the "
        "logit?",
        lambda p, q: (p > q).float(),
        "decides 0 or 1. A probability also says how sure it is.",
        lambda p, q: share(p, q).log(),
        "gives log D instead of D.",
        lambda p, q: p.log() - q.log(),
        "gives the logit. Which function turns it into a probability?",
        lambda p, q: torch.full_like(p, 0.5),
        "gives one half everywhere. That is right only where generated data look like real ones.",
        lambda p, q: p / (p + q).sum(),
        "divides by a sum over the whole batch. Does D at one x depend on the other points?",
        lambda p, q: p**2 / (p**2 + q**2),
        OTHERWISE["value"],
        lambda p, q: p / (p + q + 1e-8),
        lambda p, q: p / (p + q).clamp(min=1e-8),
        OTHERWISE[TINY],
        lambda p, q: torch.where((p > 0) & (q > 0), p / (p + q), 0.5),
        lambda p, q: p / q / (1 + p / q),
        OTHERWISE[ONE],
        lambda p, q: p / (p + q),
        "is nan where both densities are 0, for that is 0/0. The question says what to answer "
        "there.",
        lambda p, q: (p / (p + q)).nan_to_num(0.0),
        lambda p, q: (p / (p + q)).nan_to_num(1.0),
        NOBODY,
    ),
)

_TAILS = (
    "breaks down in the tails, where exp(-2000) is 0 in every floating type. Can you stay with "
    "logarithms?"
)
_ANOTHER = "is another function. Put your D of p and q into log(D / (1 - D)) and simplify."

LOGIT = Part(
    "optimal_logit",
    log_densities,
    right=lambda log_p, log_q: log_p.double() - log_q.double(),
    probe=in_turn,
    otherwise={"value": _ANOTHER, TAILS: _TAILS},
    tolerance={TAILS: 1e-3},
    also_right={
        "subtract": torch.sub,
        "negative of the other": lambda log_p, log_q: -(log_q - log_p),
        "through log D": lambda log_p, log_q: (
            (log_p - torch.logaddexp(log_p, log_q)) - (log_q - torch.logaddexp(log_p, log_q))
        ),
    },
    mistakes=mistakes(
        lambda log_p, log_q: log_q - log_p,
        "has the wrong sign. Where p is larger, its sigmoid should be above one half.",
        lambda log_p, log_q: F.logsigmoid(log_p - log_q),
        "gives log D, which never exceeds 0. A logit is log(D / (1 - D)).",
        lambda log_p, log_q: torch.sigmoid(log_p - log_q),
        "gives the probability. Which number, put through a sigmoid, gives it?",
        lambda log_p, log_q: torch.exp(log_p - log_q),
        "gives the odds p/q. A logit lives on the scale of logarithms.",
        lambda log_p, log_q: log_p / log_q,
        "divides one logarithm by the other. What becomes of a quotient of densities when its "
        "logarithm is taken?",
        lambda log_p, log_q: torch.log(log_p.exp() / log_q.exp()),
        lambda log_p, log_q: torch.logit(share(log_p.exp(), log_q.exp())),
        _TAILS,
        lambda log_p, log_q: 2 * (log_p - log_q),
        _ANOTHER,
    ),
)

QUESTION = Question("01.q2", "the optimal discriminator", 2, (PROBABILITY, LOGIT))
