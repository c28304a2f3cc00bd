"""Question 05.q6: a critic's step, held by the penalty, and judged by what many steps lead to."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn
from torch.func import functional_call, grad, vmap

from gan_course.penalties import gradient_penalty
from gan_course.practice.question import Computed, Part, Question, mistakes, seeded
from gan_course.practice.returned import anything

STEPS, BATCH, FEATURES, UNITS, LR = 150, 32, 2, 16, 0.01
WEIGHT = 10.0
# Under 40 seeds right answers end between 1.02 and 1.18 in both: with this weight the penalty lets
# a slope be a little more than one, where it pays. The penalty alone opens a gap of 0.77 at most.
# A gap is counted in true distances.
SLOPE, GAP = (0.9, 1.35), (0.9, 1.35)
UNHELD = 25  # what nothing holds ends with a slope of 40 and more


def far_apart(seed, case):
    """A small critic, and real samples and fakes for each step: two blobs some way apart,
    across the slope that the critic begins with, which must turn."""
    draw = seeded(seed, case)
    critic = nn.Sequential(
        nn.Linear(FEATURES, UNITS), nn.SiLU(), nn.Linear(UNITS, 1), nn.Flatten(0)
    )
    with torch.no_grad():
        for weight in critic.parameters():
            weight.copy_(0.35 * torch.randn(weight.shape, generator=draw))
    uphill = grad(lambda x: critic(x[None]).squeeze())(torch.zeros(FEATURES)).detach()
    across = nn.functional.normalize(uphill.flip(0) * torch.tensor([1.0, -1.0]), dim=0)
    half = (1.5 + torch.rand((), generator=draw)) / 2 * across
    real, fake = 0.2 * torch.randn(2, STEPS, BATCH, FEATURES, generator=draw)
    optimizer = torch.optim.Adam(critic.parameters(), LR, betas=(0.0, 0.9))
    given = {"critic": critic, "optimizer": optimizer, "real": real + half, "fake": fake - half}
    return given | {"weight": WEIGHT}


def one_step(call, given, standing):
    """The weights after one step of a copy, in whose gradients this number stood before it."""
    critic, optimizer = deepcopy((given["critic"], given["optimizer"]))
    for weight in critic.parameters():
        weight.grad = torch.full_like(weight, standing)
    torch.manual_seed(0)
    batch = {"real": given["real"][0].clone(), "fake": given["fake"][0].clone()}
    call(**{**given, **batch, "critic": critic, "optimizer": optimizer})
    return nn.utils.parameters_to_vector(critic.parameters()).detach()


def trained(call, given):
    """How steep the critic is between the blobs in the end, and how far apart it scores them."""
    critic = given["critic"]
    stale = not torch.equal(one_step(call, given, 0.0), one_step(call, given, 1e3))
    before = [weight.detach().clone() for weight in critic.parameters()]
    for real, fake in zip(given["real"], given["fake"], strict=True):
        for weight in critic.parameters():  # of another loss
            weight.grad = torch.ones_like(weight)
        call(**{**given, "real": real.clone(), "fake": fake.clone()})
    real, fake = given["real"][-8:].flatten(0, 1), given["fake"][-8:].flatten(0, 1)
    between = torch.lerp(fake, real, torch.linspace(0, 1, len(real))[:, None])
    slopes = vmap(grad(lambda x: critic(x[None]).squeeze()))(between)
    with torch.no_grad():
        gap = critic(real).mean() - critic(fake).mean()
    pairs = zip(critic.parameters(), before, strict=True)
    return {
        "stale": torch.tensor(stale),
        "moved": torch.tensor(any(not torch.equal(weight, then) for weight, then in pairs)),
        "slope": slopes.norm(dim=1).mean(),
        "gap": gap / (real.mean(0) - fake.mean(0)).norm(),
    }


def read(values, seed, case):
    """What came of it, in words; the two numbers last, for hints."""
    slope, gap = values["slope"].detach(), values["gap"].detach()
    facts = {
        "stale": values["stale"],
        "stands still": not values["moved"],
        "wrong way": gap < -GAP[0],
        "nothing holds": slope > UNHELD,
        "steep": slope > SLOPE[1],
        "flat": slope < SLOPE[0],
        "off": not GAP[0] <= gap <= GAP[1],
    }
    right = not any(facts.values())
    facts |= {"by slope": 1.0 if right else slope, "by gap": 1.0 if right else gap}
    return {name: torch.as_tensor(value) for name, value in facts.items()}


BEFORE = f"After {STEPS} steps the critic's slope "


def by_slope(text):
    """A hint that names the slope."""
    return Computed(lambda found, right: (BEFORE + text).format(slope=found["by slope"].item()))


def held(
    loss=lambda real, fake: fake.mean() - real.mean(),
    total=lambda gap, penalty, weight: gap + weight * penalty,
    clear=True,
    step=True,
):
    """The right step with one part exchanged."""

    def penalised_step(critic, optimizer, real, fake, weight):
        gap = loss(critic(real), critic(fake))
        if clear:
            optimizer.zero_grad()
        total(gap, gradient_penalty(critic, real, fake), weight).backward()
        if step:
            optimizer.step()

    return penalised_step


def by_hand(critic, optimizer, real, fake, weight):
    """Without the library: slopes by `torch.func`, and the gradients put in place."""
    weights = dict(critic.named_parameters())
    x = torch.lerp(fake, real, torch.rand(len(real), 1))
    slope = vmap(grad(lambda one: functional_call(critic, weights, (one[None],)).squeeze()))(x)
    loss = critic(fake).mean() - critic(real).mean()
    loss = loss + weight * (slope.norm(dim=1) - 1).square().mean()
    found = torch.autograd.grad(loss, list(weights.values()))
    for one, its in zip(weights.values(), found, strict=True):
        one.grad = its
    optimizer.step()


def in_two_passes(critic, optimizer, real, fake, weight):
    critic.zero_grad()
    (weight * gradient_penalty(critic, fake, real)).backward()
    (critic(fake) - critic(real)).mean().backward()
    optimizer.step()


STEP = Part(
    "penalised_step",
    far_apart,
    by_hand,
    also_right={"by parts": held(), "in two passes": in_two_passes},
    probe=trained,
    read=read,
    returns=anything,
    may_change=("critic.weights", "critic.gradients", "torch"),
    mistakes=mistakes(
        held(step=False),
        "The critic stands still. Who moves its weights once the gradients are there?",
        held(loss=lambda real, fake: real.mean() - fake.mean()),
        f"After {STEPS} steps the critic scores fakes above real samples. A step goes *down* its "
        "loss: which of the two scores should be subtracted?",
        held(total=lambda gap, penalty, weight: gap),
        held(total=lambda gap, penalty, weight: gap + weight * penalty.detach()),
        by_slope(
            "is {slope:.0f}: nothing holds it. Is the penalty a part of your loss, and does a "
            "gradient pass through it?"
        ),
        held(total=lambda gap, penalty, weight: weight * (gap + penalty)),
        held(total=lambda gap, penalty, weight: gap + penalty),
        held(total=lambda gap, penalty, weight: gap + penalty / weight),
        by_slope(
            "is {slope:.1f}: the penalty holds it too weakly. What is it that `weight` multiplies?"
        ),
        held(total=lambda gap, penalty, weight: gap - weight * penalty),
        "is paid for a penalty: your loss falls where the slope is far from 1. Which sign has it?",
        held(total=lambda gap, penalty, weight: weight * penalty),
        "does not tell real samples from fakes: its loss is the penalty alone.",
        held(clear=False),
        "goes astray over many steps: what do the weights' gradients hold when a step begins?",
    ),
)

QUESTION = Question("05.q6", "a critic's step, held by the penalty", 3, (STEP,))
