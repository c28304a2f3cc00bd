"""The judge: a small classifier of digits that ships with the course and stands in for the network
behind published metrics."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import as_file, files

import torch
from torch import Tensor, nn

from gan_course.errors import expect_pictures

WEIGHTS = "judge.safetensors"
FEATURES = 64
BATCH = 250  # images at a time: large enough for speed, small enough to stay in a laptop's cache


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
            *_convolution(1, 16, 5),
            nn.MaxPool2d(2),  # 14 × 14
            *_convolution(16, 32, 3),
            *_convolution(32, 48, 3),
            nn.MaxPool2d(2),  # 7 × 7
            *_convolution(48, 64, 3),
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
        return self._in_batches(self.body, images)

    def logits(self, images: Tensor) -> Tensor:
        """Unnormalised log probabilities of the ten digits, float32 (N, 10), for `images` (N, 1,
        28, 28) in [-1, 1]."""
        return self._in_batches(self, images)

    def read(self, images: Tensor) -> Tensor:
        """The digit the judge reads in each of `images` (N, 1, 28, 28) in [-1, 1]: int64 (N,)."""
        return self.logits(images).argmax(dim=1)

    @torch.inference_mode()
    def _in_batches(self, network: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
        expect_pictures("images", images, (1, 28, 28))
        weight = next(self.parameters())
        return torch.cat([network(batch.to(weight)) for batch in images.split(BATCH)])


def _convolution(channels_in: int, channels_out: int, size: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(channels_in, channels_out, size, padding=size // 2, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    )


def judge(device: torch.device | str = "cpu") -> Judge:
    """The shipped judge on `device`, in eval mode and frozen; loaded once per device and shared, so
    treat it as read-only."""
    return _load(str(device))


@cache
def _load(device: str) -> Judge:
    # imported here: a course that never measures need not load it
    from safetensors.torch import load_file

    with as_file(files("gan_course.metrics") / WEIGHTS) as path:
        weights = load_file(path, device=device)
    # The random weights a network starts from would be overwritten at once, and drawing them would
    # move the caller's generator.
    with torch.device("meta"):
        network = Judge()
    network.load_state_dict(weights, assign=True)
    return network.eval().requires_grad_(False)
