from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.linalg
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from gan_course.data import Dataset
from gan_course.metrics import frechet_distance, gaussian_frechet, judge, judge_distance


def normal(n: int, width: int, seed: int) -> Tensor:
    return torch.randn(n, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def correlated(n: int, width: int, seed: int) -> Tensor:
    return normal(n, width, seed) @ normal(width, width, seed + 1) + normal(1, width, seed + 2)


def by_matrix_square_root(a: Tensor, b: Tensor) -> float:
    (mu_a, cov_a), (mu_b, cov_b) = ((x.mean(axis=0), np.cov(x.T)) for x in (a.numpy(), b.numpy()))
    root = scipy.linalg.sqrtm(cov_a @ cov_b).real
    return float(((mu_a - mu_b) ** 2).sum() + np.trace(cov_a + cov_b - 2 * root))


def test_gaussians_in_one_dimension_are_apart_by_the_squares_of_both_differences() -> None:
    one = torch.ones(1, 1)
    assert gaussian_frechet(
        torch.tensor([1.0]), 4 * one, torch.tensor([4.0]), 25 * one
    ) == pytest.approx(3**2 + (2 - 5) ** 2)


def test_commuting_covariances_have_a_closed_form() -> None:
    turn = torch.linalg.qr(normal(5, 5, 0)).Q
    a, b = torch.tensor([1.0, 2, 3, 4, 0]).double(), torch.tensor([9.0, 1, 0, 4, 2]).double()
    mu = torch.zeros(5).double()
    expected = (a.sqrt() - b.sqrt()).square().sum().item()
    assert gaussian_frechet(mu, turn * a @ turn.T, mu, turn * b @ turn.T) == pytest.approx(
        expected, rel=1e-12
    )


def test_shifted_copies_are_apart_by_the_squared_shift() -> None:
    features, shift = correlated(300, 8, 1), normal(1, 8, 9)
    assert frechet_distance(features, features + shift) == pytest.approx(
        shift.square().sum().item(), rel=1e-10
    )


def test_scaled_copies_are_apart_by_the_squared_change_of_scale() -> None:
    features = correlated(300, 8, 1)
    features = features - features.mean(dim=0)
    assert frechet_distance(features, 3 * features) == pytest.approx(
        4 * features.var(dim=0).sum().item(), rel=1e-10
    )


@pytest.mark.parametrize("seed", range(3))
def test_distance_agrees_with_scipys_matrix_square_root(seed: int) -> None:
    a, b = correlated(200, 12, seed), correlated(150, 12, seed + 50)
    assert frechet_distance(a, b) == pytest.approx(by_matrix_square_root(a, b), rel=1e-9)


def test_distance_agrees_with_torchmetrics_on_a_network_of_our_own(digits: Dataset) -> None:
    from torchmetrics.image.fid import FrechetInceptionDistance

    class Pools(nn.Module):
        num_features = 16

        def forward(self, images: Tensor) -> Tensor:
            return nn.functional.avg_pool2d(images, 7).flatten(1)

    real, other = digits.held_out.x[:500], digits.train.x[:400] * 0.7
    theirs = FrechetInceptionDistance(feature=Pools())
    theirs.update(real, real=True)
    theirs.update(other, real=False)
    assert frechet_distance(Pools()(real), Pools()(other)) == pytest.approx(
        theirs.compute().item(), rel=1e-4
    )


def test_judge_distance_is_the_frechet_distance_of_the_judges_features(digits: Dataset) -> None:
    a, b = digits.held_out.x[:300], digits.train.x[:200]
    assert judge_distance(a, b) == frechet_distance(judge().features(a), judge().features(b))
    assert 1 < judge_distance(a, b) < 20


def test_judge_distance_agrees_with_scipys_matrix_square_root(digits: Dataset) -> None:
    a, b = (
        judge().features(digits.held_out.x).double(),
        judge().features(digits.train.x[:2000] * 0.5).double(),
    )
    # A feature that never fires makes the covariance singular, where SciPy's square root is at a
    # loss.
    alive = (a.std(dim=0) > 0) & (b.std(dim=0) > 0)
    assert frechet_distance(a[:, alive], b[:, alive]) == pytest.approx(
        by_matrix_square_root(a[:, alive], b[:, alive]), rel=1e-6
    )


def test_float64_is_used_inside_whatever_comes_in() -> None:
    a, b = correlated(200, 12, 2).float(), correlated(150, 12, 52).float()
    assert frechet_distance(a, b) == frechet_distance(a.double(), b.double())
    assert frechet_distance(a, b) == pytest.approx(
        by_matrix_square_root(a.double(), b.double()), rel=1e-9
    )


def test_fewer_samples_than_features_give_a_finite_distance_and_zero_for_equal_sets() -> None:
    few, others = normal(5, 64, 1), normal(7, 64, 2)
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-10)
    distance = frechet_distance(few, others)
    # tr (Σ_a Σ_b)^½ is also the sum of the singular values of the centred data's product, which
    # needs no covariance.
    centred = (few - few.mean(dim=0)) / math.sqrt(4), (others - others.mean(dim=0)) / math.sqrt(6)
    root = torch.linalg.svdvals(centred[0] @ centred[1].T).sum()
    expected = (
        (few.mean(dim=0) - others.mean(dim=0)).square().sum()
        + few.var(dim=0).sum()
        + others.var(dim=0).sum()
        - 2 * root
    )
    assert distance == pytest.approx(expected.item(), rel=1e-10)


