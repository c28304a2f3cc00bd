"""Modes are counted as they should be: against counts made by hand, and against what a perfect
sampler must score."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from gan_course.data import PlaneMixture, load
from gan_course.metrics import count_modes, mode_histogram, nearest_mode

SQUARE = PlaneMixture(((0.0, 0.0), (10.0, 0.0), (0.0, 10.0), (10.0, 10.0)), 1.0)
GRID = load("grid")

places = st.tuples(st.floats(-20, 20), st.floats(-20, 20))
clouds = st.lists(places, min_size=1, max_size=30).map(
    lambda points: torch.tensor(points, dtype=torch.float64)
)
seeds = st.integers(0, 1000)


def around(*numbers: int, offset: float = 0.0) -> Tensor:
    """So many points at each corner of the square, `offset` to the right of it."""
    return torch.cat(
        [
            torch.tensor([[x + offset, y]]).expand(n, 2)
            for n, (x, y) in zip(numbers, SQUARE.centres, strict=True)
        ]
    )


def test_counts_made_by_hand_are_found_again() -> None:
    samples = torch.cat([around(25, 20, 19, 0), around(6, 0, 0, 10, offset=3.5)])
    modes = count_modes(samples, SQUARE)
    assert modes.counts.tolist() == [25, 20, 19, 0]
    assert (modes.found, modes.of) == (2, 4)
    assert modes.good == pytest.approx(64 / 80)
    # Half of 9 + 4 + 3 + 16 of 64 good ones, where 16 would be even.
    assert modes.variation == pytest.approx((9 + 4 + 3 + 16) / 64 / 2)
    assert count_modes(samples, SQUARE, at_least=1).found == 3
    assert count_modes(samples, SQUARE, within=4).good == 1
    torch.testing.assert_close(
        mode_histogram(samples, SQUARE), torch.tensor([31, 20, 19, 10], dtype=torch.float64) / 80
    )


def test_three_standard_deviations_away_is_still_good_and_more_is_not() -> None:
    assert count_modes(around(1, 0, 0, 0, offset=3.0), SQUARE).good == 1
    assert count_modes(around(1, 0, 0, 0, offset=3.001), SQUARE).good == 0


@pytest.mark.parametrize("name", ["grid", "ring"])
def test_a_perfect_sampler_finds_every_mode_with_99_of_100_samples(name: str) -> None:
    mixture = load(name)
    modes = count_modes(mixture.sample(20_000, torch.Generator().manual_seed(1)), mixture)
    assert modes.found == modes.of == len(mixture.centres)
    share = 1 - math.exp(-4.5)
    assert modes.good == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / 20_000))
    assert modes.variation < 0.02


def test_a_sampler_of_one_mode_is_as_far_from_even_as_can_be() -> None:
    modes = count_modes(GRID.places[3].expand(100, 2), GRID)
    assert (modes.found, modes.good) == (1, 1)
    assert modes.variation == pytest.approx(24 / 25)


def test_a_sampler_that_meets_no_mode_has_found_nothing() -> None:
    modes = count_modes(torch.full((50, 2), 99.0), GRID)
    assert (modes.found, modes.good, modes.variation) == (0, 0, 1)


@given(clouds, seeds)
def test_the_order_of_the_samples_does_not_matter(cloud: Tensor, seed: int) -> None:
    shuffled = cloud[torch.randperm(len(cloud), generator=torch.Generator().manual_seed(seed))]
    one, other = count_modes(cloud, SQUARE, at_least=2), count_modes(shuffled, SQUARE, at_least=2)
    assert one.counts.equal(other.counts)
    assert (one.found, one.good, one.variation) == (other.found, other.good, other.variation)


@given(clouds)
def test_scores_keep_to_their_bounds_and_to_each_other(cloud: Tensor) -> None:
    modes = count_modes(cloud, SQUARE, at_least=1)
    assert modes.counts.sum() == round(modes.good * len(cloud))
    assert modes.found == (modes.counts > 0).sum()
    assert 0 <= modes.good <= 1
    assert 0 <= modes.variation <= (1 - 1 / modes.of if modes.good else 1) + 1e-6
    assert mode_histogram(cloud, SQUARE).sum().item() == pytest.approx(1)


@given(clouds)
def test_samples_seen_twice_change_no_share(cloud: Tensor) -> None:
    one, twice = count_modes(cloud, SQUARE), count_modes(torch.cat([cloud, cloud]), SQUARE)
    assert twice.counts.equal(2 * one.counts)
    assert (twice.good, twice.variation) == (pytest.approx(one.good), pytest.approx(one.variation))


@given(clouds, st.integers(-8, 8), st.integers(-8, 8), st.sampled_from([0.25, 0.5, 2.0, 8.0]))
def test_only_standard_deviations_count_not_where_the_mixture_lies_nor_its_units(
    cloud: Tensor, right: int, up: int, scale: float
) -> None:
    # Quarters, powers of two and whole numbers, so that moving rounds nothing.
    cloud = (4 * cloud).round() / 4
    moved = PlaneMixture(
        tuple((scale * (x + right), scale * (y + up)) for x, y in SQUARE.centres),
        scale * SQUARE.std,
    )
    assert count_modes(scale * (cloud + torch.tensor([right, up])), moved).counts.equal(
        count_modes(cloud, SQUARE).counts
    )


@given(clouds)
def test_the_nearest_centre_is_nearer_than_every_other(cloud: Tensor) -> None:
    mode, distance = nearest_mode(cloud, SQUARE)
    assert mode.dtype == torch.int64
    torch.testing.assert_close((cloud - SQUARE.places[mode]).norm(dim=1), distance)
    assert all((cloud - place).norm(dim=1).add(1e-9).ge(distance).all() for place in SQUARE.places)


@pytest.mark.parametrize(
    ("samples", "sentence"),
    [
        (torch.zeros(5, 3), r"samples of shape \(N, 2\), got \(5, 3\)"),
        (torch.zeros(5), r"got \(5,\)"),
        (torch.zeros(0, 2), "at least one sample"),
        (torch.tensor([[0.0, math.nan]]), "finite samples, got NaN or infinity"),
    ],
)
def test_bad_samples_get_one_clear_sentence(samples: Tensor, sentence: str) -> None:
    for measure in (count_modes, mode_histogram):
        with pytest.raises(ValueError, match=sentence):
            measure(samples, GRID)


def test_a_mode_cannot_be_found_by_no_sample() -> None:
    with pytest.raises(ValueError, match="at_least must be at least 1, got 0"):
        count_modes(torch.zeros(5, 2), GRID, at_least=0)
