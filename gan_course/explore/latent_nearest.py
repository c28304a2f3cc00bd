"""Samples above the training images nearest to them."""

from __future__ import annotations

import torch

from gan_course.colours import FAKE, REAL
from gan_course.data import random_generator
from gan_course.errors import expect_positive
from gan_course.explore.controls import Seed, View
from gan_course.explore.latent_space import COLUMNS, LatentSpace, LatentView
from gan_course.explore.picture import Picture, Row, image_plate

FOR_SAMPLES = 2  # last part of the key of their random numbers


def nearest_images(space: LatentSpace, n: int = COLUMNS, draw: int = 0) -> Picture:
    """SVG: `n` samples, the training image nearest to each beneath it, and their distance over all
    pixels; `draw` chooses other samples.

    Raises `ValueError` where there are no training images.
    """
    if space.index is None:
        raise ValueError(
            "this explorer has no training images to search: build it with train_images=…, or "
            "with LatentExplorer.of(model, data)"
        )
    z = torch.randn(
        expect_positive("n", n),
        space.latent_dim,
        generator=random_generator(space.seed, draw, FOR_SAMPLES),
    )
    samples = space.images(z)
    found = space.index.nearest(samples)
    closest = space.index.reference[found.index]
    # How different the two are, in grey: black where they agree.
    apart = (samples - closest).abs() - 1
    rows = [
        Row("samples", samples, FAKE),
        Row("nearest\ntraining image", closest, REAL),
        Row("difference", apart),
    ]
    distance = found.distance
    alt = (
        f"{n} samples, beneath each the training image nearest to it, and beneath that where the "
        f"two differ; distances from {distance.min():.1f} to {distance.max():.1f}, median "
        f"{distance.median():.1f}."
    )
    headers = [f"{each:.1f}" for each in distance.tolist()]
    return Picture(image_plate(rows, headers, "distance"), alt)


NEAREST = LatentView(
    View(
        key="nearest",
        title="Nearest training images",
        rows=((Seed(key="draw", label="draw number", help="chooses other samples"),),),
    ),
    lambda space, values: nearest_images(space, draw=values["draw"]),
    fits=lambda space: space.index is not None,
)
