"""A picture as bytes that know their words, and rows of images."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import Any, NamedTuple

import numpy as np
from torch import Tensor

from gan_course.colours import EXACT
from gan_course.explore.paint import Painting
from gan_course.explore.svg import EMPTY, rasterised
from gan_course.viz.picture import bundle

GAP = 2  # pixels between images
PNG = b"\x89PNG"


class Picture(bytes):
    """The bytes of an SVG file, or of a PNG, that know their alternative text; as the last value of
    a cell they show themselves with it."""

    alt: str

    def __new__(cls, data: bytes, alt: str) -> Picture:
        picture = super().__new__(cls, data)
        picture.alt = alt
        return picture

    @property
    def form(self) -> str:
        """What the bytes are: "png" where they begin as every PNG file does, else "svg"."""
        return "png" if self.startswith(PNG) else "svg"

    def png(self) -> bytes:
        """The picture as a PNG file on white paper, for viewers that show no SVG. Needs resvg-py
        where it is no PNG yet."""
        return bytes(self) if self.form == "png" else rasterised(self)

    def __repr__(self) -> str:
        return f"[picture: {self.alt}]"

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, Any]]:
        return bundle(self.png(), self.alt)


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
    """SVG of `rows` one below the other, each image about `size` pixels high, under the `headers`
    of its columns; `corner` says what those are."""
    return plate(rows, headers, corner, size=size, label_width=label_width).svg()


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
    sheet, side = _sheet(rows, scale)
    painting.paste(sheet, label_width, top, side)
    for i, row in enumerate(rows):
        painting.text(4, top + (i + 0.5) * down, row.label, colour=row.colour)
    painting.text(4, top / 2, corner)
    for j, header in enumerate(headers):
        painting.text(label_width + (j + 0.5) * across, top / 2, header, anchor="mm")
    return painting


def pixels(images: Tensor) -> np.ndarray:
    """Images (N, C, H, W) in [-1, 1] as uint8 (N, H, W, 3); a grey image fills all three
    colours."""
    return _bytes(images).expand(-1, 3, -1, -1).permute(0, 2, 3, 1).numpy()


def _bytes(images: Tensor) -> Tensor:
    shown = images.detach().cpu().float().nan_to_num().clamp(-1, 1)
    return shown.add_(1).mul_(127.5).round_().byte()


def _sheet(rows: Sequence[Row], scale: int) -> tuple[np.ndarray, int]:
    """All images with the gaps between them, which are empty, in as few pixels as hold them, and
    how many of the painting's pixels each of these is wide."""
    side = gcd(scale, GAP)  # fits both into a gap and into an image's pixel
    gap, fine = GAP // side, scale // side
    height, width = (size * fine for size in rows[0].images.shape[-2:])
    grey = all(row.images.shape[1] == 1 for row in rows)
    cells = len(rows), height + gap, max(len(row.images) for row in rows), width + gap
    sheet = np.full(cells if grey else (*cells, 4), EMPTY if grey else 0, dtype=np.uint8)
    for row, room in zip(rows, sheet, strict=True):
        images = _bytes(row.images).numpy().repeat(fine, 2).repeat(fine, 3).transpose(2, 0, 3, 1)
        taken = room[:height, : images.shape[1], :width]
        if grey:
            taken[:] = images[..., 0].clip(max=EMPTY - 1)
        else:
            taken[..., :3], taken[..., 3] = images, 255
    return sheet.reshape(cells[0] * cells[1], cells[2] * cells[3], *sheet.shape[4:]), side
