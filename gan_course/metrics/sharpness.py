"""How sharp a set of images is: the steepness of their edges, as a histogram."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gan_course.errors import expect_floating, expect_pictures, expect_positive
from gan_course.metrics.digits import histogram_distance, label_histogram

BINS = 32
STEEPEST = 2 * math.sqrt(2)  # from -1 to 1 both to the right and downwards


def sharpness_distance(images_a: Tensor, images_b: Tensor) -> float:
    """Total variation, from 0 to 1, between the `gradient_histogram`s of two sets of images (N, C,
    H, W) in [-1, 1]; N may differ, and H and W too.

    Blur takes away steep gradients and noise adds them: both raise it. It sees neither where the
    edges are nor what they draw. 2,000 MNIST digits are 0.003 from 2,000 others and 0.29 from them
    blurred by a Gaussian of 1 pixel. Raises as `gradient_histogram` does.
    """
    return histogram_distance(gradient_histogram(images_a), gradient_histogram(images_b))


def gradient_histogram(images: Tensor, bins: int = BINS) -> Tensor:
    """Share of pixels whose gradient has each magnitude, in `bins` of equal width over [0, 2√2]:
    float64 (bins,), sums to 1, on the CPU.

    `images` (N, C, H, W) in [-1, 1], H and W at least 2. The gradient of a pixel is its difference
    from its right and from its lower neighbour, x[i, j+1] - x[i, j] and x[i+1, j] - x[i, j]; its
    magnitude is their Euclidean norm. Each channel counts by itself; the last row and column only
    as neighbours. Raises `TypeError` for integers, `ValueError` for other shapes, no image, and
    values outside [-1, 1], NaN among them.
    """
    expect_floating("images", images)
    if images.ndim != 4 or min(images.shape[2:]) < 2:
        raise ValueError(
            f"expected images of shape (N, C, H, W), H and W at least 2, got {tuple(images.shape)}"
        )
    expect_pictures("images", images, images.shape[1:])
    expect_positive("bins", bins)
    x = images.detach().cpu().double()
    here, right, below = x[..., :-1, :-1], x[..., :-1, 1:], x[..., 1:, :-1]
    magnitude = torch.hypot(right - here, below - here)
    # A magnitude of exactly 2√2 belongs to the last bin.
    return label_histogram((magnitude / STEEPEST * bins).long().clamp_max(bins - 1).flatten(), bins)
