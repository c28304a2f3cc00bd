"""Points in the plane."""

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

PAIRED = 1000  # pairing twice as many takes ten times as long


class Plane(Modality):
    """Points, float32 of shape (N, 2), of a mixture whose modes are known.

    A picture shows them one by one over the modes. Their classes are the modes, by the nearest
    centre.
    """

    name = "points in the plane"
    shapes = ((2,),)
    shown = 10_000
    neighbours_tell = False
    over_data = True

    def expect(self, x: Tensor) -> None:
        expect_shape(self.name, x, (2,))

    def writers(self) -> Mapping[str, Writer]:
        return {".npz": write_samples, ".png": _picture}

    def animations(self) -> Mapping[str, Animator]:
        return {".gif": _animation}

    def in_a_frame(self, shape: Shape) -> int:  # noqa: ARG002
        return 1000

    def scores(self, data: Any) -> Mapping[str, Score]:
        """ "wasserstein": the exact distance to as many real samples, always the same ones."""
        from gan_course.metrics.wasserstein import wasserstein_samples

        real = data.reference(PAIRED).x
        return {"wasserstein": Score(PAIRED, lambda samples: wasserstein_samples(samples, real))}

    def balance(self, samples: Tensor, data: Any) -> Balance:
        from gan_course.metrics.modes import mode_histogram

        modes = len(data.centres)
        due = torch.full((modes,), 1 / modes, dtype=torch.float64)
        return Balance(mode_histogram(samples, data), due, "lie elsewhere")


def _picture(path: Path, samples: Tensor, data: Any) -> None:
    from gan_course.viz.picture import png
    from gan_course.viz.plane import plane_plot

    write_atomically(path, png(plane_plot(data, samples)))


def _animation(path: Path, frames: Mapping[str, Tensor], data: Any) -> None:
    from gan_course.viz.animation import gif
    from gan_course.viz.plane import plane_plot

    write_atomically(path, gif(plane_plot(data, {title: x}) for title, x in frames.items()))


PLANE = Plane()
