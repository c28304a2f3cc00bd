"""Data in memory with a fixed split, or drawn afresh; offline unless asked otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gan_course.catalogue import catalogue
from gan_course.data.batches import Batch, Pairs, Unpaired, random_generator
from gan_course.data.dataset import Dataset, Split
from gan_course.data.folder import Pictures
from gan_course.data.folder_pairs import pairs_from_folder, unpaired_from_folders
from gan_course.data.gaussians import Distribution, Gaussian, Mixture
from gan_course.data.histogram import Histogram
from gan_course.data.own import full_name, is_own, own, own_modality
from gan_course.data.pairs import Domains, PairSet, PairSplit, UnpairedSplit
from gan_course.data.plane import PlaneMixture
from gan_course.data.shapes import Shapes, ShapeSplit
from gan_course.data.source import Source
from gan_course.modalities import Modality

__all__ = [
    "Batch",
    "Dataset",
    "Distribution",
    "Domains",
    "Gaussian",
    "Histogram",
    "Mixture",
    "PairSet",
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
    "pairs_from_folder",
    "random_generator",
    "unpaired_from_folders",
]


def modality_of(name: str) -> Modality:
    """The kind of sample that the data set called `name` holds; nothing is read."""
    return own_modality(name) if is_own(name) else catalogue().dataset(name).modality


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
    pictures of your own as images of `shape` (default (3, 32, 32)): those in a folder,
    "folder:PATH", pairs as `pairs_from_folder` reads them, "pairs:PATH", or "swapped_pairs:PATH" in
    the other direction, and two domains, "unpaired:PATH_A,PATH_B", as `unpaired_from_folders` does.

    Returns a `Dataset` or, for points that are drawn afresh, a `Distribution` or a `PlaneMixture`.
    `source="full"` fetches the large original, where there is one, into `cache` (default: the
    user's cache folder), and does so once. Data that are drawn are kept there too, and have a few
    shapes to choose from. Raises `ValueError` for an unknown name or source, for a source or a
    shape that the data do not have, and whatever reading the data raises.
    """
    if is_own(name):
        if source != "packaged":
            raise ValueError(f"{name} has no larger original: leave out source={source!r}")
        return own(name, shape)
    data = catalogue().dataset(name).load(source, cache, shape)
    if shape is not None and tuple(shape) != data.shape:
        raise ValueError(
            f"{name!r} has samples of shape {data.shape}, and {tuple(shape)} is asked for: leave "
            "out the shape, which is for pictures of your own"
        )
    return data
