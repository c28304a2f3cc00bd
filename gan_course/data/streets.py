"""Streets as a map of their parts and as one sees them, drawn in perspective by the course."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

from gan_course.data.pairs import PairSet
from gan_course.data.scenes import Look, box, gradient, map_and_view, polygon, scene_pairs
from gan_course.data.svg import SHAPE

CREDIT = "Drawn by the course"
# On the map mostly the colours of Cityscapes, a set of maps of streets that is much used.
LOOKS = {
    "sky": Look("#4682b4", "url(#sky)"),
    "pavement": Look("#f423e8", "url(#pavement)", 5),
    "road": Look("#804080", "url(#road)", 7),
    "brick": Look("#a04a4a", "url(#brick)", 9),
    "plaster": Look("#464646", "url(#plaster)", 4),
    "window": Look("#66669c", "url(#window)"),
    "tree": Look("#6b8e23", "url(#tree)", 14),
    "car": Look("#00008e", "url(#car)"),
}
PAINTS = (
    gradient("sky", "#5f9fe0", "#cfe6f7")
    + gradient("pavement", "#a79f94", "#c9c1b4")
    + gradient("road", "#8b8b90", "#4b4b52")
    + gradient("brick", "#c0694c", "#8a4434")
    + gradient("plaster", "#f0e3c4", "#c9b48c")
    + gradient("window", "#9cc4dc", "#34506b")
    + gradient("car", "#f0524a", "#a01420")
    + gradient("tree", "#a8cf58", "#27571f", round=True)
)

# Lengths are in units of the height of the eye above the ground.
FOCUS = 50.0  # how large something of length 1 is on the picture, of 100, at distance 1
NEAR, FAR = 0.6, 9.0
KERB, TREES, HOUSES = 0.62, 0.8, 1.0  # how far from the middle of the road
FLOORS = (0.35, 1.15, 1.95)  # the lower edges of windows
# As they stand on the ground at (0, 0), where y grows downwards.
CAR = (
    '<ellipse class="detail" rx=".27" ry=".06" opacity=".5"/>'
    + box("car", -0.22, -0.24, 0.22, -0.02)
    + box("car", -0.16, -0.38, 0.16, -0.24)
    + box("detail", -0.13, -0.35, 0.13, -0.24, fill="#26384a")
    + "".join(box("detail", x - 0.05, -0.07, x + 0.05, 0) for x in (-0.17, 0.17))
    + "".join(box("detail", x - 0.04, -0.2, x + 0.04, -0.14, fill="#ffe9a0") for x in (-0.16, 0.16))
)
TRUNK = box("tree", -0.05, -0.8, 0.05, 0) + box("detail", -0.05, -0.8, 0.05, 0, fill="#5a4030")


def street_maps(shape: Sequence[int] = SHAPE, cache: Path | None = None) -> PairSet:
    """Maps of the parts of streets, and the streets, of `shape` (3, 32, 32) or (3, 64, 64).

    What a map does not tell of its street is the texture, and where in a pixel an edge lies;
    `given["plain"]` is the street without texture. Drawn once and kept in `cache` (default: the
    user's cache folder); raises as `drawn_once` and `side_of` do.
    """
    return scene_pairs(
        "street_maps", CREDIT, ("resvg-py",), (__file__,), _draw, shape, cache, LOOKS
    )


def _draw(number: int) -> tuple[str, str]:
    random = Random(number)
    street = Street(random.uniform(38, 62), random.uniform(36, 48))
    return map_and_view(street.shapes(random), LOOKS, PAINTS)


class Street:
    """A straight road that vanishes at the point (x, y) of the picture."""

    def __init__(self, x: float, y: float) -> None:
        self.x, self.y = x, y

    def at(self, right: float, above: float, away: float) -> tuple[float, float]:
        """Where the picture shows what is so far to the right, above the ground and away."""
        return self.x + FOCUS * right / away, self.y + FOCUS * (1 - above) / away

    def shapes(self, random: Random) -> str:
        horizon = self.y + FOCUS / FAR
        ground = box("sky", 0, 0, 100, horizon) + box("pavement", 0, horizon, 100, 100)
        dashes = [0.9 * 1.35**i for i in range(8)]
        road = self._flat("road", KERB, NEAR, FAR) + "".join(
            self._flat("detail", 0.03, away, 1.15 * away, fill="#f4f1e6") for away in dashes
        )
        houses = self._houses(random, -HOUSES) + self._houses(random, HOUSES)
        things = [self._tree(random, side) for side in (-TREES, TREES) for _ in range(2)]
        cars = [(lane, random.uniform(1.15, 2.6)) for lane in (-0.3, 0.3) if random.random() < 0.7]
        things += [(away, self._standing(CAR, lane, away)) for lane, away in cars]
        nearer_last = sorted(things, reverse=True)
        return ground + road + houses + "".join(shape for _, shape in nearer_last)

    def _flat(self, kind: str, half: float, near: float, far: float, **more: str) -> str:
        """What lies on the ground, as far to the left as to the right."""
        ends = ((-half, near), (-half, far), (half, far), (half, near))
        return polygon(kind, [self.at(right, 0, away) for right, away in ends], **more)

    def _wall(
        self,
        kind: str,
        right: float,
        heights: Sequence[float],
        distances: Sequence[float],
        **more: str,
    ) -> str:
        """What stands along the road, between two heights and two distances."""
        (low, high), (near, far) = heights, distances
        ends = ((low, near), (low, far), (high, far), (high, near))
        return polygon(kind, [self.at(right, above, away) for above, away in ends], **more)

    def _standing(self, thing: str, right: float, away: float) -> str:
        x, y = self.at(right, 0, away)
        size = FOCUS / away
        return f'<g transform="translate({x:.2f} {y:.2f}) scale({size:.2f})">{thing}</g>'

    def _tree(self, random: Random, right: float) -> tuple[float, str]:
        away, radius = random.uniform(1.1, 4), random.uniform(0.28, 0.4)
        crown = f'<circle class="tree" cy="-0.95" r="{radius:.2f}"/>'
        return away, self._standing(TRUNK + crown, right, away)

    def _houses(self, random: Random, right: float) -> str:
        distances = [0.7]
        while distances[-1] < FAR:
            distances.append(distances[-1] * random.uniform(1.35, 1.8))
        drawn = ""
        for near, far in reversed(list(pairwise(distances))):
            kind, high = random.choice(("brick", "plaster")), random.uniform(1.7, 2.9)
            drawn += self._wall(kind, right, (0, high), (near, far))
            for low in FLOORS if near < 3 else ():
                for left, end in ((0.15, 0.4), (0.6, 0.85)):
                    window = [near + share * (far - near) for share in (left, end)]
                    if low + 0.5 < high:
                        drawn += self._wall("window", right, (low, low + 0.45), window)
            if right > 0:  # the side away from the sun
                shade = {"fill": "#101840", "opacity": "0.3"}
                drawn += self._wall("detail", right, (0, high), (near, far), **shade)
        return drawn
