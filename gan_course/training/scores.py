"""Scores that a run is judged by while it trains: functions of the model; lower is better."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gan_course.data.source import Source
from gan_course.models.base import Model
from gan_course.training.samples import draw


def score(name: str, data: Source) -> Callable[[Model[Any]], float]:
    """The score called `name` of the data's modality, measured on samples that are always drawn
    from the same noise. Raises `ValueError` for one that does not fit the data."""
    found = data.modality.score(name, data)
    asked = data.modality.asked(data, found.samples)
    return lambda model: found.measure(draw(model, found.samples, 0, condition=asked))
