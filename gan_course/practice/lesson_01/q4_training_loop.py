"""Question 01.q4: the loop in which a generator of numbers learns, judged by where it ends."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn
from torch.distributions import Normal
from torch.nn import functional as F

from gan_course.practice.lesson_01.steps import (
    cleared_at_the_end,
    frozen_discriminator,
    step,
    without_gradient_first,
)
from gan_course.practice.question import Part, Question, mistakes, seeded
from gan_course.practice.returned import anything
from gan_course.practice.stepping import facts, told, weights_of

ROUNDS, BATCH, UNITS, SAMPLES = 200, 32, 16, 1000
NETWORKS, OPTIMIZERS = ("generator", "discriminator"), ("optimizer_g", "optimizer_d")
# Under 40 seeds right answers end at most 0.21 from the density; doing nothing leaves 2 and more.
FAR = 0.5


def bell(seed, case):
    """The density of the real numbers, on either side of 0 and at least 2 from it."""
    where, side, width = torch.rand(3, generator=seeded(seed, case + "bell"))
    return Normal((2 + 1.5 * where) * (1 if side < 0.5 else -1), 0.5 + width)


def on_a_line(seed, case):
    """A generator that shifts and stretches, a small discriminator, a real batch for each round."""
    draw, real = seeded(seed, case), bell(seed, case)
    generator = nn.Linear(1, 1)
    generator.weight.data.fill_(1.0)
    generator.bias.data.zero_()
    hidden, score = nn.Linear(1, UNITS), nn.Linear(UNITS, 1)
    for weight in (hidden.weight, hidden.bias, 2 * score.weight):
        weight.data.copy_(torch.randn(weight.shape, generator=draw))
    discriminator = nn.Sequential(hidden, nn.SiLU(), score, nn.Flatten(0))
    batches = real.mean + real.stddev * torch.randn(ROUNDS, BATCH, 1, generator=draw)
    return {
        "generator": generator,
        "discriminator": discriminator,
        "optimizer_g": torch.optim.Adam(generator.parameters(), 0.02, betas=(0.0, 0.9)),
        "optimizer_d": torch.optim.Adam(discriminator.parameters(), 0.05, betas=(0.0, 0.9)),
        "batches": batches,
        "latent_dim": 1,
    }


def two_rounds(call, given, grown=""):
    """The weights after two rounds of copies, where what stands in the gradients of the network
    called `grown` when a step is done grows a thousandfold: nobody should use it."""
    copies = deepcopy({**given, "batches": given["batches"][:2]})

    def grow(*_):
        for weight in copies[grown].parameters() if grown else ():
            weight.grad = None if weight.grad is None else 1e3 * weight.grad

    for name in OPTIMIZERS:
        copies[name].register_step_post_hook(grow)
    torch.manual_seed(0)
    call(**copies)
    return weights_of(copies[name] for name in NETWORKS)


def trained(call, given):
    """What the optimisers and the generator were seen doing, and samples in the end."""
    networks, order, noise = [given[name] for name in NETWORKS], [], [torch.zeros(0)]
    due, begun = two_rounds(call, given), [weights_of([network]) for network in networks]
    stale = [not torch.equal(due, two_rounds(call, given, name)) for name in NETWORKS]
    for who, name in enumerate(OPTIMIZERS):
        given[name].register_step_post_hook(lambda *_, who=who: order.append(who))
    networks[0].register_forward_pre_hook(lambda _, seen: noise.append(seen[0].detach().flatten()))
    if not any(stale):  # which is told first
        call(**given)
    pairs, seen = zip(networks, begun, strict=True), torch.cat(noise)
    z = torch.randn(SAMPLES, 1, generator=seeded(0))
    return {
        "still": torch.tensor([torch.equal(weights_of([one]), then) for one, then in pairs]),
        "out of turn": torch.tensor(order != [1, 0] * ROUNDS),
        "steps": torch.tensor([order.count(0), order.count(1)]),
        "stale": torch.tensor(stale),
        "noise": torch.tensor([len(seen.unique()), seen.mean(), seen.std()]),
        "samples": F.linear(z, *networks[0].parameters()).flatten(),
    }


def read(values, seed, case):
    """What came of it, in words; the numbers last, for hints."""
    real, (still_g, still_d), (stale_g, stale_d) = (
        bell(seed, case),
        values["still"],
        values["stale"],
    )
    quantiles = real.icdf((torch.arange(SAMPLES) + 0.5) / SAMPLES)
    distance = (values["samples"].float().view(SAMPLES).sort().values - quantiles).abs().mean()
    noises, centre, width = values["noise"]
    found = {
        "d stale": stale_d,
        "g stale": stale_g,
        "d stands still": still_d,
        "g stands still": still_g,
        "out of turn": values["out of turn"] or (values["steps"] != ROUNDS).any(),
        "same noise": noises < 0.9 * ROUNDS * BATCH,
        "other noise": not max(centre.abs(), (width - 1).abs()) < 0.1,
        "led away": not distance < 0.95 * real.mean.abs(),
        "far": not distance < FAR,
    }
    of_g, of_d = values["steps"]
    return facts(found, of_g=of_g, of_d=of_d, noises=noises, distance=distance)


def loop(one=None, draw=None, seen=lambda batches: batches):
    """A loop with one part exchanged: the step of a round, the noise, which may be `once`, drawn
    before the loop, and what is done with the batches first."""

    def train(generator, discriminator, optimizer_g, optimizer_d, batches, latent_dim):
        players, once = (generator, discriminator, optimizer_g, optimizer_d), torch.randn(BATCH, 1)
        for real in seen(batches):
            noise = draw(real, once) if draw else torch.randn(len(real), latent_dim)
            (one or step())(*players, real, noise)

    return train


def one_after_the_other(*given):
    for order in ("zero_d loss_d step_d", "zero_g loss_g step_g"):
        loop(step(order))(*given)


TRAIN = Part(
    "train",
    on_a_line,
    loop(cleared_at_the_end),
    also_right={
        "by parts": loop(),
        "discriminator frozen": loop(frozen_discriminator),
        "fakes drawn twice": loop(without_gradient_first),
    },
    probe=trained,
    read=read,
    returns=anything,
    may_change=(*(f"{name}.{x}" for name in NETWORKS for x in ("weights", "gradients")), "torch"),
    mistakes=mistakes(
        lambda *given: None,
        loop(step("zero_d loss_d zero_g loss_g step_g")),
        loop(step("loss_d zero_d step_d zero_g loss_g step_g")),
        "The discriminator stands still. Does its optimiser step, and is its `.grad` filled then?",
        loop(step("zero_d loss_d step_d zero_g loss_g")),
        loop(step(judged=lambda fake, generator: fake.detach())),
        "The generator stands still. Does its optimiser step, and does a gradient reach it first?",
        loop(seen=lambda batches: batches[:-1]),
        loop(step("zero_g loss_g step_g zero_d loss_d step_d")),
        one_after_the_other,
        told(
            f"For {ROUNDS} batches the discriminator took {{of_d:.0f}} steps and the generator "
            "{of_g:.0f}. When does your loop end, and who steps when within a round?"
        ),
        loop(step("loss_d step_d zero_g loss_g step_g")),
        loop(step("loss_d step_d zero_d zero_g loss_g step_g")),
        "When the discriminator steps, its gradients hold more than its own loss has put there. "
        "Which losses run backward through it, and when is it cleared?",
        loop(step("zero_d loss_d step_d loss_g step_g")),
        loop(step("zero_g zero_d loss_d step_d loss_g step_g", shown=lambda fake: fake)),
        "When the generator steps, its gradients hold more than its own loss has put there. Which "
        "losses run backward through it, and when is it cleared?",
        loop(draw=lambda real, once: once),
        loop(draw=lambda real, once: torch.randn(1, 1).expand(len(real), 1)),
        told(
            f"In {ROUNDS} rounds the generator saw {{noises:.0f}} different numbers as noise. When "
            "are they drawn, and how many at a time?"
        ),
        loop(draw=lambda real, once: torch.rand(len(real), 1)),
        loop(draw=lambda real, once: real),
        "The generator learns from something else than standard normal noise, and is judged by "
        "what it makes of that.",
        loop(step(climbs="d")),
        loop(step(climbs="g")),
        told(
            "In the end the generated numbers are {distance:.1f} from the real ones, further than "
            "before. Does each network go down its own loss?"
        ),
        loop(seen=torch.tanh),
        told(
            "In the end the generated numbers are {distance:.1f} from the real ones. Does the "
            "discriminator see each batch as it is?"
        ),
    ),
)

QUESTION = Question("01.q4", "a training loop", 3, (TRAIN,))
