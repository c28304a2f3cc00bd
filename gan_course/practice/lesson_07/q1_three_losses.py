"""Question 07.q1: three networks and the losses that each of them descends, all on one graph."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import softplus

from gan_course.practice.comparing import close
from gan_course.practice.question import Computed, Part, Question, mistakes, seeded
from gan_course.practice.returned import anything

PIXELS, LATENTS, BATCH = 3, 2, 6
NETWORKS = ("encoder", "decoder", "discriminator")
LOSSES = ("kl", "unlike", "discriminator", "generator")  # all but the first depend on all networks


def players(seed, case):
    """Three small networks that hold gradients of an earlier step, and four losses of one batch."""
    draw = seeded(seed, case)
    encoder, decoder = nn.Linear(PIXELS, LATENTS), nn.Linear(LATENTS, PIXELS)
    features, score = nn.Sequential(nn.Linear(PIXELS, 4), nn.Tanh()), nn.Linear(4, 1)
    networks = dict(zip(NETWORKS, (encoder, decoder, nn.Sequential(features, score)), strict=True))
    for weight in (weight for network in networks.values() for weight in network.parameters()):
        weight.data, weight.grad = torch.randn(2, *weight.shape, generator=draw).unbind()
    real = torch.randn(BATCH, PIXELS, generator=draw)
    code = encoder(real)
    seen, again = features(real), features(decoder(code))
    values = (
        code.square().sum() / 2 / BATCH,
        (again - seen).square().sum() / 2 / BATCH,
        softplus(-score(seen)).mean() + softplus(score(again)).mean(),
        softplus(-score(again)).mean(),
    )
    losses = dict(zip(LOSSES, values, strict=True))
    return {
        "losses": losses,
        **networks,
        "gamma": 0.2 + 0.3 * torch.rand((), generator=draw).item(),
    }


def shares(call, given):
    """How much of each loss, and of what stood there before, is in each network's gradient."""
    own = [list(given[name].parameters()) for name in NETWORKS]
    before = [[*slopes(given["losses"], weights), standing(weights)] for weights in own]
    call(**given)
    found = [standing(weights) for weights in own]
    mixed = [
        torch.linalg.lstsq(torch.stack(columns, dim=1), row, driver="gelsd").solution
        for columns, row in zip(before, found, strict=True)
    ]
    return {"shares": torch.stack(mixed), "gradients": torch.cat(found)}


def slopes(losses, weights):
    for loss in losses.values():
        found = torch.autograd.grad(loss, weights, retain_graph=True, materialize_grads=True)
        yield torch.cat([slope.flatten() for slope in found]).double()


def standing(weights):
    now = [torch.zeros_like(weight) if weight.grad is None else weight.grad for weight in weights]
    return torch.cat([slope.flatten() for slope in now]).double()


def routed(
    encoder=lambda gamma: (1, 1, 0, 0),
    decoder=lambda gamma: (0, gamma, 0, 1),
    discriminator=lambda gamma: (0, 0, 1, 0),
    clear=True,
    keep=True,
    everywhere=False,
):
    """The right gradients with one part exchanged: what share of each loss a network descends."""

    def assign_gradients(losses, *networks_and_gamma):
        *networks, gamma = networks_and_gamma
        for network in networks if clear else ():
            network.zero_grad()
        for network, shares_of in zip(networks, (encoder, decoder, discriminator), strict=True):
            loss = torch.tensor(shares_of(gamma), dtype=torch.float) @ torch.stack(
                [*losses.values()]
            )
            own = None if everywhere else list(network.parameters())
            loss.backward(inputs=own, retain_graph=keep)

    return assign_gradients


def by_grad(losses, encoder, decoder, discriminator, gamma):
    kl, unlike, real_or_fake, fooled = losses.values()
    for network, loss in (
        (encoder, kl + unlike),
        (decoder, gamma * unlike + fooled),
        (discriminator, real_or_fake),
    ):
        weights = list(network.parameters())
        found = torch.autograd.grad(loss, weights, retain_graph=network is not discriminator)
        for weight, slope in zip(weights, found, strict=True):
            weight.grad = slope


