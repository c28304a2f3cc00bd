"""The VAE of lesson 06 at several β, on two binarisations, and at several learning rates beside
lesson 02's GAN.

The networks, batches and 1,500 steps are the lesson's, but for the learning rates, which are tried
for 300 steps: from a sixteenth of the lesson's to sixteen times as much. Prints and writes
gan_course/studies/vae.json. What is not run stays as it is stored: other kinds, and seeds
beyond those asked for.

    python benchmarks/vae.py --seeds 3 --jobs 2
"""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from itertools import product

import torch
from studies import run_study
from torch import Tensor

from gan_course.data import load
from gan_course.metrics import judge_distance
from gan_course.models import DCGAN, VAE, DCGANConfig, VAEConfig
from gan_course.models.dcgan import PROFILES as GAN_PROFILES
from gan_course.models.vae import PROFILES
from gan_course.training import fit
from gan_course.training.hooks import DivergenceError

LESSON, GAN_LESSON = PROFILES["lesson"], GAN_PROFILES["lesson"]
BETAS = (0.25, 0.5, 1, 2, 4, 8)
FACTORS = {str(Fraction(4) ** i): 4.0**i for i in range(-2, 3)}  # "1/16" to "16"
FEW_STEPS = 300

VAES: dict[str, VAEConfig] = {
    # The lesson's own is β = 1.
    **{f"β = {beta:g}": replace(LESSON, beta=beta) for beta in BETAS},
    "drawn": replace(LESSON, binarise="draw"),
    **{
        f"VAE, rate × {name}": replace(LESSON, lr=LESSON.lr * factor, steps=FEW_STEPS)
        for name, factor in FACTORS.items()
    },
}
# One rate after the other is changed, then both together.
GANS: dict[str, DCGANConfig] = {
    f"GAN, rate of G × {g}, of D × {d}": replace(
        GAN_LESSON,
        lr_g=GAN_LESSON.lr_g * FACTORS[g],
        lr_d=GAN_LESSON.lr_d * FACTORS[d],
        steps=FEW_STEPS,
    )
    for g, d in product(FACTORS, repeat=2)
    if g == "1" or d == "1" or g == d
}


def measured(name: str, seed: int) -> dict[str, float | None]:
    """One run: the Fréchet distance (judge) of 2,000 samples, CPU seconds and, of a VAE, nats on
    held-out digits: rate and distortion where they are thresholded, -ELBO where they are drawn.
    A run that became NaN has no distance."""
    torch.set_num_threads(1)
    digits = load("digits")
    torch.manual_seed(seed)
    model = VAE(VAES[name]) if name in VAES else DCGAN(GANS[name])
    start = time.process_time()
    try:
        fit(model, digits, seed=seed)
    except DivergenceError:
        return {"distance": None}
    found: dict[str, float | None] = {"seconds": round(time.process_time() - start)}
    with model.evaluating():
        torch.manual_seed(seed)
        found["distance"] = round(judge_distance(model.sample(2000), digits.held_out.x), 1)
        if name in VAES:
            grey = (digits.held_out.x + 1) / 2
            found["rate"], found["distortion"] = nats(model, (grey > 0.5).float())
            found["drawn"] = round(sum(nats(model, torch.bernoulli(grey))), 2)
    return found


def nats(model: VAE, white: Tensor) -> tuple[float, float]:
    """Mean KL divergence and mean -log p(x | z) of black and white images (N, C, H, W)."""
    log_likelihood, kl = model.bound(white)
    return round(kl.sum(1).mean().item(), 2), round(-log_likelihood.mean().item(), 2)


if __name__ == "__main__":
    run_study(
        "vae", __doc__, [*VAES, *GANS], measured, lambda: {"steps": LESSON.steps, "few": FEW_STEPS}
    )
