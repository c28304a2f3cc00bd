"""The 25 Gaussians of the grid, learned in several ways: lesson 05's tables.

The lesson's WGAN-GP; the standard GAN at two rates of the discriminator and with R1; the clipped
critic; and WGAN-GP with other λ, with other numbers of critic steps for one of the generator, with
rates that stay as they began, and on the ring of eight. The networks, the generator's steps and the
real samples in each step of an opponent are the lesson's throughout. Other things are not: the
standard GAN's discriminator takes one step for one of the generator, where the lesson's critic
takes two and the clipped one five, and that one is trained by RMSprop at its own rates. Prints and
writes gan_course/studies/critics.json.

    python benchmarks/critics.py --seeds 3 --jobs 2
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Adam

from gan_course.data import load
from gan_course.files import write_atomically
from gan_course.metrics import count_modes
from gan_course.models import GAN, WGAN, WGANGP, GANConfig, Model
from gan_course.models.base import linear_decay
from gan_course.models.wgan import PROFILES as WGAN_PROFILES
from gan_course.models.wgan_gp import PROFILES
from gan_course.nets import EMA, MLPGenerator
from gan_course.training import fit

LESSON, CLIPPED = PROFILES["lesson"], WGAN_PROFILES["lesson"]
FILE = Path(__file__).parents[1] / "gan_course" / "studies" / "critics.json"
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


RUNS: dict[str, Callable[[], Model[Any]]] = {
    "WGAN-GP": lambda: WGANGP(LESSON),
    "standard GAN, D at 2e-3": lambda: StandardGAN(STANDARD),
    "standard GAN, D at 1e-2": lambda: StandardGAN(replace(STANDARD, lr_d=1e-2)),
    "... with R1, γ = 0.01": lambda: StandardGAN(replace(STANDARD, lr_d=1e-2, r1_weight=0.01)),
    "WGAN, clipped at 0.1": lambda: WGAN(replace(CLIPPED, steps=LESSON.steps)),
    "λ = 0": lambda: WGANGP(replace(LESSON, penalty_weight=0.0)),
    "λ = 0.01": lambda: WGANGP(replace(LESSON, penalty_weight=0.01)),
    "λ = 1": lambda: WGANGP(replace(LESSON, penalty_weight=1.0)),
    "λ = 10": lambda: WGANGP(replace(LESSON, penalty_weight=10.0)),
    "1 critic step": lambda: WGANGP(replace(LESSON, n_critic=1)),
    "5 critic steps": lambda: WGANGP(replace(LESSON, n_critic=5)),
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=3, help="runs of each kind")
    parser.add_argument("--jobs", type=int, default=2, help="runs side by side")
    parser.add_argument(
        "--only",
        choices=RUNS,
        nargs="+",
        default=list(RUNS),
        help="these kinds; the others stay as they are stored",
    )
    options = parser.parse_args()
    result: dict[str, Any] = {"steps": LESSON.steps, "samples": SAMPLES, "runs": {}}
    if FILE.exists():
        result["runs"] = json.loads(FILE.read_text(encoding="utf-8"))["runs"]
    wanted = [(name, seed) for name in options.only for seed in range(options.seeds)]
    with ProcessPoolExecutor(options.jobs) as pool:
        for (name, seed), found in zip(
            wanted, pool.map(measured, *zip(*wanted, strict=True)), strict=True
        ):
            print(name, seed, found, flush=True)
            result["runs"][name] = [*result["runs"].get(name, [])[:seed], found]
            stored = result | {
                "runs": {name: result["runs"][name] for name in RUNS if name in result["runs"]}
            }
            write_atomically(FILE, json.dumps(stored, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
