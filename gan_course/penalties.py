"""Gradient penalties: pure functions of a critic and its inputs."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def r1(discriminator: Callable[[Tensor], Tensor], real: Tensor) -> Tensor:
    """½ E‖∇D(real)‖², eq. 9 of Mescheder et al. 2018 at γ = 1: a discriminator that is flat on real data gives a generator that has arrived no push.

    `real` of shape (N, ...); returns a scalar that can be differentiated once more.
    """
    real = real.detach().requires_grad_()
    (slope,) = torch.autograd.grad(discriminator(real).sum(), real, create_graph=True)
    return 0.5 * slope.flatten(1).square().sum(dim=1).mean()
