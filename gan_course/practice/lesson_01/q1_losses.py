"""Question 01.q1: both losses of the non-saturating game, from logits, stable far beyond ±100."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import softplus

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import tensor

EXTREMES = torch.tensor([-1000.0, -100.0, -30.0, 30.0, 100.0, 1000.0])
D, G = "discriminator_loss", "generator_loss"


def logits(seed: int) -> tuple[Tensor, Tensor]:
    """Ordinary logits of real and fake samples, shape (N,), on both sides of 0."""
    draw = seeded(seed)
    n = 7 + seed % 5
    return 2 * torch.randn(n, generator=draw) + 0.5, 2 * torch.randn(n, generator=draw) - 0.5


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    discriminator_loss, generator_loss = answers
    real, fake = (x.requires_grad_() for x in logits(seed))
    d, g = tensor(D, discriminator_loss(real, fake)), tensor(G, generator_loss(fake))
    values = {
        "d": d,
        "d_slope_real": _slope(d, real),
        "d_slope_fake": _slope(d, fake),
        "g": g,
        "g_slope": _slope(g, fake),
    }
    for i, extreme in enumerate(EXTREMES):
        real, fake = extreme.reshape(1).requires_grad_(), (-extreme).reshape(1).requires_grad_()
        d, g = tensor(D, discriminator_loss(real, fake)), tensor(G, generator_loss(real))
        values |= {
            f"d_{i}": d,
            f"d_slope_real_{i}": _slope(d, real),
            f"d_slope_fake_{i}": _slope(d, fake),
        }
        values |= {f"g_{i}": g, f"g_slope_{i}": _slope(g, real)}
    return values


def _slope(loss: Tensor, at: Tensor) -> Tensor:
    """The gradient of `loss`, or an empty tensor where none can reach `at`."""
    if not loss.requires_grad:
        return torch.zeros(0)
    (gradient,) = torch.autograd.grad(loss.sum(), at, retain_graph=True, allow_unused=True)
    return torch.zeros(0) if gradient is None else gradient


def judge(values: Values, seed: int) -> Verdict:
    if problem := unfit(values, {"d": (), "g": ()}, {"d": D, "g": G}):
        return wrong(problem)
    real, fake = (x.double() for x in logits(seed))
    # sigmoid in float64 is a different route from any single-precision formula, and exact enough at
    # ordinary logits
    on_real, on_fake, wish = (
        -real.sigmoid().log(),
        -(1 - fake.sigmoid()).log(),
        -fake.sigmoid().log(),
    )
    if hint := _discriminator_hint(values["d"], on_real, on_fake, real, fake) or _generator_hint(
        values["g"], wish, on_fake, fake
    ):
        return wrong(hint)
    n = len(real)
    slopes = {
        "d_slope_real": -torch.sigmoid(-real) / n,
        "d_slope_fake": torch.sigmoid(fake) / n,
        "g_slope": -torch.sigmoid(-fake) / n,
    }
    hint = next(
        filter(
            None, (_slope_hint(values.get(key), expected, key) for key, expected in slopes.items())
        ),
        "",
    ) or _extremes_hint(values)
    return wrong(hint) if hint else RIGHT


def _discriminator_hint(
    value: Tensor, on_real: Tensor, on_fake: Tensor, real: Tensor, fake: Tensor
) -> str:
    right = on_real.mean() + on_fake.mean()
    if close(value, right):
        return ""
    hinge = (1 - real).relu().mean() + (1 + fake).relu().mean()
    twice = softplus(-real.sigmoid()).mean() + softplus(fake.sigmoid()).mean()
    return first_match(
        value,
        [
            (
                -right,
                (
                    f"`{D}` has the right size and the wrong sign. Its optimiser goes downhill: is "
                    "it "
                    "low where the discriminator is good?"
                ),
            ),
            (
                right * len(real),
                (
                    f"`{D}` grows when the batch is repeated. Which reduction makes it independent "
                    "of "
                    "the batch size?"
                ),
            ),
            (
                right / 2,
                (
                    f"`{D}` is half of what is asked for. Do you average real and fake together, "
                    "or "
                    "average each and then add?"
                ),
            ),
            (
                softplus(real).mean() + softplus(-fake).mean(),
                f"`{D}` rewards calling real fake and fake real. Which of them wants the label 1?",
            ),
            (
                on_real.mean(),
                f"`{D}` ignores the fake logits. What should the discriminator answer to a fake?",
            ),
            (
                on_fake.mean(),
                (
                    f"`{D}` ignores the real logits. What should the discriminator answer to a "
                    "real "
                    "sample?"
                ),
            ),
            (
                on_real.mean() + softplus(-fake).mean(),
                (
                    f"`{D}` gives real and fake the same label. Who would win it by saying 'real' "
                    "to "
                    "everything?"
                ),
            ),
            (
                twice,
                (
                    f"`{D}` squashes the logits twice. Does the loss you call apply a sigmoid of "
                    "its "
                    "own?"
                ),
            ),
            (
                hinge,
                (
                    f"`{D}` is the hinge loss, which stops at a margin. The question asks for the "
                    "cross-entropy."
                ),
            ),
        ],
    ) or _unknown_hint(D, value)


def _generator_hint(value: Tensor, wish: Tensor, on_fake: Tensor, fake: Tensor) -> str:
    if close(value, wish.mean()):
        return ""
    return first_match(
        value,
        [
            (
                -wish.mean(),
                (
                    f"`{G}` has the right size and the wrong sign. Its optimiser goes downhill: is "
                    "it "
                    "low where the discriminator is fooled?"
                ),
            ),
            (
                wish.sum(),
                (
                    f"`{G}` grows when the batch is repeated. Which reduction makes it independent "
                    "of "
                    "the batch size?"
                ),
            ),
            (
                -on_fake.mean(),
                (
                    f"`{G}` is log(1 - D(fake)): flat where the discriminator is sure. Which form "
                    "stays steep there?"
                ),
            ),
            (
                on_fake.mean(),
                (
                    f"`{G}` rewards fakes that are called fake, the discriminator's wish. Which "
                    "label "
                    "does the generator wish for?"
                ),
            ),
            (
                softplus(-fake.sigmoid()).mean(),
                (
                    f"`{G}` squashes the logits twice. Does the loss you call apply a sigmoid of "
                    "its "
                    "own?"
                ),
            ),
            (
                -fake.mean(),
                (
                    f"`{G}` is the raw score, as in the hinge and Wasserstein games. The question "
                    "asks "
                    "for a cross-entropy."
                ),
            ),
        ],
    ) or _unknown_hint(G, value)


def _unknown_hint(name: str, value: Tensor) -> str:
    if not value.isfinite():
        return (
            f"`{name}` is {value.item():g} at ordinary logits such as -2 and 3. A logarithm "
            "wants a probability: what turns a logit into one?"
        )
    return (
        f"`{name}` gives another number than the formula in its docstring. Work it out by hand "
        "for one logit, 0 say, and compare."
    )


def _slope_hint(slope: Tensor | None, expected: Tensor, key: str) -> str:
    name, at = (
        (G if key.startswith("g") else D),
        ("the real logits" if "real" in key else "the fake logits"),
    )
    if slope is None or slope.numel() == 0:
        return (
            f"`{name}` has the right value, but no gradient reaches {at}. What cuts the path: "
            "`detach`, `no_grad`, a new tensor?"
        )
    if not close(slope, expected):
        return (
            f"`{name}` has the right value and a wrong gradient at {at}. Is a part of it left "
            "out of the graph?"
        )
    return ""


def _extremes_hint(values: Values) -> str:
    """Every extreme logit is judged alone: in a batch, one of 1000 would hide the others."""
    for name, side, slopes in ((D, "d", ("d_slope_real", "d_slope_fake")), (G, "g", ("g_slope",))):
        for i, logit in enumerate(EXTREMES.double()):
            value, expected = (
                values.get(f"{side}_{i}", torch.zeros(0)),
                (2 if side == "d" else 1) * softplus(-logit),
            )
            at = f"a logit of {logit:g}, {'sure and wrong' if logit < 0 else 'sure and right'},"
            if value.shape != expected.shape:
                return f"`{name}` returns no scalar for a batch of one."
            if not value.isfinite():
                return (
                    f"`{name}` is {value.item():g} at {at} since the probability rounds to 0 "
                    "or "
                    "1 before its logarithm. Can you do without it?"
                )
            if not close(value, expected):
                return (
                    f"`{name}` is {value.item():.4g} at {at} and levels off. What limits it: a "
                    "clamp, a small number added inside a logarithm?"
                )
            for key in slopes:
                slope, sign = (
                    values.get(f"{key}_{i}", torch.zeros(0)),
                    (1 if key == "d_slope_fake" else -1),
                )
                if not slope.isfinite().all():
                    return (
                        f"`{name}` is right at {at} but its gradient is nan: the branch that "
                        "`where` does not choose is differentiated too."
                    )
                if not close(slope, sign * torch.sigmoid(-logit).reshape(1), tolerance=1e-3):
                    return (
                        f"`{name}` is right at {at} but its slope is not: a loss that is cut "
                        "off there teaches nothing. What cuts it?"
                    )
    return ""


KNOWN_ERRORS = (
    (
        "should be between 0 and 1",
        (
            "That function takes probabilities, and these are logits. Which of its relatives takes "
            "logits?"
        ),
    ),
)

QUESTION = Question("01.q1", "losses from logits", 3, (D, G), probe, judge, KNOWN_ERRORS)
