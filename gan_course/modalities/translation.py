"""Images that are turned into images: in pairs, or out of one domain into another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from gan_course.files import write_atomically
from gan_course.modalities.base import Animator, Score, Shape, Writer
from gan_course.modalities.images import Images

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gan_course.data.batches import Pairs, Unpaired

ACROSS = 12  # images in a row of a picture, which inputs and what became of them share


class Translated(Images):
    """Images that a model makes of others. Sample i is what it made of held-out input i, and after
    the last of these of the first again; pictures show the two side by side."""

    shapes = ((1, 32, 32), (3, 32, 32))
    shown = 48
    most = 500
    over_data = True

    def writers(self) -> Mapping[str, Writer]:
        return {**super().writers(), ".png": self._picture}

    def animations(self) -> Mapping[str, Animator]:
        return {".gif": self._animation}

    def in_a_frame(self, shape: Shape) -> int:  # noqa: ARG002
        return ACROSS

    def asked(self, data: Any, n: int) -> dict[str, Tensor]:
        x = data.held_out.x
        return {"inputs": x[torch.arange(n) % len(x)]}

    def distinct(self, data: Any, n: int) -> int:
        return min(n, len(data.held_out.x))

    def beside(self, data: Any) -> dict[str, Tensor]:
        """What stands beside the samples in a picture, by its title; inputs come first."""
        return {"input": data.held_out.x}

    def _figure(self, samples: Tensor, data: Any, title: str = "") -> Figure:
        from gan_course.viz.grids import sample_grid

        rows = torch.arange(len(samples))
        parts = {name: x[rows % len(x)] for name, x in self.beside(data).items()}
        first, *rest = parts
        order = {first: parts[first], "output": samples} | {name: parts[name] for name in rest}
        images = torch.stack(list(order.values()), 1).flatten(0, 1)
        said = ", ".join(order) + (f"; {title}" if title else "")
        return sample_grid(images, ACROSS // len(order) * len(order), said)

    def _picture(self, path: Path, samples: Tensor, data: Any) -> None:
        from gan_course.viz.picture import png

        write_atomically(path, png(self._figure(samples, data)))

    def _animation(self, path: Path, frames: Mapping[str, Tensor], data: Any) -> None:
        from gan_course.viz.animation import gif

        pictures = (self._figure(x, data, title) for title, x in frames.items())
        write_atomically(path, gif(pictures))


class PairedImages(Translated):
    """Images of which each has one that it is to become, of the same shape. Pictures show input,
    output and truth."""

    name = "pairs of images"

    def random_batch(self, n: int, shape: Shape, generator: torch.Generator) -> Pairs:
        from gan_course.data.batches import Pairs

        return Pairs(self.random(n, shape, generator), y=self.random(n, shape, generator))

    def beside(self, data: Any) -> dict[str, Tensor]:
        return {"input": data.held_out.x, "truth": data.held_out.y}

    def scores(self, data: Any) -> dict[str, Score]:
        """ "l1": the mean absolute difference from what held-out inputs are to become."""
        truth = data.held_out.y[: self.most]
        return {"l1": Score(len(truth), lambda samples: (samples - truth).abs().mean().item())}


class UnpairedImages(Translated):
    """Images of two domains, in no order. Where pairs are held out, samples are shown and scored
    as `PairedImages` are."""

    name = "images of two domains"

    def beside(self, data: Any) -> dict[str, Tensor]:
        held_out = data.held_out.modality
        return super().beside(data) if held_out is self else held_out.beside(data)

    def scores(self, data: Any) -> dict[str, Score]:
        held_out = data.held_out.modality
        return {} if held_out is self else held_out.scores(data)

    def random_batch(self, n: int, shape: Shape, generator: torch.Generator) -> Unpaired:
        from gan_course.data.batches import Unpaired

        return Unpaired(self.random(n, shape, generator), y=self.random(n, shape, generator))


PAIRS = PairedImages()
UNPAIRED = UnpairedImages()
