"""Hills by day, and the same hills by night."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache as once
from pathlib import Path
from typing import Any

from gan_course.data import avatars
from gan_course.data.avatars import PACKAGES, definition
from gan_course.data.pairs import PairSet
from gan_course.data.scenes import scene_pairs
from gan_course.data.svg import SHAPE

CREDIT = "DiceBear (https://www.dicebear.com): Landscape by DiceBear; CC0 1.0"
# From the sky down to the hill in front. By day the style has several colours for each.
NIGHT = {
    "backgroundColor": "#101a4a",
    "orbColor": "#fff3c4",
    "hill1Color": "#4a5a96",
    "hill2Color": "#34437c",
    "hill3Color": "#222e60",
    "hill4Color": "#131b40",
}


def day_night(shape: Sequence[int] = SHAPE, cache: Path | None = None) -> PairSet:
    """Landscapes by day and by night, of `shape` (3, 32, 32) or (3, 64, 64).

    All nights have the same colours: a day has one night, and a night could be that of many days.
    Drawn once and kept in `cache` (default: the user's cache folder); raises as `drawn_once` and
    `side_of` do.
    """
    code = (__file__, avatars.__file__)
    return scene_pairs("day_night", CREDIT, PACKAGES, code, _draw, shape, cache)


@once
def _style() -> Any:
    from dicebear import Style

    return Style(definition("landscape"))


def _draw(number: int) -> tuple[str, str]:
    from dicebear import Avatar

    scene = {"seed": str(number), "animationVariant": "none"}
    return str(Avatar(_style(), scene)), str(Avatar(_style(), scene | NIGHT))
