"""Families trained by several processes that share the noise of one, so that what they learn from
averaged gradients can be compared with what one process learns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, distributed

from gan_course import processes
from gan_course.data import digits, gaussians, plane
from gan_course.models import DCGAN, GAN, WGANGP, DCGANConfig, GANConfig, Model, WGANGPConfig
from gan_course.random_state import seed_everything
from gan_course.training import Hook, Run, fit
from tests.families.autoencoder import Autoencoder, AutoencoderConfig
from tests.families.waves import WaveGAN, WaveGANConfig, tones

STEPS = 50
# Without batch norm, since a process normalises its own part, and without a pool, since a process
# has its own.
FAMILIES: dict[str, tuple[Callable[[], Model[Any]], Callable[[], Any]]] = {
    "gan": (lambda: GAN(GANConfig(hidden=(8,), batch_size=8, steps=STEPS)), gaussians.mixture),
    "dcgan": (
        lambda: DCGAN(DCGANConfig(width=2, batch_norm=False, batch_size=8, steps=STEPS)),
        digits.packaged_digits,
    ),
    "autoencoder": (lambda: Autoencoder(AutoencoderConfig(steps=STEPS)), digits.packaged_digits),
    "wgan_gp": (lambda: WGANGP(WGANGPConfig(hidden=(8,), batch_size=8, steps=STEPS)), plane.grid),
    "wave_gan": (lambda: WaveGAN(WaveGANConfig(steps=STEPS)), tones),
}


class SameDraws(Hook):
    """Every process draws the noise and the mixing weights of the whole batch, and keeps its
    part."""

    def start(self, run: Run) -> None:
        seed_everything(7)
        for name in ("noise", "epsilon"):
            if hasattr(run.model, name):
                setattr(run.model, name, self.part_of(getattr(run.model, name)))

    def part_of(self, draw: Callable[[int], Tensor]) -> Callable[[int], Tensor]:
        return lambda n: draw(n * processes.count())[processes.share(n * processes.count())]


def trained(name: str) -> dict[str, Any]:
    """Weights and losses after training."""
    build, data = FAMILIES[name]
    torch.manual_seed(0)
    model = build()
    history = fit(model, data(), hooks=[SameDraws()], seed=3)
    return {"weights": model.weights(), "losses": {name: history[name] for name in history.names}}


def train_together(rank: int, count: int, folder: str) -> None:
    """What each of `count` processes does; each writes what it ended with."""
    distributed.init_process_group(
        "gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=count
    )
    torch.save({name: trained(name) for name in FAMILIES}, Path(folder) / f"{rank}.pt")
    distributed.destroy_process_group()
