"""The 25 Gaussians of the grid, learned in several ways: lesson 05's tables.

WGAN-GP at several λ and `n_critic`, among them the lesson's; the standard GAN at two rates of the
discriminator and with R1; the clipped critic; WGAN-GP with rates that stay as they began, and on
the ring of eight. The networks, the 6,000 steps of the generator and the batches are the lesson's
throughout. The steps of its opponent are not: the standard GAN's discriminator takes one for each
of the generator, WGAN-GP's critic `n_critic`, and the clipped one five; that one is trained by
RMSprop at its own rates. Prints and writes gan_course/studies/critics.json. What is not run stays
as it is stored: other kinds, and seeds beyond those asked for.

    python benchmarks/critics.py --seeds 3 --jobs 2
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import torch
from studies import run_study
from torch import nn
from torch.optim import Adam

from gan_course.data import load
from gan_course.metrics import count_modes
from gan_course.models import GAN, WGAN, WGANGP, GANConfig, Model
from gan_course.models.base import linear_decay
from gan_course.models.wgan import PROFILES as WGAN_PROFILES
from gan_course.models.wgan_gp import PROFILES
from gan_course.nets import EMA, MLPGenerator
from gan_course.training import fit

LESSON, CLIPPED = PROFILES["lesson"], WGAN_PROFILES["lesson"]
SAMPLES = 20_000

STANDARD = GANConfig(
    shape=(2,),
    latent_dim=2,
    hidden=LESSON.hidden,
    r1_weight=0.0,
    lr_g=LESSON.lr_g,
    lr_d=LESSON.lr_c,
    betas=LESSON.betas,
    batch_size=LESSON.batch_size,
    steps=LESSON.steps,
)


class StandardGAN(GAN):
    """With the generator of the lesson's model: its folds are as sharp."""

    def __init__(self, config: GANConfig) -> None:
        super().__init__(config)
        self.generator = MLPGenerator(config.latent_dim, config.shape, config.hidden, nn.ReLU)
        self.optimizer_g = Adam(self.generator.parameters(), config.lr_g, config.betas)
        self.schedule_g = linear_decay(self.optimizer_g, config.steps)
        self.ema = EMA(self.generator, config.ema_decay)


def penalised(weight: float, n_critic: int) -> Callable[[], WGANGP]:
    return lambda: WGANGP(replace(LESSON, penalty_weight=weight, n_critic=n_critic))


RUNS: dict[str, Callable[[], Model[Any]]] = {
    # The lesson's own is λ = 0.1, n_critic = 2.
    **{
        f"λ = {weight:g}, n_critic = {n_critic}": penalised(weight, n_critic)
        for weight, n_critic in (*product((0.1, 1, 10), (1, 2, 5)), (0, 2), (0.01, 2))
    },
    "standard GAN, D at 2e-3": lambda: StandardGAN(STANDARD),
    "standard GAN, D at 1e-2": lambda: StandardGAN(replace(STANDARD, lr_d=1e-2)),
    "... with R1, γ = 0.01": lambda: StandardGAN(replace(STANDARD, lr_d=1e-2, r1_weight=0.01)),
    "WGAN, clipped at 0.1": lambda: WGAN(replace(CLIPPED, steps=LESSON.steps)),
    "constant rates": lambda: WGANGP(replace(LESSON, decay_start=1.0)),
    "WGAN-GP on the ring": lambda: WGANGP(LESSON),
}


def measured(name: str, seed: int) -> dict[str, float]:
    """One run: modes with at least 20 good samples of 20,000, share of good samples, total
    variation over modes, and CPU seconds."""
    torch.set_num_threads(1)
    data = load("ring" if name.endswith("ring") else "grid")
    torch.manual_seed(seed)
    model = RUNS[name]()
    start = time.process_time()
    fit(model, data, seed=seed)
    seconds = time.process_time() - start
    with model.evaluating():
        modes = count_modes(model.sample(SAMPLES), data)
    return {
        "found": modes.found,
        "good": round(modes.good, 4),
        "variation": round(modes.variation, 4),
        "seconds": round(seconds),
    }


if __name__ == "__main__":
    run_study(
        "critics", __doc__, RUNS, measured, lambda: {"steps": LESSON.steps, "samples": SAMPLES}
    )
