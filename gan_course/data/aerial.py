"""Maps of the country and what it looks like from above, drawn by the course."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

from gan_course.data.pairs import PairSet
from gan_course.data.scenes import Look, box, gradient, map_and_view, polygon, scene_pairs
from gan_course.data.svg import SHAPE

CREDIT = "Drawn by the course"
LOOKS = {
    "meadow": Look("#cdebb0", "#7a9a4e", 8),
    "wheat": Look("#f5e6b8", "url(#wheat)", 7),
    "crop": Look("#dfe8a0", "url(#crop)", 7),
    "forest": Look("#8fc48f", "#2f5230", 16),
    "garden": Look("#e8e4de", "#93a368", 8),
    "water": Look("#aad3df", "#2d5a72", 3),
    "road": Look("#ffffff", "#8c8a86", 5),
    "house": Look("#c88a7a", "#b5583f", 5),
    "tree": Look("#4f9a5b", "url(#tree)", 6),
}


def _furrows(name: str, light: str, dark: str) -> str:
    stops = "".join(
        f'<stop offset="{place}" stop-color="{colour}"/>'
        for place, colour in ((0, dark), (0.4, dark), (0.4, light), (1, light))
    )
    where = 'gradientUnits="userSpaceOnUse" x2="5" spreadMethod="repeat"'
    return f'<linearGradient id="{name}" {where}>{stops}</linearGradient>'


PAINTS = (
    _furrows("wheat", "#d2b468", "#b3924a")
    + _furrows("crop", "#98ab4c", "#75893a")
    + gradient("tree", "#6f9c48", "#24441f", round=True)
)
# How often a plot of land is what.
LAND = {"meadow": 2, "wheat": 3, "crop": 3, "forest": 3, "garden": 4}
ROAD = 6.0  # wide, of a picture of 100
SPACE = 14.0  # for a house
EDGES = (-40, 140)  # of what is drawn: the picture may be turned


def aerial_maps(shape: Sequence[int] = SHAPE, cache: Path | None = None) -> PairSet:
    """Maps of the country, and what it looks like from above, of `shape` (3, 32, 32) or (3, 64,
    64).

    What a map does not tell of its view is the texture, and where in a pixel an edge lies;
    `given["plain"]` is the view without texture. Drawn once and kept in `cache` (default: the
    user's cache folder); raises as `drawn_once` and `side_of` do.
    """
    return scene_pairs(
        "aerial_maps", CREDIT, ("resvg-py",), (__file__,), _draw, shape, cache, LOOKS
    )


def _draw(number: int) -> tuple[str, str]:
    random = Random(number)
    degrees = random.uniform(0, 90)
    # The sun stands on the left above, however the land is turned.
    angle = math.radians(degrees)
    shadow = (2 * math.cos(angle) + 2 * math.sin(angle), 2 * math.cos(angle) - 2 * math.sin(angle))
    land = _land(random, shadow)
    return map_and_view(f'<g transform="rotate({degrees:.2f} 50 50)">{land}</g>', LOOKS, PAINTS)


def _land(random: Random, shadow: tuple[float, float]) -> str:
    across, down = _cuts(random), _cuts(random)
    plots, houses = "", ""
    for left, right in pairwise(across):
        for top, bottom in pairwise(down):
            (kind,) = random.choices(list(LAND), list(LAND.values()))
            plots += box(kind, left, top, right, bottom)
            if kind == "garden":
                houses += _houses(random, (left, top, right, bottom), shadow)
    river = _river(random) if random.random() < 0.6 else ""
    (first, last), half = EDGES, ROAD / 2
    roads = [box("road", x - half, first, x + half, last) for x in across]
    roads += [box("road", first, y - half, last, y + half) for y in down]
    return plots + houses + river + "".join(road for road in roads if random.random() < 0.6)


def _cuts(random: Random) -> list[float]:
    """Where the land is cut into plots."""
    cuts = [EDGES[0] + random.uniform(0, 20)]
    while cuts[-1] < EDGES[1]:
        cuts.append(cuts[-1] + random.uniform(24, 44))
    return cuts


def _river(random: Random) -> str:
    middle, wide = random.uniform(20, 80), random.uniform(5, 10)
    bend, phase, pace = random.uniform(4, 12), random.uniform(0, 6.3), random.uniform(20, 30)
    bank = [
        (x, middle + bend * math.sin(x / pace + phase)) for x in range(EDGES[0], EDGES[1] + 1, 6)
    ]
    other = [(x, y + wide) for x, y in reversed(bank)]
    return polygon("water", [*bank, *other])


def _houses(random: Random, plot: tuple[float, ...], shadow: tuple[float, float]) -> str:
    """Houses in rows, some with a tree."""
    left, top, right, bottom = plot
    drawn = ""
    for row in range(int((bottom - top - ROAD) // SPACE)):
        for column in range(int((right - left - ROAD) // SPACE)):
            x, y = left + ROAD / 2 + SPACE * column + 2, top + ROAD / 2 + SPACE * row + 2
            wide, deep = random.uniform(6, 9), random.uniform(5, 8)
            corners = (x, y, x + wide, y + deep)
            below = [a + b for a, b in zip(corners, (*shadow, *shadow), strict=True)]
            drawn += box("detail", *below, opacity="0.4") + box("house", *corners)
            # One side of the roof is in the shade.
            drawn += box("detail", x, y + deep / 2, *corners[2:], fill="#000020", opacity="0.3")
            if random.random() < 0.6:
                radius = random.uniform(2, 3.2)
                drawn += (
                    f'<circle class="tree" cx="{x + 10:.2f}" cy="{y + 9:.2f}" r="{radius:.2f}"/>'
                )
    return drawn
