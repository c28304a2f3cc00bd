"""Question 05.q3: a step of the critic that ends with its weights clipped."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import SGD

from gan_course.practice.lesson_05.clipping import CLIP, by_mask, clamp, clamp_each, every
from gan_course.practice.lesson_05.quadratic_critic import QuadraticCritic
from gan_course.practice.question import (
    Computed,
    Part,
    Question,
    hanging,
    mistakes,
    seeded,
)
from gan_course.practice.returned import anything

FEATURES, BATCH, ROUNDS, LR = 3, 6, 3, 0.4


def rounds(seed, case):
    """A critic that holds gradients of another loss, and samples (ROUNDS, BATCH, FEATURES)."""
    draw = seeded(seed, "rounds")
    # The weights start well within c and reach it after a step or two: where they are clipped at
    # once, other mistakes would not show.
    critic = QuadraticCritic(*(0.6 * torch.rand(2, FEATURES, generator=draw) - 0.3))
    real, fake = torch.randn(2, ROUNDS, BATCH, FEATURES, generator=draw)
    c = 0.5 + 0.1 * torch.rand((), generator=draw).item()
    optimizer = SGD(critic.parameters(), LR)
    return {
        "critic": critic,
        "optimizer": optimizer,
        "real": real + 0.5,
        "fake": fake - 0.5,
        "c": c,
    }


def steps(call, given):
    critic, taken, seen = given["critic"], [], []
    given["optimizer"].register_step_post_hook(lambda *_: taken.append(1))
    for real, fake in zip(given["real"], given["fake"], strict=True):
        call(**{**given, "real": real, "fake": hanging(fake)})
        seen.append(critic.stacked())
    return {"steps": torch.tensor(len(taken)), "critic": torch.stack(seen)}


def in_closed_form(critic, optimizer, real, fake, c):
    fake = fake.detach()
    critic.a.grad = fake.mean(dim=0) - real.mean(dim=0)
    critic.b.grad = (fake.square() - real.square()).mean(dim=0) / 2
    optimizer.step()
    CLIP.right(critic, c)


def through_the_optimiser(critic, optimizer, real, fake, c):
    """Gradients put in place by hand, and the weights that the optimiser holds clipped."""
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    loss = gap(critic(real), critic(fake.detach()))
    for weight, slope in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        weight.grad = slope
    optimizer.step()
    for weight in weights:
        weight.data.clamp_(min=-c, max=c)
    optimizer.zero_grad()


def in_two_passes(critic, optimizer, real, fake, c):
    critic.zero_grad(set_to_none=False)
    (-critic(real)).mean().backward()
    critic(fake.clone().detach()).mean().backward()
    optimizer.step()
    by_mask(critic, c)


def in_one_batch(critic, optimizer, real, fake, c):
    signs = torch.cat([torch.ones(len(fake), 1), -torch.ones(len(real), 1)]) / len(real)
    optimizer.zero_grad()
    (critic(torch.cat([fake.detach(), real])) * signs).sum().backward()
    optimizer.step()
    every(clamp)(critic, c)


def gap(real, fake):
    return fake.mean() - real.mean()


def clipped(loss=gap, clear="first", clip="after", detach=True, steps=1, passes=1):
    """A critic's step with its faults chosen by name."""

    def critic_step(critic, optimizer, real, fake, c):
        def due(when):
            if clear == when:
                optimizer.zero_grad()
            if clip == when:
                with torch.no_grad():
                    clamp_each(lambda critic: list(critic.parameters()))(critic, c)

        due("first")
        for _ in range(passes):
            value = loss(critic(real), critic(fake.detach() if detach else fake))
            due("between")
            value.backward()
        due("late")
        if clip == "gradients":
            nn.utils.clip_grad_value_(critic.parameters(), c)
        for _ in range(steps):
            optimizer.step()
        due("after")

    return critic_step


def one_step(found, right):
    return (
        "In `critic_step` the critic's optimiser should take one step a call, and took "
        f"{found['steps'].item():g} in {right['steps'].item()} calls."
    )


ONE_STEP = Computed(one_step)


def later_or_at_once(found, right):
    if torch.allclose(found["critic"][0], right["critic"][0], atol=1e-4):
        return (
            "The first call of `critic_step` is right and later ones are not. What stays behind "
            "from one call to the next?"
        )
    return (
        "After one call of `critic_step` the critic is not where its loss leads. Does it see "
        "`real` and `fake` once each, with the right signs?"
    )


STEP = Part(
    "critic_step",
    rounds,
    right=in_closed_form,
    also_right={
        "through the optimiser": through_the_optimiser,
        "two passes": in_two_passes,
        "one batch": in_one_batch,
        "by parts": clipped(),
    },
    probe=steps,
    returns=anything,
    may_change=("critic.weights", "critic.gradients"),
    otherwise={"steps": ONE_STEP, "critic": Computed(later_or_at_once)},
    mistakes=mistakes(
        clipped(steps=0),
        clipped(steps=0, clip="never"),
        "In `critic_step` the critic's optimiser never takes a step.",
        clipped(steps=2),
        ONE_STEP,
        clipped(clear="late"),
        "In `critic_step` the optimiser steps and the critic stands still. Is `.grad` filled "
        "at that moment?",
        clipped(clip="never"),
        "leaves weights outside of [-c, c]. What must happen after each step?",
        clipped(clip="first"),
        clipped(clip="late"),
        "clips, and then moves the weights out again. What is the last thing a step does?",
        clipped(clip="gradients"),
        "clips gradients, which bounds how far the critic moves, not how steep it is. What "
        "does c bound?",
        clipped(loss=lambda real, fake: gap(fake, real)),
        "makes the critic worse with every call: the gap it measures gets smaller. Whose loss "
        "goes downhill?",
        clipped(clear="never"),
        "steps on gradients of earlier calls too. When does PyTorch clear `.grad`?",
        clipped(clear="after"),
        "clears `.grad` at its end only, and so steps on what another loss left there before "
        "the first call. When is it time to clear?",
        clipped(loss=lambda real, fake: F.softplus(-real).mean() + F.softplus(fake).mean()),
        "goes down the cross-entropy of lesson 1. Which loss has a critic?",
        clipped(loss=lambda real, fake: -real.mean()),
        "learns from the real samples only. What should the critic do with `fake`?",
        clipped(loss=lambda real, fake: fake.mean()),
        "learns from the fakes only. What should the critic do with `real`?",
        clipped(loss=lambda real, fake: (fake - real).sum()),
        "moves as many times too far as there are samples. Is the loss a sum or a mean?",
        clipped(detach=False),
        "sends the critic's loss back into what drew the fakes. Where should its path end?",
        clipped(detach=False, passes=2),
        "What keeps this loss from running back into what drew the fakes?",
        clipped(detach=False, clip="between"),
        "Weights changed between a forward pass and its backward pass. When is it time to clip?",
    ),
)

QUESTION = Question("05.q3", "a critic's step, clipped", 3, (CLIP, STEP))
