"""Runs of a dozen steps that checkpoints are tried with, and whether two states are equal."""

from __future__ import annotations

from typing import Any

import torch

from gan_course.data import Gaussian
from gan_course.models import GAN, GANConfig, Model
from gan_course.training import History, Hook, Run, fit

SMALL = GANConfig(hidden=(4,), batch_size=8, steps=12)
DATA = Gaussian(2.0, 1.0)


def flat(state: object) -> list[torch.Tensor]:
    if isinstance(state, torch.Tensor):
        return [state]
    values = (
        state.values()
        if isinstance(state, dict)
        else state
        if isinstance(state, list | tuple)
        else []
    )
    return [tensor for value in values for tensor in flat(value)]


def same(one: object, other: object) -> bool:
    pairs = list(zip(flat(one), flat(other), strict=True))
    return bool(pairs) and all(torch.equal(a, b) for a, b in pairs)


def a_run(model: Model[Any] | None = None, step: int = 1) -> Run:
    run = Run(model or GAN(SMALL), DATA, total=12, seed=1, history=History(), step=step)
    for _ in range(step):
        run.history.append({"generator": torch.tensor(0.1)})
    return run


def trained(*hooks: Hook, **options: Any) -> tuple[GAN, History]:
    torch.manual_seed(0)
    model = GAN(SMALL)
    return model, fit(model, DATA, hooks=hooks, seed=1, **options)
