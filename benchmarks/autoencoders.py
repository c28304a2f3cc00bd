"""GAN, VAE, VAE-GAN, AAE and AVB on the digits, by every measure of the course: the table of
lessons 06 and 07.

Each with its lesson's profile, and digits stay grey for all. "VAE" has the networks of the VAE-GAN
but for its discriminator, as many steps, and twice the learning rate of lesson 06, with which it
does better (four times is as good, at seed 0). "VAE, equal time" takes as many steps as fit into
the VAE-GAN's CPU time. "VAE, 8-D" has the AAE's networks, batches and steps. Prints and writes
gan_course/studies/autoencoders.json.

    python benchmarks/autoencoders.py --seeds 5 --jobs 2
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from studies import run_study
from torch import Tensor

from gan_course.data import load
from gan_course.metrics import (
    coverage,
    density,
    digit_histogram,
    energy_distance,
    histogram_distance,
    judge,
    judge_distance,
    label_histogram,
    precision,
    recall,
    sharpness_distance,
)
from gan_course.models import AAE, AVB, DCGAN, VAE, VAEGAN, Model, VAEConfig
from gan_course.models.vae import PROFILES
from gan_course.models.vae_gan import PROFILES as HYBRIDS
from gan_course.training import fit

HYBRID = HYBRIDS["lesson"]
EQUAL = VAEConfig(
    latent_dim=HYBRID.latent_dim,
    width=HYBRID.width,
    decoder="dcgan",
    binarise="never",
    lr=4e-3,
    batch_size=HYBRID.batch_size,
    steps=HYBRID.steps,
)
EQUAL_TIME = 4 * HYBRID.steps  # a step of the VAE-GAN costs four of the VAE
N = 2000

RUNS: dict[str, Callable[[], Model[Any]]] = {
    "GAN": DCGAN,
    "VAE of lesson 06": lambda: VAE(replace(PROFILES["lesson"], binarise="never")),
    "VAE, 8-D": lambda: VAE(replace(PROFILES["lesson"], binarise="never", latent_dim=8)),
    "VAE": lambda: VAE(EQUAL),
    "VAE, equal time": lambda: VAE(replace(EQUAL, steps=EQUAL_TIME)),
    "VAE-GAN, γ = 0": lambda: VAEGAN(replace(HYBRID, gamma=0.0)),
    "VAE-GAN": VAEGAN,
    "VAE-GAN, γ = 0.3": lambda: VAEGAN(replace(HYBRID, gamma=0.3)),
    "VAE-GAN, γ = 3": lambda: VAEGAN(replace(HYBRID, gamma=3.0)),
    "AAE": AAE,
    "AVB": AVB,
}
WITHOUT_CODE = ("GAN", "AVB")


def measured(name: str, seed: int) -> dict[str, float]:
    """CPU seconds of one run; how far 2,000 samples are from the held-out digits; and, of a model
    with a code, how far those are from themselves drawn again."""
    torch.set_num_threads(1)
    digits = load("digits")
    torch.manual_seed(seed)
    model = RUNS[name]()
    start = time.process_time()
    fit(model, digits, seed=seed)
    values = {"steps": model.config.steps, "seconds": time.process_time() - start}
    with model.evaluating():
        torch.manual_seed(seed)
        values |= apart(model.sample(N), digits.held_out.x, digits.held_out.labels)
        if name not in WITHOUT_CODE:
            values |= drawn_again(model, digits.held_out.x)
    return {key: round(value, 4) for key, value in values.items()}


def apart(images: Tensor, held_out: Tensor, labels: Tensor) -> dict[str, float]:
    """How far `images` are from the held-out ones (N, 1, 28, 28)."""
    features = judge().features
    real, fake = features(held_out), features(images)
    return {
        "distance": judge_distance(images, held_out),
        "energy": energy_distance(fake, real),
        "precision": precision(real, fake),
        "recall": recall(real, fake),
        "density": density(real, fake),
        "coverage": coverage(real, fake),
        "histogram": histogram_distance(digit_histogram(images), label_histogram(labels)),
        "sharpness": sharpness_distance(images, held_out),
    }


def drawn_again(model: Any, images: Tensor) -> dict[str, float]:
    """Mean squared error of a pixel of `images` (N, 1, 28, 28) drawn again, the same in the judge's
    features, and how far apart in sharpness the two are."""
    again = model.decode(model.code(images))
    features = judge().features
    return {
        "pixel error": (again - images).square().mean().item(),
        "feature error": (features(again) - features(images)).square().mean().item(),
        "sharpness again": sharpness_distance(again, images),
    }


def real() -> dict[str, float]:
    """What other real digits score: the first 2,000 of those that models train on."""
    digits = load("digits")
    with torch.no_grad():
        found = apart(digits.train.x[:N], digits.held_out.x, digits.held_out.labels)
    return {key: round(value, 4) for key, value in found.items()}


if __name__ == "__main__":
    run_study("autoencoders", __doc__, RUNS, measured, lambda: {"samples": N, "real": real()})
