"""Scenes drawn twice from one description: as a map of what is where, and as a view of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gan_course.data import svg as drawing
from gan_course.data.cache import Arrays, drawn_once, tracked
from gan_course.data.pairs import PairSet, PairSplit
from gan_course.data.svg import as_images, raster, side_of

LEARNED, HELD_OUT = 2000, 400
CODE = (__file__, drawing.__file__)


@dataclass(frozen=True)
class Look:
    """How the things of a class look: their colour on the map, #rrggbb, their paint in the view, as
    SVG has it, and the standard deviation of their texture, in grey levels of 255."""

    label: str
    paint: str
    rough: float = 0.0

    @property
    def rgb(self) -> tuple[int, ...]:
        return tuple(bytes.fromhex(self.label[1:]))


Looks = Mapping[str, Look]


def scene_pairs(
    name: str,
    credit: str,
    packages: Sequence[str],
    code: Sequence[str],
    draw: Callable[[int], tuple[str, str]],
    shape: Sequence[int],
    cache: Path | None,
    looks: Looks | None = None,
) -> PairSet:
    """2,000 pairs to learn from and 400 held out, of the two SVG that `draw` gives of a number.

    Where `looks` are given, the first of the two is a map, the second gets their texture, and
    `given["plain"]` is the second without it. Raises as `drawn_once` and `side_of` do.
    """
    side = side_of(name, shape)
    rastered = partial(_rastered, draw, side, looks)
    arrays = drawn_once(f"{name}-{side}", packages, (*CODE, *code), rastered, cache)
    images = {key: as_images(pixels) for key, pixels in arrays.items()}
    x, y = images.pop("x"), images.pop("y")
    train, held_out = (
        PairSplit(x[rows], y=y[rows], given={key: images[key][rows] for key in images})
        for rows in (slice(LEARNED), slice(LEARNED, None))
    )
    return PairSet(name, train, held_out, credit)


def _rastered(draw: Callable[[int], tuple[str, str]], side: int, looks: Looks | None) -> Arrays:
    numbers = range(LEARNED + HELD_OUT)
    pixels = [[raster(one, side) for one in draw(number)] for number in tracked(numbers)]
    x, y = (np.stack(pictures) for pictures in zip(*pixels, strict=True))
    return {"x": x, "y": y} if looks is None else {"x": x, "y": textured(x, y, looks), "plain": y}


def textured(maps: NDArray[np.uint8], plain: NDArray[np.uint8], looks: Looks) -> NDArray[np.uint8]:
    """`plain`, uint8 (N, 3, H, W), made lighter and darker by noise, as rough as the `looks` of
    what is there, which `maps` of that shape say. No map tells anything of the noise, and its
    median is 0, so of all guesses `plain` has the least L1 error."""
    noise = np.random.default_rng(0).standard_normal((len(maps), 1, *maps.shape[2:]))
    for look in looks.values():
        here = (maps == np.array(look.rgb, np.uint8)[:, None, None]).all(1, keepdims=True)
        noise[here] *= look.rough
    return (plain + noise).round().clip(0, 255).astype(np.uint8)


def map_and_view(shapes: str, looks: Looks, definitions: str) -> tuple[str, str]:
    """The SVG of a map and of a view, of `shapes` in a square of 100 that have the names of `looks`
    as their class; those of class "detail" are in the view alone. `definitions` are the gradients
    and patterns that paints name."""
    plan = "".join(f".{name}{{fill:{look.label}}}" for name, look in looks.items())
    paints = "".join(f".{name}{{fill:{look.paint}}}" for name, look in looks.items())
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"'
    # Crisp edges, so that a pixel of the map has the colour of one class.
    crisp = f'{svg} shape-rendering="crispEdges"><style>{plan}.detail{{visibility:hidden}}</style>'
    view = f"{svg}><defs>{definitions}</defs><style>{paints}</style>"
    return f"{crisp}{shapes}</svg>", f"{view}{shapes}</svg>"


def polygon(kind: str, points: Sequence[tuple[float, float]], **more: str) -> str:
    """The area between `points`, of class `kind`, with `more` of what SVG lets it have."""
    rest = "".join(f' {name}="{value}"' for name, value in more.items())
    corners = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return f'<polygon class="{kind}" points="{corners}"{rest}/>'


def box(kind: str, left: float, top: float, right: float, bottom: float, **more: str) -> str:
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return polygon(kind, corners, **more)


def gradient(name: str, first: str, last: str, round: bool = False) -> str:  # noqa: A002
    """A paint that goes from one colour to another: downwards, or from a light that falls on
    something `round` from above on the left."""
    stops = f'<stop stop-color="{first}"/><stop offset="1" stop-color="{last}"/>'
    if round:
        return f'<radialGradient id="{name}" cx=".35" cy=".3" r=".8">{stops}</radialGradient>'
    return f'<linearGradient id="{name}" x2="0" y2="1">{stops}</linearGradient>'