def one_after_the_other(losses, encoder, decoder, discriminator, gamma):
    """Each sum runs back through everything; what it leaves elsewhere is thrown away."""
    networks = nn.ModuleList([encoder, decoder, discriminator])
    kept: dict[nn.Parameter, torch.Tensor | None] = {}
    for network, loss in (
        (discriminator, losses["discriminator"]),
        (decoder, losses["generator"] + gamma * losses["unlike"]),
        (encoder, losses["unlike"] + losses["kl"]),
    ):
        networks.zero_grad()
        loss.backward(retain_graph=True)
        kept |= {weight: weight.grad for weight in network.parameters()}
    for weight, slope in kept.items():
        weight.grad = slope


def of_shares(found, right):
    pairs = zip(NETWORKS, found["shares"], right["shares"], strict=True)
    name, own = next((name, own) for name, own, other in pairs if not close(own, other, 1e-3))
    parts = zip(own.tolist(), (*(f"`{loss}`" for loss in LOSSES), "the step before"), strict=True)
    said = " + ".join(f"{share:.2g} × {part}" for share, part in parts if abs(share) > 1e-3)
    return (
        f"leaves the {name} with the gradient of {said or 'nothing'}. Which of these does it want "
        "small, and with which weight?"
    )


SHARES = Computed(of_shares)

GRADIENTS = Part(
    "assign_gradients",
    players,
    routed(),
    also_right={"by grad": by_grad, "one after the other": one_after_the_other},
    probe=shares,
    returns=anything,
    may_change=tuple(f"{name}.gradients" for name in NETWORKS),
    otherwise={"shares": SHARES},
    tolerance={"shares": 1e-3},
    mistakes=mistakes(
        routed(clear=False),
        "adds to the gradients of the step before. When does PyTorch clear `.grad`?",
        routed(*3 * [lambda gamma: (1, 1, 1, 1)]),
        routed(*3 * [lambda gamma: (1, gamma, 1, 0)]),
        "gives all three networks one sum of losses. Two of the networks are opponents: what one "
        "of them wants small, the other wants large.",
        routed(everywhere=True),
        "has the right sums, and lets each run back through all three networks, which add up what "
        "arrives. How does one ask for the gradient at some weights only?",
        routed(discriminator=lambda gamma: (0, 1, 1, 0)),
        routed(discriminator=lambda gamma: (0, gamma, 1, 0)),
        "lets the discriminator make two images alike by seeing less in them: features that are 0 "
        "everywhere differ in nothing. What should the discriminator learn from alone?",
        routed(discriminator=lambda gamma: (0, 0, 0, 1)),
        routed(discriminator=lambda gamma: (0, 0, 1, 1)),
        "has the discriminator help the decoder to fool it. Which of the two adversarial losses is "
        "its own?",
        routed(encoder=lambda gamma: (1, 1, 0, 1)),
        routed(encoder=lambda gamma: (1, 1, -1, 0)),
        "has the encoder fool the discriminator too: codes would drift to where images look real, "
        "whatever was encoded. What are codes for here?",
        routed(encoder=lambda gamma: (1, gamma, 0, 0)),
        "weighs the encoder's difference with γ. Between which two wishes does γ choose, and who "
        "has both of them?",
        routed(decoder=lambda gamma: (0, 1, 0, 1)),
        "does not use `gamma`: the decoder has two wishes, and nobody says which matters more.",
        routed(decoder=lambda gamma: (0, 1, 0, gamma)),
        routed(decoder=lambda gamma: (0, gamma, 0, gamma)),
        "weighs the adversarial loss with γ. Which of the decoder's two wishes is γ there for?",
        routed(decoder=lambda gamma: (0, 0, 0, 1)),
        "leaves the decoder without `unlike`: it may draw any digit that looks real, whatever was "
        "encoded.",
        routed(decoder=lambda gamma: (0, gamma, -1, 0)),
        "has the decoder climb what the discriminator descends, which is flat where it is sure. "
        "Which of the four losses is steep there?",
        routed(decoder=lambda gamma: (0, gamma, 1, 0)),
        "has the decoder help the discriminator. Which of the two adversarial losses is its own?",
        lambda *given: None,
        routed(encoder=lambda gamma: (0, 1, 0, 0)),
        SHARES,
        routed(keep=False),
        "Several losses run back through one graph, which PyTorch frees after the first. Which "
        "argument keeps it?",
    ),
)

QUESTION = Question("07.q1", "three losses, three networks", 3, (GRADIENTS,))
