"""Gaussians and mixtures against SciPy."""

from __future__ import annotations

import math

import pytest
import torch
from scipy import stats
from torch import Tensor

from gan_course.data import Distribution, Gaussian, Mixture, load

GAUSSIAN = Gaussian(-1.5, 0.7)
MIXTURE = Mixture(
    (Gaussian(-2.0, 0.5), Gaussian(1.0, 1.5), Gaussian(6.0, 0.1)), weights=(0.3, 0.6, 0.1)
)
BOTH = pytest.mark.parametrize("distribution", [GAUSSIAN, MIXTURE], ids=["gaussian", "mixture"])
LINE = torch.linspace(-8, 8, 401, dtype=torch.float64)


def reference(distribution: Distribution, function: str, x: Tensor) -> Tensor:
    """SciPy's `pdf` or `cdf`."""
    parts = (
        [(1.0, distribution)]
        if isinstance(distribution, Gaussian)
        else zip(distribution.weights, distribution.components, strict=True)
    )
    return sum(
        w * torch.from_numpy(getattr(stats.norm(c.mean, c.std), function)(x.numpy()))
        for w, c in parts
    )


@BOTH
def test_densities_and_distribution_functions_are_those_of_scipy(
    distribution: Distribution,
) -> None:
    torch.testing.assert_close(
        distribution.density(LINE), reference(distribution, "pdf", LINE), rtol=1e-12, atol=1e-300
    )
    torch.testing.assert_close(
        distribution.cdf(LINE), reference(distribution, "cdf", LINE), rtol=1e-12, atol=1e-14
    )


def test_quantiles_of_a_gaussian_are_those_of_scipy() -> None:
    u = torch.linspace(0.001, 0.999, 99, dtype=torch.float64)
    expected = torch.from_numpy(stats.norm(GAUSSIAN.mean, GAUSSIAN.std).ppf(u.numpy()))
    torch.testing.assert_close(GAUSSIAN.quantile(u), expected, rtol=1e-12, atol=1e-12)


@BOTH
def test_a_quantile_undoes_the_distribution_function(distribution: Distribution) -> None:
    u = torch.cat(
        [torch.tensor([1e-9, 1e-4]), torch.linspace(0.001, 0.999, 200), torch.tensor([1 - 1e-4])]
    ).double()
    torch.testing.assert_close(distribution.cdf(distribution.quantile(u)), u, rtol=1e-9, atol=1e-15)
    x = torch.linspace(-3, 1, 50, dtype=torch.float64)
    torch.testing.assert_close(distribution.quantile(distribution.cdf(x)), x, rtol=1e-8, atol=1e-8)


@BOTH
def test_functions_of_a_point_keep_its_shape_and_answer_in_float64(
    distribution: Distribution,
) -> None:
    for function in (distribution.density, distribution.cdf, distribution.quantile):
        answer = function(torch.full((3, 1, 2), 0.25))
        assert answer.shape == (3, 1, 2)
        assert answer.dtype == torch.float64


@BOTH
def test_density_integrates_to_one_and_to_the_stated_moments(distribution: Distribution) -> None:
    x = torch.linspace(-15, 15, 60_001, dtype=torch.float64)
    density = distribution.density(x)
    mean = torch.trapezoid(x * density, x)
    assert torch.trapezoid(density, x).item() == pytest.approx(1, abs=1e-9)
    assert mean.item() == pytest.approx(distribution.mean, abs=1e-9)
    assert torch.trapezoid((x - mean) ** 2 * density, x).sqrt().item() == pytest.approx(
        distribution.std, abs=1e-9
    )


@pytest.mark.parametrize("far", [1e8, -1e8])
def test_the_spread_of_a_mixture_does_not_depend_on_where_it_lies(far: float) -> None:
    there = Mixture(
        tuple(Gaussian(far + c.mean, c.std) for c in MIXTURE.components), MIXTURE.weights
    )
    # float64 keeps 8 digits behind the point of 1e8
    assert there.std == pytest.approx(MIXTURE.std, rel=1e-7)


@BOTH
def test_samples_follow_the_distribution(distribution: Distribution) -> None:
    samples = distribution.sample(40_000, torch.Generator().manual_seed(5))
    assert samples.shape == (40_000, 1)
    assert samples.dtype == torch.float32
    error = distribution.std / math.sqrt(40_000)
    assert samples.mean().item() == pytest.approx(distribution.mean, abs=4 * error)
    assert samples.std().item() == pytest.approx(distribution.std, rel=0.02)
    # Kolmogorov's statistic of 40,000 right samples exceeds 0.0098 once in a thousand times.
    found = stats.kstest(
        samples.flatten().double().numpy(), lambda x: distribution.cdf(torch.from_numpy(x)).numpy()
    )
    assert found.statistic < 0.0098


@BOTH
def test_samples_are_a_function_of_the_generator_alone(distribution: Distribution) -> None:
    torch.manual_seed(0)
    first = distribution.sample(8, torch.Generator().manual_seed(5))
    torch.manual_seed(1)
    assert torch.equal(first, distribution.sample(8, torch.Generator().manual_seed(5)))
    assert not torch.equal(first, distribution.sample(8, torch.Generator().manual_seed(6)))


@BOTH
def test_a_batch_of_fresh_draws_is_a_function_of_seed_and_index(distribution: Distribution) -> None:
    later, first = distribution.batch(7, 16, seed=1), distribution.batch(0, 16, seed=1)
    assert later.x.shape == (16, *distribution.shape)
    assert later.labels is None
    assert torch.equal(distribution.batch(7, 16, seed=1).x, later.x)
    assert not torch.equal(later.x, first.x)
    assert not torch.equal(distribution.batch(7, 16, seed=2).x, later.x)


def test_the_lessons_distributions_are_the_ones_they_state() -> None:
    gaussian, mixture = load("gaussian"), load("mixture")
    assert (gaussian.mean, gaussian.std) == (2.0, 1.0)
    assert mixture.mean == 0
    assert mixture.std == pytest.approx(math.sqrt(4.25))


@pytest.mark.parametrize(
    ("mean", "std"), [(0, 0), (0, -1), (0, math.inf), (0, math.nan), (math.nan, 1), (math.inf, 1)]
)
def test_a_gaussian_that_is_none_is_refused(mean: float, std: float) -> None:
    with pytest.raises(
        ValueError, match="a Gaussian needs a finite mean and a standard deviation above 0"
    ):
        Gaussian(mean, std)


@pytest.mark.parametrize("weights", [(), (1.0,), (0.5, 0.5, 0.5)])
def test_a_mixture_needs_a_weight_for_each_component(weights: tuple[float, ...]) -> None:
    with pytest.raises(
        ValueError, match=f"one weight for each component, got {len(weights)} for 2"
    ):
        Mixture((Gaussian(0, 1), Gaussian(1, 1)), weights)


@pytest.mark.parametrize("weights", [(0.5, 0.6), (1.5, -0.5), (1.0, 0.0), (math.nan, 0.5)])
def test_weights_that_are_no_probabilities_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="lie above 0 and sum to 1"):
        Mixture((Gaussian(0, 1), Gaussian(1, 1)), weights)
