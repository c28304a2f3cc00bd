"""Question 01.q3: one alternating step in which each loss moves its own network only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD

from gan_course.practice.comparing import close, unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.lesson_01.linear_game import (
    BATCH,
    FEATURES,
    LATENT,
    LR_D,
    LR_G,
    ROUNDS,
    Game,
    Slip,
    play,
)

NAME = "training_step"
DISCRIMINATOR, GENERATOR = 0, 1  # who stepped, in the record of the order

SLIPS = (
    (
        Slip(d_loss_reaches_g=True),
        (
            "The generator moves along both losses. Where should the path from the discriminator's "
            "loss to the generator end?"
        ),
    ),
    (
        Slip(g_loss_moves_d=True, simultaneous=True),
        (
            "The discriminator moves along both losses, and one wants it fooled. Which gradients "
            "does "
            "it hold when it steps?"
        ),
    ),
    (
        Slip(d_loss_reaches_g=True, g_loss_moves_d=True, simultaneous=True),
        (
            "Both networks go down the sum of both losses. In a game, each player has a loss of "
            "its "
            "own."
        ),
    ),
    (
        Slip(simultaneous=True),
        (
            "The generator answers the discriminator of before its step. When are the fakes judged "
            "for "
            "the generator's loss?"
        ),
    ),
    (
        Slip(d_keeps_gradient=True, g_keeps_gradient=True),
        "Both networks carry gradients over from the step before. When does PyTorch clear `.grad`?",
    ),
    (
        Slip(d_keeps_gradient=True),
        (
            "The discriminator steps on old gradients too, some left by the generator's loss. Who "
            "clears them, and when?"
        ),
    ),
    (
        Slip(g_keeps_gradient=True),
        "The generator carries its gradient over from the step before. Who clears it, and when?",
    ),
    (
        Slip(d_climbs=True),
        "The discriminator gets worse at its task with every step. Which loss does it descend?",
    ),
    (
        Slip(g_climbs=True),
        (
            "The generator steps away from fooling the discriminator. Whose wish does its loss "
            "express?"
        ),
    ),
    (
        Slip(saturating=True),
        (
            "The generator descends log(1 - D(fake)), the saturating loss. The question asks for "
            "the "
            "non-saturating one."
        ),
    ),
)


def game(seed: int) -> Game:
    draw = seeded(seed)
    return Game(
        generator=torch.randn(FEATURES, LATENT + 1, generator=draw),
        discriminator=torch.randn(FEATURES + 1, generator=draw),
        real=torch.randn(ROUNDS, BATCH, FEATURES, generator=draw) + 1,
        noise=torch.randn(ROUNDS, BATCH, LATENT, generator=draw),
    )


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    (training_step,) = answers
    start = game(seed)
    generator, score = nn.Linear(LATENT, FEATURES), nn.Linear(FEATURES, 1)
    with torch.no_grad():
        generator.weight.copy_(start.generator[:, :-1])
        generator.bias.copy_(start.generator[:, -1])
        score.weight.copy_(start.discriminator[:-1])
        score.bias.copy_(start.discriminator[-1:])
    discriminator = nn.Sequential(score, nn.Flatten(0))
    optimizer_g, optimizer_d = (
        SGD(generator.parameters(), LR_G),
        SGD(discriminator.parameters(), LR_D),
    )
    order: list[int] = []
    arrivals: list[int] = []
    optimizer_d.register_step_post_hook(_noting(order, DISCRIMINATOR))
    optimizer_g.register_step_post_hook(_noting(order, GENERATOR))
    generator.weight.register_hook(lambda _: arrivals.append(GENERATOR))
    seen_d, seen_g = [], []
    for real, noise in zip(start.real, start.noise, strict=True):
        training_step(
            generator, discriminator, optimizer_g, optimizer_d, real.clone(), noise.clone()
        )
        seen_d.append(torch.cat([score.weight.flatten(), score.bias]).detach())
        seen_g.append(torch.cat([generator.weight, generator.bias[:, None]], dim=1).detach())
    return {
        "discriminator": torch.stack(seen_d),
        "generator": torch.stack(seen_g),
        "order": torch.tensor(order, dtype=torch.int64),
        "arrivals": torch.tensor(len(arrivals)),  # backward passes that reached the generator
    }


def _noting(order: list[int], who: int) -> Callable[..., None]:
    def note(*_: Any) -> None:
        order.append(who)

    return note


def judge(values: Values, seed: int) -> Verdict:
    shapes = {
        "discriminator": (ROUNDS, FEATURES + 1),
        "generator": (ROUNDS, FEATURES, LATENT + 1),
        "arrivals": (),
    }
    if problem := unfit(values, shapes, NAME):
        return wrong(problem)
    start, moved = game(seed), (values["discriminator"], values["generator"])
    hint = _order_hint(values.get("order", torch.zeros(0)).flatten().tolist()) or _still_hint(
        start, *moved
    )
    if hint:
        return wrong(hint)
    if not _same(moved, play(start)):
        found = next((hint for slip, hint in SLIPS if _same(moved, play(start, slip))), "")
        return wrong(found or _unknown_hint(start, *moved))
    if not values["arrivals"].item() <= ROUNDS:
        return wrong(
            "The result is right, but the discriminator's loss runs backward through the generator "
            "for nothing. What spares that work?"
        )
    return RIGHT


def _order_hint(order: list[float]) -> str:
    for who, name in ((DISCRIMINATOR, "discriminator"), (GENERATOR, "generator")):
        if who not in order:
            return f"The {name}'s optimiser never takes a step."
    if order == [GENERATOR, DISCRIMINATOR] * ROUNDS:
        return (
            "The generator's optimiser steps before the discriminator's. In which order does "
            "the question put them?"
        )
    if order != [DISCRIMINATOR, GENERATOR] * ROUNDS:
        return (
            "Each optimiser should step once a call, the discriminator's first. How often does "
            "each step in yours?"
        )
    return ""


def _still_hint(start: Game, discriminator: Tensor, generator: Tensor) -> str:
    """For a network whose optimiser steps, yet nothing moves: its gradient is not there at that
    moment."""
    if close(generator[-1], start.generator, tolerance=1e-6):
        return (
            "The generator's optimiser steps but the generator stands still. Does its own loss "
            "reach it, and is `.grad` filled at that moment?"
        )
    if close(discriminator[-1], start.discriminator, tolerance=1e-6):
        return (
            "The discriminator's optimiser steps but the discriminator stands still. Is its "
            "`.grad` filled at that moment?"
        )
    return ""


def _unknown_hint(start: Game, discriminator: Tensor, generator: Tensor) -> str:
    right = play(start)
    if not close(discriminator[0], right[0][0]):
        return (
            "After one call the discriminator is not where its own loss leads. Does it see "
            "`real`, and what the generator makes of `noise`?"
        )
    if not close(generator[0], right[1][0]):
        return (
            "After one call the discriminator is right and the generator is not. Is it trained "
            "on what it makes of the same `noise`?"
        )
    return (
        "The first call is right and later ones are not. What stays behind from one call to "
        "the "
        "next?"
    )


def _same(ours: tuple[Tensor, Tensor], theirs: tuple[Tensor, Tensor]) -> bool:
    return all(close(a, b) for a, b in zip(ours, theirs, strict=True))


KNOWN_ERRORS = (
    (
        "backward through the graph a second time",
        (
            "Two losses run backward through one graph. Which of them should never reach the "
            "generator?"
        ),
    ),
    (
        "modified by an inplace operation",
        (
            "Weights changed between a forward pass and its backward pass. When should the "
            "generator's "
            "fakes be judged?"
        ),
    ),
    (
        "does not require grad",
        (
            "No parameter that can learn is left behind this loss. Was a network frozen and not "
            "released?"
        ),
    ),
)

QUESTION = Question("01.q3", "one alternating step", 4, (NAME,), probe, judge, KNOWN_ERRORS)
