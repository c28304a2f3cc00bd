from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from gan_course.metrics import coverage, density, precision, recall, variety_within_classes


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


def test_precision_recall_and_density_count_by_hand() -> None:
    # On a line with k = 1: real points reach [-1, 1], [0, 2], [1, 5] and [3, 13], generated ones
    # [-1, 1], [0, 2], [19, 21] and [20, 22].
    real = torch.tensor([[0.0], [1.0], [3.0], [8.0]])
    fake = torch.tensor([[0.0], [1.0], [20.0], [21.0]])
    assert precision(real, fake, k=1) == 0.5
    assert recall(real, fake, k=1) == 0.5  # not 3 and 8
    assert density(real, fake, k=1) == 5 / 4  # 0 lies near two real points, 1 near three
    assert precision(real, torch.tensor([[13.1], [4.0], [0.5]]), k=1) == pytest.approx(2 / 3)


def test_samples_of_one_of_two_modes_have_precision_1_and_recall_one_half() -> None:
    left, right, new = points(200, 0), points(200, 1) + 100, points(200, 2) + 100
    real = torch.cat([left, right])
    assert (precision(real, right), recall(real, right)) == (1, 0.5)
    assert precision(real, new) == pytest.approx(1, abs=0.1)
    assert recall(real, new) == pytest.approx(0.5, abs=0.05)
    # Samples of which half lie between the modes: the other way round.
    stray = torch.cat([real, real + 50])
    assert (precision(real, stray), recall(real, stray)) == (0.5, 1)


@given(st.integers(0, 1000), st.integers(1, 8))
def test_all_four_agree_with_the_neighbours_that_scikit_learn_finds(seed: int, k: int) -> None:
    real, fake = points(30, seed), points(20, seed + 5000) / 2

    def near(one: Tensor, other: Tensor) -> Tensor:
        radius = NearestNeighbors(n_neighbors=k).fit(one.numpy()).kneighbors()[0][:, -1:]
        return (one[:, None] - other).norm(dim=2) <= torch.from_numpy(radius)

    assert precision(real, fake, k) == pytest.approx(near(real, fake).any(0).double().mean())
    assert recall(real, fake, k) == pytest.approx(near(fake, real).any(0).double().mean())
    assert density(real, fake, k) == pytest.approx(near(real, fake).sum().item() / (k * 20))
    assert coverage(real, fake, k) == pytest.approx(near(real, fake).any(1).double().mean())


@pytest.mark.parametrize("k", [1, 5])
def test_density_is_k_plus_1_over_k_for_the_data_and_1_on_average_for_new_data(k: int) -> None:
    real = points(50, 0)
    assert density(real, real, k) == pytest.approx((k + 1) / k)
    assert density(real, real + 100, k) == 0
    found = [density(points(100, seed), points(100, seed + 5000), k) for seed in range(50)]
    assert sum(found) / 50 == pytest.approx(1, abs=0.04)


def test_new_data_cover_what_naeem_and_others_expect() -> None:
    found = [coverage(points(100, seed), points(50, seed + 5000), k=3) for seed in range(50)]
    # A real point is missed where its 3 nearest of 99 real and 50 generated ones are all real.
    missed = (99 * 98 * 97) / (149 * 148 * 147)
    assert sum(found) / 50 == pytest.approx(1 - missed, abs=0.02)


def test_one_real_outlier_lets_bad_samples_count_for_precision_but_hardly_for_density() -> None:
    real, bad = points(100, 0), points(100, 1) + 30
    outlier = torch.cat([real, torch.full((1, 3), 60.0, dtype=torch.float64)])
    assert precision(real, bad) == density(real, bad) == 0
    assert precision(outlier, bad) > 0.9
    assert density(outlier, bad) < 0.25


def test_repeated_samples_reach_nowhere() -> None:
    real, new = points(100, 0), points(30, 1)
    assert recall(real, new.repeat(4, 1)) == 0
    assert recall(real, new.repeat(3, 1)) > 0.5


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
    with pytest.raises(ValueError, match="expected more than k = 3 generated points, got 2"):
        recall(real, real[:2])
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
