"""Gradient penalties: pure functions of a critic and its inputs."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gan_course.errors import expect_floating


def r1(discriminator: Callable[[Tensor], Tensor], real: Tensor) -> Tensor:
    """½ E‖∇D(real)‖², eq. 9 of Mescheder et al. 2018 at γ = 1: a discriminator that is flat on real
    data gives a generator that has arrived no push.

    `real` of shape (N, ...); returns a scalar that can be differentiated once more.
    """
    expect_samples(real)
    real = real.detach().requires_grad_()
    (slope,) = torch.autograd.grad(discriminator(real).sum(), real, create_graph=True)
    return 0.5 * slope.flatten(1).square().sum(dim=1).mean()


def expect_samples(x: Tensor) -> None:
    """Raise `TypeError` or `ValueError` unless `x` (N, ...) can be changed a little."""
    expect_floating("samples", x)
    if x.ndim < 2:
        raise ValueError(f"expected samples of shape (N, ...), got {tuple(x.shape)}")


def slopes(critic: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """‖∇critic(x)‖₂ at each of `x` (N, ...), over all dimensions but the first: shape (N,), and can
    be differentiated once more."""
    expect_samples(x)
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return gradient.flatten(1).norm(dim=1)


def gradient_penalty(
    critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, epsilon: Tensor | None = None
) -> Tensor:
    """E (‖∇critic(x̂)‖₂ - 1)² at x̂ = ε real + (1 - ε) fake, eq. 3 of Gulrajani et al. 2017 at λ =
    1: between real and fake the critic's slope is one.

    `real` and `fake` of one shape (N, ...), points or images; nothing flows back into them.
    `epsilon` holds the ε of each sample, of shape (N,), by default drawn uniformly from [0, 1].
    Returns a scalar that can be differentiated once more. Raises `ValueError` for shapes that do
    not fit.
    """
    expect_floating("real and fake samples", real, fake)
    if real.shape != fake.shape:
        raise ValueError(
            f"expected as many fake samples as real ones, of one shape, got {tuple(real.shape)} "
            f"and {tuple(fake.shape)}"
        )
    if epsilon is None:
        epsilon = torch.rand(len(real), device=real.device, dtype=real.dtype)
    expect_floating("mixing weights", epsilon)
    if epsilon.shape != real.shape[:1]:
        raise ValueError(
            f"expected one mixing weight for each sample, of shape ({len(real)},), got "
            f"{tuple(epsilon.shape)}"
        )
    # One ε for all values of a sample: with one for each value, x̂ would leave the line between
    # real and fake.
    epsilon = epsilon.view(-1, *[1] * (real.ndim - 1))
    return (slopes(critic, epsilon * real + (1 - epsilon) * fake) - 1).square().mean()
