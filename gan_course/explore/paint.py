"""Pictures painted directly, as SVG: a millisecond or two each, sharp at any size, in the colours
of the page that shows them, and no object left behind that only the garbage collector could free,
as every figure of matplotlib leaves thousands."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from functools import cache
from html import escape
from typing import Any

import numpy as np
from contourpy import FillType, LineType, contour_generator
from numpy.typing import ArrayLike
from PIL import ImageFont

from gan_course.colours import EXACT, QUIET
from gan_course.explore.svg import encoded, font_file, ink, rasterised, written

SMALL, NORMAL = 11.5, 12.5  # heights of letters, in pixels
TICK = 4  # pixels
NO_BREAK = "\u00a0"
ANCHORS = {"l": "start", "m": "middle", "r": "end"}


@cache
def font(size: float, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The typeface that words are measured with; those that pages have are hardly ever wider."""
    return ImageFont.truetype(font_file(bold=bold), size, layout_engine=ImageFont.Layout.BASIC)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from `low` to `high`, at most `most`: 1, 2 or 5 times a power of ten apart."""
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    step = next(
        power * each for each in (1, 2, 5, 10, 20) if (high - low) / (power * each) <= most - 1
    )
    return (np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step).round(12).tolist()


class Painting:
    """A sheet of `width` × `height` pixels without a ground, its (0, 0) at the upper left."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def paste(
        self,
        pixels: np.ndarray,
        left: float,
        top: float,
        scale: float = 1,
        *,
        on_paper: bool = False,
    ) -> None:
        """Put down uint8 `pixels` (H, W), grey, or (H, W, 3) or with opacity (H, W, 4), each as a
        square of `scale` pixels. What is drawn `on_paper`, dark on white, a dark page shows as
        light on dark."""
        height, width = (side * scale for side in pixels.shape[:2])
        address = base64.b64encode(encoded(pixels)).decode()
        look = "data-on-paper=''" if on_paper else "style='image-rendering: pixelated'"
        self._parts.append(
            f'<image x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" '
            f'{look} href="data:image/png;base64,{address}"/>'
        )

    def place(self, other: Painting, left: float, top: float) -> None:
        """Put another painting down, its upper left corner there."""
        self._parts += [f'<g transform="translate({left:g} {top:g})">', *other._parts, "</g>"]

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: str = "lm",
        size: float = SMALL,
        colour: str = EXACT,
        bold: bool = False,
    ) -> float:
        """Write `words` (lines may be broken) and return their width in pixels; the first letter of
        the anchor is l, m or r for left, middle or right, the second m for their middle height."""
        face, lines = font(size, bold=bold), words.split("\n")
        between = 1.25 * size
        first = y + 0.36 * size - between * (len(lines) - 1) / 2
        look = f' font-size="{size:g}" {ink(colour)}'
        look += f' text-anchor="{ANCHORS[anchor[0]]}"' + ' font-weight="bold"' * bold
        for i, line in enumerate(lines):
            place = f'x="{x:.2f}" y="{first + i * between:.2f}"'
            kept = escape(line).replace("  ", 2 * NO_BREAK)  # or several spaces would be one
            self._parts.append(f"<text {place}{look}>{kept}</text>")
        return max(face.getlength(line) for line in lines)

    def upright(self, x: float, y: float, words: str, *, size: float = NORMAL) -> None:
        """Write `words` from below to above, their middle at (x, y)."""
        self._parts.append(f'<g transform="translate({x:.2f} {y:.2f}) rotate(-90)">')
        self.text(0, 0, words, anchor="mm", size=size)
        self._parts.append("</g>")

    def rectangle(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """Fill it, to whole pixels."""
        left, top, right, bottom = (round(side) for side in (left, top, right, bottom))
        if right > left and bottom > top:
            self._parts.append(f'<path d="M{left} {top}H{right}V{bottom}H{left}z" {ink(colour)}/>')

    def legend(
        self, x: float, y: float, entries: Iterable[tuple[str, str, str]], gap: int = 18
    ) -> None:
        """Marks with their meaning in one line: (mark, colour, words), where a mark is one of
        "line", "dashes", "dot", "arrow"."""
        for mark, colour, words in entries:
            # A plot without axes is a mark.
            drawn = Plot(self, (round(x), round(y) - 6, 22, 13), (0, 22), (0, 13))
            if mark == "dot":
                drawn.dots([11], [6.5], colour, 3)
            else:
                drawn.line([1, 21], [6.5, 6.5], colour, 1.6, dash=5 if mark == "dashes" else 0)
            if mark == "arrow":
                drawn.polygon([(21, 6.5), (14, 10.5), (14, 2.5)], colour)
            drawn.put()
            x += 28 + self.text(x + 28, y, words) + gap

    def draw(self, *parts: str) -> None:
        """Put down pieces of SVG."""
        self._parts += parts

    def svg(self) -> bytes:
        """The painting as an SVG file; the same painting gives the same bytes."""
        # The page's own colour and typeface go before these.
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" color="{EXACT}" font-family="DejaVu Sans">'
        )
        return "".join([head, *self._parts, "</svg>"]).encode()

    def png(self) -> bytes:
        """The painting on white paper as a PNG file, where no SVG can be shown; needs resvg-py."""
        return rasterised(self.svg())


