"""What is measured of digits that a model has drawn, and of digits that no model drew."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.data import Dataset
from gan_course.metrics import (
    coverage,
    density,
    frechet_distance,
    histogram_distance,
    judge,
    kernel_distance,
    label_histogram,
    memorisation_ratio,
    precision,
    recall,
    rung_images,
)
from gan_course.metrics.ladder import BLURRED, MEMORISED

N = 2000  # samples, and as many held-out digits
SURE = 0.9  # the judge's confidence from which on a digit counts as readable
REAL, NOTHING = "real against real", "knows nothing"
COLUMNS = {
    "frechet": "Fréchet distance (judge) ↓",
    "kernel": "kernel distance (judge) ↓",
    "precision": "precision ↑",
    "recall": "recall ↑",
    "density": "density ↑",
    "coverage": "coverage ↑",
    "histogram": "digit histogram distance ↓",
    "readable": "share read with confidence ≥ 0.9 ↑",
    "memorisation": "memorisation ratio (copies: 0, new: 1)",
    "training_seconds": "training, s of CPU time ↓",
    "sampling_seconds": "1,000 samples, s of CPU time ↓",
    "memory": "peak memory of the process, MiB ↓",
    "parameters": "parameters learned ↓",
    "drawing_parameters": "parameters that draw ↓",
    "steps": "steps",
    "networks": "networks that learn ↓",
    "settings": "hyper-parameters ↓",
}


def quality(images: Tensor, digits: Dataset, train: Tensor | None = None) -> dict[str, float]:
    """How drawn `images` (N, 1, 28, 28) compare with held-out digits, and with those that were
    trained on, by default all."""
    network, images, held_out = judge(), images.clamp(-1, 1), digits.held_out.as_batch()[:N]
    real, fake = network.features(held_out.x), network.features(images)
    logits, known = network.head(fake), digits.train.x if train is None else train
    drawn, due = label_histogram(logits.argmax(1)), label_histogram(held_out.expect_labels())
    found = {
        "frechet": frechet_distance(fake, real),
        "kernel": kernel_distance(fake, real),
        "precision": precision(real, fake),
        "recall": recall(real, fake),
        "density": density(real, fake),
        "coverage": coverage(real, fake),
        "histogram": histogram_distance(drawn, due),
        "readable": (logits.softmax(1).amax(1) >= SURE).double().mean().item(),
        "memorisation": memorisation_ratio(images, known, held_out.x),
    }
    return {name: round(value, 5) for name, value in found.items()}


@torch.inference_mode()
def baselines(digits: Dataset) -> dict[str, dict[str, float]]:
    """The same of training digits, as new to the other ones; of blurred and of memorised digits;
    and of draws that know nothing but means and covariances of pixels."""
    train, rungs = digits.train.x, rung_images(digits, N)
    copies = rungs[MEMORISED].repeat(N // len(rungs[MEMORISED]), 1, 1, 1)
    drawn = {BLURRED: rungs[BLURRED], MEMORISED: copies, NOTHING: class_gaussians(digits)}
    return {REAL: quality(train[:N], digits, train[N:])} | {
        name: quality(images, digits) for name, images in drawn.items()
    }


def class_gaussians(digits: Dataset) -> Tensor:
    """Draws (N, 1, 28, 28), each class in turn, from the Gaussian with its training images' mean
    and covariance."""
    generator, images = torch.Generator().manual_seed(0), torch.empty(N, 1, 28, 28)
    labels = digits.train.as_batch().expect_labels()
    for digit in range(10):
        real = digits.train.x[labels == digit]
        # Random sums of centred images have these images' covariance.
        weights = torch.randn(N // 10, len(real), generator=generator) / (len(real) - 1) ** 0.5
        images[digit::10] = real.mean(0) + torch.tensordot(weights, real - real.mean(0), 1)
    return images
