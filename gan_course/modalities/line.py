"""Points on a line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_course.errors import expect_shape
from gan_course.files import write_atomically
from gan_course.modalities.base import (
    Animator,
    Balance,
    Modality,
    Score,
    Shape,
    Writer,
    write_samples,
)


class Line(Modality):
    """Points, float32 of shape (N, 1), of a distribution whose quantiles are known.

    A picture is their histogram over the density. Their classes are the ten stretches of the line
    that hold a tenth of the distribution each.
    """

    name = "points on a line"
    shapes = ((1,),)
    shown = 10_000
    neighbours_tell = False
    over_data = True

    def expect(self, x: Tensor) -> None:
        expect_shape(self.name, x, (1,))

    def writers(self) -> Mapping[str, Writer]:
        return {".npz": write_samples, ".png": _picture}

    def animations(self) -> Mapping[str, Animator]:
        return {".gif": _animation}

    def in_a_frame(self, shape: Shape) -> int:  # noqa: ARG002
        return 1000

    def scores(self, data: Any) -> Mapping[str, Score]:
        """ "wasserstein": the Wasserstein-1 distance to the distribution's exact quantiles."""
        from gan_course.metrics.wasserstein import wasserstein_1d

        return {"wasserstein": Score(2000, lambda samples: wasserstein_1d(samples, data))}

    def balance(self, samples: Tensor, data: Any) -> Balance:
        from gan_course.metrics.digits import label_histogram

        tenths = data.quantile(torch.arange(1, 10, dtype=torch.float64) / 10)
        drawn = label_histogram(torch.bucketize(samples.flatten().double(), tenths))
        return Balance(drawn, torch.full((10,), 0.1, dtype=torch.float64), "lie elsewhere")


def _picture(path: Path, samples: Tensor, data: Any) -> None:
    from gan_course.viz.densities import density_plot
    from gan_course.viz.picture import png

    write_atomically(path, png(density_plot(data, samples)))


def _animation(path: Path, frames: Mapping[str, Tensor], data: Any) -> None:
    from gan_course.viz.animation import gif
    from gan_course.viz.densities import density_plot

    write_atomically(path, gif(density_plot(data, {title: x}) for title, x in frames.items()))


LINE = Line()