class Plot:
    """A part of a painting, `box` (left, top, width, height) in pixels, over which x runs from
    `across[0]` to `across[1]` and y, from below, from `up[0]` to `up[1]`.

    What is drawn stays inside it, and is on the sheet after `put`.
    """

    def __init__(
        self,
        painting: Painting,
        box: tuple[int, int, int, int],
        across: tuple[float, float],
        up: tuple[float, float],
    ) -> None:
        self.painting, self.box, self.across, self.up = painting, box, across, up
        self._parts: list[str] = []

    def on_scale(self, up: tuple[float, float]) -> Plot:
        """The same drawing with another scale upwards."""
        other = copy(self)
        other.up = up
        return other

    def place(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Pixels (N, 2) from the plot's upper left corner for places, those far outside moved
        nearer."""
        _, _, width, height = self.box
        across = (np.asarray(x, dtype=float) - self.across[0]) / (self.across[1] - self.across[0])
        up = (np.asarray(y, dtype=float) - self.up[0]) / (self.up[1] - self.up[0])
        return np.stack([across.clip(-9, 9) * width, (1 - up.clip(-9, 9)) * height], axis=-1)

    def heights(self, values: np.ndarray, at: Sequence[float], colour: str) -> None:
        """A map of `values` (H, W), rows from below, at places from edge to edge: the higher, the
        fuller the colour, with thin lines of equal height `at` evenly spaced heights."""
        (rows, columns), (_, _, width, height) = values.shape, self.box
        contours = contour_generator(
            np.linspace(0, width, columns),
            np.linspace(height, 0, rows),
            values.clip(at[0], at[-1]),
            fill_type=FillType.OuterOffset,
            line_type=LineType.Separate,
        )
        # Each field lies on those below it, so that no seam shows between two.
        before, lines = 0.0, []
        for i, low in enumerate(at[:-1]):
            share = (i + 0.5) / (len(at) - 1)
            rings = [
                f"M{written(ring)}z"
                for points, ends in zip(*contours.filled(low, np.inf), strict=True)
                for ring in np.split(points, ends[1:-1])
            ]
            added = (share - before) / (1 - before)
            self._path(rings, f'fill="{colour}" fill-opacity="{added:.3f}" fill-rule="evenodd"')
            edges: Any = contours.lines(low) if i else ()
            lines += [f"M{written(edge)}" for edge in edges]
            before = share
        self._path(lines, 'fill="none" stroke="currentColor" stroke-width="0.8" opacity="0.6"')

    def strip(self, begin: float, end: float, colour: str, share: float) -> None:
        """Shade from x = `begin` to `end` over the whole height."""
        (left, _), (right, _) = self.place([begin, end], self.up)
        # On an edge of its own, two that touch would both be seen.
        look = f'fill="{colour}" fill-opacity="{share:g}" shape-rendering="crispEdges"'
        self._path([f"M{left:.2f} 0H{right:.2f}V{self.box[3]}H{left:.2f}z"], look)

    def area(self, x: np.ndarray, y: np.ndarray, colour: str, share: float) -> None:
        """Shade what lies between y and the lower edge with `share` of a colour."""
        foot = self.place([x[-1], x[0]], [self.up[0], self.up[0]])
        outline = written(np.concatenate([self.place(x, y), foot]))
        self._path([f"M{outline}z"], f'fill="{colour}" fill-opacity="{share:g}"')

    def line(
        self,
        x: ArrayLike,
        y: ArrayLike,
        colour: str,
        width: float = 1.5,
        dash: int = 0,
    ) -> None:
        """A line through the places, of `width` pixels; with a `dash`, so many pixels drawn and
        half as many left out."""
        dashes = f' stroke-dasharray="{dash} {dash / 2:g}"' if dash else ""
        look = f'{ink(colour, "stroke")} stroke-width="{width:g}"{dashes}'
        self._path([f"M{written(self.place(x, y))}"], f'fill="none" stroke-linejoin="round" {look}')

    def dots(self, x: ArrayLike, y: ArrayLike, colour: str, radius: float) -> None:
        """Discs of `radius` pixels."""
        # A line of no length with round ends is a disc.
        places = self.place(x, y)
        look = f'{ink(colour, "stroke")} stroke-width="{2 * radius:g}"'
        self._path([written(places, "M%.1f %.1fh0")], f'{look} stroke-linecap="round"')

    def polygon(self, places: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill it."""
        x, y = zip(*places, strict=True)
        self._path([f"M{written(self.place(x, y))}z"], f"{ink(colour)}")

    def put(self) -> None:
        """Put what was drawn on the sheet."""
        left, top, width, height = self.box
        # A drawing in a drawing cuts off what lies outside.
        inside = f'<svg x="{left}" y="{top}" width="{width}" height="{height}">'
        self.painting.draw(inside, *self._parts, "</svg>")

    def _path(self, parts: Sequence[str], look: str) -> None:
        self._parts.append(f'<path d="{"".join(parts)}" {look}/>')

    def axis_below(
        self, at: Sequence[float], label: str = "", write: Callable[[float], str] = "{:g}".format
    ) -> None:
        """The lower edge as an axis, with marks `at` these places."""
        left, top, width, height = self.box
        foot, paint = top + height, self.painting
        paint.rectangle(left, foot, left + width, foot + 1, EXACT)
        for value in at:
            x = left + (value - self.across[0]) / (self.across[1] - self.across[0]) * width
            paint.rectangle(x, foot, x + 1, foot + TICK, EXACT)
            paint.text(x, foot + TICK + 8, write(value), anchor="mm", size=SMALL - 0.5)
        paint.text(left + width / 2, foot + TICK + 23, label, anchor="mm", size=NORMAL)

    def axis_beside(
        self,
        at: Sequence[float],
        label: str = "",
        write: Callable[[float], str] = "{:g}".format,
        *,
        right: bool = False,
    ) -> None:
        """The left or the right edge as an axis, with marks `at` these places."""
        left, top, width, height = self.box
        edge, paint, away = (left + width, self.painting, 1) if right else (left, self.painting, -1)
        paint.rectangle(edge, top, edge + 1, top + height, EXACT)
        widest = 0.0
        for value in at:
            y = top + (1 - (value - self.up[0]) / (self.up[1] - self.up[0])) * height
            paint.rectangle(
                min(edge, edge + away * TICK), y, max(edge, edge + away * TICK), y + 1, EXACT
            )
            words = write(value)
            place = edge + away * (TICK + 3)
            widest = max(
                widest,
                paint.text(place, y, words, anchor="lm" if right else "rm", size=SMALL - 0.5),
            )
        if label:
            paint.upright(edge + away * (TICK + 13 + widest), top + height / 2, label)


def level(plot: Plot, y: float, colour: str = QUIET, dash: int = 4) -> None:
    """A dashed line across a plot at the height `y`."""
    plot.line(plot.across, [y, y], colour, 1, dash)
