"""Mixtures in the plane against SciPy, and the two of the course against what is published."""

from __future__ import annotations

import math

import pytest
import torch
from scipy import stats

from gan_course.data import PlaneMixture, load

SKEWED = PlaneMixture(((0.0, 1.0), (2.0, -1.0), (-3.0, 0.5)), 0.4)


def test_the_density_is_that_of_scipy() -> None:
    x = 4 * torch.randn(5, 40, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    expected = (
        sum(
            stats.multivariate_normal(centre, SKEWED.std**2).pdf(x.numpy())
            for centre in SKEWED.centres
        )
        / 3
    )
    density = SKEWED.density(x)
    assert density.shape == (5, 40)
    torch.testing.assert_close(density, torch.from_numpy(expected), rtol=1e-10, atol=1e-300)


def test_the_density_integrates_to_one() -> None:
    line = torch.linspace(-7, 7, 561, dtype=torch.float64)
    places = torch.stack(torch.meshgrid(line, line, indexing="ij"), dim=-1)
    assert SKEWED.density(places).sum().item() * (14 / 560) ** 2 == pytest.approx(1, abs=1e-9)


def test_samples_fall_to_every_centre_evenly_and_lie_around_it_as_they_should() -> None:
    samples = SKEWED.sample(30_000, torch.Generator().manual_seed(5))
    assert samples.shape == (30_000, 2)
    assert samples.dtype == torch.float32
    mode = torch.cdist(samples.double(), SKEWED.places).argmin(dim=1)
    for number, centre in enumerate(SKEWED.centres):
        own = samples[mode == number]
        assert len(own) == pytest.approx(10_000, abs=4 * math.sqrt(30_000 * 2 / 9))
        for axis in range(2):
            # Kolmogorov's statistic of 10,000 right samples exceeds 0.0195 once in a thousand
            # times.
            expected = stats.norm(centre[axis], SKEWED.std)
            assert stats.kstest(own[:, axis].numpy(), expected.cdf).statistic < 0.0195
        assert abs(torch.corrcoef(own.T)[0, 1].item()) < 0.04


def test_samples_are_a_function_of_the_generator_alone() -> None:
    torch.manual_seed(0)
    first = SKEWED.sample(8, torch.Generator().manual_seed(5))
    torch.manual_seed(1)
    assert torch.equal(first, SKEWED.sample(8, torch.Generator().manual_seed(5)))
    assert not torch.equal(first, SKEWED.sample(8, torch.Generator().manual_seed(6)))


def test_a_batch_of_fresh_draws_is_a_function_of_seed_and_index() -> None:
    later = SKEWED.batch(7, 16, seed=1)
    assert later.x.shape == (16, *SKEWED.shape)
    assert later.labels is None
    assert torch.equal(SKEWED.batch(7, 16, seed=1).x, later.x)
    assert not torch.equal(SKEWED.batch(0, 16, seed=1).x, later.x)
    assert not torch.equal(SKEWED.batch(7, 16, seed=2).x, later.x)


def test_the_grid_is_that_of_the_papers_in_units_of_its_spread() -> None:
    grid = load("grid")
    published = {(-4.0 + 2 * i, -4.0 + 2 * j) for i in range(5) for j in range(5)}
    assert {(round(2.828 * x, 9), round(2.828 * y, 9)) for x, y in grid.centres} == published
    assert 2.828 * grid.std == pytest.approx(0.05)
    assert grid.spacing / grid.std == pytest.approx(40)
    samples = grid.sample(50_000, torch.Generator().manual_seed(0))
    assert samples.std(dim=0).tolist() == pytest.approx([1, 1], abs=0.01)


def test_the_ring_is_that_of_the_papers() -> None:
    ring = load("ring")
    assert len(set(ring.centres)) == 8
    assert ring.places.norm(dim=1).tolist() == pytest.approx([1] * 8)
    assert ring.spacing == pytest.approx(2 * math.sin(math.pi / 8))
    assert ring.std == 0.01


def test_a_mixture_says_its_setup_in_words() -> None:
    assert str(load("grid")) == (
        "25 Gaussians of equal weight and standard deviation 0.01768, neighbouring centres 0.7072 "
        "apart"
    )
    assert str(load("ring")) == (
        "8 Gaussians of equal weight and standard deviation 0.01, neighbouring centres 0.7654 apart"
    )
    assert str(PlaneMixture(((0.0, 0.0),), 2.0)) == "one Gaussian of standard deviation 2"


@pytest.mark.parametrize("name", ["grid", "ring"])
def test_points_have_no_larger_original(name: str) -> None:
    with pytest.raises(
        ValueError,
        match=f"{name!r} has no larger original, since its samples are generated: use "
        'source="packaged"',
    ):
        load(name, source="full")


def test_a_mixture_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one centre, got none"):
        PlaneMixture((), 1.0)


@pytest.mark.parametrize(
    ("centre", "std"),
    [
        ((0.0, math.nan), 1.0),
        ((math.inf, 0.0), 1.0),
        ((0.0, 0.0), 0.0),
        ((0.0, 0.0), -1.0),
        ((0.0, 0.0), math.nan),
    ],
)
def test_a_mixture_that_is_none_is_refused(centre: tuple[float, float], std: float) -> None:
    with pytest.raises(ValueError, match="needs finite centres and a standard deviation above 0"):
        PlaneMixture((centre,), std)
