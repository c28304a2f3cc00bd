"""Samples of a trained model: drawn so that a seed decides them, and written as arrays or as a
picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil, sqrt
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan_course.data import Data, Distribution, PlaneMixture
from gan_course.errors import expect_positive
from gan_course.files import replacing, write_atomically
from gan_course.models.base import Model

CHUNK = 250  # samples drawn at a time
PICTURE_MOST = 1000  # images in one picture


def draw(
    model: Model[Any],
    n: int,
    seed: int,
    on_progress: Callable[[int], None] | None = None,
    condition: Mapping[str, Any] = MappingProxyType({}),
) -> Tensor:
    """`n` samples of shape (n, *shape) on the CPU, in eval mode, from the noise that `seed` gives;
    the random state is left as it was.

    The first samples are the same however many are drawn. `on_progress` is told now and then how
    many there are. `condition` is what `model.sample` is asked for besides a number, such as
    {"label": 7}. Raises `ValueError` where `n` is below 1 or the model cannot be asked for that.
    """
    expect_positive("n", n)
    for name in condition:
        if name not in model.conditions():
            takes = (
                f"takes {' and '.join(model.conditions())}"
                if model.conditions()
                else "takes nothing but a number"
            )
            raise ValueError(
                f"a {type(model).__name__} cannot be asked for a {name}: its sample {takes}"
            )
    with model.observed():
        torch.manual_seed(seed)
        chunks: list[Tensor] = []
        while len(chunks) * CHUNK < n:
            # Whole chunks always, because kernels round differently for batches of different sizes.
            chunks.append(model.sample(CHUNK, **condition).cpu())
            if on_progress is not None:
                on_progress(min(n, len(chunks) * CHUNK))
        return torch.cat(chunks)[:n]


def to_bytes(images: Tensor) -> NDArray[np.uint8]:
    """Images (N, C, H, W) in [-1, 1] as uint8 in [0, 255]: (N, H, W) for one channel, else (N, H,
    W, C)."""
    scaled = ((images.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1)
    return scaled.squeeze(-1).numpy() if scaled.shape[-1] == 1 else scaled.numpy()


def is_image(shape: tuple[int, ...]) -> bool:
    """Whether samples of `shape` are images (C, H, W)."""
    return len(shape) == 3


def write_npz(path: Path, samples: Tensor) -> None:
    """Write `images`, uint8, or for data that are no images `samples`, float32 (N, ...). The same
    samples give the same bytes."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        if is_image(tuple(samples.shape[1:])):
            np.savez_compressed(file, images=to_bytes(samples))
        else:
            np.savez_compressed(file, samples=samples.float().numpy())


def expect_fits_picture(n: int, shape: tuple[int, ...]) -> None:
    """Raise `ValueError` where `n` images are too many for one picture; any number of points
    fits."""
    if is_image(shape) and n > PICTURE_MOST:
        raise ValueError(
            f"a picture shows at most {PICTURE_MOST} images, got n = {n}: lower it, or write an "
            ".npz"
        )


def write_picture(path: Path, samples: Tensor, data: Data) -> None:
    """Write a PNG: images side by side, points on a line as a histogram over the exact density of
    `data`, those in the plane one by one.

    Raises what `expect_fits_picture` raises.
    """
    from gan_course import viz

    if isinstance(data, Distribution):
        figure = viz.density_plot(data, samples)
    elif isinstance(data, PlaneMixture):
        figure = viz.plane_plot(data, samples)
    else:
        expect_fits_picture(len(samples), tuple(samples.shape[1:]))
        figure = viz.sample_grid(
            samples, columns=min(len(samples), max(10, ceil(sqrt(len(samples)))))
        )
    write_atomically(path, viz.png(figure))
