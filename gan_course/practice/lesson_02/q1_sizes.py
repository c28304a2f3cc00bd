"""Question 02.q1: how large the output of a convolution and of a transposed convolution is."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import conv1d, conv_transpose1d

from gan_course.practice.comparing import first_match, unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import whole_number

C, T = "convolution_size", "transposed_convolution_size"
CASES = 40


def cases(seed: int) -> tuple[Tensor, Tensor]:
    """Cases for the convolution (CASES, 4) and the transposed one (CASES, 5): size, kernel, stride,
    padding, output padding."""
    draw = seeded(seed)

    def between(low: int, high: int) -> Tensor:
        return torch.randint(low, high + 1, (CASES,), generator=draw)

    kernel, stride = between(1, 7), between(1, 4)
    forward = torch.stack([between(8, 40), kernel, stride, between(0, 3)], dim=1)
    kernel, stride = between(3, 7), between(1, 4)
    return forward, torch.stack(
        [between(4, 20), kernel, stride, between(0, 2), between(0, 3) % stride], dim=1
    )


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    values = {}
    for name, function, rows in zip((C, T), answers, cases(seed), strict=True):
        values[name] = torch.tensor([whole_number(name, function(*row)) for row in rows.tolist()])
    return values


def judge(values: Values, seed: int) -> Verdict:
    if problem := unfit(values, {C: (CASES,), T: (CASES,)}, {C: C, T: T}):
        return wrong(problem)
    forward, transposed = cases(seed)
    truth = torch.tensor(
        [_made(conv1d, n, k, stride=s, padding=p) for n, k, s, p in forward.tolist()]
    )
    if not torch.equal(values[C].double(), truth.double()):
        return wrong(
            _example(C, values[C], truth, forward) + _convolution_hint(values[C], *forward.T)
        )
    truth = torch.tensor(
        [
            _made(conv_transpose1d, n, k, stride=s, padding=p, output_padding=o)
            for n, k, s, p, o in transposed.tolist()
        ]
    )
    if not torch.equal(values[T].double(), truth.double()):
        return wrong(
            _example(T, values[T], truth, transposed) + _transposed_hint(values[T], *transposed.T)
        )
    return RIGHT


def _made(convolve: Callable[..., Tensor], size: int, kernel: int, **settings: int) -> int:
    """The size that PyTorch itself makes; on meta tensors, which have shapes and no numbers."""
    return convolve(
        torch.empty(1, 1, size, device="meta"), torch.empty(1, 1, kernel, device="meta"), **settings
    ).shape[-1]


def _example(name: str, value: Tensor, truth: Tensor, rows: Tensor) -> str:
    first = int((value != truth).nonzero()[0])
    words = ("size", "kernel", "stride", "padding", "output_padding")
    case = ", ".join(
        f"{word} {number}" for word, number in zip(words, rows[first].tolist(), strict=False)
    )
    return (
        f"`{name}` says {value[first].item():g} for {case}; PyTorch makes {truth[first].item()}. "
    )


def _convolution_hint(value: Tensor, n: Tensor, k: Tensor, s: Tensor, p: Tensor) -> str:
    way = n + 2 * p - k  # from the first place of the kernel to the last
    return (
        first_match(
            value,
            [
                (way // s, "Count the places a kernel can stand at: is the first one among yours?"),
                ((n + p - k) // s + 1, "How many sides of the picture does padding widen?"),
                ((n - k) // s + 1, "The padding changes nothing in yours."),
                (way + 1, "The stride changes nothing in yours."),
                (
                    -(-way // s) + 1,
                    (
                        "A step of the kernel that no longer fits is not taken: is that rounding "
                        "up or "
                        "down?"
                    ),
                ),
                (
                    (way + 1) // s,
                    (
                        "What is divided by the stride: the number of places, or the way from the "
                        "first to the last?"
                    ),
                ),
                ((n - 2 * p - k) // s + 1, "Does padding make the picture larger or smaller?"),
            ],
        )
        or "Draw a row of 5 pixels and a kernel of 3, then change one setting at a time and count "
        "places."
    )


def _transposed_hint(value: Tensor, n: Tensor, k: Tensor, s: Tensor, p: Tensor, o: Tensor) -> str:
    right = (n - 1) * s - 2 * p + k + o
    return (
        first_match(
            value,
            [
                (right - o, "The output padding changes nothing in yours."),
                (
                    right + s,
                    (
                        "From the first of n pixels to the last, how many steps of one stride are "
                        "there?"
                    ),
                ),
                (right + p, "On how many sides does padding cut?"),
                (
                    right + 4 * p,
                    (
                        "Padding undoes what it did in the forward convolution. Does it widen or "
                        "cut "
                        "here?"
                    ),
                ),
                (right + o, "On how many sides is the output padding added?"),
                (
                    right - k + 1,
                    (
                        "The kernel changes nothing in yours. How far does the stamp of the last "
                        "pixel "
                        "reach?"
                    ),
                ),
                (
                    right - 1,
                    (
                        "Put one pixel in, without padding: how large is the stamp that one kernel "
                        "leaves?"
                    ),
                ),
                (
                    (n + 2 * p - k) // s + 1,
                    "That is the size of the forward convolution. This one goes the other way.",
                ),
                (n * s, "Multiplying by the stride is right for some kernels and paddings only."),
            ],
        )
        or "Each pixel stamps one kernel, a stride apart. Draw it for 2 pixels, then change one "
        "setting at a time."
    )


QUESTION = Question("02.q1", "sizes of convolutions", 2, (C, T), probe, judge)
