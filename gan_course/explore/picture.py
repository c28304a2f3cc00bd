"""A picture as bytes that know their words, and rows of images painted pixel by pixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from torch import Tensor

from gan_course.colours import EXACT
from gan_course.explore.paint import Painting
from gan_course.viz.picture import bundle

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

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, Any]]:
        return bundle(self, self.alt)


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
    return plate(rows, headers, corner, size=size, label_width=label_width).png()


def plate(
    rows: Sequence[Row],
    headers: Sequence[str] = (),
    corner: str = "",
    *,
    size: int = 56,
    label_width: int = 118,
    below: int = 0,
) -> Painting:
    """The painting behind `image_plate`, with so many pixels `below` the images left free.

    Every pixel of an image becomes a square of whole screen pixels, so strokes are as even as they
    were generated.
    """
    height, width = rows[0].images.shape[-2:]
    scale = max(1, round(size / height))
    down, across, top = height * scale + GAP, width * scale + GAP, 24 if headers else GAP
    columns = max(len(row.images) for row in rows)
    painting = Painting(label_width + columns * across, top + len(rows) * down + below)
    for i, row in enumerate(rows):
        upper = top + i * down
        painting.paste(_strip(row.images, scale), label_width, upper)
        painting.text(4, upper + down / 2, row.label, colour=row.colour)
    painting.text(4, top / 2, corner)
    for j, header in enumerate(headers):
        painting.text(label_width + (j + 0.5) * across, top / 2, header, anchor="mm")
    return painting


def pixels(images: Tensor) -> np.ndarray:
    """Images (N, C, H, W) in [-1, 1] as uint8 (N, H, W, 3); a grey image fills all three
    colours."""
    shown = images.detach().cpu().float().nan_to_num().clamp(-1, 1) / 2 + 0.5
    byte = (shown * 255).round().byte()
    return byte.expand(-1, 3, -1, -1).permute(0, 2, 3, 1).numpy()


def _strip(images: Tensor, scale: int) -> np.ndarray:
    """Images (N, C, H, W) side by side as pixels (H · scale, N · (W · scale + GAP), 3)."""
    large = pixels(images).repeat(scale, 1).repeat(scale, 2)
    n, height, width, _ = large.shape
    strip = np.full((height, n, width + GAP, 3), 255, dtype=np.uint8)
    strip[:, :, :width] = large.transpose(1, 0, 2, 3)
    return strip.reshape(height, n * (width + GAP), 3)
