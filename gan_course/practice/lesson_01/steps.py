"""Training steps for question 01.q3: `step`, whose faults are chosen by name, and right ones
written otherwise."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_course.losses import non_saturating


def step(
    order="zero_d loss_d step_d zero_g loss_g step_g",
    loss=non_saturating,
    shown=Tensor.detach,
    judged=lambda fake, generator: fake,
    climbs="",
    keep=True,
):
    """A training step with one part exchanged: what is done when, what the discriminator is shown
    of the fakes, which fakes it judges for the generator, who climbs."""

    def training_step(generator, discriminator, optimizer_g, optimizer_d, real, noise):
        fake = generator(noise)
        losses = {
            "d": lambda: loss.discriminator(discriminator(real), discriminator(shown(fake))),
            "g": lambda: loss.generator(discriminator(judged(fake, generator))),
        }
        for act, who in (one.split("_") for one in order.split()):
            optimizer = {"d": optimizer_d, "g": optimizer_g}[who]
            if act == "zero":
                optimizer.zero_grad()
            elif act == "step":
                optimizer.step()
            elif act == "ask":  # the loss is worked out now and runs backward later
                losses[who] = losses[who]().clone
            else:
                (losses[who]() * (-1 if climbs == who else 1)).backward(retain_graph=keep)

    return training_step


def without_gradient_first(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    with torch.no_grad():
        fake = generator(noise)
    optimizer_d.zero_grad()
    non_saturating.discriminator(discriminator(real), discriminator(fake)).backward()
    optimizer_d.step()
    optimizer_g.zero_grad()
    non_saturating.generator(discriminator(generator(noise))).backward()
    optimizer_g.step()
    discriminator.zero_grad()


def frozen_discriminator(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    fake = generator(noise)
    optimizer_d.zero_grad(set_to_none=False)
    F.softplus(-discriminator(real)).mean().backward()
    F.softplus(discriminator(fake.detach())).mean().backward()
    optimizer_d.step()
    discriminator.requires_grad_(False)
    generator.zero_grad()
    F.softplus(-discriminator(fake)).mean().backward()
    optimizer_g.step()
    discriminator.requires_grad_(True)


def cleared_at_the_end(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    weights, fake = list(discriminator.parameters()), generator(noise).detach()
    loss = non_saturating.discriminator(discriminator(real), discriminator(fake))
    for weight, slope in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        weight.grad = slope
    optimizer_d.step()
    non_saturating.generator(discriminator(generator(noise))).backward()
    optimizer_g.step()
    generator.zero_grad()
    discriminator.zero_grad()
    return loss.item()
