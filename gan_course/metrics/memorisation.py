"""Is a model drawing, or copying? Distances from samples to the nearest image it was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gan_course.errors import expect_finite, expect_pictures, expect_positive, expect_tensor

CHUNK = 256  # samples at a time: 256 × 8,000 distances are 8 MB


@dataclass(frozen=True)
class Nearest:
    """For each sample the `distance` (N,) to its nearest reference image, and that image's `index`
    (N,), int64."""

    distance: Tensor
    index: Tensor


class ImageIndex:
    """A `reference` (M, ...), M ≥ 1, that was checked and measured once: each of many searches of
    few images then takes a tenth of the time that `nearest` does. Raises as that does."""

    def __init__(self, reference: Tensor) -> None:
        expect_finite("images", reference)
        if reference.ndim < 2:
            raise ValueError(
                f"expected a reference of shape (M, ...), got {tuple(reference.shape)}"
            )
        if not len(reference):
            raise ValueError("expected at least one reference image, got none")
        self.reference, self.points = reference, reference.flatten(1)
        self.squares = self.points.square().sum(dim=1)

    @torch.inference_mode()
    def nearest(self, images: Tensor, chunk: int = CHUNK) -> Nearest:
        """The reference image nearest to each of `images` (N, ...)."""
        distances, indices = self.closest(images, 1, chunk)
        return Nearest(distances[:, 0], indices[:, 0])

    def closest(self, images: Tensor, k: int, chunk: int = CHUNK) -> tuple[Tensor, Tensor]:
        """Distances (N, k) to the `k` nearest reference images, and their indices (N, k)."""
        self._check(images, chunk)
        distances, indices = [], []
        for batch in images.flatten(1).split(chunk):
            # |a - b|² less |a|², which is the same for every b: one matrix product finds the
            # nearest images. Its rounding would leave a copy at a distance above zero, so the
            # distance itself is measured on the pairs that were found.
            scores = torch.addmm(self.squares, batch, self.points.T, alpha=-2)
            index = scores.topk(k, dim=1, largest=False).indices
            distances.append((batch[:, None] - self.points[index]).norm(dim=2))
            indices.append(index)
        return torch.cat(distances), torch.cat(indices)

    def _check(self, images: Tensor, chunk: int) -> None:
        expect_finite("images", images)
        if images.shape[1:] != self.reference.shape[1:]:
            raise ValueError(
                "expected images and a reference of one shape (N, ...), got "
                f"{tuple(images.shape)} and {tuple(self.reference.shape)}"
            )
        if not images.is_floating_point() or images.dtype != self.points.dtype:
            raise TypeError(
                "expected images and a reference of one floating type, got "
                f"{images.dtype} and {self.points.dtype}"
            )
        expect_positive("chunk", chunk)


@torch.inference_mode()
def nearest(images: Tensor, reference: Tensor, chunk: int = CHUNK) -> Nearest:
    """The reference image nearest to each image, by Euclidean distance over all pixels.

    `images` (N, ...) and `reference` (M, ...) of one shape and of a floating type, M ≥ 1; takes
    `chunk` × M numbers of memory beside them. Raises ValueError for shapes that differ, an empty
    reference, NaN and infinity, TypeError for integers.
    """
    return ImageIndex(reference).nearest(images, chunk)


def nearest_distance(images: Tensor, reference: Tensor, chunk: int = CHUNK) -> Tensor:
    """Euclidean distance over all pixels from each of `images` (N, ...) to the nearest of
    `reference` (M, ...): shape (N,); see `nearest`."""
    return nearest(images, reference, chunk).distance


@torch.inference_mode()
def neighbour_ratio(images: Tensor, reference: Tensor, chunk: int = CHUNK) -> Tensor:
    """Distance from each of `images` (N, ...) to the nearest of `reference` (M, ...), over that to
    the second nearest: shape (N,), from 0 for a copy to 1.

    A new image lies nearly as far from the one as from the other, whether its kind are all alike,
    as ones are, or differ a lot, as twos do; so one threshold serves every class, where a distance
    would need one a class. It cannot see a copy whose original stands twice in `reference` with
    small differences. Raises as `nearest` does, and ValueError for fewer than two reference images.
    """
    index = ImageIndex(reference)
    if len(reference) == 1:
        raise ValueError("expected at least two reference images, got 1: the ratio needs a second")
    distances, _ = index.closest(images, 2, chunk)
    nearer, farther = distances.amin(dim=1), distances.amax(dim=1)
    # Where an exact copy has two originals the ratio would be 0 / 0.
    return torch.where(nearer > 0, nearer / farther, 0)


def centred(images: Tensor) -> Tensor:
    """Digits (N, 1, 28, 28) in [-1, 1], each moved by whole pixels so that its ink's centre of mass
    lies within half a pixel of (14, 14), where the makers of MNIST put it.

    Training images therefore stay as they are, and a copy that was shifted goes back onto its
    original. What leaves on one side comes in on the other. Raises as `Judge.read` does.
    """
    expect_pictures("images", images, (1, 28, 28))
    ink = images[:, 0] + 1
    total = ink.sum(dim=(1, 2)).clamp(min=1e-6)[:, None]  # a blank picture has no centre
    places = torch.arange(28, device=images.device)
    rows, columns = (
        # The index of each row (or column) of the result in the image that it is taken from.
        (places + ((ink.sum(dim) * places).sum(1, keepdim=True) / total - 14).round().long()) % 28
        for dim in (2, 1)
    )
    each = torch.arange(len(images), device=images.device)[:, None, None]
    return images[:, 0][each, rows[:, :, None], columns[:, None]].unsqueeze(1)


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
