"""Kernel distance: Bińkowski et al. 2018 (arXiv:1801.01401), section 4."""

from __future__ import annotations

from torch import Tensor

from gan_course.errors import expect_finite


def kernel_distance(features_a: Tensor, features_b: Tensor) -> float:
    """Squared maximum mean discrepancy of two sets of features under the kernel (x·y / F + 1)³, in
    float64.

    Of shapes (N, F) and (M, F), N and M at least 2. Unlike the Fréchet distance it is unbiased, and
    may be below 0. Raises `ValueError` for other shapes, NaN and infinity.
    """
    expect_finite("features", features_a, features_b)
    a, b = (features.detach().cpu().double() for features in (features_a, features_b))
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise ValueError(
            "expected two sets of features, (N, F) and (M, F) with N and M at least 2, got "
            f"{tuple(a.shape)} and {tuple(b.shape)}"
        )
    within, other, between = ((x @ y.T / x.shape[1] + 1) ** 3 for x, y in ((a, a), (b, b), (a, b)))
    same = sum((k.sum() - k.trace()) / (len(k) * (len(k) - 1)) for k in (within, other))
    return float(same - 2 * between.mean())
