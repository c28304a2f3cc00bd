from __future__ import annotations

import math

import pytest
import torch
from scipy import stats
from torch import Tensor

from gan_course.data import Histogram

# Bars of width ½ from -1 to 1, one of them empty, with shares ¼, 0, ½ and ¼.
DRAWN = Histogram((1.0, 0.0, 2.0, 1.0), low=-1.0, high=1.0)


def places(*x: float) -> Tensor:
    return torch.tensor(x, dtype=torch.float64)


def test_density_is_even_in_a_bar_and_zero_outside() -> None:
    x = places(-1.1, -1.0, -0.6, -0.5, -0.1, 0.0, 0.4, 0.7, 1.0, 5.0)
    by_hand = places(0, 0.5, 0.5, 0, 0, 1, 1, 0.5, 0, 0)
    torch.testing.assert_close(DRAWN.density(x), by_hand)


def test_cdf_rises_in_straight_lines() -> None:
    x = places(-9, -1, -0.75, -0.5, -0.2, 0, 0.25, 0.5, 0.75, 1, 9)
    by_hand = places(0, 0, 1 / 8, 1 / 4, 1 / 4, 1 / 4, 1 / 2, 3 / 4, 7 / 8, 1, 1)
    torch.testing.assert_close(DRAWN.cdf(x), by_hand)


def test_quantile_is_the_inverse_of_the_cdf_and_never_inside_an_empty_bar() -> None:
    u = torch.linspace(0.001, 0.999, 999, dtype=torch.float64)
    x = DRAWN.quantile(u)
    torch.testing.assert_close(DRAWN.cdf(x), u)
    assert not ((x > -0.5) & (x < 0)).any()


def test_mean_and_spread_are_those_of_the_density() -> None:
    x = (torch.arange(200_000, dtype=torch.float64) + 0.5) / 100_000 - 1
    density = DRAWN.density(x) * 1e-5
    mean = (x * density).sum().item()
    assert DRAWN.mean == pytest.approx(mean, abs=1e-9)
    assert DRAWN.std == pytest.approx(((x - mean) ** 2 * density).sum().sqrt().item(), abs=1e-9)


def test_samples_follow_the_bars() -> None:
    samples = DRAWN.sample(40_000, torch.Generator().manual_seed(5))
    assert samples.shape == (40_000, 1)
    assert samples.dtype == torch.float32
    values = samples.flatten().double().numpy()
    found = stats.kstest(values, lambda x: DRAWN.cdf(torch.from_numpy(x)).numpy())
    # Kolmogorov's statistic of 40,000 right samples exceeds 0.0098 once in a thousand times.
    assert found.statistic < 0.0098


def test_only_ratios_of_heights_matter() -> None:
    twice = Histogram(tuple(2 * height for height in DRAWN.heights), -1.0, 1.0)
    torch.testing.assert_close(twice.density(places(0.2)), DRAWN.density(places(0.2)))


def test_shares_whose_sum_is_rounded_still_end_at_one() -> None:
    tenths = Histogram((0.1,) * 10, 0.0, 1.0)
    assert tenths.cdf(places(1.0)).item() == pytest.approx(1, abs=1e-15)
    assert tenths.quantile(places(1 - 1e-17)).item() <= 1


@pytest.mark.parametrize("heights", [(), (1.0, -0.1), (math.nan,), (math.inf, 1.0)])
def test_bars_that_are_none_are_refused(heights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="finite and at least 0 high"):
        Histogram(heights)


def test_bars_that_are_all_zero_are_refused() -> None:
    with pytest.raises(ValueError, match=r"at least one bar above 0, .* got \(0.0, 0.0\)"):
        Histogram((0.0, 0.0))


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (1.0, -1.0), (math.nan, 1.0)])
def test_ends_that_are_none_are_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="two finite ends in order"):
        Histogram((1.0,), low, high)
