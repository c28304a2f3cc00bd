"""Whether two tensors agree."""

from __future__ import annotations

import torch
from torch import Tensor


def close(
    value: Tensor, expected: Tensor, tolerance: float = 1e-4, equal_nan: bool = False
) -> bool:
    """Whether two tensors have the same shape and differ by at most `tolerance` * (1 + |expected|)
    everywhere. NaN agrees with nothing; with `equal_nan`, it agrees with NaN."""
    if value.shape != expected.shape:
        return False
    return torch.allclose(
        value.double(), expected.double(), rtol=tolerance, atol=tolerance, equal_nan=equal_nan
    )
