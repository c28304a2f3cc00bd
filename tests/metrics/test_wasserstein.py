from __future__ import annotations

import itertools
import math

import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from gan_course.data import load
from gan_course.metrics import wasserstein_1d, wasserstein_1d_samples, wasserstein_samples


class Uniform:
    """On [0, 1]."""

    std = math.sqrt(1 / 12)

    def quantile(self, u: Tensor) -> Tensor:
        assert u.dtype == torch.float64
        return u


points = st.lists(st.floats(-100, 100), min_size=1, max_size=20).map(
    lambda values: torch.tensor(values, dtype=torch.float64)
)


def test_exact_quantiles_in_any_order_score_zero() -> None:
    u = (torch.arange(1000, dtype=torch.float64) + 0.5) / 1000
    assert wasserstein_1d(u[torch.randperm(1000)], Uniform()) == 0


def test_a_shift_costs_its_length_in_units_of_sigma() -> None:
    u = (torch.arange(1000, dtype=torch.float64) + 0.5) / 1000
    assert wasserstein_1d(u + 3, Uniform()) == pytest.approx(3 * math.sqrt(12))


def test_a_point_at_the_mean_of_a_gaussian_costs_the_mean_absolute_deviation() -> None:
    gaussian = load("gaussian")
    assert wasserstein_1d(torch.full((10_000, 1), gaussian.mean), gaussian) == pytest.approx(
        math.sqrt(2 / math.pi), rel=1e-3
    )


@pytest.mark.parametrize("name", ["gaussian", "mixture"])
def test_draws_from_the_distribution_itself_stay_at_the_floor_and_wrong_ones_do_not(
    name: str,
) -> None:
    distribution = load(name)
    samples = distribution.sample(100_000, torch.Generator().manual_seed(0))
    assert wasserstein_1d(samples, distribution) < 0.01
    assert wasserstein_1d(samples + 0.1 * distribution.std, distribution) == pytest.approx(
        0.1, abs=0.01
    )


def test_distance_to_a_gaussian_agrees_with_scipy_against_many_of_its_quantiles() -> None:
    gaussian = load("gaussian")
    samples = 3 * torch.randn(500, generator=torch.Generator().manual_seed(1)) - 1
    u = (torch.arange(500 * 400, dtype=torch.float64) + 0.5) / (500 * 400)
    expected = (
        scipy.stats.wasserstein_distance(samples.double(), gaussian.quantile(u)) / gaussian.std
    )
    # 500 quantiles stand for the whole curve, so the two differ where it bends within one
    # five-hundredth.
    assert wasserstein_1d(samples, gaussian) == pytest.approx(expected, abs=2e-3)


@given(points, points)
def test_distance_between_samples_agrees_with_scipy(a: Tensor, b: Tensor) -> None:
    assert wasserstein_1d_samples(a, b) == pytest.approx(
        scipy.stats.wasserstein_distance(a, b), abs=1e-9
    )


@given(points, points, st.floats(-50, 50))
def test_distance_between_samples_is_symmetric_zero_to_itself_and_moves_with_a_shift(
    a: Tensor, b: Tensor, shift: float
) -> None:
    assert wasserstein_1d_samples(a, b) == pytest.approx(wasserstein_1d_samples(b, a), abs=1e-9)
    assert wasserstein_1d_samples(a, a.flip(0)) == 0
    assert wasserstein_1d_samples(a, a + shift) == pytest.approx(abs(shift), abs=1e-9)


