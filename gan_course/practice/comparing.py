"""Whether two tensors agree."""

from __future__ import annotations

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
