"""Question 04.q2: how many nats a reader tells about each continuous code."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.judged import (
    RIGHT,
    Answers,
    Question,
    Values,
    Verdict,
    pulled_back,
    seeded,
    wrong,
)
from gan_course.practice.returned import tensor

NAME = "code_bounds"
BATCH, CODES = 7, 3
SURE = -20.0  # the log_var of a reader that is off by less than a ten-thousandth
H = math.log(2)  # the entropy of a code
LOG_2PI = math.log(2 * math.pi)


def readings(seed: int, count: int = CODES) -> tuple[Tensor, Tensor, Tensor]:
    """`mu`, `log_var` and `codes`, each (BATCH, count); the last code is misread so badly that its
    bound is below 0."""
    draw = seeded(seed + 1000 * count)
    codes = 2 * torch.rand(BATCH, count, generator=draw) - 1
    mu = codes + 0.4 * torch.randn(BATCH, count, generator=draw)
    mu[:, -1] = codes[:, -1] + 2 + torch.rand(BATCH, generator=draw)
    return mu, 3 * torch.rand(BATCH, count, generator=draw) - 2, codes


def sure_readings(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """The same shapes, of a reader with hardly any doubt."""
    draw = seeded(seed + 5000)
    codes = 2 * torch.rand(BATCH, CODES, generator=draw) - 1
    log_var = SURE + torch.rand(BATCH, CODES, generator=draw)
    return codes + (log_var / 2).exp() * torch.randn(BATCH, CODES, generator=draw), log_var, codes


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    (code_bounds,) = answers
    mu, log_var, codes = readings(seed)
    mu.requires_grad_()
    log_var.requires_grad_()
    bounds = tensor(NAME, code_bounds(mu, log_var, codes))
    slope_mu, slope_log_var = pulled_back(bounds, torch.ones(CODES), (mu, log_var))
    return {
        "bounds": bounds,
        "slope_mu": slope_mu,
        "slope_log_var": slope_log_var,
        "single": tensor(NAME, code_bounds(*readings(seed, count=1))),
        "sure": tensor(NAME, code_bounds(*sure_readings(seed))),
    }


def judge(values: Values, seed: int) -> Verdict:
    inputs = mu, log_var, codes = [x.double() for x in readings(seed)]
    hint = _shape_hint(values.get("bounds", torch.zeros(0))) or unfit(
        values, {"bounds": (CODES,), "single": (1,), "sure": (CODES,)}, NAME
    )
    hint = hint or _value_hint(values["bounds"], *inputs)
    if hint:
        return wrong(hint)
    if not close(values["single"], _right(*(x.double() for x in readings(seed, count=1)))):
        return wrong(
            f"`{NAME}` is right for {CODES} codes and wrong for one. Which of your numbers counts "
            "the codes?"
        )
    if not close(
        values["sure"], _right(*(x.double() for x in sure_readings(seed))), tolerance=1e-3
    ):
        return wrong(
            f"`{NAME}` levels off where Q is very sure, log_var near {SURE:g}. What keeps your "
            "variance from becoming that small?"
        )
    miss, precision = codes - mu, torch.exp(-log_var)
    for name, slope in (
        ("mu", miss * precision / BATCH),
        ("log_var", (miss**2 * precision - 1) / 2 / BATCH),
    ):
        if not close(values.get(f"slope_{name}", torch.zeros(0)), slope):
            return wrong(
                f"`{NAME}` has the right values, but not the gradient at `{name}`, and Q could not "
                "learn it. What cuts the path?"
            )
    return RIGHT


def _right(mu: Tensor, log_var: Tensor, codes: Tensor) -> Tensor:
    """By the standard deviation, one code at a time."""
    bounds = []
    for centre, spread, code in zip(mu.T, (log_var / 2).exp().T, codes.T, strict=True):
        z = (code - centre) / spread
        bounds.append(H - (0.5 * LOG_2PI + spread.log() + z * z / 2).mean())
    return torch.stack(bounds)


def _shape_hint(value: Tensor) -> str:
    shape = tuple(value.shape)
    if shape == ():
        return (
            f"`{NAME}` returned one number for all codes. One that is never read could hide "
            "behind two that are: one number a code is asked for."
        )
    if shape == (BATCH,):
        return (
            f"`{NAME}` returned shape {shape}, a number for each sample. Of which dimension is "
            "the mean taken, and which one stays?"
        )
    if shape == (BATCH, CODES):
        return (
            f"`{NAME}` returned shape {shape}, a number for each sample and code. Which of the "
            "two dimensions is an average?"
        )
    return ""


def _value_hint(value: Tensor, mu: Tensor, log_var: Tensor, codes: Tensor) -> str:
    right = _right(mu, log_var, codes)
    if close(value, right):
        return ""
    if not value.isfinite().all():
        return (
            f"`{NAME}` is nan or infinite at ordinary numbers. Which of the inputs may be "
            "below "
            "0, and of what do you take a root or a logarithm?"
        )
    missed, var = (codes - mu) ** 2, log_var.exp()
    guesses = _gaussian_slips(missed, log_var, var) + _entropy_slips(right, missed, log_var, var)
    kl = 0.5 * (mu**2 + var - 1 - log_var).mean(dim=0)
    prior = (
        f"`{NAME}` compares Q with a standard bell curve and never looks at `codes`. Which "
        "code was the picture drawn from?"
    )
    return (
        first_match(value, [*guesses, (kl, prior), (-kl, prior), (H - kl, prior)])
        or f"`{NAME}` is another function. Work it out by hand for one sample with mu equal to the "
        "code and log_var 0: what is log Q there?"
    )


def _gaussian_slips(missed: Tensor, log_var: Tensor, var: Tensor) -> list[tuple[Tensor, str]]:
    """What the bound becomes where a part of the bell curve is wrong."""

    def bound(
        constant: float = 0.5 * LOG_2PI,
        width: Tensor = log_var / 2,
        miss: Tensor = missed / var / 2,
    ) -> Tensor:
        return H - (constant + width + miss).mean(dim=0)

    plain = (
        f"`{NAME}` knows how far Q is off, and not how sure it was. Where does `log_var` come in?"
    )
    half = f"`{NAME}` has a ½ too few. Which terms does log Q of a bell curve halve?"
    as_std = f"`{NAME}` uses exp(log_var) as a standard deviation. What is it the logarithm of?"
    return [
        (
            bound(constant=0),
            f"`{NAME}` leaves out a constant. What makes the area under a bell curve 1?",
        ),
        (bound(constant=LOG_2PI), half),
        (bound(miss=missed / var), half),
        (bound(width=log_var), half),
        (bound(LOG_2PI, log_var, missed / var), half),
        (bound(width=log_var, miss=missed / var**2 / 2), as_std),
        (bound(miss=missed / var**2 / 2), as_std),
        (
            bound(miss=missed / var.sqrt() / 2),
            (
                f"`{NAME}` squares the miss and divides by a width that is not squared. By how "
                "many "
                "widths is Q off?"
            ),
        ),
        (
            bound(miss=missed / log_var / 2),
            f"`{NAME}` divides by a logarithm. How does a variance come out of `log_var`?",
        ),
        (
            bound(miss=missed * var / 2),
            f"`{NAME}` counts a miss more where Q was unsure. Which way should doubt weigh it?",
        ),
        (
            bound(width=-log_var / 2),
            f"`{NAME}` pays Q for being unsure. With which sign does the width enter log Q?",
        ),
        (
            bound(width=0 * log_var),
            (
                f"`{NAME}` takes nothing for doubt: a Q with an endless variance would lose "
                "nothing. "
                "Which term is missing?"
            ),
        ),
        (
            bound(miss=(missed / var).sqrt() / 2),
            f"`{NAME}` counts the miss itself. Which power of it stands in a bell curve?",
        ),
        *[
            (sign * scale * missed.mean(dim=0) + shift, plain)
            for sign in (1, -1)
            for scale in (1.0, 0.5)
            for shift in (0, H)
        ],
        (bound(width=0 * log_var, miss=missed / 2), plain),
    ]


def _entropy_slips(
    right: Tensor, missed: Tensor, log_var: Tensor, var: Tensor
) -> list[tuple[Tensor, str]]:
    """What it becomes where the entropy, the unit, the reduction or the order is wrong."""
    log_q = -0.5 * (LOG_2PI + log_var + missed / var)
    batch = (
        f"`{NAME}` grows when the batch is repeated. Which reduction makes it independent of "
        "the batch size?"
    )
    return [
        (
            -right,
            (
                f"`{NAME}` has the right size and the wrong sign. Should it rise or fall as Q "
                "reads "
                "better?"
            ),
        ),
        (
            right - H,
            (
                f"`{NAME}` is log Q alone. How wide is the range of a code, and what is the "
                "entropy of "
                "an even draw from it?"
            ),
        ),
        (
            H - right,
            (
                f"`{NAME}` is a loss, and without the entropy of the code. The question asks what "
                "was "
                "told."
            ),
        ),
        (2 * H - right, f"`{NAME}` grows as Q reads worse. With which sign does log Q enter?"),
        (
            right - 2 * H,
            (
                f"`{NAME}` has the entropy of a code with the wrong sign. Is the density of an "
                "even "
                "draw from [-1, 1] above or below 1?"
            ),
        ),
        (
            right - H + 0.5 * (LOG_2PI + 1),
            f"`{NAME}` takes the code for a bell curve. How is it drawn?",
        ),
        (
            right + (CODES - 1) * H,
            f"`{NAME}` gives each code the entropy of all. How much is there to know about one?",
        ),
        (right / H, f"`{NAME}` counts in bits. In which logarithm does a nat count?"),
        (
            1 + log_q.mean(dim=0),
            f"`{NAME}` adds nats to a bit. Do both terms use the same logarithm?",
        ),
        (
            right.clamp_min(0),
            (
                f"`{NAME}` is 0 for a code that is misread. What a picture tells is never below 0; "
                "may "
                "a bound from below be?"
            ),
        ),
        (BATCH * right, batch),
        (H + log_q.sum(dim=0), batch),
        (
            H + log_q.exp().mean(dim=0),
            f"`{NAME}` averages a density. Of what does the formula take the mean?",
        ),
        (
            H + log_q.exp().mean(dim=0).log(),
            f"`{NAME}` takes the logarithm of a mean. In which order does the formula put the two?",
        ),
        (
            right.mean().expand(CODES),
            f"`{NAME}` is the same for every code. Over which dimension does the mean run?",
        ),
        (
            right.sum().expand(CODES),
            f"`{NAME}` is the same for every code. Over which dimension does the mean run?",
        ),
    ]


KNOWN_ERRORS = (
    (
        "must match the size of tensor",
        (
            "All three inputs have one shape. Which of your terms has another, and from which "
            "reduction?"
        ),
    ),
    (
        "but found invalid values",
        "A width is above 0. What does `log_var` have to go through to become one?",
    ),
)

QUESTION = Question("04.q2", "nats about each code", 3, (NAME,), probe, judge, KNOWN_ERRORS)
