"""The bound on information against entropies, closed forms and scikit-learn."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score

from gan_course.information import categorical_bound, gaussian_bound

seeds = st.integers(0, 10_000)


@given(seeds, st.integers(2, 12), st.floats(0.01, 30))
def test_no_reader_is_told_more_than_the_categorys_entropy(
    seed: int, categories: int, scale: float
) -> None:
    generator = torch.Generator().manual_seed(seed)
    category = torch.randint(categories, (50,), generator=generator)
    logits = scale * torch.randn(50, categories, generator=generator)
    assert categorical_bound(logits, category).item() <= math.log(categories) + 1e-6


@pytest.mark.parametrize("categories", [2, 3, 10])
def test_a_perfect_reader_is_told_all_and_one_that_guesses_nothing(categories: int) -> None:
    category = torch.arange(categories).repeat(5)
    sure = 100.0 * torch.nn.functional.one_hot(category, categories)
    assert categorical_bound(sure, category).item() == pytest.approx(math.log(categories))
    assert categorical_bound(
        torch.zeros(len(category), categories), category
    ).item() == pytest.approx(0, abs=1e-6)
    assert categorical_bound(-sure, category).item() < -1


def test_the_true_posterior_reaches_the_mutual_information_and_any_other_falls_short() -> None:
    # A channel that passes a category on, but for one time in four, when it says the next one.
    category = torch.arange(4).repeat_interleave(8)
    seen = torch.where(torch.arange(32) % 4 == 0, (category + 1) % 4, category)
    posterior = torch.zeros(4, 4)
    (
        posterior[torch.arange(4), torch.arange(4)],
        posterior[torch.arange(4), (torch.arange(4) - 1) % 4],
    ) = 0.75, 0.25
    logits = posterior.clamp_min(1e-12).log()
    truth = mutual_info_score(category.numpy(), seen.numpy())
    assert categorical_bound(logits[seen], category).item() == pytest.approx(truth, abs=1e-5)
    assert categorical_bound(2 * logits[seen], category).item() < truth
    assert categorical_bound(0.5 * logits[seen], category).item() < truth


@pytest.mark.parametrize("spread", [0.02, 0.1])
def test_a_code_seen_through_narrow_noise_is_worth_the_closed_form(spread: float) -> None:
    generator = torch.Generator().manual_seed(1)
    codes = 2 * torch.rand(200_000, 1, generator=generator, dtype=torch.float64) - 1
    seen = codes + spread * torch.randn(codes.shape, generator=generator, dtype=torch.float64)
    log_var = torch.full_like(codes, 2 * math.log(spread))
    # H(c) - H(N(0, s²)), since the posterior is that Gaussian but for the ends of the range.
    expected = math.log(2) - 0.5 * math.log(2 * math.pi * math.e * spread**2)
    assert gaussian_bound(seen, log_var, codes).item() == pytest.approx(expected, abs=0.01)
    for wrong in (log_var - 0.5, log_var + 0.5):
        assert gaussian_bound(seen, wrong, codes).item() < expected


def test_the_best_answer_without_a_look_is_worth_minus_0_18_nats() -> None:
    codes = torch.linspace(-1, 1, 100_001, dtype=torch.float64)[:, None]
    blind = gaussian_bound(
        torch.zeros_like(codes), torch.full_like(codes, math.log(1 / 3)), codes
    ).item()
    assert blind == pytest.approx(math.log(2) - 0.5 * math.log(2 * math.pi * math.e / 3), abs=1e-4)
    assert blind == pytest.approx(-0.18, abs=0.005)


def test_every_code_has_a_bound_of_its_own() -> None:
    codes = torch.tensor([[0.5, -1.0], [-0.5, 1.0]])
    mu = torch.tensor([[0.5, 0.0], [-0.5, 0.0]])
    bounds = gaussian_bound(mu, torch.zeros(2, 2), codes)
    at_centre = math.log(2) - 0.5 * math.log(2 * math.pi)
    assert bounds.tolist() == pytest.approx([at_centre, at_centre - 0.5])


@given(seeds)
def test_bounds_rise_along_their_gradients(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    category, codes = (
        torch.randint(4, (6,), generator=generator),
        2 * torch.rand(6, 2, generator=generator) - 1,
    )
    logits, mu, log_var = (
        torch.randn(6, width, generator=generator, requires_grad=True) for width in (4, 2, 2)
    )
    for bound, given_to in (
        (lambda a: categorical_bound(a, category), logits),
        (lambda a: gaussian_bound(a, log_var.detach(), codes).sum(), mu),
    ):
        (slope,) = torch.autograd.grad(bound(given_to), given_to)
        assert bound(given_to + 1e-2 * slope) >= bound(given_to)
