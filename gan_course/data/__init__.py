"""Data in memory with a fixed split, or drawn afresh; offline unless asked otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gan_course.catalogue import catalogue
from gan_course.data.batches import Batch, Pairs, Unpaired, random_generator
from gan_course.data.dataset import Dataset, Split
from gan_course.data.gaussians import Distribution, Gaussian, Mixture
from gan_course.data.plane import PlaneMixture
from gan_course.data.shapes import Shapes, ShapeSplit
from gan_course.data.source import Source

__all__ = [
    "Batch",
    "Dataset",
    "Distribution",
    "Gaussian",
    "Mixture",
    "Pairs",
    "PlaneMixture",
    "ShapeSplit",
    "Shapes",
    "Source",
    "Split",
    "Unpaired",
    "load",
    "random_generator",
]


def load(name: str, source: str = "packaged", cache: Path | None = None) -> Any:
    """A data set of the catalogue by its name, such as "digits"; `gan-course list` shows them all.

    Returns a `Dataset` or, for points that are drawn afresh, a `Distribution` or a `PlaneMixture`.
    `source="full"` fetches the large original, where there is one, into `cache` (default: the
    user's cache folder), and does so once. Raises `ValueError` for an unknown name or source and
    for a source that the data do not have, and whatever reading the data raises.
    """
    return catalogue().dataset(name).load(source, cache)
