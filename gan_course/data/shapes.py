"""Shapes whose every factor is known: what a code was found to mean can be compared with what is
there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_course.data.batches import random_generator
from gan_course.data.dataset import Dataset, Split
from gan_course.errors import expect_finite, expect_labels, expect_shape

KINDS = ("square", "ellipse", "triangle")
# How many turns, up to a whole one, carry a shape onto itself: a square turned by a quarter is the
# same picture, so no one can tell the two apart.
SYMMETRY = (4, 2, 1)
FACTORS = ("x", "y", "size", "rotation")
SIDE = 28
RANGES = ((8.0, 20.0), (8.0, 20.0), (4.0, 7.0), (0.0, 1.0))  # of each factor, in its unit
CELLS = (12, 12, 4, 6)  # into which each range is cut
HELD_OUT = 1728  # of the 10,368 combinations of a kind and four cells
CREDIT = "Drawn by the course"

SQUARE_HALF = 0.8  # half a square's side, in units of its size
ELLIPSE_AXES = (1.0, 0.55)  # an ellipse's half-axes, likewise
# The corners of a triangle with two equal sides, around its centre of mass, which is the origin:
# no turn but a whole one carries it onto itself.
TRIANGLE = ((0.0, -1.1), (0.75, 0.55), (-0.75, 0.55))


@dataclass(frozen=True)
class ShapeSplit(Split):
    """`labels` are kinds, indices into `KINDS`; given are `factors`, float32 of shape (N, 4),
    columns as in `FACTORS`.

    x and y of the centre in pixels from the left and from the top, size in pixels from the centre
    outwards, and rotation, clockwise, in units of the least turn that carries the shape onto
    itself, in [0, 1): a quarter of a turn for squares, half of one for ellipses, a whole one for
    triangles.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.factors.shape != (len(self.x), len(FACTORS)) or self.factors.dtype != torch.float32:
            raise ValueError(
                f"expected float32 factors of shape ({len(self.x)}, {len(FACTORS)}), got "
                f"{self.factors.dtype} of {tuple(self.factors.shape)}"
            )

    @property
    def factors(self) -> Tensor:
        return self.given["factors"]


@dataclass(frozen=True)
class Shapes(Dataset):
    """A data set that knows the factors of each of its images."""

    train: ShapeSplit
    held_out: ShapeSplit


def shapes() -> Shapes:
    """8,640 shapes to learn from and 1,728 held out, (1, 28, 28) each, white on black; always the
    same.

    Every factor's range is cut into cells, and there is one picture for each combination of a kind
    and four cells, at a place inside its cells that is drawn at random. Factors are therefore
    independent of each other, and no held-out combination is learned from.
    """
    generator = random_generator(0)
    axes = [torch.arange(count) for count in (len(KINDS), *CELLS)]
    cells = torch.cartesian_prod(*axes)[
        torch.randperm(math.prod((len(KINDS), *CELLS)), generator=generator)
    ]
    kinds = cells[:, 0]
    low, high = torch.tensor(RANGES).T
    factors = low + (high - low) * (
        cells[:, 1:] + torch.rand(len(cells), len(FACTORS), generator=generator)
    ) / torch.tensor(CELLS)
    images = draw_shapes(kinds, factors)
    train, held_out = (
        ShapeSplit(images[rows], kinds[rows], {"factors": factors[rows]})
        for rows in (slice(HELD_OUT, None), slice(HELD_OUT))
    )
    return Shapes("shapes", train, held_out, CREDIT)


def draw_shapes(kinds: Tensor, factors: Tensor) -> Tensor:
    """Pictures float32 (N, 1, 28, 28) in [-1, 1] of `kinds`, int64 (N,), with `factors` (N, 4) in
    the units of `ShapeSplit`.

    A pixel that an edge crosses is about as bright as the share of it that lies inside: a shape
    that moves by a tenth of a pixel is another picture. Raises as `expect_shape`,
    `expect_finite` and `expect_labels` do: a kind for each row of factors, from 0 to 2.
    """
    expect_shape("factors", factors, (len(FACTORS),))
    expect_finite("factors", factors)
    expect_labels(kinds, len(factors), len(KINDS), what="kinds", wait=True)
    device = factors.device
    x, y, size, rotation = factors.float().T[:, :, None, None]
    angle = 2 * math.pi * rotation / torch.tensor(SYMMETRY, device=device)[kinds][:, None, None]
    pixels = torch.arange(SIDE, device=device) + 0.5
    right, down = (pixels - x) / size, (pixels[:, None] - y) / size
    # Turning the picture one way is looking at the shape from the other.
    u, v = right * angle.cos() + down * angle.sin(), down * angle.cos() - right * angle.sin()
    inside = torch.empty(len(factors), SIDE, SIDE, device=device)
    for kind, distance in enumerate((_square, _ellipse, _triangle)):
        rows = kinds == kind
        inside[rows] = (0.5 - distance(u[rows], v[rows]) * size[rows]).clamp(0, 1)
    return 2 * inside[:, None] - 1


# How far points (u, v) lie outside a shape of size 1 that is not turned; below 0 inside. Exact to
# first order near the edge, and it matters nowhere else.


def _square(u: Tensor, v: Tensor) -> Tensor:
    return torch.maximum(u.abs(), v.abs()) - SQUARE_HALF


def _ellipse(u: Tensor, v: Tensor) -> Tensor:
    a, b = ELLIPSE_AXES
    radius = ((u / a) ** 2 + (v / b) ** 2).sqrt()
    slope = ((u / a**2) ** 2 + (v / b**2) ** 2).sqrt() / radius.clamp_min(1e-6)
    return (radius - 1) / slope.clamp_min(1e-6)


def _triangle(u: Tensor, v: Tensor) -> Tensor:
    sides = []
    for (u1, v1), (u2, v2) in zip(TRIANGLE, (*TRIANGLE[1:], TRIANGLE[0]), strict=True):
        length = math.hypot(u2 - u1, v2 - v1)
        sides.append(((v2 - v1) * (u - u1) - (u2 - u1) * (v - v1)) / length)
    return torch.stack(sides).amax(0)