@pytest.mark.parametrize(
    ("samples", "sentence"),
    [
        (torch.zeros(5, 2), r"samples of shape \(N,\) or \(N, 1\), got \(5, 2\)"),
        (torch.tensor(1.0), r"got \(\)"),
        (torch.zeros(0, 1), "at least one sample"),
        (torch.tensor([0.0, math.nan]), "finite samples, got NaN or infinity"),
    ],
)
def test_bad_samples_get_one_clear_sentence(samples: Tensor, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        wasserstein_1d(samples, Uniform())
    with pytest.raises(ValueError, match=sentence):
        wasserstein_1d_samples(samples, torch.zeros(3))


def clouds(count: int) -> st.SearchStrategy[list[Tensor]]:
    """`count` sets of points, equally large, of one dimension of 1 to 3."""
    sizes = st.tuples(st.integers(1, 7), st.integers(1, 3))

    def of_size(size: tuple[int, int]) -> st.SearchStrategy[Tensor]:
        n, dimension = size
        cloud = st.lists(
            st.lists(st.floats(-100, 100), min_size=dimension, max_size=dimension),
            min_size=n,
            max_size=n,
        )
        return cloud.map(lambda values: torch.tensor(values, dtype=torch.float64))

    return sizes.flatmap(lambda size: st.tuples(*[of_size(size)] * count).map(list))


@given(
    st.integers(1, 20).flatmap(
        lambda n: st.tuples(*[st.lists(st.floats(-100, 100), min_size=n, max_size=n)] * 2)
    )
)
def test_on_a_line_the_best_pairing_is_that_of_the_sorted_samples(
    pair: tuple[list[float], list[float]],
) -> None:
    a, b = (torch.tensor(values, dtype=torch.float64) for values in pair)
    assert wasserstein_samples(a, b) == pytest.approx(wasserstein_1d_samples(a, b), abs=1e-9)
    assert wasserstein_samples(a[:, None], b[:, None]) == wasserstein_samples(a, b)


@given(clouds(2))
def test_the_best_pairing_is_found_among_all(pair: list[Tensor]) -> None:
    a, b = (cloud[:5] for cloud in pair)
    costs = torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")
    best = min(
        costs[range(len(a)), list(order)].mean().item()
        for order in itertools.permutations(range(len(a)))
    )
    assert wasserstein_samples(a, b) == pytest.approx(best, abs=1e-9)


@given(clouds(3))
def test_it_is_a_distance(triple: list[Tensor]) -> None:
    a, b, c = triple
    assert wasserstein_samples(a, a.flip(0)) == 0
    assert wasserstein_samples(a, b) == pytest.approx(wasserstein_samples(b, a), abs=1e-9)
    assert wasserstein_samples(a, c) <= wasserstein_samples(a, b) + wasserstein_samples(b, c) + 1e-9


@given(clouds(2), st.integers(0, 1000), st.floats(-50, 50))
def test_order_place_and_units_do_not_matter_and_a_shift_costs_its_length(
    pair: list[Tensor], seed: int, shift: float
) -> None:
    a, b = pair
    expected = wasserstein_samples(a, b)
    order = torch.randperm(len(a), generator=torch.Generator().manual_seed(seed))
    assert wasserstein_samples(a[order], b) == pytest.approx(expected, abs=1e-9)
    assert wasserstein_samples(a + shift, b + shift) == pytest.approx(expected, abs=1e-9)
    assert wasserstein_samples(3 * a, 3 * b) == pytest.approx(3 * expected, abs=1e-9)
    assert wasserstein_samples(a, a + shift) == pytest.approx(
        abs(shift) * math.sqrt(a.shape[1]), abs=1e-9
    )


def test_images_are_compared_over_all_their_pixels() -> None:
    zeros, ones = torch.zeros(4, 3, 2, 2), torch.ones(4, 3, 2, 2)
    assert wasserstein_samples(zeros, ones) == pytest.approx(math.sqrt(12))


def test_real_against_real_is_the_floor_and_missing_modes_lie_above_it() -> None:
    data = load("grid")
    real, other = (data.sample(1000, torch.Generator().manual_seed(seed)) for seed in (0, 1))
    floor = wasserstein_samples(real, other)
    assert 0.03 < floor < 0.15
    one_half = other[other[:, 0] > 0][torch.arange(1000) % int((other[:, 0] > 0).sum())]
    assert wasserstein_samples(real, one_half) > 6 * floor


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        (
            torch.zeros(5, 2),
            torch.zeros(4, 2),
            (
                r"two equally large sets of samples, of one shape \(N, ...\), "
                r"got \(5, 2\) and \(4, 2\)"
            ),
        ),
        (torch.zeros(5, 2), torch.zeros(5, 3), r"got \(5, 2\) and \(5, 3\)"),
        (torch.tensor(1.0), torch.tensor(1.0), r"got \(\) and \(\)"),
        (torch.zeros(0, 2), torch.zeros(0, 2), "at least one sample"),
        (torch.zeros(1, 2), torch.tensor([[0.0, math.inf]]), "finite samples, got NaN or infinity"),
    ],
)
def test_sets_that_cannot_be_paired_get_one_clear_sentence(
    a: Tensor, b: Tensor, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        wasserstein_samples(a, b)
