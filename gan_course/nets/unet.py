"""The U-Net of Ronneberger, Fischer & Brox, 2015 (arXiv:1505.04597), as Isola et al. 2016
(arXiv:1611.07004) use it to turn images into others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from gan_course.errors import expect_shape
from gan_course.nets.dcgan import initialise

WIDEST = 4  # times `width`: there are no more channels than that


def expect_sides(shape: Sequence[int], stride: int) -> None:
    """Raise `ValueError` unless images of `shape` (C, H, W) have sides that `stride` divides and at
    least two of it, so that the coarsest feature map has several pixels; it says which would do."""
    if len(shape) == 3 and all(side % stride == 0 and side >= 2 * stride for side in shape[1:]):
        return
    do = (*shape[:1], *(max(2, round(side / stride)) * stride for side in shape[1:]))
    raise ValueError(
        f"expected images of shape (channels, height, width) with sides of {2 * stride}, "
        f"{3 * stride}, {4 * stride} or more, for this network halves them down to 1/{stride}: got "
        f"{tuple(shape)}" + (f", {do} would do" if len(shape) == 3 else "")
    )


class UNet(nn.Module):
    """Images (N, C, H, W) to images of the same shape, in [-1, 1].

    After a first convolution, `depth` others halve the sides one after the other, and as many
    transposed ones double them again. With `skips`, what comes next on the way up also reads the
    feature map of that size from the way down; without, all must pass the coarsest map. `width` is
    the number of channels at full size; there are twice as many at half of it, and `WIDEST` times
    as many at the coarser ones. `dropout` is the share of values that training drops in the two
    coarsest maps on the way up.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        width: int = 16,
        depth: int = 4,
        *,
        skips: bool = True,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        expect_sides(shape, 2**depth)
        self.shape, self.skips = shape, skips
        channels = [width * min(2**i, WIDEST) for i in range(depth + 1)]
        self.first = nn.Sequential(nn.Conv2d(shape[0], width, 3, 1, 1), nn.LeakyReLU(0.2))
        self.down = nn.ModuleList(_halving(fine, coarse) for fine, coarse in pairwise(channels))
        self.up = nn.ModuleList()
        read = channels[-1]
        for i, fine in enumerate(reversed(channels[:-1])):
            self.up.append(_doubling(read, fine, dropout if i < 2 else 0.0))
            read = 2 * fine if skips else fine
        self.last = nn.Sequential(nn.Conv2d(read, shape[0], 3, 1, 1), nn.Tanh())
        self.apply(initialise)

    def forward(self, x: Tensor) -> Tensor:
        expect_shape("images", x, self.shape)
        x = self.first(x)
        maps = []
        for block in self.down:
            maps.append(x)
            x = block(x)
        for block in self.up:
            x = block(x)
            if self.skips:
                x = torch.cat([x, maps.pop()], dim=1)
        return self.last(x)


# Kernel 4, stride 2, padding 1 halves and doubles a side exactly.
def _halving(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(0.2),
    )


def _doubling(inputs: int, outputs: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(
        nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.Dropout(dropout),
        nn.ReLU(),
    )
