"""Factors that can be measured in a picture, how much they change between two, and the table that
shows it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from gan_course.colours import EXACT, GENERATOR, QUIET, TRACK
from gan_course.data.shapes import FACTORS, RANGES
from gan_course.metrics import read_shapes
from gan_course.viz.picture import DPI

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
        """Mean absolute change of each factor from images `before` to images `after`, both (N, C,
        H, W), as shares of the ranges: (F,).

        Raises `ValueError` where `measure` gives another shape than (N, F).
        """
        apart = (self._of(after) - self._of(before)).abs()
        for i, (name, (low, high)) in enumerate(zip(self.names, self.ranges, strict=True)):
            apart[:, i] /= high - low
            if name in self.circular:
                apart[:, i] = torch.minimum(apart[:, i] % 1, 1 - apart[:, i] % 1)
        return apart.mean(dim=0)

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


def draw_changes(figure: Figure, changes: Tensor, names: Sequence[str], left: int) -> None:
    """At the foot of `figure`, from `left` pixels on: a row for each code, a bar for each factor as
    long as its share in `changes` (codes, F).

    A full bar is the whole range; each code's longest bar is coloured.
    """
    width, height = (round(float(side) * DPI) for side in figure.get_size_inches())
    column = (width - left) / len(names)

    def text(x: float, y: float, words: str, size: float = 8.5, weight: str = "normal") -> None:
        figure.text(
            x / width, y / height, words, fontsize=size, color=EXACT, va="center", weight=weight
        )

    top = table_height(len(changes))
    text(
        4,
        top - 14,
        "Change when a code goes from -1 to 1: mean over 64 noise vectors, in % of the factor's "
        "range",
        size=9,
    )
    for j, name in enumerate(names):
        text(left + j * column, top - 37, name)
    for i, row in enumerate(changes.tolist()):
        middle = top - TABLE_TOP - (i + 0.5) * TABLE_ROW
        text(4, middle, f"code {i}")
        for j, share in enumerate(row):
            most, x, full = share == max(row), left + j * column, column - 54
            for length, colour in ((1.0, TRACK), (min(share, 1.0), GENERATOR if most else QUIET)):
                place = (x / width, (middle - 5) / height)
                figure.add_artist(
                    Rectangle(
                        place,
                        length * full / width,
                        10 / height,
                        color=colour,
                        linewidth=0,
                        transform=figure.transFigure,
                    )
                )
            text(x + full + 6, middle, f"{share:.0%}", weight="bold" if most else "normal")
