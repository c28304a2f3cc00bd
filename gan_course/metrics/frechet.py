"""Fréchet distance between Gaussians: Dowson & Landau 1982; of network features, after Heusel et
al. 2017 (arXiv:1706.08500)."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.errors import expect_finite, expect_tensor
from gan_course.metrics.judge import judge

# Rounding in float32 may push the smallest eigenvalue of a covariance this far below zero, relative
# to its largest entry.
NEGATIVE_EIGENVALUE = 1e-5


def judge_distance(images_a: Tensor, images_b: Tensor) -> float:
    """Fréchet distance (judge): how far two sets of digits lie apart in the features of the shipped
    classifier, at least 0.

    Both of shape (N, 1, 28, 28) in [-1, 1]; N may differ, but the distance falls as N grows, so
    compare only distances taken at equal N, and print `real_floor` beside them. It is not FID,
    whose features are another network's. Raises as `Judge.features` and `frechet_distance` do.
    """
    expect_tensor("images", images_a, images_b)
    return frechet_distance(
        judge(images_a.device).features(images_a), judge(images_b.device).features(images_b)
    )


def frechet_distance(features_a: Tensor, features_b: Tensor) -> float:
    """Fréchet distance between the Gaussians that fit two sets of features, computed in float64; in
    squared units of the features.

    Both of shape (N, F), each with its own N of at least 2; with N ≤ F the covariance is singular,
    which is allowed, but the estimate is then far too high. Covariances are divided by N - 1.
    Raises ValueError for other shapes, too few samples, NaN and infinity.
    """
    for features in (features_a, features_b):
        _check_features(features)
    if features_a.shape[1] != features_b.shape[1]:
        raise ValueError(
            f"expected two sets with the same number of features, got {features_a.shape[1]} and "
            f"{features_b.shape[1]}"
        )
    return _distance(*_moments(features_a), *_moments(features_b))


def gaussian_frechet(mu_a: Tensor, cov_a: Tensor, mu_b: Tensor, cov_b: Tensor) -> float:
    """Fréchet distance |μ_a - μ_b|² + tr(Σ_a + Σ_b - 2 (Σ_a Σ_b)^½) between two Gaussians, in
    float64, at least 0.

    Means of shape (F,), covariances (F, F), symmetric and without negative eigenvalues, possibly
    singular. It is the square of the Wasserstein-2 distance. Raises ValueError for anything else.
    """
    _check_gaussian("a", mu_a, cov_a)
    _check_gaussian("b", mu_b, cov_b)
    if mu_a.shape != mu_b.shape:
        raise ValueError(
            f"expected two Gaussians of one dimension, got {len(mu_a)} and {len(mu_b)}"
        )
    return _distance(*(tensor.detach().cpu().double() for tensor in (mu_a, cov_a, mu_b, cov_b)))


def _distance(mu_a: Tensor, cov_a: Tensor, mu_b: Tensor, cov_b: Tensor) -> float:
    # tr (Σ_a Σ_b)^½ is the sum of the singular values of R_aᵀ R_b for any roots R Rᵀ = Σ. That
    # holds for singular covariances too, where a general matrix square root of Σ_a Σ_b loses half
    # its digits or turns complex.
    trace_of_root = torch.linalg.svdvals(_root(cov_a).T @ _root(cov_b)).sum()
    distance = (mu_a - mu_b).square().sum() + cov_a.trace() + cov_b.trace() - 2 * trace_of_root
    return max(distance.item(), 0.0)


def _root(covariance: Tensor) -> Tensor:
    """R with R Rᵀ = `covariance`."""
    values, vectors = torch.linalg.eigh(covariance)
    # Eigenvalues this small are rounding, of either sign; their roots, 1e-8 each, would add up over
    # the directions that no sample reaches.
    rounding = len(values) * torch.finfo(values.dtype).eps * values[-1]
    return vectors * torch.where(values > rounding, values, 0).sqrt()


def _moments(features: Tensor) -> tuple[Tensor, Tensor]:
    # On the CPU, because not every accelerator knows float64; in float64, because the distance is a
    # small difference of large numbers.
    features = features.detach().cpu().double()
    return features.mean(dim=0), torch.atleast_2d(torch.cov(features.T))


def _check_features(features: Tensor) -> None:
    expect_finite("features", features)
    if features.ndim != 2 or features.shape[1] == 0:
        raise ValueError(f"expected features of shape (N, F), got {tuple(features.shape)}")
    if len(features) < 2:
        raise ValueError(
            f"expected at least 2 samples, because one has no covariance, got {len(features)}; "
            "1,000 or more give a steady distance"
        )


def _check_gaussian(name: str, mu: Tensor, covariance: Tensor) -> None:
    expect_finite(f"mu_{name} and cov_{name}", mu, covariance)
    if mu.ndim != 1 or not len(mu) or tuple(covariance.shape) != (len(mu), len(mu)):
        raise ValueError(
            f"expected mu_{name} of shape (F,) and cov_{name} of shape (F, F), got "
            f"{tuple(mu.shape)} and {tuple(covariance.shape)}"
        )
    covariance = covariance.detach().cpu().double()
    slack = NEGATIVE_EIGENVALUE * covariance.abs().max().item()
    if (covariance - covariance.T).abs().max().item() > slack:
        raise ValueError(
            f"expected a symmetric covariance, got a cov_{name} that differs from its transpose"
        )
    lowest = torch.linalg.eigvalsh(covariance)[0].item()
    if lowest < -slack:
        raise ValueError(
            f"expected a covariance without negative eigenvalues, got {lowest:.4g} in cov_{name}"
        )
