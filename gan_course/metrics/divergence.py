"""Divergences between two histograms: how many nats apart two lists of shares are."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.errors import expect_tensor


def kl_divergence(p: Tensor, q: Tensor) -> float:
    """Kullback-Leibler divergence KL(p ‖ q) = Σ p log(p / q) of two histograms (K,), in nats.

    At least 0, and 0 only where they agree; infinite where q has nothing of what p has. It is not
    symmetric. Each histogram has shares of at least 0 that sum to 1, or it is a `ValueError`.
    """
    p, q = expect_shares(p, q)
    return torch.special.xlogy(p, p / q).nan_to_num(nan=0.0, posinf=torch.inf).sum().item()


def jensen_shannon(p: Tensor, q: Tensor) -> float:
    """Jensen-Shannon divergence ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = (p + q) / 2 of two histograms
    (K,), in nats.

    From 0, where they agree, to log 2, where they share nothing. Goodfellow et al. 2014, section
    4: the best discriminator's loss is 2 log 2 - 2 JS. Raises as `kl_divergence` does.
    """
    p, q = expect_shares(p, q)
    middle = (p + q) / 2
    return (kl_divergence(p, middle) + kl_divergence(q, middle)) / 2


def expect_shares(p: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
    """Two histograms (K,) as float64 on the CPU; `ValueError` unless both have shares of at least 0
    that sum to 1."""
    expect_tensor("histograms", p, q)
    if p.ndim != 1 or p.shape != q.shape:
        raise ValueError(
            f"expected two histograms of one shape (K,), got {tuple(p.shape)} and {tuple(q.shape)}"
        )
    if not len(p):
        raise ValueError(
            "expected histograms of at least one class, got empty ones: count labels with "
            "label_histogram"
        )
    p, q = p.detach().cpu().double(), q.detach().cpu().double()
    for histogram in (p, q):
        # float32 shares of many classes miss 1 by less than this; counts miss it by far more.
        # Written so that NaN fails too.
        if not (histogram.min() >= 0 and abs(histogram.sum().item() - 1) < 1e-5):
            raise ValueError(
                "expected shares of at least 0 that sum to 1, got a sum of "
                f"{histogram.sum().item():.4g}; divide counts by their sum"
            )
    return p, q
