"""How paintings are written: pixels as PNG, shapes as SVG, and SVG as PNG where no page can show
it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image

from gan_course.colours import EXACT, FAILS, ON_PAGES, PAPER, REAL, TRACK

EMPTY = 255  # among grey pixels; white is 254
GREYS = bytes(grey for grey in range(256) for _ in "RGB")


def font_file(*, bold: bool = False) -> Path:
    """The typeface of the course's figures, which has × and ∇; matplotlib brings it along."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return Path(mpl.get_data_path()) / "fonts" / "ttf" / name


def ink(colour: str, what: str = "fill") -> str:
    """The attributes that `fill` or `stroke` in a colour. Words and axes have the colour of the
    page's own words, and what lies behind a bar a tenth of it."""
    if colour == TRACK:
        return f'{what}="currentColor" {what}-opacity="0.1"'
    return f'{what}="{"currentColor" if colour == EXACT else colour}"'


def written(places: np.ndarray, each: str = "%.1f %.1f ") -> str:
    """Places (N, 2) as the numbers of a path, every one written as in `each`."""
    return (each * len(places)) % tuple(places.ravel().tolist())


def encoded(pixels: np.ndarray) -> bytes:
    """uint8 pixels (H, W), grey and `EMPTY` where there is nothing, (H, W, 3), or (H, W, 4) with
    opacity, as a PNG file."""
    image, buffer = Image.fromarray(pixels), BytesIO()
    if pixels.ndim == 2:
        # Twice as fast with a palette, since PNG then tries no filters.
        image.putpalette(GREYS)
    # A quarter of the time of the default, and a fifth more bytes.
    image.save(buffer, "PNG", compress_level=1, transparency=EMPTY if pixels.ndim == 2 else None)
    return buffer.getvalue()


def rasterised(svg: bytes) -> bytes:
    """An SVG picture on white paper as a PNG file; the same picture gives the same bytes. Needs
    resvg-py."""
    import resvg_py

    return resvg_py.svg_to_bytes(
        svg_string=svg.decode(),
        background=PAPER,
        skip_system_fonts=True,
        font_files=[str(font_file()), str(font_file(bold=True))],
    )


def page_colours() -> str:
    """The style sheet with the course's colours for a page of explorers: what is drawn is lighter
    on a dark page, and words are darker on a bright one, so that both stand out."""
    rules = [f":root {{ --gan-blue: {REAL}; --gan-fails: {FAILS}; }}\n"]
    for colour in ON_PAGES:
        dark = f"color-mix(in srgb, {colour} 70%, white)"
        for what, attribute, light in (
            ("", "fill", colour),
            ("", "stroke", colour),
            ("text", "fill", f"color-mix(in srgb, {colour} 80%, black)"),
        ):
            where = f'.gan-explorer .picture {what}[{attribute}="{colour}"]'
            rules.append(f"{where} {{ {attribute}: light-dark({light}, {dark}); }}\n")
    return "".join(rules)
