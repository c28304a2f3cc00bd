"""Networks that are told how noisy their input is: for points and latent vectors a dense one, for
images a small U-Net after Ho, Jain & Abbeel 2020 (arXiv:2006.11239)."""

from __future__ import annotations

import math
from itertools import pairwise
from math import prod

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, silu

from gan_course.errors import expect_labels, expect_shape
from gan_course.nets.mlp import mlp
from gan_course.nets.unet import expect_sides

FREQUENCIES, UNITS = 32, 128  # of the time's sines and cosines, and of the vector made of them


class Conditioning(nn.Module):
    """A time in [0, 1] (N,) and a label, int64 (N,), to one vector (N, UNITS); the label `classes`
    stands for none."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.time = mlp([2 * FREQUENCIES, UNITS, UNITS])
        self.label = nn.Embedding(classes + 1, UNITS)

    def forward(self, time: Tensor, labels: Tensor) -> Tensor:
        expect_labels(labels, len(time), self.classes + 1)
        # As Vaswani et al. 2017 (arXiv:1706.03762) tell positions, here of 1,000.
        rates = torch.arange(FREQUENCIES, device=time.device) * (-math.log(10_000) / FREQUENCIES)
        angles = 1000 * time[:, None] * rates.exp()
        waves = torch.cat([angles.sin(), angles.cos()], dim=1)
        return silu(self.time(waves) + self.label(labels))


class DenseDenoiser(nn.Module):
    """Samples (N, *shape), times in [0, 1] (N,) and labels, int64 (N,), to predictions of the
    samples' shape; what the times and labels say is added in every layer."""

    def __init__(self, shape: tuple[int, ...], classes: int, hidden: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape
        self.conditioning = Conditioning(classes)
        self.layers = nn.ModuleList(nn.Linear(*sizes) for sizes in pairwise([prod(shape), *hidden]))
        self.told = nn.ModuleList(nn.Linear(UNITS, width) for width in hidden)
        self.last = nn.Linear(hidden[-1], prod(shape))

    def forward(self, x: Tensor, time: Tensor, labels: Tensor) -> Tensor:
        expect_shape("samples", x, self.shape)
        vector, hidden = self.conditioning(time, labels), x.flatten(1)
        for layer, told in zip(self.layers, self.told, strict=True):
            hidden = silu(layer(hidden) + told(vector))
        return self.last(hidden).view_as(x)


class UNetDenoiser(nn.Module):
    """As `DenseDenoiser`, for images (N, C, H, W) with sides that 4 divides.

    Each 2 × 2 pixels become one with four times as many channels, since a convolution at full size
    costs four times as much. `width` is the number of channels there, at half the side; there are
    four times as many at a quarter of it.
    """

    def __init__(self, shape: tuple[int, ...], classes: int, width: int = 16) -> None:
        super().__init__()
        expect_sides(shape, 4)
        self.shape = shape
        self.conditioning = Conditioning(classes)
        packed, wide = 4 * shape[0], 4 * width
        self.first = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(packed, width, 3, 1, 1))
        self.before = _Residual(width, width)
        self.down = nn.Conv2d(width, wide, 3, 2, 1)
        self.middle = nn.ModuleList([_Residual(wide, wide), _Residual(wide, wide)])
        self.up = nn.Conv2d(wide, width, 3, 1, 1)
        self.after = _Residual(2 * width, width)
        last = nn.Conv2d(width, packed, 3, 1, 1)
        nn.init.zeros_(last.weight)
        self.last = nn.Sequential(nn.GroupNorm(1, width), nn.SiLU(), last, nn.PixelShuffle(2))
        # Channels side by side in memory: a step takes a fifth less time on a CPU.
        self.to(memory_format=torch.channels_last)

    def forward(self, x: Tensor, time: Tensor, labels: Tensor) -> Tensor:
        expect_shape("images", x, self.shape)
        vector = self.conditioning(time, labels)
        fine = self.before(self.first(x), vector)
        coarse = self.down(fine)
        for block in self.middle:
            coarse = block(coarse, vector)
        coarse = self.up(interpolate(coarse, scale_factor=2.0))
        return self.last(self.after(torch.cat([coarse, fine], dim=1), vector))


class _Residual(nn.Module):
    """x + f(x), f two convolutions with the time and the label told between them."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Sequential(
            nn.GroupNorm(1, inputs), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, 1, 1)
        )
        self.told = nn.Linear(UNITS, outputs)
        last = nn.Conv2d(outputs, outputs, 3, 1, 1)
        nn.init.zeros_(last.weight)  # at first a block passes on what it gets
        self.second = nn.Sequential(nn.GroupNorm(1, outputs), nn.SiLU(), last)
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, vector: Tensor) -> Tensor:
        told = self.told(vector)[:, :, None, None]
        return self.skip(x) + self.second(self.first(x) + told)
