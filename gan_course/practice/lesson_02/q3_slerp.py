"""Question 02.q3: spherical interpolation between latent vectors."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math

import torch
from torch.nn import functional as F

from gan_course import interpolation
from gan_course.practice.question import Part, Question, mistakes, seeded

ROWS, LATENT = 5, 8
PLACES = ("start", "early", "late", "end")
FAR = 1e20  # beyond it no path is finite


def ends(seed, case):
    """Pairs (start, end) of shape (ROWS, LATENT), ordinary ones of different lengths and others,
    and weights from 0 to 1 with two in between, neither of them the middle."""
    draw = seeded(seed, case)
    a, b, nudge = torch.randn(3, ROWS, LATENT, generator=draw)
    a = a * torch.linspace(0.5, 2, ROWS)[:, None]
    u, v = torch.rand(2, generator=draw).tolist()
    axis = 2 * torch.eye(LATENT)[seed % LATENT]  # between it and itself no rounding helps
    one = torch.cat([axis[None], a[1:]])
    return {
        "usual": (a, b),
        "same": (one, one.clone()),
        "near": (a, a + 1e-4 * nudge),
        "opposite": (a, -a),
        "mixed": (a, torch.cat([a[:2], b[2:]])),
        "weights": (0.0, 0.15 + 0.25 * u, 0.6 + 0.25 * v, 1.0),
    }


def everywhere(call, given):
    weights = given.pop("weights")
    return {
        f"{pair} {place}": call(start=a, end=b, weight=weight)
        for pair, (a, b) in given.items()
        for place, weight in zip(PLACES, weights, strict=True)
    }


def compared(values, _seed, _case):
    """The ordinary pairs first, one place after the other; then of each other pair whether its way
    is finite, and where it leads. Between opposite ends any finite way will do. Last a batch in
    which two pairs are equal."""
    seen = {name: value for name, value in values.items() if name.startswith("usual")}
    for pair in ("same", "near", "opposite"):
        way = torch.stack([values[f"{pair} {place}"] for place in PLACES])
        seen[f"{pair} finite"] = (way.abs() < FAR).all()
        seen[pair] = way[[0, -1]] if pair == "opposite" else way
    seen["mixed"] = torch.stack([values[f"mixed {place}"] for place in PLACES])
    return seen


def from_the_tangent(start, end, weight):
    """The solution of f'' = -θ² f with f(0) = start and f(1) = end, θ the angle between the rows,
    from its tangent."""
    a, b = start.double(), end.double()
    along = unit(a) * (b * unit(a)).sum(1, keepdim=True)
    theta = torch.atan2(length(b - along), (b * unit(a)).sum(1, keepdim=True))
    arc = a * (weight * theta).cos()
    arc = arc + (b - a * theta.cos()) / theta.sin() * (weight * theta).sin()
    return torch.where(theta.sin() < 1e-3, torch.lerp(a, b, weight), arc).float()


def length(x, dim=1):
    return x.norm(dim=dim, keepdim=True)


def unit(x):
    return x / length(x)


def cosine(a, b, dim=1):
    return F.cosine_similarity(a, b, dim=dim).unsqueeze(dim)


def angle(a, b, dim=1):
    return cosine(a, b, dim).clamp(-1 + 1e-6, 1 - 1e-6).acos()


def mixed(a, b, weight, angle):
    return (((1 - weight) * angle).sin() * a + (weight * angle).sin() * b) / angle.sin()


def clamped(a, b, weight):
    return mixed(a, b, weight, angle(a, b))


def row_by_row(start, end, weight):
    rows = []
    for a, b in zip(start, end, strict=True):
        theta = math.acos(min(1.0, max(-1.0, (a @ b / (a.norm() * b.norm())).item())))
        u, v = math.sin((1 - weight) * theta), math.sin(weight * theta)
        s = math.sin(theta)
        rows.append((1 - weight) * a + weight * b if s < 1e-3 else u / s * a + v / s * b)
    return torch.stack(rows)


def near(a, b):
    return cosine(a, b) > 0.9999


def nearly(a, b):
    return near(a, b) & (length(a - b) > 0)


def opposite(a, b):
    return cosine(a, b) < -0.9999


def but(instead, where):
    """Right, and something else in rows of some kind."""
    return lambda a, b, w: torch.where(where(a, b), instead(a, w), clamped(a, b, w))


def without_lengths(a, b, w):
    """The angle of rows that are not normalised, with a line where the clamp makes it 0 or π."""
    omega = (a * b).sum(1, keepdim=True).clamp(-1, 1).acos()
    return torch.where(omega.sin().abs() < 1e-4, torch.lerp(a, b, w), mixed(a, b, w, omega))


def for_all(who):
    """One choice between line and arc for a whole batch."""
    return lambda a, b, w: torch.lerp(a, b, w) if who(near(a, b)) else clamped(a, b, w)


def undefined(a, b, w):
    """No way out for equal rows of a batch in which others differ."""
    return clamped(a, b, w).masked_fill(near(a, b) & ~near(a, b).all(), torch.nan)


def lengths(a, b, weight):
    return torch.lerp(length(a), length(b), weight)


def not_finite(words):
    return (
        f"is nan or infinite where start and end are {words}: what is the sine of their angle, and "
        "can rounding put the cosine above 1?"
    )


def astray(words):
    return (
        f"goes astray where start and end are {words}. On so short an arc, which simpler "
        "interpolation is as good?"
    )


OFF = (
    "leaves the arc. Try it by hand on two orthogonal vectors of length 1: where should weight 1/3 "
    "lead?"
)
NO_COSINE = (
    "is nan or infinite for ordinary latents. A cosine lies in [-1, 1]: which vectors have a "
    "product that does?"
)
OTHERWISE = {f"usual {place}": OFF for place in PLACES} | {
    "same finite": not_finite("the same"),
    "same": astray("the same"),
    "near finite": not_finite("nearly the same"),
    "near": astray("nearly the same"),
    "opposite finite": "is nan or infinite where start and end are exactly opposite. Any finite "
    "way from one to the other will do.",
    "opposite": "does not begin at `start` or end at `end` where they are exactly opposite.",
    "mixed": "goes astray in a batch where some pairs are equal and others are not. Each pair has "
    "an angle of its own: which rows take the straight line?",
}

SLERP = Part(
    "slerp",
    ends,
    from_the_tangent,
    probe=everywhere,
    read=compared,
    tolerance={"opposite": 1e-2, "mixed": 1e-3} | {f"usual {place}": 1e-3 for place in PLACES},
    not_finite=NO_COSINE,
    otherwise=OTHERWISE,
    also_right={
        "row by row": row_by_row,
        "clamped cosine": clamped,
        "the library's": interpolation.slerp,
        "in float64": lambda a, b, w: from_the_tangent(a, b, w).double(),
        "through the middle": but(lambda a, w: a * math.cos(w * math.pi), opposite),
    },
    mistakes=mistakes(
        torch.lerp,
        "goes in a straight line. It cuts through the sphere: how long is the vector half-way?",
        lambda a, b, w: clamped(b, a, w),
        "runs from `end` to `start`. At weight 0, which of the two should be left?",
        lambda a, b, w: mixed(a, b, w, angle(a.flatten(), b.flatten(), dim=0)),
        "takes one angle for the whole batch. Each row is a latent of its own: over which "
        "dimension do its products run?",
        lambda a, b, w: mixed(a, b, w, angle(a, b, dim=0)),
        "takes one angle per column. Rows are the vectors: which dimension is summed over?",
        lambda a, b, w: clamped(unit(a), unit(b), w),
        "returns vectors of length 1. Only the angle is measured on normalised rows; which vectors "
        "are mixed?",
        lambda a, b, w: clamped(a, b, w) * angle(a, b).sin(),
        "misses `end` by a factor at weight 1. What are the two sines divided by?",
        lambda a, b, w: ((1 - w) * angle(a, b)).cos() * a + (w * angle(a, b)).cos() * b,
        "mixes with cosines. At weight 0, which function leaves `start` as it is and takes nothing "
        "of `end`?",
        lambda a, b, w: unit(torch.lerp(unit(a), unit(b), w)) * lengths(a, b, w),
        "stretches a straight line back to the sphere: right places, wrong pace. Are equal steps "
        "equal angles?",
        lambda a, b, w: clamped(unit(a), unit(b), w) * lengths(a, b, w),
        "turns the direction and changes the length apart from it. The question mixes the rows "
        "themselves.",
        lambda a, b, w: mixed(a, b, w, (a * b).sum(1, keepdim=True).acos()),
        NO_COSINE,
        without_lengths,
        "takes the product of the rows as they are for a cosine, and where it is beyond 1 a clamp "
        "hides that. Which vectors have a cosine as their product?",
        lambda a, b, w: mixed(a, b, w, angle(a, b).rad2deg()),
        lambda a, b, w: a,
        OFF,
        lambda a, b, w: mixed(a, b, w, (unit(a) * unit(b)).sum(1, keepdim=True).acos()),
        OTHERWISE["same finite"],
        but(lambda a, w: a * torch.nan, nearly),
        OTHERWISE["near finite"],
        but(lambda a, w: a * torch.nan, opposite),
        OTHERWISE["opposite finite"],
        but(lambda a, w: a * (1 + 0.1 * w), near),
        OTHERWISE["same"],
        but(lambda a, w: a * (1 + 0.1 * w), nearly),
        OTHERWISE["near"],
        but(lambda a, w: 0 * a, opposite),
        OTHERWISE["opposite"],
        for_all(torch.any),
        undefined,
        OTHERWISE["mixed"],
        lambda a, b, w: clamped(a, b, w)[0],
        "returns one vector. Each row of `start` and `end` is a walk of its own.",
    ),
)

QUESTION = Question("02.q3", "spherical interpolation", 3, (SLERP,))
