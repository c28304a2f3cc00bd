"""The portrait judge: a small network that ships with the course and reads a portrait of the data
`avatar_pairs`, its parts and its colours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import torch
from torch import Tensor, nn

from gan_course.errors import expect_labels, expect_tensor
from gan_course.metrics.judge import FEATURES, convolution, in_batches, shipped

WEIGHTS = "portrait_judge.safetensors"
SHAPE = (3, 32, 32)
# What can be told from 32 × 32 pixels, and how many values each can have, in the order of
# `Avatars.attributes`. A sketch shows the parts; of the colours it knows nothing.
PARTS = {"head": 48, "facialHair": 17, "accessories": 9, "expression": 30}
COLOURS = {"skinColor": 5, "clothingColor": 7}
ATTRIBUTES = PARTS | COLOURS


class PortraitJudge(nn.Module):
    """Convolutional network with one trunk and one head for each of `ATTRIBUTES`, about 109,000
    weights; `features` are what all heads read.

    `forward` is the bare network, for training: images (N, 3, 32, 32) in [-1, 1] to logits of each
    attribute, (N, number of its values). `features` and `read` check their input and work through
    it in batches under `torch.inference_mode()`, on the judge's own device.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *convolution(3, 16, 3),
            *convolution(16, 24, 3),
            nn.MaxPool2d(2),  # 16 × 16
            *convolution(24, 40, 3),
            nn.MaxPool2d(2),  # 8 × 8
            *convolution(40, 64, 3),
            nn.MaxPool2d(2),  # 4 × 4
            # Flattened, not averaged: where a line stands is half of what makes a face.
            nn.Flatten(),
            nn.Linear(64 * 4 * 4, FEATURES),
            nn.ReLU(),
        )
        self.heads = nn.ModuleDict(
            {name: nn.Linear(FEATURES, values) for name, values in ATTRIBUTES.items()}
        )

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        features = self.body(images)
        return {name: head(features) for name, head in self.heads.items()}

    def features(self, images: Tensor) -> Tensor:
        """What the judge sees in `images` (N, 3, 32, 32) in [-1, 1]: float32 (N, 64), at least 0;
        `frechet_distance` compares two sets of them."""
        return in_batches(self.body, images, SHAPE)

    @torch.inference_mode()
    def read(self, images: Tensor) -> dict[str, Tensor]:
        """The value of each attribute, int64 (N,), that the judge reads in `images` (N, 3, 32, 32)
        in [-1, 1]; `Avatars.attributes` has its name."""
        features = self.features(images)
        return {name: head(features).argmax(dim=1) for name, head in self.heads.items()}


def portrait_judge(device: torch.device | str = "cpu") -> PortraitJudge:
    """The shipped judge of portraits on `device`, in eval mode and frozen; loaded once per device
    and shared, so treat it as read-only."""
    return _load(str(device))


@cache
def _load(device: str) -> PortraitJudge:
    return shipped(PortraitJudge, WEIGHTS, device)


def attribute_agreement(
    images: Tensor, given: Mapping[str, Tensor], network: PortraitJudge | None = None
) -> dict[str, float]:
    """Share of `images` (N, 3, 32, 32) in [-1, 1] in which the judge (default: the shipped one)
    reads the value that `given[attribute]`, int64 (N,), says, from 0 to 1, for each attribute.

    Of `given` only what the judge reads counts, so that a batch's own will do. Compare with what
    the judge reads rightly in real portraits (its card) and with the share of the commonest value.
    Raises as `PortraitJudge.read` and `expect_labels` do, and `ValueError` where there is no
    attribute to compare or no image.
    """
    expect_tensor("images", images)
    read = (network or portrait_judge(images.device)).read(images)
    asked = [name for name in ATTRIBUTES if name in given]
    if not asked or not len(images):
        raise ValueError(
            f"expected images and some of {', '.join(ATTRIBUTES)}, got {len(images)} images and "
            f"{', '.join(given) or 'no attribute'}: portraits of avatar_pairs have them"
        )
    for name in asked:
        expect_labels(given[name], len(images), ATTRIBUTES[name], what=name)
    return {
        name: (read[name] == given[name].to(images.device)).double().mean().item() for name in asked
    }
