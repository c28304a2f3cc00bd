"""Who plays, and on which terms: as many steps as fit into a time, networks of a given size."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

import torch
from torch import Tensor

from gan_course.catalogue import catalogue
from gan_course.data import load
from gan_course.models.base import Model
from gan_course.models.config import Config, for_data, plain
from gan_course.training.fit import expect_learns, fit

TRIALS, TRIAL_STEPS, WIDEST = 3, 24, 256
Key = tuple[str, str]  # a table and a model


@dataclass(frozen=True)
class Entrant:
    """How a model of the catalogue plays."""

    title: str
    fields: Mapping[str, Any] = field(default_factory=dict)  # set beside its lesson's profile
    units: int = 0  # of each dense layer, for one of width, where networks of another size have any


UNTOLD = {"drop_label": 1.0}  # nobody is told the classes
ENTRANTS = {
    "dcgan": Entrant("GAN"),
    "wgan_gp": Entrant("WGAN-GP"),
    "vae": Entrant("VAE", {"binarise": "never"}),  # and the digits are grey for all
    "vae_gan": Entrant("VAE-GAN"),
    "ddpm": Entrant("diffusion", UNTOLD),
    "latent_diffusion": Entrant("latent diffusion", UNTOLD, units=16),
    "flow": Entrant("flow", UNTOLD),
}


def entrant(model: str) -> Entrant:
    """How `model` plays: as `ENTRANTS` says, else as its lesson has it."""
    return ENTRANTS.get(model, Entrant(model))


def configuration(model: str) -> Config:
    """That of `model` for digits; `ValueError` for an unknown model, or one that cannot draw
    them."""
    entry, digits = catalogue().model(model), load("digits")
    expect_learns(entry.kind, digits)
    profile = entry.profile_for("lesson", "digits", digits.modality.name)
    return replace(for_data(entry.configuration(profile), digits), **entrant(model).fields)


def learned(model: Model[Any]) -> set[Tensor]:
    """The parameters that `model` learns, a discriminator's too; averages are copies."""
    groups = [group for one in model.optimizers().values() for group in one.param_groups]
    return {weight for group in groups for weight in group["params"]}


def count(weights: Iterable[Tensor]) -> int:
    """Of how many numbers `weights` consist."""
    return sum(weight.numel() for weight in weights)


def sized(model: str, parameters: int) -> Config:
    """The configuration with the width at which `model` learns most nearly so many
    `parameters`."""
    usual, off = configuration(model), float("inf")
    nearest = usual
    if "width" not in plain(usual):
        raise ValueError(
            f"{model!r} has no width to choose, so its size stays as it is: leave it out of "
            "--models, or ask for --table time"
        )
    for width in range(1, WIDEST):
        wider: Any = {"width": width}
        if units := entrant(model).units:
            wider["hidden"] = (units * width,) * 3
        with torch.device("meta"):  # where nothing is filled
            built = catalogue().model(model).kind(replace(usual, **wider))
        if abs(count(learned(built)) - parameters) > off:
            break
        nearest, off = built.config, abs(count(learned(built)) - parameters)
    return nearest


def laid_over(configs: Mapping[Key, Config], cpu_seconds: float) -> dict[Key, Config]:
    """The same with as many steps as take `cpu_seconds` on one core of this machine: the median of
    several short runs, in turn, so that a busy moment slows all alike."""
    spent: dict[Key, list[float]] = {key: [] for key in configs}
    for _ in range(TRIALS):
        for key, config in configs.items():
            model = catalogue().model(key[1]).kind(replace(config, steps=TRIAL_STEPS))
            start = time.process_time()
            fit(model, load("digits"))
            spent[key].append((time.process_time() - start) / TRIAL_STEPS)
    found = {}
    for key, config in configs.items():
        step = median(spent[key])
        if not step <= cpu_seconds < float("inf"):  # written so that NaN fails too
            raise ValueError(
                f"a step of {key[1]!r} takes {step:.2g} s, so --cpu-seconds must be at least that, "
                f"got {cpu_seconds:g}"
            )
        found[key] = replace(config, steps=int(cpu_seconds / step))
    return found
