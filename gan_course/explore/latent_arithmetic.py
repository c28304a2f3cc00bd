"""Sums of latents, a - b + c, beside the same sums of pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from gan_course.colours import FAKE
from gan_course.explore.controls import Choice, Control, Seed, View
from gan_course.explore.latent_space import LatentSpace, LatentView, latents
from gan_course.explore.picture import Picture, Row, image_plate

TERMS = "abc"
MOST = 3  # seeds of a term, as in Radford et al. 2015


def arithmetic(space: LatentSpace, a: Sequence[int], b: Sequence[int], c: Sequence[int]) -> Picture:
    """SVG: the images of the seeds of each of a, b and c, equally many, with what their mean is in
    latent space and in pixels; at the bottom, a - b + c of either (section 6.3.2 of Radford et al.
    2015, arXiv:1511.06434).

    The sum of latents is brought to √latent_dim, the length of noise. Raises `ValueError` where
    there is no seed, or not as many in each.
    """
    if not len(a) == len(b) == len(c) >= 1:
        raise ValueError(
            f"expected equally many seeds of a, b and c, got {len(a)}, {len(b)} and {len(c)}"
        )
    n = len(a)
    z = latents(space, (*a, *b, *c)).view(3, n, -1)
    means = z.mean(dim=1)
    total = means[0] - means[1] + means[2]
    total = total / total.norm().clamp_min(1e-12) * space.latent_dim**0.5
    drawn = space.images(torch.cat([z.flatten(0, 1), means, total[None]]))
    marked = drawn[: 3 * n].unflatten(0, (3, n))
    by_pixel = marked.mean(dim=1)
    faded = (by_pixel[0] - by_pixel[1] + by_pixel[2]).clamp(-1, 1)
    rows = [
        Row(term, torch.cat([drawn[None, 3 * n + i], by_pixel[None, i], marked[i]]))
        for i, term in enumerate(TERMS)
    ]
    rows.append(Row("a - b + c", torch.cat([drawn[-1:], faded[None]]), FAKE))
    headers = ["latents", "pixels", *(f"image {i + 1}" for i in range(n))]
    told = "; ".join(
        f"{term} of seeds {' '.join(map(str, seeds))}"
        for term, seeds in zip(TERMS, (a, b, c), strict=True)
    )
    change = (drawn[-1] - faded).abs().mean().item() / 2
    alt = (
        f"Three rows of images, {told}, each led by the image of their mean latent and the mean of "
        "their pixels. At the bottom, a - b + c: the image of the sum of latents, and the "
        f"sum of pixels, which differ by {change:.1%} of a pixel's range on average."
    )
    return Picture(image_plate(rows, headers, size=84, label_width=72), alt)


def _seeds() -> tuple[tuple[Control, ...], ...]:
    """A row of seeds for each term."""
    return tuple(
        tuple(
            Seed(key=f"{term}{i}", label=f"{term}, image {i + 1}", value=MOST * row + i)
            for i in range(MOST)
        )
        for row, term in enumerate(TERMS)
    )


def _chosen(space: LatentSpace, values: Mapping[str, Any]) -> Picture:
    count = values["count"] + 1
    return arithmetic(space, *([values[f"{term}{i}"] for i in range(count)] for term in TERMS))


ARITHMETIC = LatentView(
    View(
        key="arithmetic",
        title="Arithmetic",
        rows=(
            (
                Choice(
                    key="count",
                    label="images per term",
                    options=tuple(str(i + 1) for i in range(MOST)),
                    value=MOST - 1,
                ),
            ),
            *_seeds(),
        ),
        note="Choose images by their seeds: the tab Truncation shows ten at a time. In a DCGAN and "
        "a VAE of digits, with a and b of one class, the sum of means of three latents was of c's "
        "class more often than the sum of pixels, and the sum of single latents less often.",
    ),
    _chosen,
)
