"""Whether two tensors agree, and what the judges of the old form say of shapes and of known
values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor


def close(
    value: Tensor, expected: Tensor, tolerance: float = 1e-4, equal_nan: bool = False
) -> bool:
    """Whether two tensors of one shape agree, relative to the larger values and absolutely below 1;
    NaN agrees with nothing, or with NaN where `equal_nan`."""
    if value.shape != expected.shape:
        return False
    return torch.allclose(
        value.double(), expected.double(), rtol=tolerance, atol=tolerance, equal_nan=equal_nan
    )


def unfit(
    values: Mapping[str, Tensor],
    shapes: Mapping[str, tuple[int, ...]],
    names: Mapping[str, str] | str,
) -> str:
    """Why `values` cannot be judged, or "" where each is there and has its shape; `names` says
    which function gave them."""
    for key, shape in shapes.items():
        value = values.get(key)
        who = names if isinstance(names, str) else names[key]
        if not isinstance(value, Tensor) or value.is_complex():
            return f"`{who}` gave no numbers to judge."
        if tuple(value.shape) != shape:
            wanted = "a scalar, shape ()" if not shape else f"shape {shape}"
            more = (
                " One number for the whole batch is asked for: which reduction gives it?"
                if not shape
                else ""
            )
            return f"`{who}` returned shape {tuple(value.shape)}, expected {wanted}.{more}"
    return ""


def first_match(
    value: Tensor, guesses: Iterable[tuple[Tensor, str]], tolerance: float = 1e-4
) -> str:
    """The hint of the first mistake whose result `value` is, or "" where it is none of them."""
    return next((hint for guess, hint in guesses if close(value, guess, tolerance)), "")
