"""A picture as bytes, and rows of images drawn pixel by pixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from matplotlib.figure import Figure
from torch import Tensor

from gan_course.viz.colours import EXACT
from gan_course.viz.picture import DPI, image_tag, png

GAP = 2  # pixels between images


class Picture(bytes):
    """The bytes of a PNG file that know their alternative text; as the last value of a cell they
    show themselves with it."""

    alt: str

    def __new__(cls, data: bytes, alt: str) -> Picture:
        picture = super().__new__(cls, data)
        picture.alt = alt
        return picture

    def __repr__(self) -> str:
        return f"[picture: {self.alt}]"

    def _repr_html_(self) -> str:
        return image_tag(self, self.alt)


class Row(NamedTuple):
    """Images (N, C, H, W) in [-1, 1] side by side, behind their label."""

    label: str
    images: Tensor
    colour: str = EXACT  # of the label


def image_plate(
    rows: Sequence[Row],
    headers: Sequence[str] = (),
    corner: str = "",
    *,
    size: int = 56,
    label_width: int = 118,
) -> bytes:
    """PNG of `rows` one below the other, each image about `size` pixels high, under the `headers`
    of its columns; `corner` says what those are."""
    return png(plate(rows, headers, corner, size=size, label_width=label_width))


def plate(
    rows: Sequence[Row],
    headers: Sequence[str] = (),
    corner: str = "",
    *,
    size: int = 56,
    label_width: int = 118,
    below: int = 0,
) -> Figure:
    """The figure behind `image_plate`, with so many pixels `below` the images left free.

    Every pixel of an image becomes a square of whole screen pixels, so strokes are as even as they
    were generated.
    """
    side = rows[0].images.shape[-1]
    scale = max(1, round(size / side))
    cell, columns, top = (
        side * scale + GAP,
        max(len(row.images) for row in rows),
        24 if headers else GAP,
    )
    width, height = label_width + columns * cell, top + len(rows) * cell + below
    canvas = torch.ones(height, width, 3)
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    for i, row in enumerate(rows):
        upper = top + i * cell
        for j, image in enumerate(row.images.detach().cpu().float().clamp(-1, 1) / 2 + 0.5):
            left = label_width + j * cell
            large = image.repeat_interleave(scale, 1).repeat_interleave(scale, 2)
            canvas[upper : upper + side * scale, left : left + side * scale] = large.permute(
                1, 2, 0
            )
        figure.text(
            4 / width,
            1 - (upper + cell / 2) / height,
            row.label,
            fontsize=8.5,
            color=row.colour,
            va="center",
            linespacing=1.3,
        )
    figure.text(4 / width, 1 - top / 2 / height, corner, fontsize=8.5, color=EXACT, va="center")
    for j, header in enumerate(headers):
        figure.text(
            (label_width + (j + 0.5) * cell) / width,
            1 - top / 2 / height,
            header,
            fontsize=8.5,
            color=EXACT,
            ha="center",
            va="center",
        )
    figure.figimage(canvas.numpy())
    return figure
