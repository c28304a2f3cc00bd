"""Question 05.q1: the losses of a critic and of its generator, from scores that may be any real
numbers."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import softplus

from gan_course.practice.comparing import close, unfit
from gan_course.practice.gradients import pulled_back
from gan_course.practice.lesson_05.cases import Guesses, matching
from gan_course.practice.question import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import tensor

C, G = "critic_loss", "generator_loss"
CASES = ("near", "far")
NAMES = {f"{side}_{case}": name for side, name in (("c", C), ("g", G)) for case in CASES}


def scores(seed: int, case: str) -> tuple[Tensor, Tensor]:
    """Scores (N, 1) of real and of fake samples: "near" 0 with the real ones higher, "far" from it
    with the fakes higher."""
    draw, n = seeded(seed), 7 + seed % 5
    rising, other = (3 * torch.randn(2, n, 1, generator=draw)).sort(dim=1).values.unbind()
    # so that some fakes score above the real sample beside them, and some below
    real, fake = rising, other.flip(0)
    height_real, height_fake = 1.5 + torch.rand(2, generator=draw)
    near = real - real.mean() + height_real, fake - fake.mean() - height_fake
    return near if case == "near" else (100 * near[1] + 30, 80 * near[0] + 50)


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    critic_loss, generator_loss = answers
    values: dict[str, Tensor] = {}
    for case in CASES:
        real, fake = (x.requires_grad_() for x in scores(seed, case))
        c, g = tensor(C, critic_loss(real, fake)), tensor(G, generator_loss(fake))
        slope_real, slope_fake = pulled_back(c, torch.ones(()), (real, fake))
        (slope_g,) = pulled_back(g, torch.ones(()), (fake,))
        values |= {
            f"c_{case}": c,
            f"g_{case}": g,
            f"real_{case}": slope_real,
            f"fake_{case}": slope_fake,
            f"own_{case}": slope_g,
        }
    return values


def judge(values: Values, seed: int) -> Verdict:
    if problem := unfit(values, dict.fromkeys(NAMES, ()), NAMES):
        return wrong(problem)
    samples = [
        (real.double(), fake.double()) for real, fake in (scores(seed, case) for case in CASES)
    ]
    critic, generator = (
        torch.stack([values[f"{side}_{case}"].double() for case in CASES]) for side in "cg"
    )
    right_c = torch.stack([fake.mean() - real.mean() for real, fake in samples])
    right_g = torch.stack([-fake.mean() for _, fake in samples])
    hint = _hint(C, critic, right_c, [_critic_guesses(*x) for x in samples]) or _hint(
        G, generator, right_g, [_generator_guesses(x[1]) for x in samples]
    )
    for case, (real, fake) in zip(CASES, samples, strict=True):
        each = torch.full_like(real, 1 / len(real))
        hint = hint or _slope_hint(values.get(f"real_{case}"), -each, C, "the real scores")
        hint = hint or _slope_hint(
            values.get(f"fake_{case}"), torch.full_like(fake, 1 / len(fake)), C, "the fake scores"
        )
        hint = hint or _slope_hint(values.get(f"own_{case}"), -each, G, "the fake scores")
    return wrong(hint) if hint else RIGHT


def _critic_guesses(real: Tensor, fake: Tensor) -> Guesses:
    gap, each = fake.mean() - real.mean(), fake - real
    alike = f"`{C}` treats real and fake alike. Which of the two should the critic score high?"
    target = (
        f"`{C}` pulls the scores to targets of 1 and 0. Which target has a score that may be "
        "any number?"
    )
    sign = (
        f"`{C}` forgets the sign of the gap. Should a critic that scores the fakes higher be "
        "content?"
    )
    hinge = (1 - real).relu().mean() + (1 + fake).relu().mean()
    cross_entropy = softplus(-real).mean() + softplus(fake).mean()
    squares = ((real - 1) ** 2).mean() + (fake**2).mean()
    return [
        (
            -gap,
            (
                f"`{C}` is the gap that the critic wants large. An optimiser goes downhill: which "
                "way "
                "does the gap go then?"
            ),
        ),
        (
            each.sum(),
            (
                f"`{C}` grows when the batch is repeated. Which reduction makes it independent of "
                "the "
                "batch size?"
            ),
        ),
        (
            gap / 2,
            (
                f"`{C}` is half of what is asked for. Do you average real and fake together, or "
                "each "
                "alone?"
            ),
        ),
        (
            -real.mean(),
            f"`{C}` never looks at the fakes. A critic could win it by scoring everything high.",
        ),
        (
            fake.mean(),
            (
                f"`{C}` never looks at the real samples. A critic could win it by scoring "
                "everything "
                "low."
            ),
        ),
        (fake.mean() + real.mean(), alike),
        (-fake.mean() - real.mean(), alike),
        (
            cross_entropy,
            (
                f"`{C}` is the cross-entropy of lesson 1, made of probabilities. What does a "
                "critic "
                "give instead?"
            ),
        ),
        (
            fake.sigmoid().mean() - real.sigmoid().mean(),
            f"`{C}` squashes the scores into (0, 1). Could a distance of 100 be seen through that?",
        ),
        (
            hinge,
            f"`{C}` is the hinge loss, which stops at a margin. Does a distance stop anywhere?",
        ),
        (squares, target),
        (squares / 2, target),
        (gap.abs(), sign),
        (-gap.abs(), sign),
        (
            each.abs().mean(),
            (
                f"`{C}` compares sample i with sample i, without the sign. Do a real and a fake "
                "sample "
                "belong together?"
            ),
        ),
        (
            (each**2).mean(),
            (
                f"`{C}` compares sample i with sample i, and squares. Do a real and a fake sample "
                "belong together?"
            ),
        ),
        (gap**2, f"`{C}` squares the gap. In which units is a squared distance?"),
    ]


def _generator_guesses(fake: Tensor) -> Guesses:
    target = f"`{G}` pulls the scores to a target. Which score would be high enough?"
    sign = f"`{G}` forgets the sign of the scores. Is a score of -100 as good as one of 100?"
    return [
        (
            fake.mean(),
            (
                f"`{G}` goes down when the fakes' scores do. Its optimiser goes downhill: does the "
                "generator want them low?"
            ),
        ),
        (
            -fake.sum(),
            (
                f"`{G}` grows when the batch is repeated. Which reduction makes it independent of "
                "the "
                "batch size?"
            ),
        ),
        (
            softplus(-fake).mean(),
            (
                f"`{G}` is the generator's loss of lesson 1, made of probabilities. What does a "
                "critic "
                "give instead?"
            ),
        ),
        (
            -softplus(fake).mean(),
            (
                f"`{G}` is log(1 - D(fake)) of lesson 1, made of probabilities. What does a critic "
                "give instead?"
            ),
        ),
        (
            -fake.sigmoid().mean(),
            f"`{G}` squashes the scores. What is left of the push where a score is 100?",
        ),
        (
            (1 - fake).relu().mean(),
            f"`{G}` stops at a score of 1. Does the generator have enough at any score?",
        ),
        (((fake - 1) ** 2).mean(), target),
        (((fake - 1) ** 2).mean() / 2, target),
        (fake.abs().mean(), sign),
        (-fake.abs().mean(), sign),
        ((fake**2).mean(), f"`{G}` squares the scores. In which units is a squared distance?"),
    ]


def _hint(name: str, value: Tensor, right: Tensor, guesses: Sequence[Guesses]) -> str:
    """What kind of mistake `value`, the loss in both cases, looks like; "" where it is right."""
    if close(value, right):
        return ""
    if not value.isfinite().all():
        return (
            f"`{name}` is nan or infinite for scores such as -300 and 200. Which function in "
            "it "
            "does not take every real number?"
        )
    found = matching(value, guesses)
    if not found and close(value[0], right[0]):
        return (
            f"`{name}` is right for scores near 0 and not for scores of 100 and more. What "
            "limits it?"
        )
    return (
        found
        or f"`{name}` gives another number than the question asks for. Work it out by hand for "
        "scores 3 and 5 of real and 1 of fake samples."
    )


def _slope_hint(slope: Tensor | None, expected: Tensor, name: str, at: str) -> str:
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


KNOWN_ERRORS = (
    (
        "should be between 0 and 1",
        (
            "That function takes probabilities, and scores are none. What is left of the loss "
            "without "
            "them?"
        ),
    ),
)

QUESTION = Question("05.q1", "losses of a critic", 2, (C, G), probe, judge, KNOWN_ERRORS)
