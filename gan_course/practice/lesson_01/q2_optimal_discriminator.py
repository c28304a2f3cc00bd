"""Question 01.q2: the optimal discriminator for two given densities, as a probability and as a
logit."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import tensor

P, L = "optimal_discriminator", "optimal_logit"
USUAL, TINY = slice(5, 12), slice(3, 5)  # where in the densities
NEAR = slice(0, 7)  # where in the log densities; the rest lies in the tails


def densities(seed: int) -> tuple[Tensor, Tensor]:
    """p and q of shape (12,): p is 0 at 0, q at 1, both at 2; tiny at 3 and 4; ordinary from 5
    on."""
    p, q = (1.2 * torch.randn(2, 12, generator=seeded(seed))).exp()
    p[0] = q[1] = p[2] = q[2] = 0.0
    p[TINY] *= 1e-20
    q[TINY] *= 1e-20
    return p, q


def log_densities(seed: int) -> tuple[Tensor, Tensor]:
    """log p and log q of shape (10,): ordinary, but the last three so low that both densities round
    to 0."""
    log_p, log_q = 1.5 * torch.randn(2, 10, generator=seeded(seed + 1000)) - 1
    depth = torch.tensor([0.0] * 7 + [2000.0] * 3)
    return log_p - depth, log_q - depth


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    optimal_discriminator, optimal_logit = answers
    return {
        "probability": tensor(P, optimal_discriminator(*densities(seed))),
        "logit": tensor(L, optimal_logit(*log_densities(seed))),
    }


def judge(values: Values, seed: int) -> Verdict:
    if problem := unfit(
        values, {"probability": (12,), "logit": (10,)}, {"probability": P, "logit": L}
    ):
        return wrong(problem)
    hint = _probability_hint(values["probability"].double(), *(x.double() for x in densities(seed)))
    hint = hint or _logit_hint(values["logit"].double(), *(x.double() for x in log_densities(seed)))
    return wrong(hint) if hint else RIGHT


def _probability_hint(value: Tensor, p: Tensor, q: Tensor) -> str:
    # through the log-odds: nan at 2, which is asked about apart
    right = (p.log() - q.log()).sigmoid()
    if not close(value[USUAL], right[USUAL]):
        return _usual_hint(value[USUAL], right[USUAL], p[USUAL], q[USUAL], (p + q).sum())
    if not close(value[TINY], right[TINY]):
        return (
            f"`{P}` goes wrong where both densities are near 1e-20. What did you add or clamp "
            "against a division by zero?"
        )
    if not close(value[:2], torch.tensor([0.0, 1.0])):
        return (
            f"`{P}` goes wrong where exactly one density is 0. Who alone can have drawn a "
            "sample there?"
        )
    if not value[2].isfinite():
        return (
            f"`{P}` is nan where both densities are 0, for that is 0/0. The question says what "
            "to answer there."
        )
    if not close(value[2], torch.tensor(0.5)):
        return (
            f"`{P}` answers {value[2].item():g} at a point that neither side ever draws. Which "
            "answer favours neither?"
        )
    return ""


def _usual_hint(value: Tensor, right: Tensor, p: Tensor, q: Tensor, total: Tensor) -> str:
    return (
        first_match(
            value,
            [
                (
                    1 - right,
                    f"`{P}` gives the probability of being fake. Whose density belongs on top?",
                ),
                (
                    p / q,
                    (
                        f"`{P}` gives the ratio p/q, which has no upper end. Of all samples seen "
                        "at x, "
                        "which fraction is real?"
                    ),
                ),
                (
                    2 * right - 1,
                    (
                        f"`{P}` gives the difference over the sum, from -1 to 1. Which interval "
                        "holds "
                        "a probability?"
                    ),
                ),
                (
                    (p - q).sigmoid(),
                    (
                        f"`{P}` puts p - q through a sigmoid, which wants a logit. Which function "
                        "of p "
                        "and q is the logit?"
                    ),
                ),
                (
                    (p > q).double(),
                    f"`{P}` decides 0 or 1. A probability also says how sure it is.",
                ),
                (right.log(), f"`{P}` gives log D instead of D."),
                (
                    right.logit(),
                    f"`{P}` gives the logit. Which function turns it into a probability?",
                ),
                (
                    torch.full_like(right, 0.5),
                    (
                        f"`{P}` gives one half everywhere. That is right only where generated data "
                        "look like real ones."
                    ),
                ),
                (
                    p / total,
                    (
                        f"`{P}` divides by a sum over the whole batch. Does D at one x depend on "
                        "the "
                        "other points?"
                    ),
                ),
            ],
        )
        or f"`{P}` is another function of p and q. At which D does p log D + q log(1 - D) have no "
        "slope?"
    )


def _logit_hint(value: Tensor, log_p: Tensor, log_q: Tensor) -> str:
    right = log_p - log_q
    if close(value, right, tolerance=1e-3):
        return ""
    if close(value[NEAR], right[NEAR], tolerance=1e-3):
        return (
            f"`{L}` breaks down in the tails, where exp(-2000) is 0 in every floating type. "
            "Can "
            "you stay with logarithms?"
        )
    log_d = log_p - torch.logaddexp(log_p, log_q)
    return (
        first_match(
            value[NEAR],
            [
                (
                    -right[NEAR],
                    (
                        f"`{L}` has the wrong sign. Where p is larger, its sigmoid should be above "
                        "one "
                        "half."
                    ),
                ),
                (
                    log_d[NEAR],
                    f"`{L}` gives log D, which never exceeds 0. A logit is log(D / (1 - D)).",
                ),
                (
                    right[NEAR].sigmoid(),
                    f"`{L}` gives the probability. Which number, put through a sigmoid, gives it?",
                ),
                (
                    right[NEAR].exp(),
                    f"`{L}` gives the odds p/q. A logit lives on the scale of logarithms.",
                ),
            ],
        )
        or f"`{L}` is another function. Put your D of p and q into log(D / (1 - D)) and simplify."
    )


QUESTION = Question("01.q2", "the optimal discriminator", 2, (P, L), probe, judge)
