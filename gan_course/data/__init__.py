"""Data in memory with a fixed split, or drawn afresh; offline unless asked otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gan_course.catalogue import catalogue
from gan_course.data.batches import Batch, Pairs, Unpaired, random_generator
from gan_course.data.dataset import Dataset, Split
from gan_course.data.folder import PREFIX, SHAPE, Pictures, folder, own_name
from gan_course.data.gaussians import Distribution, Gaussian, Mixture
from gan_course.data.pairs import Domains, PairSplit, UnpairedSplit
from gan_course.data.plane import PlaneMixture
from gan_course.data.shapes import Shapes, ShapeSplit
from gan_course.data.source import Source
from gan_course.modalities import IMAGES, Modality

__all__ = [
    "Batch",
    "Dataset",
    "Distribution",
    "Domains",
    "Gaussian",
    "Mixture",
    "PairSplit",
    "Pairs",
    "Pictures",
    "PlaneMixture",
    "ShapeSplit",
    "Shapes",
    "Source",
    "Split",
    "Unpaired",
    "UnpairedSplit",
    "credits",
    "full_name",
    "load",
    "modality_of",
    "random_generator",
]


def modality_of(name: str) -> Modality:
    """The kind of sample that the data set called `name` holds; nothing is read."""
    return IMAGES if name.startswith(PREFIX) else catalogue().dataset(name).modality


def full_name(name: str) -> str:
    """`name` as it is understood from everywhere: for a folder, with its whole path."""
    if name == PREFIX:
        raise ValueError(f"{PREFIX} needs the path of a folder behind it: {PREFIX}PATH")
    return own_name(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else name


def credits() -> dict[str, str]:  # noqa: A001 (what one looks for)
    """Who made each data set of the catalogue, and under which licence, by its name."""
    return {name: entry.credit for name, entry in catalogue().data.items()}


def load(
    name: str,
    source: str = "packaged",
    cache: Path | None = None,
    shape: Sequence[int] | None = None,
) -> Any:
    """A data set of the catalogue by its name, such as "digits", which `gan-course list` shows; or
    the pictures of a folder of your own, "folder:PATH", as images of `shape` (default (3, 32, 32)).

    Returns a `Dataset` or, for points that are drawn afresh, a `Distribution` or a `PlaneMixture`.
    `source="full"` fetches the large original, where there is one, into `cache` (default: the
    user's cache folder), and does so once. Raises `ValueError` for an unknown name or source, for a
    source or a shape that the data do not have, and whatever reading the data raises.
    """
    if name.startswith(PREFIX):
        if source != "packaged":
            raise ValueError(f"{name} has no larger original: leave out source={source!r}")
        return folder(Path(full_name(name).removeprefix(PREFIX)), SHAPE if shape is None else shape)
    data = catalogue().dataset(name).load(source, cache, shape)
    if shape is not None and tuple(shape) != data.shape:
        raise ValueError(
            f"{name!r} has samples of shape {data.shape}, and {tuple(shape)} is asked for: leave "
            "out the shape, which is for pictures of your own"
        )
    return data
