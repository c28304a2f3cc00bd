"""A critic whose slope is known at every place: a · x + ½ b · x², value by value."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class QuadraticCritic(nn.Module):
    """Samples (N, *shape) to scores (N, 1), with slope a + b x at x; its weights `a` and `b` have
    the shape of a sample."""

    def __init__(self, a: Tensor, b: Tensor) -> None:
        super().__init__()
        self.a, self.b = nn.Parameter(a.clone()), nn.Parameter(b.clone())

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[1:] != self.a.shape:
            raise ValueError(
                f"the critic was shown shape {tuple(x.shape)}, and its samples have shape "
                f"{tuple(self.a.shape)}"
            )
        return (self.a * x + 0.5 * self.b * x.square()).flatten(1).sum(dim=1, keepdim=True)


def stacked(critic: QuadraticCritic) -> Tensor:
    """Both weights as they are now, (2, *shape)."""
    return torch.stack([critic.a, critic.b]).detach()
