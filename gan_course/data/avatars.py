"""Portraits that a program puts together, and their sketches: pairs or two domains, with every part
of every face known by name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from gan_course.data import svg
from gan_course.data.batches import random_generator
from gan_course.data.cache import Arrays, drawn_once, tracked
from gan_course.data.pairs import Domains, PairSet, PairSplit, UnpairedSplit
from gan_course.data.svg import SHAPE, as_images, raster, side_of
from gan_course.errors import unknown_name

PACKAGES = ("dicebear-core", "dicebear-styles", "resvg-py")
CODE = (__file__, svg.__file__)
CREDIT = (
    "DiceBear (https://www.dicebear.com): Open Peeps by Pablo Stanley, Lorelei by Lisa Wischofsky, "
    "Notionists by Zoish, Pixel Art by DiceBear; CC0 1.0"
)
LEARNED, HELD_OUT = 2400, 600  # identities
OPTIONAL = 0.3  # how often a part that not everyone has is there
NONE = "none"
WHITE, BLACK = "#ffffff", "#000000"
BLOCKS = 16  # on each side of a cartoon
SKIN = ("#ffdbb4", "#edb98a", "#d08b5b", "#ae5d29", "#694d3d")
HAIR = ("#2c1b18", "#724133", "#a55728", "#c93305", "#d6b370", "#e279c7", "#8fa7df")


@dataclass(frozen=True)
class Look:
    """What a style needs to become portraits and sketches, by the names of its colours: those a
    portrait has where they are not the style's own, and those of a sketch."""

    portrait: Mapping[str, tuple[str, ...]]
    sketch: Mapping[str, str]
    without: tuple[str, ...] = ()  # parts left out, since they hide the face


STYLES = {
    "open-peeps": Look(
        {}, {"skin": WHITE, "clothing": WHITE, "headContrast": WHITE}, without=("mask",)
    ),
    "lorelei": Look({"skin": SKIN, "hair": HAIR}, {"skin": WHITE, "hair": BLACK}),
    "notionists": Look({"paper": SKIN}, {"paper": WHITE}),
    "pixel-art": Look(
        {},
        {"skin": WHITE, "clothing": WHITE}
        | dict.fromkeys(("accessories", "eyes", "glasses", "hair", "hat", "mouth"), BLACK),
    ),
}


@dataclass(frozen=True)
class Avatars(PairSet):
    """Pairs of pictures, `x` a sketch and `y` the portrait; `given[part]` says which of
    `attributes[part]` each has."""

    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def avatar_pairs(
    shape: Sequence[int] = SHAPE, cache: Path | None = None, style: str = "open-peeps"
) -> Avatars:
    """2,400 sketches with their portraits to learn from and 600 held out, of `shape` (3, 32, 32) or
    (3, 64, 64), in one of `STYLES`; no two share all parts of a face.

    Drawn once and kept in `cache` (default: the user's cache folder). Raises as `drawn_once` and
    `side_of` do, and `ValueError` for an unknown style.
    """
    if style not in STYLES:
        raise unknown_name("style", style, STYLES)
    side = side_of("avatars", shape)
    draw = partial(_draw, style, side)
    arrays = dict(drawn_once(f"avatars-{style}-{side}", PACKAGES, CODE, draw, cache))
    x, y = as_images(arrays.pop("sketch")), as_images(arrays.pop("portrait"))
    given = {part: torch.from_numpy(numbers) for part, numbers in arrays.items()}
    train, held_out = (
        PairSplit(x[rows], y=y[rows], given={part: given[part][rows] for part in given})
        for rows in (slice(LEARNED), slice(LEARNED, None))
    )
    return Avatars("avatar_pairs", train, held_out, CREDIT, attributes=_attributes(style))


def avatars(
    shape: Sequence[int] = SHAPE, cache: Path | None = None, style: str = "open-peeps"
) -> Domains:
    """1,200 sketches and 1,200 portraits of other people to learn from; held out are the pairs that
    `avatar_pairs` holds out. Raises as it does."""
    pairs = avatar_pairs(shape, cache, style)
    half = LEARNED // 2
    train = UnpairedSplit(pairs.train.x[:half], y=pairs.train.y[half:])
    sides = "sketch", "portrait"
    return Domains("avatars", train, pairs.held_out, CREDIT, sides=sides)


