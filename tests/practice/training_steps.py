"""Training steps for question 01.q3: right ones written differently, and `step`, whose faults are
chosen by name."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from gan_course.losses import non_saturating


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
    loss_d = non_saturating.discriminator(
        discriminator(real), discriminator(generator(noise).detach())
    )
    for parameter, slope in zip(
        discriminator.parameters(),
        torch.autograd.grad(loss_d, list(discriminator.parameters())),
        strict=True,
    ):
        parameter.grad = slope
    optimizer_d.step()
    non_saturating.generator(discriminator(generator(noise))).backward()
    optimizer_g.step()
    generator.zero_grad()
    discriminator.zero_grad()
    return loss_d.item()


def step(  # noqa: C901 - one knob for every way to go wrong
    detach=True,
    clear_d=True,
    clear_g="late",
    simultaneous=False,
    both_on_sum=False,
    g_first=False,
    loss=non_saturating,
    sign_d=1,
    sign_g=1,
    cut_g=False,
    skip_d=False,
    twice_d=False,
    fresh=False,
    swapped=False,
):
    """A training step with its faults chosen by name."""

    def training_step(generator, discriminator, optimizer_g, optimizer_d, real, noise):
        fake = generator(noise)
        if clear_g == "early":
            optimizer_g.zero_grad()

        def learn_d():
            if clear_d:
                optimizer_d.zero_grad()
            shown = fake.detach() if detach else fake
            logits = (
                (discriminator(shown), discriminator(real))
                if swapped
                else (discriminator(real), discriminator(shown))
            )
            (sign_d * loss.discriminator(*logits)).backward(retain_graph=not detach)
            if not (simultaneous or skip_d):
                optimizer_d.step()

        def learn_g():
            if clear_g == "late":
                optimizer_g.zero_grad()
            judged = (
                generator(torch.randn_like(noise)) if fresh else (fake.detach() if cut_g else fake)
            )
            (sign_g * loss.generator(discriminator(judged))).backward()
            if twice_d:
                optimizer_d.step()
            if simultaneous:
                gradients = [p.grad.clone() for p in generator.parameters()]
                optimizer_d.zero_grad()
                loss.discriminator(discriminator(real), discriminator(fake.detach())).backward()
                optimizer_d.step()
                for p, gradient in zip(generator.parameters(), gradients, strict=True):
                    p.grad = gradient
            optimizer_g.step()

        for learn in (learn_g, learn_d) if g_first else (learn_d, learn_g):
            learn()

    def summed(generator, discriminator, optimizer_g, optimizer_d, real, noise):
        fake = generator(noise)
        optimizer_d.zero_grad()
        optimizer_g.zero_grad()
        shown = fake.detach() if detach else fake
        (
            loss.discriminator(discriminator(real), discriminator(shown))
            + loss.generator(discriminator(fake))
        ).backward()
        optimizer_d.step()
        optimizer_g.step()

    return summed if both_on_sum else training_step


def clear_too_late(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    fake = generator(noise)
    non_saturating.discriminator(discriminator(real), discriminator(fake.detach())).backward()
    optimizer_d.zero_grad()
    optimizer_d.step()
    optimizer_g.zero_grad()
    non_saturating.generator(discriminator(fake)).backward()
    optimizer_g.step()


def one_graph(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    fake = generator(noise)
    optimizer_d.zero_grad()
    non_saturating.discriminator(discriminator(real), discriminator(fake)).backward()
    optimizer_d.step()
    optimizer_g.zero_grad()
    non_saturating.generator(discriminator(fake)).backward()
    optimizer_g.step()


def judged_early(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    fake = generator(noise)
    loss_d = non_saturating.discriminator(discriminator(real), discriminator(fake.detach()))
    loss_g = non_saturating.generator(discriminator(fake))
    optimizer_d.zero_grad()
    loss_d.backward()
    optimizer_d.step()
    optimizer_g.zero_grad()
    loss_g.backward()
    optimizer_g.step()


def never_released(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    step()(generator, discriminator, optimizer_g, optimizer_d, real, noise)
    discriminator.requires_grad_(False)
