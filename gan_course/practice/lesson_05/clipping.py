"""The first function of question 05.q3: weights clipped in place."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils import parameters_to_vector

from gan_course.practice.question import (
    Part,
    mistakes,
    seeded,
)
from gan_course.practice.returned import anything

BOUNDS = {"narrow": 0.1, "wide": 0.5}


def network(seed, case):
    """A critic with weights and biases within and beyond every bound, with gradients, and with
    buffers that are beyond too."""
    draw = seeded(seed, case)
    critic = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 5), nn.Linear(5, 2))
    with torch.no_grad():
        for weight in critic.parameters():
            n = weight.numel()
            mixed = torch.linspace(-1.2, 1.0, n)[torch.randperm(n, generator=draw)]
            mixed = mixed + 0.02 * torch.randn(n, generator=draw)
            weight.copy_(mixed.reshape(weight.shape))
            weight.grad = 2 * torch.randn(weight.shape, generator=draw)
        for buffer in critic.buffers():
            buffer.copy_(7 + torch.rand(buffer.shape, generator=draw))
    return {"critic": critic, "c": BOUNDS[case]}


def clipped_weights(call, given):
    call(**given)
    return {"weights": parameters_to_vector(given["critic"].parameters())}


def clamp(w, c):
    return w.clamp(-c, c)


def every(change, chosen=lambda name, w: True):
    """Changes each chosen parameter in place."""

    def clip_weights(critic, c):
        for name, weight in critic.named_parameters():
            if chosen(name, weight):
                weight.data = change(weight.data, c)

    return clip_weights


def by_mask(critic, c):
    with torch.no_grad():
        for weight in critic.parameters():
            weight[weight > c] = c
            weight[weight < -c] = -c


def norm_of_all(critic, c):
    length = parameters_to_vector(critic.parameters()).detach().norm()
    every(lambda w, c: w * c / length)(critic, c)


def clamp_each(tensors):
    def clip_weights(critic, c):
        for tensor in tensors(critic):
            tensor.clamp_(-c, c)

    return clip_weights


_OTHER = "gives other numbers. What becomes of weights -2c, c/2 and 2c?"

CLIP = Part(
    "clip_weights",
    network,
    right=every(lambda w, c: w.minimum(torch.tensor(c)).maximum(torch.tensor(-c))),
    also_right={"by data": every(clamp), "by mask": by_mask},
    cases=tuple(BOUNDS),
    probe=clipped_weights,
    returns=anything,
    may_change=("critic.weights",),
    otherwise={"weights": _OTHER},
    mistakes=mistakes(
        lambda critic, c: [weight.clamp(-c, c) for weight in critic.parameters()],
        "leaves every weight as it was. Does your line change the tensor, or give its name to "
        "another one?",
        every(lambda w, c: w.clamp(max=c)),
        "has no bound below. What becomes of a weight of -10?",
        every(lambda w, c: w.clamp(min=-c)),
        "has no bound above. What becomes of a weight of 10?",
        every(lambda w, c: w.clamp(0, c)),
        "makes negative weights 0. Where does the interval begin?",
        every(lambda w, c: w.abs().clamp(max=c)),
        "loses the signs. Where does the interval begin?",
        every(clamp, lambda name, w: w.ndim > 1),
        "leaves weights beyond c, those of one dimension. Which parameters of a layer are those?",
        every(clamp, lambda name, w: "weight" in name),
        "leaves parameters beyond c that are not called `weight`. Which has a layer besides?",
        every(clamp, lambda name, w: "bias" in name),
        "clips biases only. Which parameters has a layer besides?",
        every(clamp, lambda name, w: name[0] == "0"),
        "clips the first layer only. Which layers has `critic`?",
        every(clamp, lambda name, w: name[0] == "3"),
        "clips the last layer only. Which layers has `critic`?",
        every(lambda w, c: w * c / w.abs().max()),
        "rescales each tensor by its largest weight. Should a weight that was small enough move?",
        every(lambda w, c: w * c / w.norm()),
        "bounds the norm of each tensor. What does the question bound?",
        norm_of_all,
        "bounds the norm of all weights together. What does the question bound?",
        every(lambda w, c: c * torch.tanh(w / c)),
        every(lambda w, c: c * torch.tanh(w)),
        "squashes every weight. Should a weight that was small enough move?",
        every(lambda w, c: c * w.sign()),
        "puts every weight on the edge. Should a weight that was small enough move?",
        every(lambda w, c: torch.where(w.abs() > c, 0, w)),
        "sets weights that are too large to 0. Which number in [-c, c] is nearest to them?",
        every(lambda w, c: clamp(w, 0.01)),
        "clips to the paper's 0.01. Which c was asked for?",
        every(lambda w, c: clamp(w, 1)),
        "clips to [-1, 1]. Which c was asked for?",
        every(lambda w, c: clamp(w, c / 2)),
        _OTHER,
        lambda critic, c: nn.utils.clip_grad_value_(critic.parameters(), c),
        lambda critic, c: nn.utils.clip_grad_norm_(critic.parameters(), c),
        "changes the gradients. They say where the weights go next: what is it that c bounds?",
        clamp_each(lambda critic: list(critic.parameters())),
        "PyTorch keeps a record of what happens to weights. How does one say that this change "
        "is no part of it?",
        clamp_each(lambda critic: list(critic.state_dict().values())),
        "Some of a module's tensors only count, or keep statistics. Which of them does an "
        "optimiser get?",
    ),
)
