"""What flows back through a learner's function to each of its inputs."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def pulled_back(output: Tensor, weights: Tensor, inputs: Sequence[Tensor]) -> list[Tensor]:
    """The gradient of (weights · output).sum() at each of `inputs`; an empty tensor where none
    arrives, or where the shapes do not fit."""
    nothing = torch.zeros(0)
    if not output.requires_grad or output.shape != weights.shape:
        return [nothing for _ in inputs]
    found = torch.autograd.grad((weights * output).sum(), list(inputs), allow_unused=True)
    return [nothing if gradient is None else gradient for gradient in found]
