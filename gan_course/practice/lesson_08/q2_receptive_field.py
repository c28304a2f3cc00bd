"""Question 08.q2: how many pixels a patch of the discriminator looks at."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math
from operator import mul

import torch

from gan_course.practice.question import Part, Question, mistakes, seeded
from gan_course.practice.returned import number

STACKS, MOST = 16, 5


def stacks(seed, case):
    """Stacks of one to MOST layers, each a list of pairs (kernel, stride); the last is of one."""
    draw = seeded(seed, case)
    depths = [*torch.randint(2, MOST + 1, (STACKS - 1,), generator=draw).tolist(), 1]
    kernels, strides = (
        torch.randint(low, high, (STACKS, MOST), generator=draw).tolist()
        for low, high in ((2, 7), (1, 4))
    )
    layers = [list(zip(k, s, strict=True)) for k, s in zip(kernels, strides, strict=True)]
    return {"layers": [some[:depth] for some, depth in zip(layers, depths, strict=True)]}


def one_by_one(call, given):
    return {"value": torch.stack([call(layers=layers).double() for layers in given["layers"]])}


def example(found, right, given):
    i = int((found["value"] != right["value"]).nonzero()[0])
    return (
        f"`receptive_field` says {found['value'][i].item():g} for {given['layers'][i]}; it is "
        f"{right['value'][i].item():g}."
    )


def by_places(layers):
    """The places that reach the first output, found layer by layer from the output back."""
    seen = {0}
    for kernel, stride in reversed(layers):
        seen = {stride * place + step for place in seen for step in range(kernel)}
    return max(seen) - min(seen) + 1


def forwards(start=1, wider=lambda kernel: kernel - 1, own=False, jump=mul, order=iter):
    """From the first layer on, `jump` pixels from one place to the next; with one part
    exchanged."""

    def receptive_field(layers):
        size, step = start, 1
        for kernel, stride in order(layers):
            step = jump(step, stride) if own else step
            size += wider(kernel) * step
            step = step if own else jump(step, stride)
        return size

    return receptive_field


def walked(order=reversed, back=lambda size, kernel, stride: (size - 1) * stride + kernel):
    def receptive_field(layers):
        size = 1
        for kernel, stride in order(layers):
            size = back(size, kernel, stride)
        return size

    return receptive_field


def tensors(layers):
    kernels, strides = torch.tensor(layers).T
    jumps = torch.cat([torch.ones(1, dtype=torch.long), strides.cumprod(0)[:-1]])
    return 1 + ((kernels - 1) * jumps).sum()


def turned_round(layers):
    layers.reverse()
    return walked(order=iter)(layers)


_DRAW = (
    "Draw one place of the last layer, the places under it in the layer before, and so on down to "
    "the picture."
)

FIELD = Part(
    "receptive_field",
    stacks,
    lambda layers: torch.tensor(by_places(layers)),
    probe=one_by_one,
    returns=number,
    example=example,
    otherwise={"value": _DRAW},
    also_right={
        "forwards": forwards(),
        "in floats": forwards(start=1.0),
        "backwards": walked(),
        "tensors": tensors,
    },
    mistakes=mistakes(
        forwards(own=True),
        "A layer's own stride says how far apart its *outputs* lie. How far apart are the places "
        "that its kernel looks at?",
        forwards(order=reversed),
        walked(order=iter),
        "The layers are taken in the wrong order. Whose strides make a kernel of the last layer "
        "wide: those before it, or those behind?",
        turned_round,
        "turns the caller's own list round, and whoever reads it next finds the "
        "layers in the wrong order. What goes backwards through a list and leaves it as it is?",
        forwards(wider=lambda kernel: kernel),
        forwards(wider=lambda kernel: kernel, start=0),
        walked(back=lambda size, kernel, stride: size * stride + kernel),
        walked(back=lambda size, kernel, stride: (size - 1) * stride + kernel + 1),
        "Each layer adds a place too many. How many steps are there from the first of k places to "
        "the last?",
        walked(back=lambda size, kernel, stride: size * stride + kernel - 1),
        "From the first of r places to the last there are fewer than r steps of a stride.",
        forwards(start=0),
        "One is missing: without any layer a place sees itself.",
        forwards(jump=lambda step, stride: step),
        lambda layers: sum(kernel for kernel, _ in layers),
        "The strides change nothing in yours. After a layer of stride 2, how far apart lie two "
        "neighbours on the picture?",
        forwards(jump=lambda step, stride: step + stride),
        forwards(jump=lambda step, stride: step + stride - 1),
        "Strides are added. A step of 2 between places that are 2 pixels apart: how many pixels is "
        "that?",
        forwards(jump=lambda step, stride: stride),
        "Only the stride of the layer just before counts in yours. What of those before that one?",
        lambda layers: math.prod(stride for _, stride in layers),
        "The product of the strides says how far apart two neighbouring patches lie, not how wide "
        "one is.",
        lambda layers: math.prod(kernel for kernel, _ in layers),
        "Kernels are multiplied. Two layers of 3 with stride 1: draw what one place sees.",
        lambda layers: layers[-1][0],
        "Only the last layer counts in yours. Its places have a field too.",
        lambda layers: 70,
        _DRAW,
    ),
)

QUESTION = Question("08.q2", "what a patch sees", 2, (FIELD,))