def test_one_feature_is_enough() -> None:
    a, b = normal(100, 1, 3), 2 * normal(100, 1, 4) + 1
    expected = (a.mean() - b.mean()) ** 2 + (a.std() - b.std()) ** 2
    assert frechet_distance(a, b) == pytest.approx(expected.item(), rel=1e-10)


@settings(max_examples=40)
@given(
    n=st.integers(2, 30),
    width=st.integers(1, 12),
    seed=st.integers(0, 10_000),
    scale=st.floats(1e-3, 1e3),
)
def test_distance_is_symmetric_never_negative_and_zero_from_a_set_to_itself(
    n: int, width: int, seed: int, scale: float
) -> None:
    a, b = scale * correlated(n, width, seed), correlated(n + 3, width, seed + 7)
    size = a.square().sum().item() + b.square().sum().item()
    assert frechet_distance(a, b) >= 0
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a), abs=1e-12 * size)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-12 * size)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_distance_does_not_change_when_both_sets_are_turned_and_shuffled(seed: int) -> None:
    a, b = correlated(40, 6, seed), correlated(50, 6, seed + 7)
    turn = torch.linalg.qr(normal(6, 6, seed + 20)).Q
    assert frechet_distance(a.flip(0) @ turn, b.flip(0) @ turn) == pytest.approx(
        frechet_distance(a, b), rel=1e-8
    )


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        (
            torch.zeros(1, 3),
            torch.zeros(5, 3),
            "at least 2 samples, because one has no covariance, got 1",
        ),
        (torch.zeros(0, 3), torch.zeros(5, 3), "got 0"),
        (torch.zeros(5, 3), torch.zeros(5, 4), "same number of features, got 3 and 4"),
        (torch.zeros(5), torch.zeros(5), r"features of shape \(N, F\), got \(5,\)"),
        (torch.full((5, 3), math.nan), torch.zeros(5, 3), "finite features, got NaN or infinity"),
        (torch.zeros(5, 3), torch.full((5, 3), math.inf), "finite features, got NaN or infinity"),
    ],
)
def test_bad_features_get_one_clear_sentence(a: Tensor, b: Tensor, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        frechet_distance(a, b)


@pytest.mark.parametrize(
    ("mu", "covariance", "sentence"),
    [
        (torch.zeros(3), torch.eye(2), r"cov_a of shape \(F, F\), got \(3,\) and \(2, 2\)"),
        (torch.zeros(2, 1), torch.eye(2), r"mu_a of shape \(F,\) .* got \(2, 1\)"),
        (
            torch.zeros(2),
            torch.diag(torch.tensor([1.0, -1.0])),
            "without negative eigenvalues, got -1 in cov_a",
        ),
        (
            torch.zeros(2),
            torch.tensor([[1.0, 0.5], [0.0, 1.0]]),
            "symmetric covariance, got a cov_a",
        ),
        (torch.tensor([0.0, math.nan]), torch.eye(2), "finite mu_a and cov_a, got NaN or infinity"),
    ],
)
def test_bad_gaussians_get_one_clear_sentence(
    mu: Tensor, covariance: Tensor, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        gaussian_frechet(mu, covariance, torch.zeros(len(mu)), torch.eye(len(mu)))


def test_gaussians_of_two_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="one dimension, got 2 and 3"):
        gaussian_frechet(torch.zeros(2), torch.eye(2), torch.zeros(3), torch.eye(3))
