"""What exercise 10 is asked on: samples of two shapes, at several times, and a schedule."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch

from gan_course.practice.question import seeded

N, STEPS = 4, 7
# As many pixels a side as there are images: there every wrong shape fits, and nothing complains.
CASES = {"images": ((N, 1, N, N), torch.float32), "points": ((N, N), torch.float64)}
SHAPE = (
    "lets one sample's time meet another sample's numbers: shapes that differ are stretched until "
    "they fit, without a word. Which shape has what you look up at `t`, and which does it need?"
)


def noised(seed, case):
    """Two batches, times (N,) among which are the first and the last, and betas (STEPS,)."""
    draw, (shape, dtype) = seeded(seed, case), CASES[case]
    # Each its own, not two views of one tensor: who writes into one has not touched the other.
    x, y = (torch.randn(shape, generator=draw, dtype=dtype) for _ in range(2))
    t = torch.cat([torch.tensor([0, STEPS - 1]), torch.randint(1, STEPS, (2,), generator=draw)])
    betas = 0.05 + 0.3 * torch.rand(STEPS, generator=draw, dtype=dtype)
    return x, y, t[torch.randperm(N, generator=draw)], betas


def beside(values, x):
    """`values` (N,) in a shape that meets `x` (N, ...) sample by sample."""
    return values.reshape(-1, *[1] * (x.ndim - 1))


STRETCHED = (lambda values, x: values, lambda values, x: values[:, None])
