"""Energy distance: worked out by hand, for Gaussians in closed form, and against SciPy."""

from __future__ import annotations

import math

import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from gan_course.metrics import energy_distance


def normal(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


points = st.lists(st.floats(-100, 100), min_size=1, max_size=20).map(
    lambda values: torch.tensor(values, dtype=torch.float64)
)


def test_two_point_masses_are_twice_their_distance_apart() -> None:
    there = torch.tensor([[3.0, 4.0]])
    assert energy_distance(torch.zeros(5, 2), there.repeat(3, 1)) == pytest.approx(10)


def test_energy_counts_by_hand() -> None:
    # Between: (0 + 2 + 4) / 3 and, for the second point, (1 + 1 + 3) / 3, of which the mean is
    # 11/6. Within {0, 1}: 2 · 1 / 4. Within {0, 2, 4}: 2 · (2 + 4 + 2) / 9.
    a, b = torch.tensor([0.0, 1.0]), torch.tensor([0.0, 2.0, 4.0])
    assert energy_distance(a, b) == pytest.approx(11 / 3 - 1 / 2 - 16 / 9)


@pytest.mark.parametrize("shift", [0.0, 0.5, 3.0])
def test_gaussians_a_shift_apart_score_what_the_folded_normal_says(shift: float) -> None:
    u = (torch.arange(2000, dtype=torch.float64) + 0.5) / 2000
    quantiles = torch.special.ndtri(u)
    # a - b is Gaussian with mean `shift` and variance 2.
    between = 2 / math.sqrt(math.pi) * math.exp(-(shift**2) / 4) + shift * math.erf(shift / 2)
    expected = 2 * between - 4 / math.sqrt(math.pi)
    assert energy_distance(quantiles, quantiles + shift) == pytest.approx(expected, abs=2e-3)


@given(points, points)
def test_on_a_line_it_is_the_square_of_scipys(a: Tensor, b: Tensor) -> None:
    assert energy_distance(a, b) == pytest.approx(scipy.stats.energy_distance(a, b) ** 2, abs=1e-5)


def test_a_set_is_exactly_0_from_itself_and_new_draws_at_the_floor_that_is_documented() -> None:
    a = normal(300, 8)
    assert energy_distance(a, a) == 0
    found = [energy_distance(normal(100, 8, seed=i), normal(50, 8, seed=99 + i)) for i in range(20)]
    floor = torch.pdist(a).mean().item() * (1 / 100 + 1 / 50)
    assert sum(found) / 20 == pytest.approx(floor, rel=0.1)


def test_neither_chunk_nor_order_nor_place_matters_and_units_count_once() -> None:
    a, b = normal(70, 3, 2), 1 + normal(50, 3, 2, seed=1)
    expected = energy_distance(a, b)
    for chunk in (1, 7, 70):
        assert energy_distance(a, b, chunk) == pytest.approx(expected, abs=1e-6)
    assert energy_distance(b.flip(0), a) == pytest.approx(expected, abs=1e-6)
    assert energy_distance(a + 1e6, b + 1e6) == pytest.approx(expected, abs=1e-6)
    assert energy_distance(3 * a, 3 * b) == pytest.approx(3 * expected, abs=1e-6)


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        (torch.zeros(5, 2), torch.zeros(4, 3), r"N may differ, got \(5, 2\) and \(4, 3\)"),
        (torch.tensor(1.0), torch.tensor(1.0), r"got \(\) and \(\)"),
        (torch.zeros(5, 2), torch.zeros(0, 2), "at least one sample in each set, got none"),
        (torch.zeros(1), torch.tensor([math.nan]), "finite samples, got NaN or infinity"),
    ],
)
def test_sets_that_cannot_be_compared_get_one_clear_sentence(
    a: Tensor, b: Tensor, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        energy_distance(a, b)
    with pytest.raises(ValueError, match="chunk must be at least 1, got 0"):
        energy_distance(torch.zeros(1), torch.zeros(1), chunk=0)
