"""The kernel distance is the field's, and unbiased."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torchmetrics.image.kid import poly_mmd

from gan_course.metrics import kernel_distance


def features(n: int, shift: float = 0.0, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, 16, generator=generator, dtype=torch.float64) + shift


def test_it_agrees_with_torchmetrics() -> None:
    a, b = features(300), features(300, shift=0.5, seed=1)
    assert kernel_distance(a, b) == pytest.approx(poly_mmd(a, b).item(), abs=1e-9)


def test_it_does_not_depend_on_how_many_samples_there_are() -> None:
    few = [kernel_distance(features(20, seed=s), features(50, 0.5, s + 500)) for s in range(500)]
    whole = kernel_distance(features(4000), features(4000, 0.5, seed=1))
    assert torch.tensor(few).mean().item() == pytest.approx(whole, rel=0.1)
    assert kernel_distance(features(2000), features(3000, seed=1)) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("other", [torch.zeros(3, 4), torch.zeros(1, 16), torch.zeros(16)])
def test_sets_that_cannot_be_compared_are_refused(other: Tensor) -> None:
    with pytest.raises(ValueError, match=r"expected two sets of features, \(N, F\) and \(M, F\)"):
        kernel_distance(features(5), other)
