"""Train the judge of portraits again:
`python -m gan_course.metrics.portrait_judge_training --out portrait_judge.safetensors`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_course.data import load
from gan_course.metrics.judge_training import SHIPPED_SEED, Schedule, averaged, command
from gan_course.metrics.portrait_judge import PortraitJudge, attribute_agreement


@dataclass(frozen=True)
class PortraitJudgeConfig(Schedule):
    """How the shipped judge was trained: every picture is moved, blurred, coloured off and made
    noisy, each at random up to these limits, so that it reads pictures that a network has drawn."""

    epochs: int = 50
    batch_size: int = 50
    shift: float = 1.0  # pixels
    blur: float = 1.0  # pixels, the standard deviation
    tint: float = 0.1  # added to a channel
    contrast: float = 0.1  # relative
    noise: float = 0.1  # the standard deviation


RECIPE = PortraitJudgeConfig()
REACH = 4  # pixels at which the blur is cut off


def train(
    images: Tensor,
    given: Mapping[str, Tensor],
    config: PortraitJudgeConfig = RECIPE,
    seed: int = SHIPPED_SEED,
    progress: bool = False,
) -> PortraitJudge:
    """A judge trained from scratch on `images` (N, 3, 32, 32) in [-1, 1] and their attributes,
    int64 (N,) each; the averaged weights, in eval mode.

    The result is a function of the arguments, PyTorch's version and the thread count; the caller's
    random state is left as it was.
    """

    def loss(network: PortraitJudge, rows: Tensor) -> Tensor:
        losses = [
            F.cross_entropy(logits, given[name][rows], label_smoothing=config.label_smoothing)
            for name, logits in network(augment(images[rows], config)).items()
        ]
        return torch.stack(losses).sum()

    return averaged(PortraitJudge, loss, len(images), config, seed, progress)


def augment(images: Tensor, config: PortraitJudgeConfig) -> Tensor:
    """`images` (N, 3, H, W) in [-1, 1], each shifted, blurred, coloured off and made noisy at
    random; the background is 1, white."""
    n = len(images)

    def spread(limit: float, *shape: int) -> Tensor:
        return (2 * torch.rand(n, *shape) - 1) * limit

    # grid_sample measures in half-widths, and finds zeros beyond the border.
    move = torch.eye(2, 3).repeat(n, 1, 1)
    move[:, :, 2] = spread(2 * config.shift / images.shape[-1], 2)
    grid = F.affine_grid(move, list(images.shape), align_corners=False)
    x = 1 - F.grid_sample(1 - images, grid, align_corners=False)
    x = _blurred(x, config.blur * torch.rand(n))
    x = x * (1 + spread(config.contrast, 1, 1, 1)) + spread(config.tint, 3, 1, 1)
    x = x + config.noise * torch.rand(n, 1, 1, 1) * torch.randn_like(x)
    return x.clamp(-1, 1)


def _blurred(images: Tensor, sigma: Tensor) -> Tensor:
    """Each of `images` (N, C, H, W) under a Gaussian of its own standard deviation, (N,)."""
    n, channels, height, width = images.shape
    places = torch.arange(-REACH, REACH + 1)
    # With a standard deviation of 0 the picture stays as it is.
    weights = torch.exp(-0.5 * (places / sigma[:, None].clamp_min(1e-2)) ** 2)
    weights = (weights / weights.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    # All images as the channels of one: each has its own kernel then.
    x = F.pad(images, (REACH,) * 4, mode="replicate").flatten(0, 1)[None]
    x = F.conv2d(x, weights[:, None, :, None], groups=n * channels)
    x = F.conv2d(x, weights[:, None, None, :], groups=n * channels)
    return x.view(n, channels, height, width)


def main() -> None:
    """Train on the 2,400 training portraits, print the accuracy on the 600 held out, and write the
    weights in half precision."""

    def trained(seed: int) -> tuple[PortraitJudge, str]:
        data = load("avatar_pairs")
        network = train(data.train.y, data.train.given, seed=seed, progress=True).half().float()
        found = attribute_agreement(data.held_out.y, data.held_out.given, network)
        said = ", ".join(f"{name} {right:.1%}" for name, right in found.items())
        return network.half(), f"held-out accuracy: {said}"

    command("Train the judge of portraits again, on one core.", trained)


if __name__ == "__main__":
    main()
