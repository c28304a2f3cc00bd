"""Which shape a picture shows, and with which factors: read without any training, so that what is
drawn can be measured like what is real."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_course.data.shapes import (
    ELLIPSE_AXES,
    KINDS,
    RANGES,
    SIDE,
    SQUARE_HALF,
    SYMMETRY,
    TRIANGLE,
    draw_shapes,
)
from gan_course.errors import expect_pictures

# A moment Σ w r^p e^(i k θ) around the centre of mass turns k times as fast as the picture; for
# each kind the powers (p, k) of two of them, and their phases where the shape is not turned. The
# first says roughly how far the shape is turned, the second exactly, but for which of k equal
# turns: a triangle is nearly carried onto itself by a third of a turn, and only weakly leans to its
# tip.
ROUGH = ((4, 4, math.pi), (2, 2, 0.0), (3, 1, -math.pi / 2))
EXACT = ((4, 4, math.pi), (2, 2, 0.0), (3, 3, math.pi / 2))
AREAS = (
    (2 * SQUARE_HALF) ** 2,
    math.pi * math.prod(ELLIPSE_AXES),
    0.5 * (TRIANGLE[1][0] - TRIANGLE[2][0]) * (TRIANGLE[1][1] - TRIANGLE[0][1]),
)  # where the size is 1
LIGHT = 1.0  # pixels' worth of white: a picture with less has no centre


@dataclass(frozen=True)
class ShapeReading:
    """For each picture its likeliest `kinds`, int64 (N,), and `factors` (N, 4), as in
    `gan_course.data.shapes`, and what they leave unexplained.

    `residual` (N,) is the sum of squared differences from the picture redrawn, over that from
    black: 0 for a clean shape, above about 0.2 for none.
    """

    kinds: Tensor
    factors: Tensor
    residual: Tensor


@torch.no_grad()
def read_shapes(images: Tensor) -> ShapeReading:
    """Kind and factors of `images` (N, 1, 28, 28) in [-1, 1], from their moments; the kind is the
    one that, redrawn, differs least.

    Place is the centre of mass, size follows from the mass and rotation from the phase of a moment.
    A picture that is all but black gets the middle of every range and a residual of 1. Raises as
    `expect_pictures` does.
    """
    expect_pictures("images", images, (1, SIDE, SIDE))
    light = ((images[:, 0].double() + 1) / 2).clamp(0, 1)
    found = [_as_kind(light, kind) for kind in range(len(KINDS))]
    factors, residual = (
        torch.stack([each for each, _ in found]),
        torch.stack([each for _, each in found]),
    )
    least, kinds = residual.min(dim=0)
    rows = torch.arange(len(images), device=images.device)
    dark = light.sum((1, 2)) < LIGHT
    middle = factors.new_tensor([(low + high) / 2 for low, high in RANGES])
    return ShapeReading(
        kinds,
        torch.where(dark[:, None], middle, factors[kinds, rows]),
        torch.where(dark, 1.0, least),
    )


def _as_kind(light: Tensor, kind: int) -> tuple[Tensor, Tensor]:
    """Factors (N, 4) that make `kind` most like `light` (N, 28, 28) in [0, 1], and what they leave
    unexplained, (N,)."""
    mass = light.sum((1, 2)).clamp_min(1e-9)
    pixels = torch.arange(SIDE, dtype=torch.float64, device=light.device) + 0.5
    x, y = (light.sum(1) * pixels).sum(1) / mass, (light.sum(2) * pixels).sum(1) / mass
    place = torch.complex(pixels - x[:, None, None], pixels[:, None] - y[:, None, None])
    rough, exact = (
        _turned(light, place, kind, *ROUGH[kind]),
        _turned(light, place, kind, *EXACT[kind]),
    )
    step = SYMMETRY[kind] / EXACT[kind][1]
    rotation = (exact + ((rough - exact) / step).round() * step).remainder(1)
    factors = torch.stack([x, y, (mass / AREAS[kind]).sqrt(), rotation], dim=1).float()
    redrawn = (
        draw_shapes(torch.full_like(mass, kind, dtype=torch.int64), factors)[:, 0].double() + 1
    ) / 2
    return factors, ((redrawn - light) ** 2).sum((1, 2)) / (light**2).sum((1, 2)).clamp_min(1e-9)


def _turned(light: Tensor, place: Tensor, kind: int, p: int, k: int, phase: float) -> Tensor:
    """Rotation (N,), in turns of the kind's symmetry and up to 1/k of a whole turn, by the moment
    with powers p and k."""
    moment = (light * place.abs() ** (p - k) * place**k).sum((1, 2))
    return (moment.angle() - phase) * SYMMETRY[kind] / (2 * math.pi * k)
