"""Pictures disturbed at random: moved, turned, stretched, and made noisy."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample


def disturbed(
    x: Tensor,
    shift: float = 0.0,
    turn: float = 0.0,
    stretch: float = 0.0,
    noise: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Images (N, C, H, W), each moved, turned and stretched at random, and with Gaussian noise: of
    the same shape, no longer within [-1, 1].

    `shift` in pixels and `turn` in radians are the most in either direction; each side is scaled by
    a factor from exp(-stretch) to exp(stretch); `noise` is the standard deviation. What is moved in
    from outside repeats the border. Gradients pass. `generator` draws,
    where given.
    """
    if shift or turn or stretch:
        n, side = len(x), x.shape[-1]
        place = x.device if generator is None else generator.device
        drawn = torch.rand(5, n, generator=generator, device=place).to(x.device)
        angle, wide, high, right, down = (2 * drawn - 1).unbind()
        cos, sin = (turn * angle).cos(), (turn * angle).sin()
        wide, high, right, down = (
            (stretch * wide).exp(),
            (stretch * high).exp(),
            2 * shift / side * right,
            2 * shift / side * down,
        )
        moves = torch.stack(
            [wide * cos, -high * sin, right, wide * sin, high * cos, down], dim=1
        ).view(n, 2, 3)
        x = grid_sample(
            x,
            affine_grid(moves, list(x.shape), align_corners=False),
            padding_mode="border",
            align_corners=False,
        )
    return x + noise * torch.empty_like(x).normal_(generator=generator) if noise else x
