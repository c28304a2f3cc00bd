"""The average of a network's weights over its training: what circles an equilibrium, averaged, lies
near its centre."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, nn


class EMA(nn.Module):
    """An exponential moving average of `network`'s parameters; buffers, such as batch statistics,
    are copied as they are.

    `decay` in [0, 1): 0 is the network itself, 0.99 averages over about 100 steps. While fewer
    steps have passed than that, the average is over those there were, so that the random start does
    not linger. Called, it is the averaged network in eval mode.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        super().__init__()
        if not 0 <= decay < 1:
            raise ValueError(f"the decay of an average lies in [0, 1), got {decay}")
        self.network = deepcopy(network).eval().requires_grad_(False)
        self.decay = decay
        # On the device, so that a step never waits for it; int64 counts exactly.
        self.register_buffer("updates", torch.zeros((), dtype=torch.int64))
        self.updates: Tensor

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Move the average one step towards `network`."""
        self.updates += 1
        weight = torch.clamp_min(1 / self.updates, 1 - self.decay)
        for averaged, current in zip(self.network.parameters(), network.parameters(), strict=True):
            averaged.lerp_(current, weight)
        for kept, buffer in zip(self.network.buffers(), network.buffers(), strict=True):
            kept.copy_(buffer)

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.network(*inputs)

    def train(self, mode: bool = True) -> EMA:  # noqa: ARG002
        # Batch norm in training mode would make a sample depend on its neighbours.
        return super().train(False)
