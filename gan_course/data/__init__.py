"""Data in memory, in [-1, 1], with a fixed split; offline unless asked otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias, overload

from gan_course.data.batches import Batch, Source, random_generator
from gan_course.data.dataset import Dataset, Split
from gan_course.data.digits import full_digits, packaged_digits
from gan_course.data.gaussians import Distribution, Gaussian, Mixture
from gan_course.data.plane import PlaneMixture, grid, ring
from gan_course.data.shapes import Shapes, ShapeSplit, generated_shapes
from gan_course.errors import unknown_name

__all__ = [
    "NAMES",
    "Batch",
    "Data",
    "Dataset",
    "Distribution",
    "Gaussian",
    "Mixture",
    "PlaneMixture",
    "ShapeSplit",
    "Shapes",
    "Source",
    "Split",
    "load",
    "random_generator",
]

NAMES = ("digits", "balanced_digits", "shapes", "gaussian", "mixture", "grid", "ring")
# Whatever `load` gives.
Data: TypeAlias = Dataset | Distribution | PlaneMixture


@overload
def load(
    name: Literal["digits", "balanced_digits"], source: str = ..., cache: Path | None = ...
) -> Dataset: ...
@overload
def load(name: Literal["shapes"], source: str = ..., cache: Path | None = ...) -> Shapes: ...
@overload
def load(
    name: Literal["gaussian", "mixture"], source: str = ..., cache: Path | None = ...
) -> Distribution: ...
@overload
def load(
    name: Literal["grid", "ring"], source: str = ..., cache: Path | None = ...
) -> PlaneMixture: ...
@overload
def load(name: str, source: str = ..., cache: Path | None = ...) -> Data: ...
def load(name: str, source: str = "packaged", cache: Path | None = None) -> Data:
    """Data by name: images or points.

    "digits" are images; "balanced_digits" the same, each class equally often in a batch; "shapes"
    images with known factors; "gaussian" and "mixture" points on a line and "grid" and "ring"
    points in the plane, drawn afresh.

    `source="full"` gets the digits' large original, once, into `cache` (default: the user's cache
    folder). Raises `ValueError` for an unknown name or source, for the full source of anything but
    digits, and as `full_digits` and `packaged_digits` do.
    """
    if source not in ("packaged", "full"):
        raise unknown_name("source", source, ("packaged", "full"))
    match name:
        case "digits" | "balanced_digits":
            digits = (
                packaged_digits()
                if source == "packaged"
                else full_digits(cache or _default_cache())
            )
            return replace(digits, balanced=name == "balanced_digits")
        case "gaussian" | "mixture" | "grid" | "ring" if source == "full":
            raise ValueError(
                f"{name!r} has no larger original, since its points are drawn afresh: use "
                'source="packaged" instead of "full"'
            )
        case "shapes" if source == "full":
            raise ValueError(
                '"shapes" has no larger original, since its pictures are generated: use '
                'source="packaged" instead of "full"'
            )
        case "shapes":
            return generated_shapes()
        case "gaussian":
            return Gaussian(mean=2.0, std=1.0)
        case "mixture":
            return Mixture((Gaussian(-2.0, 0.5), Gaussian(2.0, 0.5)), weights=(0.5, 0.5))
        case "grid":
            return grid()
        case "ring":
            return ring()
    raise unknown_name("data set", name, NAMES)


def _default_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("gan_course")
