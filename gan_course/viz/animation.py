"""Figures one after the other, as a GIF."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from matplotlib.figure import Figure
from PIL import Image

from gan_course.viz.picture import png

EACH, LAST = 200, 2000  # milliseconds that a frame is shown


def gif(figures: Iterable[Figure]) -> bytes:
    """The figures, at least one and all of one size, as a GIF file that runs round and round and
    rests on the last one; the same figures give the same bytes."""
    frames = [
        Image.open(BytesIO(png(figure)))
        .convert("RGB")
        .quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        for figure in figures
    ]
    if not frames:
        raise ValueError("expected at least one figure, got none")
    first, *others = frames
    buffer = BytesIO()
    durations = [EACH] * len(others) + [LAST]
    first.save(
        buffer, "GIF", save_all=True, append_images=others, duration=durations, loop=0, disposal=1
    )
    return buffer.getvalue()
