"""Ways between two latent vectors, and the circle through them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gan_course.errors import expect_floating

# below this sine of their angle two directions count as one line: the formula would multiply
# float32's rounding by its inverse
NARROW = 1e-4


def slerp(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """Spherical interpolation: sin((1 - t) ω) / sin ω · a + sin(t ω) / sin ω · b with ω the angle
    between a and b (White 2016, arXiv:1609.04468).

    `a`, `b` of shape (N, d), or both (d,); `t` in [0, 1], one number or one for each row, (N,);
    returns (N, d) in the type of `a`. Shapes broadcast: from (1, d) to (1, d) at `t` of shape
    (steps,) is one path, (steps, d). Vectors of one length keep it all the way, where a straight
    line would lead through the middle of the sphere, where noise hardly ever falls; of different
    lengths and almost opposite, they make the formula swing wide. Same directions are joined by the
    straight line, opposite ones (no great circle is the shortest) on the circle through a fixed
    perpendicular, zero vectors and single coordinates by the straight line. Raises `ValueError` for
    widths that differ or an empty width, `TypeError` for integers.
    """
    _expect_rows(a, b)
    # Beside ±1 the arc cosine loses half of its digits: float64, and the half-angle's tangent, keep
    # them.
    start, end = a.double(), b.double()
    t = _places(t, start, end)[..., None]
    length_a, length_b = start.norm(dim=-1, keepdim=True), end.norm(dim=-1, keepdim=True)
    tiny = torch.finfo(torch.float64).tiny
    unit_a, unit_b = start / length_a.clamp_min(tiny), end / length_b.clamp_min(tiny)
    angle = 2 * torch.atan2(
        (unit_a - unit_b).norm(dim=-1, keepdim=True), (unit_a + unit_b).norm(dim=-1, keepdim=True)
    )
    narrow = angle.sin() < NARROW
    sine = torch.where(narrow, torch.ones_like(angle), angle.sin())
    arc = ((1 - t) * angle).sin() / sine * start + (t * angle).sin() / sine * end
    line = (1 - t) * start + t * end
    half_turn = ((1 - t) * length_a + t * length_b) * (
        (math.pi * t).cos() * unit_a + (math.pi * t).sin() * _perpendicular(unit_a)
    )
    # zero for exact opposites; else it makes the way end at b
    half_turn = half_turn + t * (end + length_b * unit_a)
    no_angle = (length_a == 0) | (length_b == 0) | (start.shape[-1] == 1)
    path = torch.where(
        no_angle, line, torch.where(narrow, torch.where(angle < 1, line, half_turn), arc)
    )
    return path.to(a.dtype)


def great_circle(a: Tensor, b: Tensor, angle: Tensor | float) -> Tensor:
    """The place at `angle`, in radians, on the circle that starts at a and heads for b: cos(angle)
    · a + sin(angle) · |a| u, with u the unit vector along the part of b at a right angle to a.

    Shapes are those of `slerp`, with `angle` in the place of t; every place has the length of a,
    and 2π leads back to it. At the angle between a and b it is b, scaled to that length. Where b
    lies along a, or is zero, u is a fixed perpendicular. Raises as `slerp` does, and `ValueError`
    for vectors of one number, which lie on no circle.
    """
    _expect_rows(a, b)
    if a.shape[-1] == 1:
        raise ValueError("a circle needs latent vectors of at least two numbers, got one")
    start, end = a.double(), b.double()
    angle = _places(angle, start, end)[..., None]
    length, reach = start.norm(dim=-1, keepdim=True), end.norm(dim=-1, keepdim=True)
    tiny = torch.finfo(torch.float64).tiny
    unit = start / length.clamp_min(tiny)
    across = end - (end * unit).sum(dim=-1, keepdim=True) * unit
    aside = across.norm(dim=-1, keepdim=True)
    turned = torch.where(
        aside <= NARROW * reach, _perpendicular(unit), across / aside.clamp_min(tiny)
    )
    return (angle.cos() * start + angle.sin() * length * turned).to(a.dtype)


def _expect_rows(a: Tensor, b: Tensor) -> None:
    """Raise `TypeError` for integers, `ValueError` unless both are vectors of one width."""
    expect_floating("latent vectors", a, b)
    if a.ndim == 0 or b.ndim == 0 or a.shape[-1] != b.shape[-1] or a.shape[-1] == 0:
        raise ValueError(
            f"expected two batches of latent vectors of one width, (N, d), got {tuple(a.shape)} "
            f"and {tuple(b.shape)}"
        )


def _places(t: Tensor | float, a: Tensor, b: Tensor) -> Tensor:
    """`t` as a float64 tensor; `ValueError` where it does not fit rows of `a` and of `b`."""
    try:
        places = torch.as_tensor(t, dtype=torch.float64, device=a.device)
        torch.broadcast_shapes(places.shape, a.shape[:-1], b.shape[:-1])
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(
            "expected as many rows on both sides, or one, and one number t or one for each row, "
            f"got {tuple(a.shape)}, {tuple(b.shape)} and t = {t!r}"
        ) from None
    return places


def _perpendicular(unit: Tensor) -> Tensor:
    """A unit vector at a right angle to each of `unit` (..., d), d ≥ 2: the coordinate axis least
    along it, made perpendicular."""
    axis = torch.nn.functional.one_hot(unit.abs().argmin(dim=-1), unit.shape[-1]).to(unit.dtype)
    across = axis - (axis * unit).sum(dim=-1, keepdim=True) * unit
    return across / across.norm(dim=-1, keepdim=True).clamp_min(torch.finfo(unit.dtype).tiny)
