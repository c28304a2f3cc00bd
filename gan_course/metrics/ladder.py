"""A ladder of distances to read others by: what noise, blur, copies and real images score under the
same judge."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_course.errors import expect_floating, expect_positive
from gan_course.metrics.frechet import frechet_distance
from gan_course.metrics.judge import judge

if TYPE_CHECKING:
    from gan_course.data import Dataset

NOISE, MEAN, BLURRED = "noise", "mean image", "blurred real images"
MEMORISED, REAL = "ten memorised pictures a class", "real against real"
BLUR = 2.0  # pixels, the standard deviation
PICTURES_A_CLASS = 10


def ladder(dataset: Dataset, n: int = 2000, seed: int = 0) -> dict[str, float]:
    """Fréchet distance (judge) from `n` held-out digits to `n` images of five kinds, from worst to
    best.

    noise: every pixel uniform in [-1, 1]; mean image: the training images' mean, n times; blurred
    real images: `n` training images under a Gaussian of 2 pixels; ten memorised pictures a class:
    10 training images of each digit, repeated up to `n`; real against real: `n` training images,
    none of them among the blurred ones. The last is the floor: no model can be expected below it.
    The last but one is why no distance alone shows that a model draws.

    Raises ValueError where `n` exceeds the held-out images, half the training images, or is
    under 100.
    """
    rungs = rung_images(dataset, n, seed)
    network = judge()
    held_out = network.features(dataset.held_out.x[:n].cpu())
    return {
        name: frechet_distance(_features(images, n), held_out) for name, images in rungs.items()
    }


def real_floor(dataset: Dataset, n: int = 2000, seed: int = 0) -> float:
    """Fréchet distance (judge) between `n` training and `n` held-out digits: what a perfect model
    scores at this `n`.

    The last rung of `ladder`, and raises as it does.
    """
    return frechet_distance(
        _features(rung_images(dataset, n, seed)[REAL], n),
        judge().features(dataset.held_out.x[:n].cpu()),
    )


def rung_images(dataset: Dataset, n: int = 2000, seed: int = 0) -> dict[str, Tensor]:
    """The images behind each rung of `ladder`, each of them once: (N, 1, 28, 28) in [-1, 1].

    N is 1 for the mean image, 100 for the memorised pictures and `n` for the others. `ladder`
    repeats the 1 and the 100, in their order, until there are `n`; where 100 does not divide `n`,
    the last round breaks off. Raises as `ladder` does.
    """
    train, labels = dataset.train.x.cpu(), dataset.train.as_batch().expect_labels().cpu()
    most = min(len(dataset.held_out), len(train) // 2)
    if not 100 <= expect_positive("n", n) <= most:
        raise ValueError(
            f"expected n from 100 to {most}, so that both sides of every rung have n images, got "
            f"{n}"
        )
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(train), generator=generator, device="cpu")
    blurred, real = train[order[:n]], train[order[n : 2 * n]]
    memorised = torch.cat(
        [train[order][labels[order] == digit][:PICTURES_A_CLASS] for digit in range(10)]
    )
    return {
        NOISE: 2 * torch.rand(n, 1, 28, 28, generator=generator, device="cpu") - 1,
        MEAN: train.mean(dim=0, keepdim=True),
        BLURRED: blur(blurred, BLUR),
        MEMORISED: memorised,
        REAL: real,
    }


def blur(images: Tensor, sigma: float) -> Tensor:
    """`images` (N, C, H, W) under a Gaussian of standard deviation `sigma` pixels, cut off at 3
    `sigma`; the border is repeated outwards."""
    expect_floating("images", images)
    if images.ndim != 4 or not 0 < sigma < math.inf:
        raise ValueError(
            "expected images of shape (N, C, H, W) and a sigma above 0, got "
            f"{tuple(images.shape)} and {sigma}"
        )
    reach = round(3 * sigma)
    padded = F.pad(images, (reach, reach, reach, reach), mode="replicate")
    # Rounding in the weights' sum can carry a pixel out of the range by one part in ten million.
    return gaussian_filter(padded, sigma, reach).clamp(images.min(), images.max())


def gaussian_filter(images: Tensor, sigma: float, reach: int) -> Tensor:
    """`images` (N, C, H, W) under a Gaussian of standard deviation `sigma` pixels, cut off at
    `reach`, where all of it fits: (N, C, H - 2 `reach`, W - 2 `reach`)."""
    places = torch.arange(-reach, reach + 1, dtype=images.dtype, device=images.device)
    weights = torch.exp(-0.5 * (places / sigma) ** 2)
    weights /= weights.sum()
    channels = images.shape[1]
    rows, columns = (
        weights.view(1, 1, -1, 1).repeat(channels, 1, 1, 1),
        weights.view(1, 1, 1, -1).repeat(channels, 1, 1, 1),
    )
    return F.conv2d(F.conv2d(images, rows, groups=channels), columns, groups=channels)


def _features(images: Tensor, n: int) -> Tensor:
    """Features of `n` images of which `images` are the distinct ones: judging each once is
    enough."""
    features = judge().features(images)
    return features.repeat(-(-n // len(features)), 1)[:n]
