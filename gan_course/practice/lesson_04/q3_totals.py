"""Question 04.q3: what either side of the game descends, and whom its gradient may reach."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.lesson_04.linear_reading import (
    CATEGORIES,
    FEATURES,
    LATENT,
    Game,
    Parts,
    game,
    parts,
    slopes_d,
    slopes_g,
)
from gan_course.practice.returned import tensor

D, G = "discriminator_total", "generator_total"
H = math.log(CATEGORIES)


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    discriminator_total, generator_total = answers
    start = game(seeded(seed))
    a, w, r = (x.clone().requires_grad_() for x in (start.generator, start.score, start.reader))

    def score(x: Tensor) -> Tensor:
        return (x @ w)[:, None]

    def read(x: Tensor) -> Tensor:
        return x @ r.T

    d = tensor(
        D,
        discriminator_total(
            score,
            read,
            start.real.clone(),
            start.noise @ a.T,
            start.category.clone(),
            start.weight_d,
        ),
    )
    at_score, at_reader, at_generator = _slopes(d, [w, r, a])
    g = tensor(
        G, generator_total(score, read, start.noise @ a.T, start.category.clone(), start.weight_g)
    )
    (from_g,) = _slopes(g, [a])
    return {
        "d": d,
        "d_at_score": at_score,
        "d_at_reader": at_reader,
        "d_at_generator": at_generator,
        "g": g,
        "g_at_generator": from_g,
    }


def _slopes(total: Tensor, weights: list[Tensor]) -> list[Tensor]:
    """The gradient of `total` at each of `weights`; zeros where none arrives."""
    if not total.requires_grad or total.ndim:
        return [torch.zeros_like(weight) for weight in weights]
    found = torch.autograd.grad(total, weights, allow_unused=True)
    return [
        torch.zeros_like(weight) if slope is None else slope
        for weight, slope in zip(weights, found, strict=True)
    ]


def judge(values: Values, seed: int) -> Verdict:
    d, g, generator = "d", "g", (FEATURES, LATENT)
    shapes = {
        d: (),
        "d_at_score": (FEATURES,),
        "d_at_reader": (CATEGORIES, FEATURES),
        "d_at_generator": generator,
        g: (),
        "g_at_generator": generator,
    }
    if problem := unfit(values, shapes, {key: D if key.startswith(d) else G for key in shapes}):
        return wrong(problem)
    now = game(seeded(seed))
    known = parts(now)
    hint = _discriminator_hint(values[d], known, now.weight_d) or _discriminator_slope_hint(
        values, now
    )
    hint = (
        hint
        or _generator_hint(values[g], known, now.weight_g)
        or _generator_slope_hint(values["g_at_generator"], now)
    )
    return wrong(hint) if hint else RIGHT


def _discriminator_hint(value: Tensor, known: Parts, weight: float) -> str:
    loss, told, told_of_real = known.d, known.told, known.told_of_real
    right = loss - weight * told
    if close(value, right):
        return ""
    real = f"`{D}` has Q read real samples. From which code was a real one drawn?"
    players = (
        f"`{D}` is right about the bound, but its other part is not the discriminator's. "
        "Who "
        "wants what of real and of fake?"
    )
    return first_match(
        value,
        [
            *_shared_slips(D, loss, told, weight),
            (loss - weight * told_of_real, real),
            (loss - weight * (told + told_of_real), real),
            (loss - weight * (told + told_of_real) / 2, real),
            (known.d_exchanged - weight * told, players),
            (known.g - weight * told, players),
            (
                known.fake_alone - weight * told,
                f"`{D}` never sees the real samples. What does its score have to tell apart?",
            ),
        ],
    ) or _unknown_hint(D)


def _generator_hint(value: Tensor, known: Parts, weight: float) -> str:
    loss, told = known.g, known.told
    if close(value, loss - weight * told):
        return ""
    players = (
        f"`{G}` is right about the bound, but its other part is not the generator's. Should "
        "the score of a fake rise or fall?"
    )
    return first_match(
        value,
        [
            *_shared_slips(G, loss, told, weight),
            (-loss - weight * told, players),
            (known.fake_alone - weight * told, players),
            (known.d - weight * told, players),
        ],
    ) or _unknown_hint(G)


def _shared_slips(name: str, loss: Tensor, told: Tensor, weight: float) -> list[tuple[Tensor, str]]:
    """What a total becomes where the loss and the bound are put together in a wrong way, the same
    on both sides."""
    place = (
        f"`{name}` puts the weight in the wrong place. Which of the two parts does it belong to?"
    )
    return [
        (
            loss,
            (
                f"`{name}` has nothing of Q in it: this is a GAN as it was before. Where does the "
                "bound come in?"
            ),
        ),
        (
            -weight * told,
            f"`{name}` leaves out the game. Which loss did this side have before there was a code?",
        ),
        (
            -told,
            f"`{name}` leaves out the game. Which loss did this side have before there was a code?",
        ),
        (
            loss + weight * told,
            (
                f"`{name}` is lowest where Q reads worst. An optimiser goes downhill: what should "
                "go "
                "up?"
            ),
        ),
        (loss - told, f"`{name}` does not know its weight. How much is a nat worth?"),
        (weight * loss - told, place),
        (weight * (loss - told), place),
        (
            (1 - weight) * loss - weight * told,
            (
                f"`{name}` takes from the game what it gives to Q. How does the question weigh the "
                "game?"
            ),
        ),
        (
            loss - weight * (told - H),
            (
                f"`{name}` moves every network as it should, but is another number than is asked "
                "for. "
                "How much is there to know of a category?"
            ),
        ),
        (loss - weight * told / math.log(2), f"`{name}` counts the bound in bits."),
    ]


def _discriminator_slope_hint(values: Values, now: Game) -> str:
    at_score, at_reader = slopes_d(now)
    if (
        values["d_at_generator"].double().abs().amax() > 0
        or not values["d_at_generator"].isfinite().all()
    ):
        return (
            f"`{D}` has the right value, but its gradient runs on into the generator, and "
            "would "
            "help its opponent. Where should that path end?"
        )
    if not close(values["d_at_reader"], at_reader):
        return (
            f"`{D}` has the right value, but Q does not learn from it. Is what Q says of the "
            "fakes cut off, or the fakes themselves?"
        )
    if not close(values["d_at_score"], at_score):
        return (
            f"`{D}` has the right value, but the score does not learn from both real and fake. "
            "Which of them is cut off behind the score?"
        )
    return ""


def _generator_slope_hint(slope: Tensor, now: Game) -> str:
    from_score, from_bound = slopes_g(now)
    if close(slope, from_score + from_bound):
        return ""
    return (
        first_match(
            slope,
            [
                (
                    torch.zeros_like(from_score),
                    (
                        f"`{G}` has the right value, but the generator learns nothing from it. "
                        "Which "
                        "step may cut the fakes off, and which not?"
                    ),
                ),
                (
                    from_score,
                    (
                        f"`{G}` has the right value, but what Q reads does not reach the "
                        "generator: no "
                        "code would ever be drawn. Which fakes does Q see?"
                    ),
                ),
                (
                    from_bound,
                    (
                        f"`{G}` has the right value, but the score does not reach the generator. "
                        "Which "
                        "fakes are scored?"
                    ),
                ),
            ],
        )
        or f"`{G}` has the right value and a wrong gradient at the generator. Is a part of it left "
        "out of the graph?"
    )


def _unknown_hint(name: str) -> str:
    return (
        f"`{name}` is another number than the game's loss and the weighted bound give. Does "
        "question 1 pass? Then print both parts and compare."
    )


KNOWN_ERRORS = (
    (
        "does not require grad",
        "No network is left behind this total that could learn. Was one frozen and not released?",
    ),
    (
        "shapes cannot be multiplied",
        "`score` and `read` take samples. Was one of them given what the other returned?",
    ),
    (
        "must match the size of tensor",
        (
            "Every fake was drawn from one category. Is there a row of readings for each of them, "
            "and "
            "for nothing else?"
        ),
    ),
)

QUESTION = Question("04.q3", "the bound in the game", 4, (D, G), probe, judge, KNOWN_ERRORS)
