"""Which colours a set of images has: the colour-histogram test of Isola et al. 2016
(arXiv:1611.07004, figure 7)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gan_course.errors import expect_floating, expect_pictures
from gan_course.metrics.digits import histogram_distance, label_histogram

WIDTH = 4.0  # of a bin, in units of Lab; an eye begins to tell colours apart at about 2.3
# The first edge and the number of bins of each channel: L from 0 to 100, a and b from -110 to 110,
# which holds all of sRGB. Their bins are odd in number, so that 0 lies in the middle of one:
# rounding cannot carry a grey pixel across an edge.
BINS = {"L": (0.0, 25), "a": (-110.0, 55), "b": (-110.0, 55)}
# Linear red, green and blue to X, Y and Z (IEC 61966-2-1).
TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)


class ColourDistance(NamedTuple):
    """Total variation, from 0 to 1, in lightness, in green to red and in blue to yellow."""

    L: float
    a: float
    b: float

    @property
    def mean(self) -> float:
        """One number for the three."""
        return sum(self) / 3


def colour_distance(images_a: Tensor, images_b: Tensor) -> ColourDistance:
    """Total variation between the `colour_histograms` of two sets of images (N, 3, H, W) in
    [-1, 1]; N may differ, and H and W too.

    Isola et al. state the histogram intersection Σ min(p, q), which is 1 minus this: on street
    scenes 0.81, 0.69 and 0.70 in L, a and b for L1 alone, 0.86, 0.84 and 0.82 with their
    adversarial loss beside it. It sees neither where a colour is nor which belongs to which
    picture. What all images share, such as a white background, brings every distance nearer to 0:
    judge one by that of copies of the input. The means on held-out pictures: emoji 0.185 for their
    lines, 0.308 for the mean picture, 0.020 for the training pictures; portraits 0.271 for their
    sketches, 0.257 and 0.014. Raises as `colour_histograms` does.
    """
    p, q = colour_histograms(images_a), colour_histograms(images_b)
    return ColourDistance(*(histogram_distance(p[name], q[name]) for name in BINS))


def colour_histograms(images: Tensor) -> dict[str, Tensor]:
    """Share of all pixels of all `images` (N, 3, H, W) in [-1, 1] that have each lightness "L",
    each "a" from green to red, each "b" from blue to yellow.

    Float64, each sums to 1, on the CPU, in bins of 4 units: (25,) from 0 to 100 for L, (55,) from
    -110 to 110 for a and b. Raises `TypeError` for integers, `ValueError` for other shapes, no
    image, and values outside [-1, 1], NaN among them.
    """
    expect_floating("images", images)
    if images.ndim != 4 or images.shape[1] != 3:
        raise ValueError(
            f"expected images in colour, of shape (N, 3, H, W), got {tuple(images.shape)}: "
            "images.expand(-1, 3, -1, -1) makes grey ones so"
        )
    expect_pictures("images", images, images.shape[1:])
    histograms = {}
    for (name, (first, bins)), x in zip(BINS.items(), lab(images).unbind(1), strict=True):
        # White is on the edge of the last bin, and belongs to it.
        numbers = ((x.flatten() - first) / WIDTH).long().clamp(0, bins - 1)
        histograms[name] = label_histogram(numbers, bins)
    return histograms


def lab(images: Tensor) -> Tensor:
    """`images` (N, 3, H, W) in [-1, 1], taken for sRGB, in the channels L, a and b of CIE 1976 with
    the white D65: float64 (N, 3, H, W), on the CPU."""
    x = (images.detach().cpu().double() + 1) / 2
    linear = torch.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    to_xyz = torch.tensor(TO_XYZ, dtype=x.dtype, device=x.device)
    # In units of the white, which is the sum of the three lights; a and b of greys are then 0.
    xyz = torch.einsum("ij,njhw->nihw", to_xyz / to_xyz.sum(1, keepdim=True), linear)
    f = torch.where(xyz > (6 / 29) ** 3, xyz ** (1 / 3), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    fx, fy, fz = f.unbind(1)
    return torch.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], 1)
