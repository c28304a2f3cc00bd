"""Drawings made of lines and areas, as pixels."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

SIDES = (32, 64)  # pixels of a picture's side; a data set that is drawn has one of these
SHAPE = (3, SIDES[0], SIDES[0])


def side_of(what: str, shape: Sequence[int]) -> int:
    """The side in pixels of pictures of `shape`; `ValueError` unless they can be drawn so."""
    known = [(3, side, side) for side in SIDES]
    if tuple(shape) not in known:
        raise ValueError(
            f"{what} are drawn in the shapes {' and '.join(map(str, known))}, got {shape}: choose "
            "one of them"
        )
    return int(shape[1])


def raster(svg: str, side: int) -> NDArray[np.uint8]:
    """The drawing on white, (3, side, side)."""
    import resvg_py

    # Fonts differ from one machine to the next, and looking for them takes longer than drawing.
    png = resvg_py.svg_to_bytes(
        svg_string=svg, width=side, height=side, background="white", skip_system_fonts=True
    )
    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).transpose(2, 0, 1)


def as_images(pixels: NDArray[Any]) -> Tensor:
    """uint8 (N, 1, H, W), grey, or (N, 3, H, W) as float32 (N, 3, H, W) in [-1, 1]."""
    x = torch.from_numpy(pixels).float().div_(127.5).sub_(1)
    return x if x.shape[1] == 3 else x.repeat(1, 3, 1, 1)
