"""Question 03.q1: a label joined to the noise, as the vector of its class, and to the images, as
the plane of its class."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.judged import (
    RIGHT,
    Answers,
    Question,
    Values,
    Verdict,
    pulled_back,
    seeded,
    wrong,
)
from gan_course.practice.returned import tensor

Z, X = "join_to_noise", "join_to_images"
BATCH, CLASSES, LATENT, VECTOR = 9, 4, 5, 3
SHAPES = ((1, 4, 6), (3, 5, 4))  # of images: never square, so that exchanged sides show


def labels(seed: int) -> Tensor:
    """Labels of shape (BATCH,), every class at least twice, in no order; the first is not 0, so
    that class 0 for all shows."""
    mixed = torch.randperm(BATCH, generator=seeded(seed))
    return (mixed - mixed[0] + 1 + seed % (CLASSES - 1)) % CLASSES


def noise_and_table(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """z of shape (BATCH, LATENT), a table (CLASSES, VECTOR), and weights (BATCH, LATENT + VECTOR)
    to pull gradients back with."""
    draw = seeded(seed + 1000)
    z, table = (
        torch.randn(BATCH, LATENT, generator=draw),
        torch.randn(CLASSES, VECTOR, generator=draw),
    )
    return z, table, torch.randn(BATCH, LATENT + VECTOR, generator=draw)


def images_and_planes(seed: int, shape: tuple[int, int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """x of shape (BATCH, C, H, W), planes (CLASSES, H · W), and weights (BATCH, C + 1, H, W) to
    pull gradients back with."""
    channels, height, width = shape
    draw = seeded(seed + 2000 + channels)
    x, planes = (
        torch.rand(BATCH, *shape, generator=draw) * 2 - 1,
        torch.randn(CLASSES, height * width, generator=draw),
    )
    return x, planes, torch.randn(BATCH, channels + 1, height, width, generator=draw)


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    join_to_noise, join_to_images = answers
    z, table, weights = noise_and_table(seed)
    z.requires_grad_()
    table.requires_grad_()
    joined = tensor(Z, join_to_noise(z, labels(seed), table))
    slope_z, slope_table = pulled_back(joined, weights, (z, table))
    values = {"noise": joined, "noise_slope": slope_z, "table_slope": slope_table}
    for i, shape in enumerate(SHAPES):
        x, planes, weights = images_and_planes(seed, shape)
        x.requires_grad_()
        planes.requires_grad_()
        joined = tensor(X, join_to_images(x, labels(seed), planes))
        slope_x, slope_planes = pulled_back(joined, weights, (x, planes))
        values |= {
            f"images_{i}": joined,
            f"images_slope_{i}": slope_x,
            f"planes_slope_{i}": slope_planes,
        }
    return values


def judge(values: Values, seed: int) -> Verdict:
    hint = _noise_hint(values, seed)
    for i, shape in enumerate(SHAPES):
        hint = hint or _images_hint(values, i, shape, seed)
    return wrong(hint) if hint else RIGHT


def _noise_hint(values: Values, seed: int) -> str:
    z, table, weights = noise_and_table(seed)
    y, value = labels(seed), values.get("noise", torch.zeros(0))
    if tuple(value.shape) == (BATCH, LATENT + 1):
        return (
            f"`{Z}` adds one column, the label as a number: is 7 nearer to 6 than to 1? Which "
            "row of `table` speaks for a class?"
        )
    if tuple(value.shape) == (BATCH, LATENT + CLASSES):
        return (
            f"`{Z}` adds one column for each class. That says which class it is; where does "
            "the "
            "class's learned vector come in?"
        )
    if problem := unfit({"noise": value}, {"noise": (BATCH, LATENT + VECTOR)}, Z):
        return problem
    vectors = _rows_of(table, y)
    if not close(value, torch.hstack([z, vectors])):
        return (
            first_match(
                value,
                [
                    (
                        torch.hstack([vectors, z]),
                        (
                            f"`{Z}` puts the class's vector before the noise. In which order does "
                            "the "
                            "question name them?"
                        ),
                    ),
                    (
                        torch.hstack([z, table[:1].expand(BATCH, -1)]),
                        f"`{Z}` gives every sample the same vector. What does it do with `labels`?",
                    ),
                    (
                        torch.hstack([z, vectors[:1].expand(BATCH, -1)]),
                        (
                            f"`{Z}` gives all samples the first one's vector. How many labels are "
                            "there?"
                        ),
                    ),
                ],
            )
            or f"`{Z}` has the right shape and other numbers. Row i is sample i: its noise "
            "untouched, then its own class's row of `table`."
        )
    if not close(values.get("noise_slope", torch.zeros(0)), weights[:, :LATENT]):
        return (
            f"`{Z}` has the right values, but not the noise's gradient. What cuts the path: "
            "`detach`, `.data`, a new tensor?"
        )
    if not close(values.get("table_slope", torch.zeros(0)), _sums_of(weights[:, LATENT:], y)):
        return (
            f"`{Z}` has the right values, but `table` gets no proper gradient: the vectors of "
            "the classes could never be learned. What cuts it off?"
        )
    return ""


def _images_hint(values: Values, i: int, shape: tuple[int, int, int], seed: int) -> str:
    x, planes, weights = images_and_planes(seed, shape)
    y, value, (channels, height, width) = (
        labels(seed),
        values.get(f"images_{i}", torch.zeros(0)),
        shape,
    )
    if tuple(value.shape) == (BATCH, *shape):
        return (
            f"`{X}` returns as many channels as came in. Joined means side by side: can a sum "
            "or a product be taken apart again?"
        )
    if tuple(value.shape) == (BATCH, channels + CLASSES, height, width):
        return (
            f"`{X}` adds one channel for each class. The question asks for one channel: the "
            "plane of the sample's own class."
        )
    if problem := unfit({"images": value}, {"images": (BATCH, channels + 1, height, width)}, X):
        return problem
    plane = _rows_of(planes, y).reshape(BATCH, 1, height, width)
    if not close(value, torch.hstack([x, plane])):
        by_columns = _rows_of(planes, y).reshape(BATCH, 1, width, height).mT
        number = y.reshape(BATCH, 1, 1, 1).expand(-1, 1, height, width).to(x)
        return (
            first_match(
                value,
                [
                    (
                        torch.hstack([plane, x]),
                        (
                            f"`{X}` puts the plane before the image. In which order does the "
                            "question "
                            "name them?"
                        ),
                    ),
                    (
                        torch.hstack([x, by_columns]),
                        (
                            f"`{X}` fills the plane column by column. A row of `planes` holds it "
                            "row "
                            "by row: which side comes first?"
                        ),
                    ),
                    (
                        torch.hstack([x, number]),
                        f"`{X}` fills a plane with the label as a number. What is `planes` for?",
                    ),
                    (
                        torch.hstack([x, plane[:1].expand_as(plane)]),
                        f"`{X}` gives all images the first one's plane. How many labels are there?",
                    ),
                ],
            )
            or f"`{X}` has the right shape and other numbers. Image i keeps its channels and gets "
            "its own class's row of `planes` as one more."
        )
    if not close(values.get(f"images_slope_{i}", torch.zeros(0)), weights[:, :channels]):
        return (
            f"`{X}` has the right values, but not the images' gradient, and all that a "
            "generator learns comes through them. What cuts the path?"
        )
    if not close(
        values.get(f"planes_slope_{i}", torch.zeros(0)),
        _sums_of(weights[:, channels].flatten(1), y),
    ):
        return (
            f"`{X}` has the right values, but `planes` gets no proper gradient: the planes "
            "could never be learned. What cuts it off?"
        )
    return ""


def _rows_of(table: Tensor, y: Tensor) -> Tensor:
    """Row y_i of `table` for each i, as a product with the matrix that has a 1 at (i, y_i)."""
    return _indicator(y) @ table


def _sums_of(weights: Tensor, y: Tensor) -> Tensor:
    """For each class the sum of the rows that belong to it: what the chain rule carries back to a
    table."""
    return _indicator(y).T @ weights


def _indicator(y: Tensor) -> Tensor:
    return (y[:, None] == torch.arange(CLASSES)).float()


KNOWN_ERRORS = (
    (
        "must match except in dimension",
        (
            "Samples stay apart and are joined side by side: along which dimension, and do the "
            "others "
            "agree?"
        ),
    ),
    (
        "must have same number of dimensions",
        (
            "Only tensors with equally many dimensions can be joined. What shape must a row become "
            "first?"
        ),
    ),
    (
        "must match the size of tensor",
        "A sum or a product mixes the two. Joining puts them side by side.",
    ),
    (
        "is invalid for input of size",
        "A reshape must keep the number of values. How many does a row of the table hold?",
    ),
)

QUESTION = Question("03.q1", "joining a label", 3, (Z, X), probe, judge, KNOWN_ERRORS)
