"""Figures without global state: what they look like, and how they become PNG bytes or a notebook's
output."""

from __future__ import annotations

import base64
from collections.abc import Callable
from html import escape
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

from gan_course.notebook import display

DPI = 100  # a picture of 7 × 3 inches stays well under 100 kB
SMALLEST = 0.7  # of its own width: a picture any smaller could not be read


def axes(
    columns: int = 1, width: float = 7.0, height: float = 2.8, *, shared: bool = False
) -> tuple[Figure, list[Axes]]:
    """An empty figure of `width` × `height` inches and its axes side by side, each without the
    frame's upper and right edge.

    `shared` gives all of them the same scales.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    panels = list(figure.subplots(1, columns, squeeze=False, sharex=shared, sharey=shared)[0])
    for panel in panels:
        panel.spines[["top", "right"]].set_visible(False)
        panel.tick_params(labelsize=8)
        panel.xaxis.label.set_size(9)
        panel.yaxis.label.set_size(9)
    return figure, panels


def png(figure: Figure) -> bytes:
    """The figure as a PNG file. The same figure gives the same bytes: no date, no version is
    written into it."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def webp(picture: bytes) -> bytes:
    """A PNG picture as a WebP file with at most 256 colours: hardly another picture, in a quarter
    of the bytes or in half of them."""
    # Of the methods of Pillow this one errs least where it errs most.
    few = _pixels(picture).quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    return _encoded(few.convert("RGB"), "WEBP", lossless=True)


def reduced(picture: bytes) -> bytes:
    """A PNG picture with at most 64 colours, which is half as large or less. Areas keep their
    colours; what changes is the shade of pixels on the edges of lines and letters, and greys by a
    fiftieth of their range at most."""
    few = _pixels(picture).quantize(64, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    return _encoded(few, "PNG", optimize=True)


def _pixels(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture)).convert("RGB")


def _encoded(image: Image.Image, form: str, **options: bool) -> bytes:
    buffer = BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def image_tag(picture: bytes, alt: str, form: str = "png") -> str:
    """HTML that holds a picture, a PNG or what `form` says, together with its alternative text,
    which JupyterLab's own image output leaves out. Where its place is too narrow for its words to
    be read, it scrolls."""
    least = round(SMALLEST * Image.open(BytesIO(picture)).width)
    return (
        f'<div style="overflow-x: auto"><img alt="{escape(alt)}" style="min-width: {least}px" '
        f'src="{data_url(picture, form)}"></div>'
    )


def data_url(picture: bytes, form: str = "png") -> str:
    """The picture, a PNG or what `form` says, as an address that holds all of it."""
    return f"data:image/{form};base64,{base64.b64encode(picture).decode()}"


def show(figure: Figure, alt: str, caption: str = "") -> None:
    """Display a figure in a notebook. `alt` says in a sentence what is to be seen, for those who
    cannot see it; `caption` stands below for all."""
    if not alt.strip():
        raise ValueError(
            "a picture needs an alternative text: say in a sentence what is to be seen in it"
        )
    display(*bundle(png(figure), alt, caption))


class LivePicture:
    """A picture that is redrawn in place while a model trains: what `LiveSamples(show=...)` is
    given.

    `draw` makes a figure of the samples; `alt` is its alternative text, to which the step is added.
    """

    def __init__(self, draw: Callable[[Tensor], Figure], alt: str) -> None:
        self.draw, self.alt = draw, alt
        self._handle: Any = None

    def __call__(self, samples: Tensor, step: int) -> None:
        data, metadata = bundle(png(self.draw(samples)), f"{self.alt}, after step {step}")
        if self._handle is None:
            self._handle = display(data, metadata, replaceable=True)
        else:
            self._handle.update(data, metadata=metadata, raw=True)


def bundle(
    picture: bytes, alt: str, caption: str = ""
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """The forms of a PNG picture by MIME type, richest first, and their metadata: what a notebook's
    output holds, and what a `_repr_mimebundle_` returns.

    JupyterLab shows the HTML, the only form whose alternative text it reads out. Viewers that leave
    HTML out show the PNG; of these VS Code reads out `text/plain`, nbconvert the metadata. So that
    both forms together are no larger than matplotlib's PNG, the one is a WebP, the other reduced.
    """
    html, below = image_tag(webp(picture), alt, "webp"), ""
    if caption:
        html += (
            f'<p style="margin: 0.2em 0 0.8em; font-size: 90%; opacity: 0.8">{escape(caption)}</p>'
        )
        below = f"\n{caption}"
    forms = {
        "text/html": html,
        "image/png": base64.b64encode(reduced(picture)).decode(),
        "text/plain": f"[picture: {alt}]{below}",
    }
    return forms, {"image/png": {"alt": alt}}
