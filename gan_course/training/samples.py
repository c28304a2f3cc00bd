"""Samples of a trained model, drawn so that a seed decides them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from gan_course.data.batches import Batch, joined
from gan_course.errors import expect_positive
from gan_course.models.base import Model
from gan_course.models.declarations import as_numbers, numbers


def draw(
    model: Model[Any],
    n: int,
    seed: int,
    on_progress: Callable[[int], None] | None = None,
    condition: Mapping[str, Any] = MappingProxyType({}),
) -> Tensor:
    """`n` samples of shape (n, *shape) on the CPU, in eval mode, from the noise that `seed` gives;
    the random state is left as it was.

    The first samples are the same however many are drawn. `on_progress` is told now and then how
    many there are. `condition` is what `model.sample` is asked for besides a number: {"label": 7},
    or {"label": labels} with one for each sample. Raises `ValueError` where `n` is below 1 or the
    model cannot be asked for that.
    """
    for name in condition:
        if name not in model.conditions:
            takes = " and ".join(model.conditions) or "nothing but a number"
            raise ValueError(
                f"a {type(model).__name__} cannot be asked for a {name}: its sample takes {takes}"
            )

    def sampled(size: int, **asked: Any) -> Batch:
        return Batch(model.sample(size, **asked))

    return _drawn(model, sampled, n, seed, condition, on_progress).x


def needed_memory(n: int, shape: Sequence[int]) -> int:
    """About how many bytes it takes to draw `n` samples of `shape` and to write them: they are held
    in pieces, as a whole, and in the form that is written."""
    return 3 * needed_space(n, shape)


def needed_space(n: int, shape: Sequence[int]) -> int:
    """Bytes of `n` samples of `shape` as float32: no file of them is larger."""
    return 4 * n * prod(shape)


def draw_batch(
    model: Model[Any], n: int, seed: int, condition: Mapping[str, Any] = MappingProxyType({})
) -> Batch:
    """The same samples as `draw` gives, with what the model knows of each."""
    return _drawn(model, model.sampled, n, seed, condition)


def _rows(name: str, value: Any, rows: Tensor, n: int) -> Any:
    """What the samples with these numbers, of `n`, are asked for: the same as all, or their own."""
    if isinstance(value, Mapping):
        return {part: _rows(name, each, rows, n) for part, each in value.items()}
    given = as_numbers(name, value)
    if given.ndim > 1 and len(given) == n:  # samples, such as those that a model turns into others
        return given[rows.to(given.device)]
    return numbers(name, given, n)[rows.to(given.device)] if given.ndim else value


def _drawn(
    model: Model[Any],
    sampled: Callable[..., Batch],
    n: int,
    seed: int,
    condition: Mapping[str, Any],
    on_progress: Callable[[int], None] | None = None,
) -> Batch:
    expect_positive("n", n)
    size = model.sample_chunk
    with model.evaluating():
        torch.manual_seed(seed)
        chunks: list[Batch] = []
        while len(chunks) * size < n:
            # Whole chunks always, because kernels round differently for batches of different sizes.
            # What is asked of the last sample fills the last chunk.
            rows = torch.arange(len(chunks) * size, (len(chunks) + 1) * size).clamp_max(n - 1)
            asked = {name: _rows(name, value, rows, n) for name, value in condition.items()}
            chunks.append(sampled(size, **asked).to(torch.device("cpu")))
            if on_progress is not None:
                on_progress(min(n, len(chunks) * size))
        return joined(chunks)[:n]
