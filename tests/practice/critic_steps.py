"""Steps for questions 05.q3 and 05.q4: right ones written differently, and `clipped` and
`schedule`, whose faults are chosen by name."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch.nn import functional as F


def clip_data(critic, c):
    for weight in critic.parameters():
        weight.data = weight.data.clamp(-c, c)


def through_the_optimiser(critic, optimizer, real, fake, c):
    """Gradients put in place by hand, and the weights that the optimiser holds clipped."""
    loss = critic(fake.detach()).mean() - critic(real).mean()
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
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
    with torch.no_grad():
        for weight in critic.parameters():
            weight.copy_(torch.max(torch.min(weight, torch.tensor(c)), torch.tensor(-c)))


def all_at_once(critic, optimizer, real, fake, c):
    scores = critic(torch.cat([fake.detach(), real]))
    signs = torch.cat([torch.ones(len(fake), 1) / len(fake), -torch.ones(len(real), 1) / len(real)])
    optimizer.zero_grad()
    (scores * signs).sum().backward()
    optimizer.step()
    clip_data(critic, c)


def gap(real, fake):
    return fake.mean() - real.mean()


def cross_entropy(real, fake):
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def clipped(loss=gap, clear="first", clip="after", detach=True, steps=1):
    """A critic's step with its faults chosen by name."""

    def critic_step(critic, optimizer, real, fake, c):
        if clip == "before":
            clip_data(critic, c)
        value = loss(critic(real), critic(fake.detach() if detach else fake))
        if clear == "first":
            optimizer.zero_grad()
        value.backward()
        if clear == "late":
            optimizer.zero_grad()
        if clip == "gradients":
            torch.nn.utils.clip_grad_value_(critic.parameters(), c)
        if clip == "early":
            clip_data(critic, c)
        for _ in range(steps):
            optimizer.step()
        if clip == "after":
            clip_data(critic, c)
        if clear == "last":
            optimizer.zero_grad()

    return critic_step


def by_stride(generator, critic, optimizer_g, update_critic, real, draw_noise, n_critic):
    """Every n-th row for each step, all noise drawn at once, and the critic frozen during the
    generator's step."""
    m = len(real) // n_critic
    *noises, last = draw_noise((n_critic + 1) * m).split(m)
    for k, noise in enumerate(noises):
        update_critic(real[k::n_critic], generator(noise).detach())
    critic.requires_grad_(False)
    optimizer_g.zero_grad()
    critic(generator(last)).mean().neg().backward()
    optimizer_g.step()
    critic.requires_grad_(True)


def in_random_order(generator, critic, optimizer_g, update_critic, real, draw_noise, n_critic):
    rows = torch.randperm(len(real)).view(n_critic, -1)
    for own in rows:
        update_critic(real[own], generator(draw_noise(len(own))).data)
    weights = list(generator.parameters())
    loss = -critic(generator(draw_noise(rows.shape[1]))).mean()
    for weight, slope in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        weight.grad = slope
    optimizer_g.step()
    generator.zero_grad()


def cleared_at_the_end(generator, critic, optimizer_g, update_critic, real, draw_noise, n_critic):
    m = len(real) // n_critic
    for k in range(n_critic):
        with torch.inference_mode(False), torch.no_grad():
            fake = generator(draw_noise(m))
        update_critic(real[k * m : (k + 1) * m], fake)
    (-critic(generator(draw_noise(m)))).mean().backward()
    optimizer_g.step()
    optimizer_g.zero_grad()
    critic.zero_grad()


def schedule(
    rows="own",
    fakes="fresh",
    detach=True,
    steps=0,
    g_steps="last",
    clear=True,
    last="fresh",
    loss=lambda scores: -scores.mean(),
    asks="now",
    cut=False,
    moves_critic=False,
    size=None,
):
    """A training step with its faults chosen by name."""

    def training_step(generator, critic, optimizer_g, update_critic, real, draw_noise, n_critic):
        m, used, asked = size or len(real) // n_critic, [], critic
        own = {
            "own": lambda k: real[k * m : (k + 1) * m],
            "same": lambda k: real[:m],
            "all": lambda k: real,
            "overlapping": lambda k: real[k : k + m],
        }
        own |= {
            "noisy": lambda k: real[:m] + 0.1,
            "one": lambda k: real[k * m].expand(m, -1),
            "swapped": lambda k: generator(draw_noise(m)).detach(),
        }
        scores = critic(generator(draw_noise(m))) if asks == "in one graph" else None

        def learn_g():
            noise = {
                "fresh": lambda: draw_noise(m),
                "used": lambda: used[-1],
                "twice as many": lambda: draw_noise(2 * m),
                "own": lambda: torch.randn(m, 3),
            }
            noise |= {"all": lambda: torch.cat([*used, draw_noise(m)])}
            judged = generator(noise[last]())
            if clear:
                optimizer_g.zero_grad()
            loss(asked(judged.detach() if cut else judged) if scores is None else scores).backward()
            optimizer_g.step()
            if moves_critic:
                with torch.no_grad():
                    for weight in critic.parameters():
                        weight.sub_(0.1 * weight.grad)

        if g_steps == "first":
            learn_g()
        for k in range(n_critic + steps):
            if (asks, k) in (("at first", 0), ("before the last", n_critic - 1)):
                asked = deepcopy(critic)
            used.append(
                used[0]
                if fakes == "same" and used
                else torch.randn(m, 3)
                if fakes == "own"
                else draw_noise(m)
            )
            fake = generator(used[-1])
            update_critic(
                own[rows if k < n_critic else "same"](k), fake.detach() if detach else fake
            )
            if g_steps == "every":
                learn_g()
        if g_steps == "last":
            learn_g()

    return training_step


def never_released(*inputs):
    schedule()(*inputs)
    inputs[1].requires_grad_(False)
