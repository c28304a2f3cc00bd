"""What a learner's function returned, turned into a tensor or into one clear sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_course import errors


class BadReturn(TypeError):  # noqa: N818
    """A learner's function returned something of the wrong type; the message is meant for the
    learner."""


def tensor(name: str, value: Any) -> Tensor:
    """`value`, returned by the function called `name`, on the CPU; `BadReturn` where it is no
    real-valued tensor with numbers in it."""
    _expect_something(name, value)
    if isinstance(value, bool | int | float | np.number):
        raise BadReturn(
            f"`{name}` returned the number {value!s:.12}, expected a tensor: `.item()` and "
            "`float()` cut the path of the gradients."
        )
    if isinstance(value, tuple) and hasattr(value, "indices"):
        raise BadReturn(
            f"`{name}` returned a pair, what `{type(value).__name__}` found and where. Which of "
            "`.values` and `.indices` is asked for?"
        )
    if not isinstance(value, Tensor):
        raise BadReturn(f"`{name}` returned {_a(value)}, expected one tensor.")
    if value.is_nested or value.layout != torch.strided or value.is_quantized:
        kind = "nested" if value.is_nested else "quantised" if value.is_quantized else "sparse"
        raise BadReturn(f"`{name}` returned a {kind} tensor, expected an ordinary one.")
    if value.is_complex():
        raise BadReturn(f"`{name}` returned complex numbers ({value.dtype}), expected real ones.")
    if value.is_meta:
        raise BadReturn(
            f"`{name}` returned a tensor on {value.device}, a device that keeps no numbers. Which "
            "line of yours names a device?"
        )
    return value.cpu()


def number(name: str, value: Any) -> Tensor:
    """As `tensor`, but a plain number or one of NumPy's passes too, since nothing learns from
    it."""
    if isinstance(value, np.ndarray | np.generic) and value.ndim == 0:
        value = value.item()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return torch.tensor(float(value), dtype=torch.float64)
    return tensor(name, value)


def whole_number(name: str, value: Any) -> int:
    """`value`, returned by the function called `name`; `BadReturn` where it is no int, PyTorch's
    and NumPy's included."""
    _expect_something(name, value)
    found = errors.whole_number(value)
    if found is None:
        shown = f"the float {value:g}" if isinstance(value, float) else _a(value)
        raise BadReturn(
            f"`{name}` returned {shown}, expected an int: a size counts pixels. Which division "
            "gives whole numbers?"
        )
    return found


def anything(_name: str, value: Any) -> Any:
    """For functions that are asked for what they do, not for what they return."""
    return value


def _expect_something(name: str, value: Any) -> None:
    if value is None:
        raise BadReturn(f"`{name}` returned None. Does every path through it end with `return`?")


def _a(value: Any) -> str:
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"
