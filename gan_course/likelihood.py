"""How likely data are under a model that has latent variables, and what bounds that from below:
pure functions of tensors, in nats.

Images are rows of pixels in [0, 1] here, where a Bernoulli distribution gives the probability that
a pixel is white.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from gan_course.errors import expect_range


def reparameterised(mu: Tensor, log_var: Tensor, epsilon: Tensor | None = None) -> Tensor:
    """z = μ + σ ε, section 2.4 of Kingma & Welling 2013: a draw from a Gaussian through which the
    gradient reaches its mean and its variance.

    `mu` and `log_var` = log σ² of one shape, and `epsilon` of it too, by default drawn from N(0,
    1).
    """
    if epsilon is None:
        # In bf16 few different numbers would be drawn.
        precise = torch.promote_types(mu.dtype, torch.float32)
        epsilon = torch.randn_like(mu, dtype=precise)
    return mu + (log_var / 2).exp() * epsilon


def gaussian_kl(mu: Tensor, log_var: Tensor) -> Tensor:
    """KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² - 1 - log σ²) of each dimension, appendix B of Kingma &
    Welling 2013: of the shape of `mu` and `log_var`, at least 0."""
    return 0.5 * (mu.square() + log_var.exp() - 1 - log_var)


def gaussian_log_density(
    x: Tensor, mu: Tensor | float = 0.0, log_var: Tensor | float = 0.0
) -> Tensor:
    """log N(x; μ, σ²), summed over the last dimension: for `x` (..., D) of shape (...); the default
    is the standard normal distribution."""
    log_var = torch.as_tensor(log_var, dtype=x.dtype, device=x.device)
    squared = (x - mu).square() * (-log_var).exp()
    return -0.5 * (squared + log_var + math.log(2 * math.pi)).sum(dim=-1)


def bernoulli_log_likelihood(logits: Tensor, x: Tensor) -> Tensor:
    """log p(x) where each value of `x` (N, ...) is 1 with probability sigmoid(logit), else 0: the
    sum over all values, shape (N,).

    `logits` of the shape of `x`, or with more dimensions before it, which are kept. Values of `x`
    between 0 and 1 are taken for shares of white. `ValueError` for shapes that do not fit and, on
    the CPU, for values outside [0, 1]: elsewhere to look at them would make every step wait.
    """
    if logits.shape[-x.ndim :] != x.shape:
        raise ValueError(
            f"expected logits of the shape of the data, {tuple(x.shape)}, got {tuple(logits.shape)}"
        )
    if x.device.type == "cpu" and x.numel():
        expect_range("data of a Bernoulli distribution", x, 0.0, 1.0)
    cost = binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none")
    return -cost.flatten(logits.ndim - x.ndim + 1).sum(dim=-1)


def importance_bound(log_weights: Tensor) -> Tensor:
    """log of the mean weight over the first dimension, eq. 8 of Burda et al. 2015: for weights
    log p(x, z) - log q(z | x) of k draws, shape (k, N), a bound of log p(x), shape (N,).

    One draw gives the evidence lower bound; more draws a bound that is tighter on average.
    """
    return torch.logsumexp(log_weights, dim=0) - math.log(len(log_weights))
