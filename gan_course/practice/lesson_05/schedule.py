"""Training steps for question 05.q4: `schedule`, whose faults are chosen by name, and right ones
written otherwise."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

from copy import deepcopy

import torch


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
    after=lambda generator, critic: None,
):
    """A training step with one part exchanged; `after` is what it does to both players at its
    end."""

    def training_step(generator, critic, optimizer_g, update_critic, real, draw_noise, n_critic):
        m, asked = len(real) // n_critic, critic
        used: list[torch.Tensor] = []
        made: list[torch.Tensor] = []
        own = {
            "own": lambda k: real[k * m : (k + 1) * m],
            "same": lambda k: real[:m],
            "all": lambda k: real,
            "overlapping": lambda k: real[k : k + m],
            "noisy": lambda k: real[k * m : (k + 1) * m] + 0.1,
            "one": lambda k: real[k * m].expand(m, -1),
            "bare": lambda k: real[k],
        }[rows]
        scores = critic(generator(draw_noise(m))) if asks == "too early" else None

        def learn_g():
            judged = {
                "fresh": lambda: generator(draw_noise(m)),
                "used": lambda: generator(used[-1]),
                "twice as many": lambda: generator(draw_noise(2 * m)),
                "own": lambda: generator(torch.randn(m, used[-1].shape[1])),
                "all": lambda: generator(torch.cat([*used, draw_noise(m)])),
                "cut": lambda: generator(draw_noise(m)).detach(),
                "the critic's": lambda: made[-1],
            }[last]
            if clear:
                optimizer_g.zero_grad()
            loss(asked(judged()) if scores is None else scores).backward()
            optimizer_g.step()

        if g_steps == "first":
            learn_g()
        for k in range(n_critic + steps):
            if (asks, k) in (("at first", 0), ("before the last", n_critic - 1)):
                asked = deepcopy(critic)
            fresh = torch.randn(m, 3) if fakes == "own" else draw_noise(m)
            used.append(used[0] if fakes == "same" and used else fresh)
            made.append(generator(used[-1]))
            fake = made[-1].detach() if detach else made[-1]
            update_critic(own(k % n_critic), fake)
            if g_steps == "every":
                learn_g()
        if g_steps == "last":
            learn_g()
        after(generator, critic)

    return training_step


def by_stride(generator, critic, optimizer_g, update_critic, real, draw_noise, n_critic):
    """Every n-th row for each step, all noise drawn at once, and the critic frozen during the
    generator's step."""
    last, *noises = draw_noise(len(real) // n_critic * (n_critic + 1)).chunk(n_critic + 1)
    for k, noise in enumerate(noises):
        update_critic(real[k::n_critic], generator(noise).detach())
    critic.requires_grad_(False)
    optimizer_g.zero_grad()
    critic(generator(last)).mean().neg().backward()
    optimizer_g.step()
    critic.requires_grad_(True)


def in_random_order(generator, critic, optimizer_g, update_critic, real, draw_noise, n_critic):
    """The rows shuffled, and the generator's gradient put in place by hand."""
    for own in torch.randperm(len(real)).view(n_critic, -1):
        update_critic(real[own], generator(draw_noise(len(own))).data)
    weights = list(generator.parameters())
    loss = -critic(generator(draw_noise(len(own)))).mean()
    for weight, slope in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        weight.grad = slope
    optimizer_g.step()
    generator.zero_grad()


def cleared_at_the_end(generator, critic, optimizer_g, update_critic, real, draw_noise, n_critic):
    m = len(real) // n_critic
    for k in range(n_critic):
        with torch.no_grad():
            fake = generator(draw_noise(m))
        update_critic(real[k * m : (k + 1) * m], fake)
    (-critic(generator(draw_noise(m)))).mean().backward()
    optimizer_g.step()
    optimizer_g.zero_grad()
    critic.zero_grad()
