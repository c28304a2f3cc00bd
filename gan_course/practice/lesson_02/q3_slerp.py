"""Question 02.q3: spherical interpolation between latent vectors."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import tensor

NAME = "slerp"
ROWS, LATENT = 5, 8


def ends(seed: int) -> dict[str, tuple[Tensor, Tensor]]:
    """Pairs (start, end) of shape (ROWS, LATENT): ordinary ones with different lengths, the same
    twice, nearly the same, exactly opposite."""
    draw = seeded(seed)
    a, b, nudge = torch.randn(3, ROWS, LATENT, generator=draw)
    a = a * torch.linspace(0.5, 2, ROWS)[:, None]
    return {
        "usual": (a, b),
        "same": (a, a.clone()),
        "near": (a, a + 1e-4 * nudge),
        "opposite": (a, -a),
    }


def weights(seed: int) -> list[float]:
    """From 0 to 1 with two in between, neither of them the middle."""
    u, v = torch.rand(2, generator=seeded(seed)).tolist()
    return [0.0, 0.15 + 0.25 * u, 0.6 + 0.25 * v, 1.0]


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    (slerp,) = answers
    values = {}
    for kind, (a, b) in ends(seed).items():
        for i, weight in enumerate(weights(seed)):
            values[f"{kind}_{i}"] = tensor(NAME, slerp(a.clone(), b.clone(), weight))
    return values


def judge(values: Values, seed: int) -> Verdict:
    shapes = {f"{kind}_{i}": (ROWS, LATENT) for kind in ends(seed) for i in range(4)}
    if problem := unfit(values, shapes, NAME):
        return wrong(problem)
    pairs, steps = ends(seed), weights(seed)
    given = {
        kind: torch.stack([values[f"{kind}_{i}"].double() for i in range(4)]) for kind in pairs
    }
    a, b = (x.double() for x in pairs["usual"])
    if not close(
        given["usual"], torch.stack([_on_the_arc(a, b, weight) for weight in steps]), tolerance=1e-3
    ):
        return wrong(_usual_hint(given["usual"], a, b, steps))
    for kind, words in (
        ("same", "start and end are the same"),
        ("near", "start and end are nearly the same"),
    ):
        a, b = (x.double() for x in pairs[kind])
        if not given[kind].isfinite().all():
            return wrong(
                f"`{NAME}` is nan or infinite where {words}: what is the sine of their angle, and "
                "can rounding put the cosine above 1?"
            )
        if not close(
            given[kind], torch.stack([torch.lerp(a, b, weight) for weight in steps]), tolerance=1e-3
        ):
            return wrong(
                f"`{NAME}` goes astray where {words}. On so short an arc, which simpler "
                "interpolation is as good?"
            )
    if not given["opposite"].isfinite().all():
        return wrong(
            f"`{NAME}` is nan or infinite where start and end are exactly opposite. Any finite way "
            "from one to the other will do."
        )
    a, b = (x.double() for x in pairs["opposite"])
    if not close(given["opposite"][[0, 3]], torch.stack([a, b]), tolerance=1e-2):
        return wrong(
            f"`{NAME}` does not begin at `start` or end at `end` where they are exactly opposite."
        )
    return RIGHT


def _on_the_arc(a: Tensor, b: Tensor, weight: float) -> Tensor:
    """The solution of f'' = -θ² f with f(0) = a and f(1) = b, θ the angle between the rows, from
    its tangent."""
    unit = a / a.norm(dim=1, keepdim=True)
    along = (b * unit).sum(dim=1, keepdim=True)
    theta = torch.atan2((b - along * unit).norm(dim=1, keepdim=True), along)
    return a * torch.cos(weight * theta) + (b - a * theta.cos()) / theta.sin() * torch.sin(
        weight * theta
    )


def _usual_hint(value: Tensor, a: Tensor, b: Tensor, steps: list[float]) -> str:
    if not value.isfinite().all():
        return (
            f"`{NAME}` is nan or infinite for ordinary latents. A cosine lies in [-1, 1]: "
            "which "
            "vectors have a product that does?"
        )
    norm_a, norm_b = a.norm(dim=1, keepdim=True), b.norm(dim=1, keepdim=True)
    theta = ((a * b).sum(dim=1, keepdim=True) / (norm_a * norm_b)).acos()
    whole = ((a * b).sum() / (a.norm() * b.norm())).acos()
    columns = ((a * b).sum(dim=0) / (a.norm(dim=0) * b.norm(dim=0))).acos()

    def path(formula: str) -> Tensor:
        return torch.stack([_slip(formula, a, b, t, theta, whole, columns) for t in steps])

    guesses = [
        (
            path("lerp"),
            (
                f"`{NAME}` goes in a straight line. It cuts through the sphere: how long is the "
                "vector "
                "half-way?"
            ),
        ),
        (
            path("swapped"),
            f"`{NAME}` runs from `end` to `start`. At weight 0, which of the two should be left?",
        ),
        (
            path("whole"),
            (
                f"`{NAME}` takes one angle for the whole batch. Each row is a latent of its own: "
                "over "
                "which dimension do its products run?"
            ),
        ),
        (
            path("columns"),
            (
                f"`{NAME}` takes one angle per column. Rows are the vectors: which dimension is "
                "summed "
                "over?"
            ),
        ),
        (
            path("unit"),
            (
                f"`{NAME}` returns vectors of length 1. Only the angle is measured on normalised "
                "rows; "
                "which vectors are mixed?"
            ),
        ),
        (
            path("undivided"),
            f"`{NAME}` misses `end` by a factor at weight 1. What are the two sines divided by?",
        ),
        (
            path("cosine"),
            (
                f"`{NAME}` mixes with cosines. At weight 0, which function leaves `start` as it is "
                "and "
                "takes nothing of `end`?"
            ),
        ),
        (
            path("stretched line"),
            (
                f"`{NAME}` stretches a straight line back to the sphere: right places, wrong pace. "
                "Are "
                "equal steps equal angles?"
            ),
        ),
        (
            path("lengths apart"),
            (
                f"`{NAME}` turns the direction and changes the length apart from it. The question "
                "mixes the rows themselves."
            ),
        ),
    ]
    found = first_match(value, guesses, tolerance=1e-3)
    return (
        found
        or f"`{NAME}` leaves the arc. Try it by hand on two orthogonal vectors of length 1: where "
        "should weight 1/3 lead?"
    )


def _slip(
    formula: str, a: Tensor, b: Tensor, t: float, theta: Tensor, whole: Tensor, columns: Tensor
) -> Tensor:
    """What a known mistake gives for weight `t`."""
    norm_a, norm_b = a.norm(dim=1, keepdim=True), b.norm(dim=1, keepdim=True)

    def mix(x: Tensor, y: Tensor, angle: Tensor) -> Tensor:
        return ((1 - t) * angle).sin() / angle.sin() * x + (t * angle).sin() / angle.sin() * y

    line = torch.lerp(a / norm_a, b / norm_b, t)
    return {
        "lerp": torch.lerp(a, b, t),
        "swapped": mix(b, a, theta),
        "whole": mix(a, b, whole),
        "columns": mix(a, b, columns),
        "unit": mix(a / norm_a, b / norm_b, theta),
        "undivided": mix(a, b, theta) * theta.sin(),
        "cosine": ((1 - t) * theta).cos() * a + (t * theta).cos() * b,
        "stretched line": line / line.norm(dim=1, keepdim=True) * torch.lerp(norm_a, norm_b, t),
        "lengths apart": mix(a / norm_a, b / norm_b, theta) * torch.lerp(norm_a, norm_b, t),
    }[formula]


QUESTION = Question("02.q3", "spherical interpolation", 3, (NAME,), probe, judge)
