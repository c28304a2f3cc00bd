"""Strokes of a pen, and the picture of them that a model sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from gan_course.explore.picture import pixels

PEN = 2 / 72  # of the sheet's width: the lines of OpenMoji
FINER = 8  # strokes are drawn so many times larger and then averaged, which smooths their edges


@dataclass(frozen=True)
class Stroke:
    """A line through `points` (x, y), where a sheet reaches from (0, 0), its upper left corner, to
    (1, 1): black and `width` times as wide as the sheet, or white where it `erases`.

    Raises `ValueError` unless it has a point, all lie from -1 to 2 and the width is in (0, 1].
    """

    points: Sequence[Sequence[float]]
    width: float = PEN
    erases: bool = False

    def __post_init__(self) -> None:
        places = np.asarray(self.points, dtype=float)
        # Written so that NaN fails too.
        if places.ndim != 2 or places.shape[1] != 2 or not ((places >= -1) & (places <= 2)).all():
            raise ValueError(
                f"a stroke has points (x, y) from -1 to 2, at least one, got {self.points!r:.60}"
            )
        if not 0 < self.width <= 1:
            raise ValueError(f"a stroke's width is a share of the sheet's, got {self.width}")


def drawn(sheet: Tensor, strokes: Sequence[Stroke]) -> Tensor:
    """The `sheet` (C, H, W) in [-1, 1], grey or in colour, after these strokes, in their order."""
    if not strokes:
        return sheet
    channels, height, width = sheet.shape
    size = width * FINER, height * FINER
    fine = Image.fromarray(pixels(sheet[None])[0]).resize(size, Image.Resampling.NEAREST)
    brush = ImageDraw.Draw(fine)
    for stroke in strokes:
        colour, across = "white" if stroke.erases else "black", stroke.width * size[0]
        # Pillow takes the middle of a pixel for a whole number.
        places = [(x * size[0] - 0.5, y * size[1] - 0.5) for x, y in stroke.points]
        brush.line(places, colour, round(across))
        r = (across - 1) / 2
        for x, y in places:  # round ends and corners
            brush.ellipse((x - r, y - r, x + r, y + r), colour)
    small = np.asarray(fine.reduce(FINER)).transpose(2, 0, 1)[:channels]
    return torch.from_numpy(small / 127.5 - 1).float()
