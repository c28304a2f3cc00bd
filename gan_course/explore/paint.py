"""Pictures painted directly, pixel by pixel: a few milliseconds each, and no object left behind
that only the garbage collector could free, as every figure of matplotlib leaves thousands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from functools import cache
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageColor, ImageDraw, ImageFont

from gan_course.colours import EXACT, QUIET

SMALL, NORMAL = 11.5, 12.5  # heights of letters, in pixels
FINER = 3  # curves are drawn so many times larger and then averaged, which smooths their edges
TICK = 4  # pixels


@cache
def font(size: float, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The typeface of the course's figures, which has × and ∇; matplotlib brings it along."""
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(folder / name, size, layout_engine=ImageFont.Layout.BASIC)


def pale(colour: str, share: float) -> tuple[int, int, int]:
    """What `share` of a colour gives on white paper."""
    return tuple(round(255 + share * (part - 255)) for part in ImageColor.getrgb(colour)[:3])  # type: ignore[return-value]


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from `low` to `high`, at most `most`: 1, 2 or 5 times a power of ten apart."""
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    step = next(
        power * each for each in (1, 2, 5, 10, 20) if (high - low) / (power * each) <= most - 1
    )
    return (np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step).round(12).tolist()


class Painting:
    """White paper of `width` × `height` pixels, its (0, 0) at the upper left."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height), "white")
        self._draw = ImageDraw.Draw(self.image)

    def paste(self, pixels: np.ndarray, left: int, top: int) -> None:
        """Put down `pixels`, uint8 (H, W, 3)."""
        self.image.paste(Image.fromarray(pixels), (left, top))

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
        face, place = font(size, bold=bold), (round(x), round(y))
        if "\n" in words:
            self._draw.multiline_text(place, words, colour, face, anchor=anchor, spacing=2)
            return max(face.getlength(line) for line in words.split("\n"))
        self._draw.text(place, words, colour, face, anchor=anchor)
        return face.getlength(words)

    def upright(self, x: float, y: float, words: str, *, size: float = NORMAL) -> None:
        """Write `words` from below to above, their middle at (x, y)."""
        face = font(size)
        _, _, right, bottom = (round(side) for side in face.getbbox(words))
        letters = Image.new("L", (right + 2, bottom + 2))
        ImageDraw.Draw(letters).text((0, 0), words, 255, face)
        turned = letters.rotate(90, expand=True)
        corner = round(x - turned.width / 2), round(y - turned.height / 2)
        self.image.paste(ImageColor.getrgb(EXACT), (*corner,), turned)

    def rectangle(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """Fill it, to whole pixels."""
        box = [round(left), round(top), round(right) - 1, round(bottom) - 1]
        if box[2] >= box[0] and box[3] >= box[1]:
            self._draw.rectangle(box, fill=colour)

    def legend(
        self, x: float, y: float, entries: Iterable[tuple[str, str, str]], gap: int = 18
    ) -> None:
        """Marks with their meaning in one line: (mark, colour, words), where a mark is one of
        "line", "dashes", "dot", "arrow"."""
        for mark, colour, words in entries:
            # A plot without axes is a mark that is smooth.
            drawn = Plot(self, (round(x), round(y) - 6, 22, 13), (0, 22), (0, 13))
            if mark == "dot":
                drawn.dots([11], [6.5], colour, 3)
            else:
                drawn.line([1, 21], [6.5, 6.5], colour, 1.6, dash=5 if mark == "dashes" else 0)
            if mark == "arrow":
                drawn.polygon([(21, 6.5), (14, 10.5), (14, 2.5)], colour)
            drawn.put()
            x += 28 + self.text(x + 28, y, words) + gap

    def png(self) -> bytes:
        """The painting as a PNG file; the same painting gives the same bytes."""
        buffer = BytesIO()
        # Half the time of the default, and a tenth more bytes.
        self.image.save(buffer, "PNG", compress_level=3)
        return buffer.getvalue()


class Plot:
    """A part of a painting, `box` (left, top, width, height) in pixels, over which x runs from
    `across[0]` to `across[1]` and y, from below, from `up[0]` to `up[1]`.

    What is drawn stays inside it, and is on the paper after `put`.
    """

    def __init__(
        self,
        painting: Painting,
        box: tuple[int, int, int, int],
        across: tuple[float, float],
        up: tuple[float, float],
    ) -> None:
        self.painting, self.box, self.across, self.up = painting, box, across, up
        _, _, width, height = box
        self._fine = Image.new("RGB", (width * FINER, height * FINER), "white")
        self._draw = ImageDraw.Draw(self._fine)

    def on_scale(self, up: tuple[float, float]) -> Plot:
        """The same drawing with another scale upwards."""
        other = copy(self)
        other.up = up
        return other

    def place(self, x: ArrayLike, y: ArrayLike) -> list[tuple[float, float]]:
        """Pixels of the fine drawing for places, those far outside moved nearer."""
        _, _, width, height = (side * FINER for side in self.box)
        across = (np.asarray(x, dtype=float) - self.across[0]) / (self.across[1] - self.across[0])
        up = (np.asarray(y, dtype=float) - self.up[0]) / (self.up[1] - self.up[0])
        places = np.stack(
            [across.clip(-9, 9) * width, (1 - up.clip(-9, 9)) * height], axis=-1
        ).round(2)
        return [tuple(place) for place in places.tolist()]

    def heights(self, values: np.ndarray, at: Sequence[float], colour: str) -> None:
        """A map of `values` (H, W), rows from below, at places from edge to edge: the higher, the
        fuller the colour, with thin lines of equal height `at` evenly spaced heights."""
        columns, rows = self._fine.size
        fine = _between(rows, len(values))[::-1] @ values @ _between(columns, values.shape[1]).T
        bands = np.floor((fine - at[0]) / (at[1] - at[0])).clip(0, len(at) - 2).astype(np.uint8)
        # Twice as strong as one step of the fine drawing, or averaging would wash it out.
        line = np.zeros(bands.shape, dtype=bool)
        line[1:] = bands[1:] != bands[:-1]
        line[:, 1:] |= bands[:, 1:] != bands[:, :-1]
        shares = (np.arange(len(at) - 1) + 0.5) / (len(at) - 1)
        inks = np.array([pale(colour, share) for share in shares] + [(70, 90, 84)], dtype=np.uint8)
        self._fine.paste(Image.fromarray(inks[np.where(line, len(at) - 1, bands)]), (0, 0))

    def strip(self, begin: float, end: float, colour: str, share: float) -> None:
        """Shade from x = `begin` to `end` over the whole height."""
        places = self.place([begin, end], self.up)
        self._draw.rectangle(
            (places[0][0], 0, places[1][0], self._fine.size[1]), fill=pale(colour, share)
        )

    def area(self, x: np.ndarray, y: np.ndarray, colour: str, share: float) -> None:
        """Shade what lies between y and the lower edge with `share` of a colour."""
        foot = self.place([x[-1], x[0]], [self.up[0], self.up[0]])
        self._draw.polygon([*self.place(x, y), *foot], fill=pale(colour, share))

    def line(
        self,
        x: ArrayLike,
        y: ArrayLike,
        colour: str,
        width: float = 1.5,
        dash: int = 0,
    ) -> None:
        """A line through the places, of `width` pixels; with a `dash`, so many pixels drawn and
        half as many left out, for lines of two places."""
        places, thick = self.place(x, y), round(width * FINER)
        if not dash:
            self._draw.line(places, fill=colour, width=thick, joint="curve")
            return
        begin, end = np.array(places[0]), np.array(places[-1])
        length = float(np.hypot(*(end - begin))) or 1.0
        along = np.arange(0, length, 1.5 * dash * FINER)
        for at, until in zip(along, np.minimum(along + dash * FINER, length), strict=True):
            piece = [tuple(begin + (end - begin) * share / length) for share in (at, until)]
            self._draw.line(piece, fill=colour, width=thick)

    def dots(self, x: ArrayLike, y: ArrayLike, colour: str, radius: float) -> None:
        """Discs of `radius` pixels."""
        r = radius * FINER
        for across, down in self.place(x, y):
            self._draw.ellipse((across - r, down - r, across + r, down + r), fill=colour)

    def polygon(self, places: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill it."""
        x, y = zip(*places, strict=True)
        self._draw.polygon(self.place(x, y), fill=colour)

    def put(self) -> None:
        """Put what was drawn on the paper."""
        self.painting.image.paste(self._fine.reduce(FINER), self.box[:2])

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


def _between(fine: int, coarse: int) -> np.ndarray:
    """Weights (fine, coarse) that interpolate `coarse` values from edge to edge linearly."""
    places = np.linspace(0, coarse - 1, fine, dtype=np.float32)
    return np.maximum(0, 1 - np.abs(places[:, None] - np.arange(coarse, dtype=np.float32)))


def level(plot: Plot, y: float, colour: str = QUIET, dash: int = 4) -> None:
    """A dashed line across a plot at the height `y`."""
    plot.line(plot.across, [y, y], colour, 1, dash)
