from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gan_course.metrics import coverage, variety_within_classes


def points(n: int, seed: int, dimensions: int = 3) -> torch.Tensor:
    return torch.randn(
        n, dimensions, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )


def test_the_real_points_themselves_cover_all_and_points_far_away_cover_nothing() -> None:
    real = points(50, 0)
    assert coverage(real, real) == 1
    assert coverage(real, real + 100) == 0


def test_coverage_counts_by_hand() -> None:
    # On a line with k = 1: the radii are 1, 1, 2 and 5.
    real = torch.tensor([[0.0], [1.0], [3.0], [8.0]])
    assert coverage(real, torch.tensor([[-0.9]]), k=1) == 0.25
    # 1.9 from the third point, 3.1 from the fourth
    assert coverage(real, torch.tensor([[4.9]]), k=1) == 0.5
    assert coverage(real, torch.tensor([[5.1]]), k=1) == 0.25  # too far from the third
    assert coverage(real, torch.tensor([[1.0]]), k=1) == 0.75  # on the edge of two balls


@given(st.integers(0, 1000), st.integers(1, 40), st.integers(1, 10))
def test_coverage_lies_between_0_and_1_and_never_falls_with_more_fakes_or_larger_balls(
    seed: int, count: int, k: int
) -> None:
    real, fake = points(30, seed), points(count, seed + 5000)
    found = coverage(real, fake, k)
    assert 0 <= found <= 1
    assert coverage(real, torch.cat([fake, points(5, seed + 9000)]), k) >= found
    assert coverage(real, fake, k + 1) >= found


@given(st.integers(0, 1000))
def test_coverage_does_not_depend_on_the_order_of_points_or_on_where_all_of_them_lie(
    seed: int,
) -> None:
    real, fake = points(30, seed), points(20, seed + 5000)
    assert coverage(real.flip(0), fake.flip(0)) == coverage(real, fake)
    assert coverage(4 * real + 3, 4 * fake + 3) == pytest.approx(coverage(real, fake), abs=1 / 30)


def test_a_tenth_of_the_real_points_repeated_covers_less_than_new_ones() -> None:
    real, new = points(300, 0), points(300, 1)
    assert coverage(real, new[:30].repeat(10, 1)) < 0.6 < 0.9 < coverage(real, new)


def test_variety_is_the_mean_distance_between_two_of_a_class() -> None:
    features = torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0], [7.0, 7.0], [7.0, 7.0]])
    labels = torch.tensor([0, 0, 0, 1, 1])
    assert variety_within_classes(features, labels, 2).tolist() == pytest.approx([10 / 3, 0.0])


@given(st.floats(0.1, 10), st.integers(0, 1000))
def test_variety_grows_with_the_spread_of_each_class_and_not_with_that_between_them(
    scale: float, seed: int
) -> None:
    features, labels = points(40, seed), torch.arange(40) % 4
    apart = scale * features + 100 * labels[:, None]
    assert torch.allclose(
        variety_within_classes(apart, labels, 4),
        scale * variety_within_classes(features, labels, 4),
        rtol=1e-6,
    )


def test_what_cannot_be_measured_is_refused() -> None:
    real = points(6, 0)
    with pytest.raises(
        ValueError, match="expected more than k = 6 real points, got 6: take more, or a smaller k"
    ):
        coverage(real, real, k=6)
    with pytest.raises(ValueError, match="k must be at least 1, got 0"):
        coverage(real, real, k=0)
    with pytest.raises(ValueError, match=r"expected features of shape \(N, F\), got \(6,\)"):
        coverage(real[:, 0], real)
    with pytest.raises(ValueError, match=r"with at least one value, got shape \(0, 3\)"):
        coverage(real, real[:0])
    with pytest.raises(ValueError, match="the same number of features, got 3 and 2"):
        coverage(real, real[:, :2])
    with pytest.raises(ValueError, match="expected finite features, got NaN or infinity"):
        coverage(real, real * math.inf)
    with pytest.raises(
        ValueError,
        match="expected at least 2 samples of class 1, because one has no distance, got 1",
    ):
        variety_within_classes(real, torch.tensor([0, 0, 0, 0, 0, 1]), 2)
    with pytest.raises(
        ValueError, match=r"labels of shape \(6,\), one for each sample, got \(5,\)"
    ):
        variety_within_classes(real, torch.zeros(5, dtype=torch.int64), 1)
    with pytest.raises(ValueError, match="expected labels from 0 to 1, got 0 to 2"):
        variety_within_classes(real, torch.tensor([0, 0, 1, 1, 2, 2]), 2)
