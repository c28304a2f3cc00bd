"""Is a model drawing, or copying? Distances from samples to the nearest image it was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gan_course.errors import expect_finite, expect_positive, expect_tensor

CHUNK = 256  # samples at a time: 256 × 8,000 distances are 8 MB


@dataclass(frozen=True)
class Nearest:
    """For each sample the `distance` (N,) to its nearest reference image, and that image's `index`
    (N,), int64."""

    distance: Tensor
    index: Tensor


@torch.inference_mode()
def nearest(images: Tensor, reference: Tensor, chunk: int = CHUNK) -> Nearest:
    """The reference image nearest to each image, by Euclidean distance over all pixels.

    `images` (N, ...) and `reference` (M, ...) of one shape and of a floating type, M ≥ 1; takes
    `chunk` × M numbers of memory beside them. Raises ValueError for shapes that differ, an empty
    reference, NaN and infinity, TypeError for integers.
    """
    _check(images, reference, chunk)
    points = reference.flatten(1)
    squares = points.square().sum(dim=1)
    distances, indices = [], []
    for batch in images.flatten(1).split(chunk):
        # |a - b|² less |a|², which is the same for every b: one matrix product finds the nearest
        # image. Its rounding would leave a copy at a distance above zero, so the distance itself
        # is measured on the pair that was found.
        index = torch.addmm(squares, batch, points.T, alpha=-2).argmin(dim=1)
        distances.append((batch - points[index]).norm(dim=1))
        indices.append(index)
    return Nearest(torch.cat(distances), torch.cat(indices))


def nearest_distance(images: Tensor, reference: Tensor, chunk: int = CHUNK) -> Tensor:
    """Euclidean distance over all pixels from each of `images` (N, ...) to the nearest of
    `reference` (M, ...): shape (N,); see `nearest`."""
    return nearest(images, reference, chunk).distance


def memorisation_ratio(samples: Tensor, train: Tensor, held_out: Tensor) -> float:
    """Median distance of `samples` to their nearest training image, over that of held-out images; 1
    where samples are as new as real ones.

    All of shape (N, ...), each with its own N. Copies of training images score 0, and a model that
    draws should reach at least 0.9. High values prove nothing alone (noise is far from every
    image), and blur lowers them without copying: read it beside a Fréchet distance. Raises as
    `nearest` does, and ValueError without a sample, without a held-out image, and where the
    held-out images are copies of training images.
    """
    expect_tensor("samples and held-out images", samples, held_out)
    if not samples.numel():
        raise ValueError("expected at least one sample, got none")
    if not held_out.numel():
        raise ValueError(
            "expected at least one held-out image, got none: they show how far new real images are "
            "from the training images"
        )
    usual = nearest_distance(held_out, train).median().item()
    if not usual > 0:
        raise ValueError(
            "expected held-out images that differ from the training images, got copies; split the "
            "data again"
        )
    return nearest_distance(samples, train).median().item() / usual


def _check(images: Tensor, reference: Tensor, chunk: int) -> None:
    expect_finite("images", images, reference)
    if images.ndim < 2 or images.shape[1:] != reference.shape[1:]:
        raise ValueError(
            f"expected images and a reference of one shape (N, ...), got {tuple(images.shape)} and "
            f"{tuple(reference.shape)}"
        )
    if not images.is_floating_point() or images.dtype != reference.dtype:
        raise TypeError(
            f"expected images and a reference of one floating type, got {images.dtype} and "
            f"{reference.dtype}"
        )
    if not len(reference):
        raise ValueError("expected at least one reference image, got none")
    expect_positive("chunk", chunk)
