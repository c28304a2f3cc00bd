"""A loss that is no longer finite stops the run, and says where, what, and what is left."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from gan_course.data import Batch, Gaussian
from gan_course.models import GAN, GANConfig
from gan_course.training import fit
from gan_course.training.checkpoint import Checkpoints, checkpoints
from gan_course.training.hooks import DivergenceError

CONFIG = GANConfig(hidden=(8,), batch_size=16, steps=7)
DATA = Gaussian(2.0, 1.0)


class Poisoned(GAN):
    """Its discriminator's loss is `value` at step `at`, and fine before and after."""

    at, value, name = 5, float("nan"), "discriminator"
    taken = 0

    def step(self, batch: Batch) -> dict[str, Tensor]:
        self.taken += 1
        record = super().step(batch)
        return record | {self.name: torch.tensor(self.value)} if self.taken == self.at else record


LONG = GANConfig(hidden=(4,), batch_size=8, steps=250, lr_d=0.004, lr_g=0.001)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("name", ["generator", "gradient_norm_g"])
def test_a_value_that_is_not_finite_stops_the_run_with_its_step_its_name_and_the_learning_rates(
    value: float, name: str
) -> None:
    model = Poisoned(LONG)
    model.value, model.name, model.at = value, name, 130
    # four steps of 125 into their fall
    rates = r"\(learning rates: optimizer_g 0.000968, optimizer_d 0.00387\)"
    with pytest.raises(
        DivergenceError,
        match=rf"^{name} became {value} at step 130 {rates}; there is no checkpoint before it$",
    ):
        fit(model, DATA)
    assert model.taken == 200, (
        "no step waits for the device: what a step recorded is looked at a hundred steps at a time"
    )


def test_of_several_values_that_are_not_finite_the_first_is_named() -> None:
    model = Poisoned(GANConfig(hidden=(4,), batch_size=8, steps=20, lr_g=1e30))
    with pytest.raises(DivergenceError, match="became nan at step 2 "):
        fit(model, DATA)


def test_a_run_that_diverges_at_its_very_end_is_stopped_too() -> None:
    model = Poisoned(CONFIG)
    model.at = CONFIG.steps
    with pytest.raises(DivergenceError, match="discriminator became nan at step 7 "):
        fit(model, DATA)


def test_no_checkpoint_is_written_after_a_run_has_diverged(tmp_path: Path) -> None:
    model = Poisoned(LONG)
    with pytest.raises(
        DivergenceError, match=r"at step 5 .*; the last good checkpoint is .*step-000000004\.pt$"
    ):
        fit(model, DATA, hooks=[Checkpoints(tmp_path, every=2)])
    assert [path.stem for path in checkpoints(tmp_path)] == ["step-000000002", "step-000000004"]
