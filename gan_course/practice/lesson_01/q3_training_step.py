"""Question 01.q3: one alternating step in which each loss moves its own network only."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

from types import SimpleNamespace

import torch
from torch import nn
from torch.optim import SGD

from gan_course.losses import hinge, minimax, non_saturating
from gan_course.practice.comparing import close
from gan_course.practice.lesson_01.steps import (
    cleared_at_the_end,
    frozen_discriminator,
    step,
    without_gradient_first,
)
from gan_course.practice.question import Computed, Part, Question, mistakes, seeded
from gan_course.practice.returned import anything

LATENT, FEATURES, BATCH, ROUNDS = 3, 2, 6, 3
DISCRIMINATOR, GENERATOR = 0, 1  # who stepped, in the record of the order
OF_D = FEATURES + 1  # numbers of the discriminator, which come first in a record of both


def game(seed, case):
    """Two linear networks, whose every step is known in closed form, and what they see in each
    round."""
    draw = seeded(seed, case)
    generator, score = nn.Linear(LATENT, FEATURES), nn.Linear(FEATURES, 1)
    with torch.no_grad():
        for weight in (*generator.parameters(), *score.parameters()):
            weight.copy_(torch.randn(weight.shape, generator=draw))
    return {
        "generator": generator,
        "discriminator": nn.Sequential(score, nn.Flatten(0)),
        "real": torch.randn(ROUNDS, BATCH, FEATURES, generator=draw) + 1,
        "noise": torch.randn(ROUNDS, BATCH, LATENT, generator=draw),
    }


def both(generator, discriminator):
    """All numbers of both players in one row."""
    weights = (*discriminator.parameters(), *generator.parameters())
    return torch.cat([weight.detach().flatten() for weight in weights])


def rounds(call, given):
    """One call after another with the same players, and what right answers agree on, in the order
    in which a learner is told of it."""
    generator, discriminator = players = given["generator"], given["discriminator"]
    optimizers = [SGD(one.parameters(), lr) for one, lr in zip(players, (0.3, 0.5), strict=True)]
    order, arrivals, seen = [], [], [both(*players)]
    for optimizer, who in zip(optimizers, (GENERATOR, DISCRIMINATOR), strict=True):
        optimizer.register_step_post_hook(lambda *_, who=who: order.append(who))
    generator.weight.register_hook(lambda _: arrivals.append(GENERATOR))
    for real, noise in zip(given["real"], given["noise"], strict=True):
        call(
            generator=generator,
            discriminator=discriminator,
            optimizer_g=optimizers[0],
            optimizer_d=optimizers[1],
            real=real.clone(),
            noise=noise.clone(),
        )
        seen.append(both(*players))
    moved = (seen[-1] - seen[0]).abs() > 1e-6
    found = {
        "d never steps": DISCRIMINATOR not in order,
        "g never steps": GENERATOR not in order,
        "g first": order == [GENERATOR, DISCRIMINATOR] * ROUNDS,
        "in turn": order == [DISCRIMINATOR, GENERATOR] * ROUNDS,
        "g stands still": not moved[OF_D:].any(),
        "d stands still": not moved[:OF_D].any(),
        "weights": torch.stack(seen),  # at first, and after each round
        "backward too often": len(arrivals) > ROUNDS,
    }
    return {name: torch.as_tensor(value) for name, value in found.items()}


def in_closed_form(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    """The losses have slopes -s(-D(real)) / N, s(D(fake)) / N and -s(-D(fake)) / N at the logits,
    with s = sigmoid; the chain rule through two linear maps does the rest."""
    score, fake = discriminator[0], generator(noise).detach()
    pull_real = -torch.sigmoid(-discriminator(real).detach()) / len(real)
    pull_fake = torch.sigmoid(discriminator(fake).detach()) / len(fake)
    score.weight.grad = (pull_real @ real + pull_fake @ fake)[None]
    score.bias.grad = (pull_real.sum() + pull_fake.sum())[None]
    optimizer_d.step()
    pull = -torch.sigmoid(-discriminator(fake).detach()) / len(fake)
    generator.weight.grad = score.weight.detach().T @ (pull @ noise)[None]
    generator.bias.grad = score.weight.detach()[0] * pull.sum()
    optimizer_g.step()


def off_course(found, right):
    first, other = found["weights"][1], right["weights"][1]
    if not close(first[:OF_D], other[:OF_D]):
        return (
            "After one call the discriminator is not where its own loss leads. Does it see `real`, "
            "and what the generator makes of `noise`?"
        )
    if not close(first, other):
        return (
            "After one call the discriminator is right and the generator is not. Is it trained on "
            "what it makes of the same `noise`?"
        )
    return (
        "The first call is right and later ones are not. What stays behind from one call to the "
        "next?"
    )


OFF_COURSE = Computed(off_course)
SWAPPED = SimpleNamespace(
    generator=non_saturating.generator,
    discriminator=lambda real, fake: non_saturating.discriminator(fake, real),
)
NO_ZERO_G = "zero_d loss_d step_d loss_g step_g"
IN_TURN = (
    "Each optimiser should step once a call, the discriminator's first. How often does each step "
    "in yours?"
)

STEP = Part(
    "training_step",
    game,
    in_closed_form,
    also_right={
        "fakes drawn twice": without_gradient_first,
        "discriminator frozen": frozen_discriminator,
        "gradients cleared at the end": cleared_at_the_end,
        "generator cleared early": step("zero_g zero_d loss_d step_d loss_g step_g"),
        "by parts": step(),
    },
    probe=rounds,
    returns=anything,
    may_change=(
        "generator.weights",
        "generator.gradients",
        "discriminator.weights",
        "discriminator.gradients",
    ),
    otherwise={"in turn": IN_TURN, "weights": OFF_COURSE},
    mistakes=mistakes(
        lambda *given: None,
        step("zero_d loss_d zero_g loss_g step_g"),
        "The discriminator's optimiser never takes a step.",
        step("zero_d loss_d step_d zero_g loss_g"),
        "The generator's optimiser never takes a step.",
        step("zero_g loss_g step_g zero_d loss_d step_d"),
        "The generator's optimiser steps before the discriminator's. In which order does the "
        "question put them?",
        step("zero_d loss_d step_d zero_g loss_g step_d step_g"),
        step("zero_d loss_d step_d zero_g loss_g step_g step_g"),
        IN_TURN,
        step(judged=lambda fake, generator: fake.detach()),
        step("zero_d loss_d step_d loss_g zero_g step_g"),
        "The generator's optimiser steps but the generator stands still. Does its own loss reach "
        "it, and is `.grad` filled at that moment?",
        step("loss_d zero_d step_d zero_g loss_g step_g"),
        "The discriminator's optimiser steps but the discriminator stands still. Is its `.grad` "
        "filled at that moment?",
        step("zero_g zero_d loss_d step_d loss_g step_g", shown=lambda fake: fake),
        "The generator moves along both losses. Where should the path from the discriminator's "
        "loss to the generator end?",
        step("zero_d zero_g loss_d loss_g step_d step_g"),
        "The discriminator moves along both losses, and one wants it fooled. Which gradients does "
        "it hold when it steps?",
        step("zero_d zero_g loss_d loss_g step_d step_g", shown=lambda fake: fake),
        "Both networks go down the sum of both losses. In a game, each player has a loss of its "
        "own.",
        step("zero_g loss_g zero_d loss_d step_d step_g"),
        "The generator answers the discriminator of before its step. When are the fakes judged "
        "for the generator's loss?",
        step("loss_d step_d loss_g step_g"),
        "Both networks carry gradients over from the step before. When does PyTorch clear `.grad`?",
        step("loss_d step_d zero_g loss_g step_g"),
        "The discriminator steps on old gradients too, some left by the generator's loss. Who "
        "clears them, and when?",
        step(NO_ZERO_G),
        "The generator carries its gradient over from the step before. Who clears it, and when?",
        step(climbs="d"),
        "The discriminator gets worse at its task with every step. Which loss does it descend?",
        step(climbs="g"),
        "The generator steps away from fooling the discriminator. Whose wish does its loss "
        "express?",
        step(loss=SWAPPED),
        "The discriminator learns to call fakes real and real samples fake. Which logits come "
        "first?",
        step(loss=minimax),
        "The generator descends log(1 - D(fake)), the saturating loss. The question asks for the "
        "non-saturating one.",
        step(loss=hinge),
        step(judged=lambda fake, generator: generator(torch.randn(len(fake), LATENT))),
        lambda g, *given: (step(NO_ZERO_G)(g, *given), g.weight.grad.zero_()),
        OFF_COURSE,
        step(shown=lambda fake: fake),
        "The result is right, but the discriminator's loss runs backward through the generator for "
        "nothing. What spares that work?",
        step(shown=lambda fake: fake, keep=False),
        "Two losses run backward through one graph. Which of them should never reach the "
        "generator?",
        step("ask_g zero_d loss_d step_d zero_g loss_g step_g"),
        "Weights changed between a forward pass and its backward pass. When should the "
        "generator's fakes be judged?",
        lambda g, d, *given: (step()(g, d, *given), d.requires_grad_(False)),
        "No parameter that can learn is left behind this loss. Was a network frozen and not "
        "released?",
    ),
)

QUESTION = Question("01.q3", "one alternating step", 4, (STEP,))
