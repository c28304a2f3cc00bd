"""The judge: a small classifier of digits that ships with the course and stands in for the network
behind published metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import TypeVar

import torch
from torch import Tensor, nn

from gan_course.errors import expect_pictures

WEIGHTS = "judge.safetensors"
SHAPE = (1, 28, 28)
FEATURES = 64
BATCH = 50  # images at a time: large enough for speed, small enough to stay in a core's cache

N = TypeVar("N", bound=nn.Module)


class Judge(nn.Module):
    """Convolutional classifier of digits, about 84,000 weights; `features` are what it knows of a
    picture just before it names the digit.

    `forward` is the bare network, for training: images (N, 1, 28, 28) in [-1, 1] to logits (N, 10).
    `features`, `logits` and `read` check their input, work through it in batches under
    `torch.inference_mode()`, and move each batch to the judge's own device.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *convolution(1, 16, 5),
            nn.MaxPool2d(2),  # 14 × 14
            *convolution(16, 32, 3),
            *convolution(32, 48, 3),
            nn.MaxPool2d(2),  # 7 × 7
            *convolution(48, 64, 3),
            nn.MaxPool2d(2),  # 3 × 3
            nn.Flatten(),
            nn.Linear(64 * 3 * 3, FEATURES),
            # Features are taken after this activation, as Inception's are for FID. Before it they
            # also differ along directions that no decision depends on, and the same pictures'
            # distances vary more from one trained judge to the next.
            nn.ReLU(),
        )
        self.head = nn.Linear(FEATURES, 10)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(self.body(images))
        return logits

    def features(self, images: Tensor) -> Tensor:
        """What the judge sees in `images` (N, 1, 28, 28) in [-1, 1]: float32 (N, 64), at least 0,
        what the last layer reads."""
        return in_batches(self.body, images, SHAPE)

    def logits(self, images: Tensor) -> Tensor:
        """Unnormalised log probabilities of the ten digits, float32 (N, 10), for `images` (N, 1,
        28, 28) in [-1, 1]."""
        return in_batches(self, images, SHAPE)

    def read(self, images: Tensor) -> Tensor:
        """The digit the judge reads in each of `images` (N, 1, 28, 28) in [-1, 1]: int64 (N,)."""
        return self.logits(images).argmax(dim=1)


def convolution(channels_in: int, channels_out: int, size: int) -> tuple[nn.Module, ...]:
    """A convolution that keeps height and width, batch norm and ReLU."""
    return (
        nn.Conv2d(channels_in, channels_out, size, padding=size // 2, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    )


@torch.inference_mode()
def in_batches(network: nn.Module, images: Tensor, shape: Sequence[int]) -> Tensor:
    """What `network` makes of `images` (N, *shape) in [-1, 1], on its own device, a few at a time;
    raises as `expect_pictures` does."""
    expect_pictures("images", images, shape)
    weight = next(network.parameters())
    return torch.cat([network(batch.to(weight)) for batch in images.split(BATCH)])


def judge(device: torch.device | str = "cpu") -> Judge:
    """The shipped judge on `device`, in eval mode and frozen; loaded once per device and shared, so
    treat it as read-only."""
    return _load(str(device))


@cache
def _load(device: str) -> Judge:
    return shipped(Judge, WEIGHTS, device)


def shipped(build: Callable[[], N], weights: str, device: str) -> N:
    """The network that `build` makes, with the `weights` that ship beside this file, as float32 on
    `device`, in eval mode and frozen."""
    # imported here: a course that never measures need not load it
    from safetensors.torch import load_file

    with as_file(files("gan_course.metrics") / weights) as path:
        tensors = load_file(path, device=device)
    # The random weights a network starts from would be overwritten at once, and drawing them would
    # move the caller's generator.
    with torch.device("meta"):
        network = build()
    network.load_state_dict(tensors, assign=True)
    network = network.float().eval().requires_grad_(False)
    # Colours last is how convolutions and pooling run fastest: 2.5 times as fast on a CPU.
    return network.to(memory_format=torch.channels_last)
