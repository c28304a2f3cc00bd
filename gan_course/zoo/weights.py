"""Weights as the zoo ships them: those that its entry needs, in half precision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from gan_course.models.base import Model
from gan_course.models.states import expect_weights
from gan_course.training.weights import read_tensors, write_tensors
from gan_course.zoo.entries import Entry

FORMAT = 1  # raised whenever an older version could not read what is now written


def write_half(path: Path, model: Model[Any], entry: Entry) -> None:
    """Write the weights of `model` that `entry` needs, float16 where they are no whole numbers; the
    same weights give the same bytes. Raises what `write_tensors` raises."""
    write_tensors(path, _halved(needed(model, entry)), _says(entry))


def load_half(path: Path, model: Model[Any], entry: Entry) -> None:
    """Load what `write_half` wrote into `model`; `ValueError`, with `model` unchanged, where the
    file is damaged, or of another entry, recipe or model."""
    says, tensors = read_tensors(path)
    if says != _says(entry):
        raise ValueError(
            f"{path} holds weights of {says!r}, and {_says(entry)!r} is declared: make them with "
            f"`gan-course zoo rebuild {entry.name}`"
        )
    try:
        _take(model, tensors, entry)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def as_shipped(model: Model[Any], entry: Entry) -> None:
    """Round the weights of `model` that `entry` needs to half precision, in place."""
    _take(model, _halved(needed(model, entry)), entry)


def needed(model: Model[Any], entry: Entry) -> dict[str, Tensor]:
    """The weights that `model` draws with, and those that its explorer plays on with."""
    kept = {*model.draws, *entry.plays}
    return {key: w for key, w in model.weights().items() if key.partition(".")[0] in kept}


def _says(entry: Entry) -> str:
    return f"{entry.name}, format {FORMAT}: {entry.command}"


def _halved(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key: w.half() if w.is_floating_point() else w for key, w in weights.items()}


def _take(model: Model[Any], halved: dict[str, Tensor], entry: Entry) -> None:
    own = needed(model, entry)
    single = {key: w.float() if w.is_floating_point() else w for key, w in halved.items()}
    expect_weights(type(model).__name__, single, own)
    model.load_weights(model.weights() | single)
