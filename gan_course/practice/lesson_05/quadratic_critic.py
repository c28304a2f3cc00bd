"""A critic whose slope is known at every place: a · x + ½ b · x², value by value."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class QuadraticCritic(nn.Module):
    """Samples (N, *shape) to scores (N, 1); its weights `a` and `b` have the shape of a sample, and
    both hold gradients, as after a step."""

    def __init__(self, a: Tensor, b: Tensor) -> None:
        super().__init__()
        self.a, self.b = nn.Parameter(a.clone()), nn.Parameter(b.clone())
        self.a.grad, self.b.grad = 0.5 + a.sigmoid(), 0.5 + b.sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[1:] != self.a.shape:
            raise ValueError(
                f"the critic was shown shape {tuple(x.shape)}, and its samples have shape "
                f"{tuple(self.a.shape)}"
            )
        return (self.a * x + 0.5 * self.b * x.square()).flatten(1).sum(dim=1, keepdim=True)

    def stacked(self) -> Tensor:
        """Both weights as they are now, (2, *shape)."""
        return torch.stack([self.a, self.b]).detach()