def pixel_portraits(shape: Sequence[int] = SHAPE, cache: Path | None = None) -> Avatars:
    """The portraits of `avatar_pairs` and a cartoon of each, exactly: of every pixel the nearest
    colour among those of the style, and in each of 16 x 16 blocks the one that most pixels have.
    Raises as `avatar_pairs` does."""
    pairs = avatar_pairs(shape, cache)
    people = torch.cat([pairs.train.y, pairs.held_out.y])
    name = f"pixel_portraits-{pairs.shape[1]}"
    kept = drawn_once(name, PACKAGES, CODE, partial(_cartoons, people, "open-peeps"), cache)
    y = as_images(kept["cartoon"])
    train, held_out = (
        replace(part, x=part.y, y=y[rows])
        for part, rows in (
            (pairs.train, slice(LEARNED)),
            (pairs.held_out, slice(LEARNED, None)),
        )
    )
    return replace(pairs, name="pixel_portraits", train=train, held_out=held_out)


def _cartoons(people: Tensor, style: str) -> Arrays:
    colours = [BLACK, WHITE]  # the first wins where two are equally common: lines stay whole
    for colour in definition(style)["colors"].values():
        colours += [value for value in colour["values"] if value not in colours]
    palette = torch.tensor([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in colours])
    block, cartoons = people.shape[-1] // BLOCKS, []
    for x in people.split(100):
        pixels = (x.permute(0, 2, 3, 1) + 1) * 127.5
        nearest = torch.cdist(pixels.flatten(1, 2), palette.float()).argmin(2).view(x[:, 0].shape)
        votes = F.one_hot(nearest, len(palette)).permute(0, 3, 1, 2).float()
        drawn = palette[F.avg_pool2d(votes, block).argmax(1)].permute(0, 3, 1, 2)
        cartoons.append(F.interpolate(drawn.float(), scale_factor=block).byte())
    return {"cartoon": torch.cat(cartoons).numpy()}


def definition(style: str) -> dict[str, Any]:
    return json.loads(files("dicebear_styles").joinpath(f"{style}.json").read_text("utf-8"))


def _attributes(style: str) -> dict[str, tuple[str, ...]]:
    """What each part of a face, and each colour of a portrait, can be; "none" comes first where the
    part may be missing."""
    known, look = definition(style), STYLES[style]
    parts = {
        name: ((NONE,) if "probability" in part else ()) + tuple(part["variants"])
        for name, part in known["components"].items()
        if name not in look.without
    }
    colours = {name: tuple(colour["values"]) for name, colour in known["colors"].items()}
    colours |= look.portrait
    return parts | {f"{name}Color": values for name, values in colours.items() if len(values) > 1}


def _people(attributes: Mapping[str, tuple[str, ...]], n: int) -> dict[str, Tensor]:
    """`n` people, no two with the same parts: the number of each attribute, int64 (n,)."""
    generator = random_generator(0)
    drawn = {}
    for name, values in attributes.items():
        first = int(values[0] == NONE)
        numbers = torch.randint(first, len(values), (4 * n,), generator=generator)
        there = torch.rand(4 * n, generator=generator) < OPTIONAL
        drawn[name] = numbers * there if first else numbers
    parts = torch.stack([drawn[name] for name in drawn if not name.endswith("Color")], 1)
    new = {tuple(row): i for i, row in reversed(list(enumerate(parts.tolist())))}
    rows = torch.tensor(sorted(new.values())[:n])
    return {name: numbers[rows] for name, numbers in drawn.items()}


def _draw(style: str, side: int) -> Arrays:
    from dicebear import Avatar, Style

    look, form, attributes = STYLES[style], Style(definition(style)), _attributes(style)
    people = _people(attributes, LEARNED + HELD_OUT)
    hidden = {f"{part}Probability": 0 for part in look.without}
    plain = {f"{name}Color": colour for name, colour in look.sketch.items()}
    sketches, portraits = [], []
    for numbers in tracked(list(zip(*people.values(), strict=True))):
        chosen = {name: attributes[name][i] for name, i in zip(people, numbers, strict=True)}
        options = hidden | _options(chosen)
        portraits.append(raster(str(Avatar(form, options)), side))
        sketch = raster(str(Avatar(form, options | plain)), side)
        sketches.append(sketch.mean(0, keepdims=True).round().astype(np.uint8))
    numbered = {name: numbers.numpy() for name, numbers in people.items()}
    return {"sketch": np.stack(sketches), "portrait": np.stack(portraits), **numbered}


def _options(chosen: Mapping[str, str]) -> dict[str, Any]:
    """What DiceBear is asked for, so that nothing is left to its own chance."""
    colours = {name: value for name, value in chosen.items() if name.endswith("Color")}
    parts = {name: value for name, value in chosen.items() if name not in colours}
    return (
        colours
        | {f"{name}Variant": value for name, value in parts.items() if value != NONE}
        | {f"{name}Probability": 100 * (value != NONE) for name, value in parts.items()}
    )
