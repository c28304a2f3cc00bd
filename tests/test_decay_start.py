"""Where a configuration says when its rates begin to fall, they do: `decay_start` reaches both
schedules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from gan_course.models import CGAN, DCGAN, WGANGP, CGANConfig, DCGANConfig, WGANGPConfig

CASES = pytest.mark.parametrize(
    ("kind", "config"),
    [
        (DCGAN, DCGANConfig(width=2, latent_dim=4, steps=8)),
        (CGAN, CGANConfig(width=2, latent_dim=4, embedding_dim=2, steps=8)),
        (WGANGP, WGANGPConfig(hidden=(4,), steps=8)),
    ],
    ids=["dcgan", "cgan", "wgan_gp"],
)


def shares(model: Any, steps: int) -> set[float]:
    """Each optimiser's rate after so many steps of its schedule, over the rate it began with."""
    before = model.learning_rates()
    for schedule in [value for name, value in vars(model).items() if name.startswith("schedule_")]:
        for _ in range(steps):
            schedule.optimizer.step()
            schedule.step()
    return {round(rate / before[name], 6) for name, rate in model.learning_rates().items()}


@CASES
@pytest.mark.parametrize(("start", "after_six_of_eight"), [(1.0, 1.0), (0.5, 0.5), (0.0, 0.25)])
def test_rates_fall_in_a_straight_line_from_decay_start_on(
    kind: Any, config: Any, start: float, after_six_of_eight: float
) -> None:
    torch.manual_seed(0)
    assert shares(kind(replace(config, decay_start=start)), steps=6) == {after_six_of_eight}
