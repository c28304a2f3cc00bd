"""Question 02.q1: how large the output of a convolution and of a transposed convolution is."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from gan_course.practice.question import Part, Question, mistakes, seeded
from gan_course.practice.returned import whole_number

CALLS = 16


def settings(seed, case):
    """Settings of CALLS convolutions, one list for each argument."""
    draw = seeded(seed, case)

    def between(low, high):
        return torch.randint(low, high + 1, (CALLS,), generator=draw)

    forward = case == "forward"
    stride = between(1, 4)
    columns = {
        "size": between(8, 40) if forward else between(4, 20),
        "kernel": between(1, 7) if forward else between(3, 7),
        "stride": stride,
        "padding": between(0, 3) if forward else between(0, 2),
    }
    if not forward:
        columns["output_padding"] = between(0, 3) % stride
    return {name: column.tolist() for name, column in columns.items()}


def one_by_one(call, given):
    rows = zip(*given.values(), strict=True)
    return {"value": torch.tensor([call(**dict(zip(given, row, strict=True))) for row in rows])}


def example(found, right, given):
    first = int((found["value"] != right["value"]).nonzero()[0])
    setting = ", ".join(f"{name} {column[first]}" for name, column in given.items())
    name = "transposed_convolution_size" if "output_padding" in given else "convolution_size"
    return (
        f"`{name}` says {found['value'][first].item():g} for {setting}; PyTorch makes "
        f"{right['value'][first].item()}."
    )


def made(convolve):
    """The size that PyTorch itself makes; on meta tensors, which have shapes and no numbers."""
    return lambda n, k, *settings: convolve(
        torch.empty(1, 1, n, device="meta"), torch.empty(1, 1, k, device="meta"), None, *settings
    ).shape[-1]


DRAW_PLACES = (
    "Draw a row of 5 pixels and a kernel of 3, then change one setting at a time and count places."
)
DRAW_STAMPS = (
    "Each pixel stamps one kernel, a stride apart. Draw it for 2 pixels, then change one setting "
    "at a time."
)
SHARED: dict[str, Any] = {
    "probe": one_by_one,
    "returns": whole_number,
    "example": example,
    "may_change": ("torch",),  # a layer that is built to be measured draws its weights
}

FORWARD = Part(
    "convolution_size",
    settings,
    made(F.conv1d),
    cases=("forward",),
    **SHARED,
    otherwise={"value": DRAW_PLACES},
    also_right={
        "rounding down": lambda n, k, s, p: math.floor((n + 2 * p - (k - 1) - 1) / s + 1),
        "counting places": lambda n, k, s, p: len(range(0, n + 2 * p - k + 1, s)),
        "a layer": lambda n, k, s, p: nn.Conv2d(1, 1, k, s, p)(torch.zeros(1, 1, n, n)).shape[2],
    },
    mistakes=mistakes(
        lambda n, k, s, p: (n + 2 * p - k) // s,
        "Count the places a kernel can stand at: is the first one among yours?",
        lambda n, k, s, p: (n + p - k) // s + 1,
        "How many sides of the picture does padding widen?",
        lambda n, k, s, p: (n - k) // s + 1,
        "The padding changes nothing in yours.",
        lambda n, k, s, p: n + 2 * p - k + 1,
        "The stride changes nothing in yours.",
        lambda n, k, s, p: math.ceil((n + 2 * p - k) / s) + 1,
        "A step of the kernel that no longer fits is not taken: is that rounding up or down?",
        lambda n, k, s, p: round((n + 2 * p - k) / s) + 1,
        lambda n, k, s, p: round((n + 2 * p - k) / s + 1),
        "`round` goes to the nearest whole number, at times upwards. Is a step taken of which only "
        "two thirds fit?",
        lambda n, k, s, p: (n + 2 * p - k + 1) // s,
        "What is divided by the stride: the number of places, or the way from the first to the "
        "last?",
        lambda n, k, s, p: (n - 2 * p - k) // s + 1,
        "Does padding make the picture larger or smaller?",
        lambda n, k, s, p: (n + 2 * p - k) / s + 1,
        "expected an int: a size counts pixels. Which division gives whole numbers?",
        lambda n, k, s, p: (n + 2 * p) // s + 1,
        "The kernel changes nothing in yours. Can it stand at the very edge of the picture?",
        lambda n, k, s, p: n,
        DRAW_PLACES,
    ),
)

TRANSPOSED = Part(
    "transposed_convolution_size",
    settings,
    made(F.conv_transpose1d),
    cases=("transposed",),
    **SHARED,
    otherwise={"value": DRAW_STAMPS},
    also_right={
        "multiplied out": lambda n, k, s, p, o: n * s - s - p - p + k + o,
        "NumPy's number": lambda n, k, s, p, o: np.int64((n - 1) * s - 2 * p + k + o),
        "from the last pixel": lambda n, k, s, p, o: 1 + (n - 1) * s + (k - 1) - 2 * p + o,
        "a layer": lambda n, k, s, p, o: nn.ConvTranspose1d(1, 1, k, s, p, o)(
            torch.zeros(1, 1, n)
        ).size(-1),
    },
    mistakes=mistakes(
        lambda n, k, s, p, o: (n - 1) * s - 2 * p + k,
        "The output padding changes nothing in yours.",
        lambda n, k, s, p, o: n * s - 2 * p + k + o,
        "From the first of n pixels to the last, how many steps of one stride are there?",
        lambda n, k, s, p, o: (n - 1) * s - p + k + o,
        "On how many sides does padding cut?",
        lambda n, k, s, p, o: (n - 1) * s + 2 * p + k + o,
        "Padding undoes what it did in the forward convolution. Does it widen or cut here?",
        lambda n, k, s, p, o: (n - 1) * s - 2 * p + k + 2 * o,
        "On how many sides is the output padding added?",
        lambda n, k, s, p, o: (n - 1) * s - 2 * p + 1 + o,
        "The kernel changes nothing in yours. How far does the stamp of the last pixel reach?",
        lambda n, k, s, p, o: (n - 1) * s - 2 * p + k - 1 + o,
        "Put one pixel in, without padding: how large is the stamp that one kernel leaves?",
        lambda n, k, s, p, o: (n + 2 * p - k) // s + 1,
        "That is the size of the forward convolution. This one goes the other way.",
        lambda n, k, s, p, o: n * s,
        "Multiplying by the stride is right for some kernels and paddings only.",
        lambda n, k, s, p, o: n,
        DRAW_STAMPS,
    ),
)

QUESTION = Question("02.q1", "sizes of convolutions", 2, (FORWARD, TRANSPOSED))
