"""Images."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan_course.errors import expect_range, expect_tensor
from gan_course.files import write_atomically
from gan_course.modalities.base import (
    Animator,
    Balance,
    GridWriter,
    Modality,
    Score,
    Shape,
    Writer,
    write_arrays,
)

JUDGED = 2000  # samples, and at most as many held-out images


class Images(Modality):
    """Images, float32 of shape (N, C, H, W) in [-1, 1].

    A picture shows them side by side. Where the data are `judged`, which means that the course's
    judge knows their classes, there is a distance to the held-out images, and a balance of classes.
    """

    name = "images"
    shapes = tuple((channels, side, side) for channels in (1, 3) for side in (28, 32))
    most = 1000

    def expect(self, x: Tensor) -> None:
        expect_tensor("images", x)
        if x.ndim != 4:
            raise ValueError(f"expected images of shape (N, C, H, W), got {tuple(x.shape)}")
        if not x.numel():
            raise ValueError(
                "expected at least one image of at least one pixel, got shape "
                f"{tuple(x.shape)}: look where the split was cut"
            )
        if x.dtype != torch.float32:
            raise TypeError(
                f"expected float32 images, got {x.dtype}: convert and scale them first, for 8-bit "
                "images x.float() / 127.5 - 1"
            )
        expect_range("images", x)

    def writers(self) -> Mapping[str, Writer]:
        return {".npz": _arrays, ".png": _picture}

    def grids(self) -> Mapping[str, GridWriter]:
        return {".png": _rows}

    def animations(self) -> Mapping[str, Animator]:
        return {".gif": _animation}

    def in_a_frame(self, shape: Shape) -> int:
        """A square of images, 6 × 6 at most, of about 168 pixels a side."""
        return min(6, max(1, 168 // max(shape[1:]))) ** 2

    def scores(self, data: Any) -> Mapping[str, Score]:
        """ "frechet": the Fréchet distance (judge) to the held-out images."""
        if not data.judged:
            return {}
        from gan_course.metrics.frechet import frechet_distance
        from gan_course.metrics.judge import judge

        features = judge().features
        held_out = features(data.held_out.x[:JUDGED])
        return {
            "frechet": Score(JUDGED, lambda samples: frechet_distance(features(samples), held_out))
        }

    def balance(self, samples: Tensor, data: Any) -> Balance | None:
        if not data.judged:
            return None
        from gan_course.metrics.digits import label_histogram
        from gan_course.metrics.judge import judge

        drawn = label_histogram(judge().read(samples.clamp(-1, 1)))
        return Balance(drawn, label_histogram(data.held_out.labels), "be of another class")


def to_bytes(images: Tensor) -> NDArray[np.uint8]:
    """Images (N, C, H, W) in [-1, 1] as uint8 in [0, 255]: (N, H, W) for one channel, else (N, H,
    W, C)."""
    scaled = ((images.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1)
    return scaled.squeeze(-1).numpy() if scaled.shape[-1] == 1 else scaled.numpy()


def _arrays(path: Path, samples: Tensor, _data: Any) -> None:
    write_arrays(path, images=to_bytes(samples))


def _picture(path: Path, samples: Tensor, _data: Any) -> None:
    _rows(path, samples, min(len(samples), max(10, ceil(sqrt(len(samples))))))


def _rows(path: Path, samples: Tensor, columns: int) -> None:
    from gan_course.viz.grids import sample_grid
    from gan_course.viz.picture import png

    write_atomically(path, png(sample_grid(samples, columns)))


def _animation(path: Path, frames: Mapping[str, Tensor], _data: Any) -> None:
    from gan_course.viz.animation import gif
    from gan_course.viz.grids import sample_grid

    write_atomically(
        path, gif(sample_grid(x, ceil(sqrt(len(x))), title) for title, x in frames.items())
    )


IMAGES = Images()
