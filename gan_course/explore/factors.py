"""Factors that can be measured in a picture, how much they change between two, and the table that
shows it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_course.colours import GENERATOR, QUIET, TRACK
from gan_course.data.shapes import FACTORS, RANGES
from gan_course.explore.paint import NORMAL, Painting
from gan_course.metrics import read_shapes

TABLE_TOP, TABLE_ROW = 50, 22  # pixels


@dataclass(frozen=True)
class Factors:
    """`measure` takes images (N, C, H, W) in [-1, 1] to factors (N, F), whose `names` and whose
    `ranges`, pairs (low, high), are given.

    A factor in `circular` comes back to where it began at the end of its range: it changes by half
    of the range at most, by chance by a quarter. Raises `ValueError` where names and ranges do not
    fit each other.
    """

    measure: Callable[[Tensor], Tensor]
    names: tuple[str, ...]
    ranges: tuple[tuple[float, float], ...]
    circular: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.names or len(self.names) != len(self.ranges):
            raise ValueError(
                f"expected a range for each factor, got {len(self.names)} names and "
                f"{len(self.ranges)} ranges"
            )
        if not all(low < high and math.isfinite(high - low) for low, high in self.ranges):
            raise ValueError(
                "a factor's range is a pair (low, high) of finite numbers with low below high, "
                f"got {self.ranges}"
            )
        if unknown := sorted(set(self.circular) - set(self.names)):
            raise ValueError(
                f"there is no factor {unknown[0]!r} to be circular; the factors are "
                f"{', '.join(self.names)}"
            )

    def change(self, before: Tensor, after: Tensor) -> Tensor:
        """Mean of the changes of each factor from images `before` to images `after`: (F,). Raises
        as `changes` does."""
        return self.changes(before, after).mean(dim=0)

    def changes(self, before: Tensor, after: Tensor) -> Tensor:
        """Absolute change of each factor from each of the images `before` to the one `after`, both
        (N, C, H, W), as shares of the ranges: (N, F).

        Raises `ValueError` where `measure` gives another shape than (N, F).
        """
        apart = (self._of(after) - self._of(before)).abs()
        for i, (name, (low, high)) in enumerate(zip(self.names, self.ranges, strict=True)):
            apart[:, i] /= high - low
            if name in self.circular:
                apart[:, i] = torch.minimum(apart[:, i] % 1, 1 - apart[:, i] % 1)
        return apart

    def _of(self, images: Tensor) -> Tensor:
        factors = self.measure(images).detach().cpu().float()
        if factors.shape != (len(images), len(self.names)):
            wanted = (
                f"({len(images)}, {len(self.names)}), a row for each image and a column for "
                "each name"
            )
            raise ValueError(
                f"expected measure to give factors of shape {wanted}, got {tuple(factors.shape)}"
            )
        return factors


def shape_factors() -> Factors:
    """x, y, size and rotation of the shapes of `load("shapes")`, as `read_shapes` measures them."""
    return Factors(
        lambda images: read_shapes(images).factors, FACTORS, RANGES, circular=("rotation",)
    )


def table_height(codes: int) -> int:
    """Pixels that `draw_changes` needs for so many codes."""
    return TABLE_TOP + codes * TABLE_ROW + 6


def draw_changes(painting: Painting, changes: Tensor, names: Sequence[str], left: int) -> None:
    """At the foot of `painting`, from `left` pixels on: a row for each code, a bar for each factor
    as long as its share in `changes` (codes, F).

    A full bar is the whole range; each code's longest bar is coloured.
    """
    column = (painting.width - left) / len(names)
    top = painting.height - table_height(len(changes))
    heading = (
        "Change when a code goes from -1 to 1: mean over these noise vectors, in % of the factor's "
        "range"
    )
    painting.text(4, top + 14, heading, size=NORMAL)
    for j, name in enumerate(names):
        painting.text(left + j * column, top + 37, name)
    for i, row in enumerate(changes.tolist()):
        middle = top + TABLE_TOP + (i + 0.5) * TABLE_ROW
        painting.text(4, middle, f"code {i}")
        for j, share in enumerate(row):
            most, x, full = share == max(row), left + j * column, column - 54
            for length, colour in ((1.0, TRACK), (min(share, 1.0), GENERATOR if most else QUIET)):
                painting.rectangle(x, middle - 5, x + length * full, middle + 5, colour)
            painting.text(x + full + 6, middle, f"{share:.0%}", bold=most)


def changes_in_words(changes: Tensor, names: Sequence[str]) -> str:
    """What `draw_changes` draws, in a sentence."""
    sentences = []
    for code, row in enumerate(changes.tolist()):
        order = sorted(range(len(row)), key=lambda i: -row[i])
        told = [f"{names[i]} {row[i]:.0%}" for i in order]
        others = f" ({', '.join(told[1:])})" if told[1:] else ""
        sentences.append(f"code {code} changes most {told[0]}{others}")
    return f"From -1 to 1, on average and as a share of the factor's range, {'; '.join(sentences)}."
