"""Likelihoods and their bounds against closed forms, torch.distributions and quadrature."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.distributions import Bernoulli, Independent, Normal, kl_divergence

from gan_course.likelihood import (
    bernoulli_log_likelihood,
    gaussian_kl,
    gaussian_log_density,
    importance_bound,
    reparameterised,
)


@pytest.fixture
def beliefs() -> tuple[Tensor, Tensor]:
    """Means and log-variances of seven Gaussians in three dimensions."""
    torch.manual_seed(0)
    return 2 * torch.randn(7, 3), torch.randn(7, 3)


def test_the_gaussian_kl_is_that_of_torch_distributions(beliefs: tuple[Tensor, Tensor]) -> None:
    mu, log_var = beliefs
    expected = kl_divergence(Normal(mu, (log_var / 2).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(gaussian_kl(mu, log_var), expected)


def test_the_gaussian_kl_is_the_mean_log_ratio_of_the_densities(
    beliefs: tuple[Tensor, Tensor],
) -> None:
    mu, log_var = (x.double() for x in beliefs)
    z = reparameterised(mu.expand(100_000, -1, -1), log_var.expand(100_000, -1, -1))
    ratios = gaussian_log_density(z, mu, log_var) - gaussian_log_density(z)
    error = (ratios.mean(0) - gaussian_kl(mu, log_var).sum(1)).abs()
    assert (error < 5 * ratios.std(0) / math.sqrt(100_000)).all()


def test_the_gaussian_log_density_is_that_of_torch_distributions(
    beliefs: tuple[Tensor, Tensor],
) -> None:
    mu, log_var = beliefs
    x = torch.randn(5, 7, 3)
    expected = Independent(Normal(mu, (log_var / 2).exp()), 1).log_prob(x)
    torch.testing.assert_close(gaussian_log_density(x, mu, log_var), expected)
    standard = Independent(Normal(torch.zeros(3), torch.ones(3)), 1).log_prob(x)
    torch.testing.assert_close(gaussian_log_density(x), standard)


def test_a_gradient_reaches_mean_and_log_variance_through_a_draw(
    beliefs: tuple[Tensor, Tensor],
) -> None:
    mu, log_var = (x.requires_grad_() for x in beliefs)
    epsilon = torch.randn(7, 3)
    reparameterised(mu, log_var, epsilon).sum().backward()
    assert mu.grad is not None
    assert log_var.grad is not None
    torch.testing.assert_close(mu.grad, torch.ones(7, 3))
    torch.testing.assert_close(log_var.grad, (log_var.detach() / 2).exp() * epsilon / 2)


def test_the_bernoulli_log_likelihood_is_that_of_torch_distributions() -> None:
    torch.manual_seed(0)
    logits, white = 5 * torch.randn(4, 2, 3, 3), torch.bernoulli(torch.full((4, 2, 3, 3), 0.5))
    expected = Bernoulli(logits=logits).log_prob(white).sum((1, 2, 3))
    torch.testing.assert_close(bernoulli_log_likelihood(logits, white), expected)


def test_further_dimensions_of_the_logits_are_kept() -> None:
    torch.manual_seed(0)
    logits, white = torch.randn(6, 4, 1, 3, 3), torch.ones(4, 1, 3, 3)
    found = bernoulli_log_likelihood(logits, white)
    torch.testing.assert_close(
        found, torch.stack([bernoulli_log_likelihood(row, white) for row in logits])
    )


@pytest.mark.parametrize("value", [-1.0, 1.001, math.nan])
def test_data_outside_of_0_to_1_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"data of a Bernoulli distribution in \[0, 1\]"):
        bernoulli_log_likelihood(torch.zeros(2, 3), torch.tensor([[0.0, 1.0, value]] * 2))


def test_logits_of_another_shape_than_the_data_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape of the data, \(2, 1, 28, 28\), got \(2, 1, 32"):
        bernoulli_log_likelihood(torch.zeros(2, 1, 32, 32), torch.zeros(2, 1, 28, 28))


def test_the_importance_bound_of_equal_weights_is_their_logarithm() -> None:
    torch.testing.assert_close(
        importance_bound(torch.full((9, 2), -800.0)), torch.full((2,), -800.0)
    )


def test_the_importance_bound_rises_to_the_exact_likelihood_of_a_linear_gaussian_model() -> None:
    """z from N(0, 1), x = 2 z + noise of variance ½: p(x) by quadrature, and in closed form."""
    x = torch.tensor([0.3, -2.0, 5.0], dtype=torch.float64)
    slope, noise = 2.0, math.log(0.5)

    def joint(z: Tensor) -> Tensor:
        """log p(x, z) for z (..., 3)."""
        likelihood = gaussian_log_density(x[:, None], slope * z[..., None], noise)
        return likelihood + gaussian_log_density(z[..., None])

    line = torch.linspace(-12, 12, 20_001, dtype=torch.float64)
    exact = torch.trapezoid(joint(line[:, None].expand(-1, 3)).exp(), line, dim=0).log()
    closed = gaussian_log_density(x[:, None], 0.0, math.log(slope**2 + 0.5))
    torch.testing.assert_close(exact, closed, rtol=1e-9, atol=1e-9)

    # A belief q that is too wide: its bound is loose with one draw and tight with many.
    mu, log_var = x * slope / (slope**2 + 0.5), torch.zeros(3, dtype=torch.float64)
    torch.manual_seed(0)
    gaps = []
    for k in (1, 10, 1000):
        z = reparameterised(mu.expand(k, 400, 3), log_var.expand(k, 400, 3))
        weights = joint(z) - gaussian_log_density(z[..., None], mu[:, None], log_var[:, None])
        gaps.append((exact - importance_bound(weights).mean(0)).tolist())
    for one, ten, thousand in zip(*gaps, strict=True):
        assert one > 2 * ten > 4 * thousand > -0.01
        assert abs(thousand) < 0.01
