"""The loop: it draws batches, calls `step`, records, and tells the hooks."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gan_course.data import Batch, Gaussian
from gan_course.modalities import LINE, PLANE
from gan_course.models import (
    GAN,
    GANConfig,
    Model,
)
from gan_course.training import Hook, Run, fit
from gan_course.training.checkpoint import Checkpoints, checkpoints

CONFIG = GANConfig(hidden=(8,), batch_size=16, steps=7)
DATA = Gaussian(2.0, 1.0)


class Witness(Model[GANConfig]):
    """Records what it is given; knows nothing of generators, as the loop should not either."""

    modalities = (LINE, PLANE)

    def __init__(self, config: GANConfig = CONFIG, fails_at: int | None = None) -> None:
        super().__init__(config)
        self.network = nn.Linear(1, 1)
        self.batches: list[Batch] = []
        self.noise: list[float] = []
        self.modes: list[bool] = []
        self.fails_at = fails_at

    def step(self, batch: Batch) -> dict[str, Tensor]:
        if len(self.batches) == self.fails_at:
            raise ArithmeticError("this step went wrong")
        self.batches.append(batch)
        self.modes.append(self.network.training)
        self.noise.append(torch.rand(()).item())
        return {"mean": batch.x.mean()}

    def sample(self, n: int) -> Tensor:
        return torch.zeros(n, 1)


class Diary(Hook):
    """Writes down when it was called, into a list that hooks may share."""

    def __init__(self, name: str, entries: list[str]) -> None:
        self.name, self.entries = name, entries

    def start(self, run: Run) -> None:
        self.entries.append(f"{self.name} start {run.step} of {run.total}")

    def after_step(self, run: Run) -> None:
        self.entries.append(f"{self.name} step {run.step}")

    def end(self, run: Run) -> None:
        self.entries.append(f"{self.name} end {run.step}")


def test_a_run_draws_batch_after_batch_of_the_configured_size() -> None:
    model = Witness()
    history = fit(model, DATA, seed=4)
    assert len(model.batches) == len(history) == CONFIG.steps
    for index, batch in enumerate(model.batches):
        assert torch.equal(batch.x, DATA.batch(index, CONFIG.batch_size, 4).x)
    assert history["mean"] == [batch.x.mean().item() for batch in model.batches]


def test_steps_take_the_place_of_those_configured() -> None:
    model = Witness()
    assert len(fit(model, DATA, steps=3)) == 3
    assert len(model.batches) == 3


def test_the_seed_decides_batches_and_noise() -> None:
    runs = [Witness() for _ in range(3)]
    for model, seed in zip(runs, (1, 1, 2), strict=True):
        torch.rand(seed)  # what was drawn before a run makes no difference
        fit(model, DATA, seed=seed)
    assert runs[0].noise == runs[1].noise
    assert all(torch.equal(a.x, b.x) for a, b in zip(runs[0].batches, runs[1].batches, strict=True))
    assert runs[0].noise != runs[2].noise
    assert not torch.equal(runs[0].batches[0].x, runs[2].batches[0].x)


def test_the_seed_decides_what_python_and_numpy_draw() -> None:
    drawn: list[tuple[float, float]] = []

    class Draw(Hook):
        def after_step(self, run: Run) -> None:
            drawn.append((random.random(), float(np.random.rand())))

    for seed in (1, 1, 2):
        fit(Witness(), DATA, steps=1, seed=seed, hooks=[Draw()])
    assert drawn[0] == drawn[1]
    assert drawn[0][0] != drawn[2][0]
    assert drawn[0][1] != drawn[2][1]


def test_a_model_learns_in_training_mode() -> None:
    model = Witness()
    model.eval()
    fit(model, DATA, steps=2)
    assert model.modes == [True, True]


def test_batches_go_to_the_models_device() -> None:
    with torch.device("meta"):
        model = Witness()
    # the history asks for values, which nothing on meta has; by then the steps are done
    with pytest.raises(RuntimeError):
        len(fit(model, DATA, steps=2))
    assert [batch.x.device.type for batch in model.batches] == ["meta", "meta"]


def test_hooks_are_told_of_start_and_every_step_in_their_order_and_of_the_end_in_reverse() -> None:
    entries: list[str] = []
    fit(Witness(), DATA, steps=2, hooks=[Diary("a", entries), Diary("b", entries)])
    assert entries[:2] == ["a start 0 of 2", "b start 0 of 2"]
    assert entries[2:6] == ["a step 1", "b step 1", "a step 2", "b step 2"]
    assert entries[6:] == ["b end 2", "a end 2"]


def test_hooks_see_the_model_the_data_the_seed_and_the_history_so_far() -> None:
    seen: list[Any] = []

    class Look(Hook):
        def after_step(self, run: Run) -> None:
            seen.append((run.model, run.data, run.seed, len(run.history)))

    model = Witness()
    fit(model, DATA, steps=2, hooks=[Look()], seed=9)
    assert seen == [(model, DATA, 9, 1), (model, DATA, 9, 2)]


def test_hooks_are_told_of_the_end_also_when_a_step_fails() -> None:
    entries: list[str] = []
    with pytest.raises(ArithmeticError, match="this step went wrong"):
        fit(Witness(fails_at=2), DATA, hooks=[Diary("a", entries)])
    assert entries == ["a start 0 of 7", "a step 1", "a step 2", "a end 2"]


def test_hooks_are_told_of_the_end_also_when_another_hook_fails_or_the_user_stops_the_run() -> None:
    class Stop(Hook):
        def after_step(self, run: Run) -> None:
            raise KeyboardInterrupt

    entries: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        fit(Witness(), DATA, hooks=[Diary("a", entries), Stop(), Diary("b", entries)])
    assert entries == ["a start 0 of 7", "b start 0 of 7", "a step 1", "b end 1", "a end 1"]


def test_a_hook_that_fails_at_the_end_does_not_keep_the_end_from_others() -> None:
    class Fail(Hook):
        def end(self, run: Run) -> None:
            raise OSError("the disk is full")

    entries: list[str] = []
    with pytest.raises(OSError, match="the disk is full"):
        fit(Witness(), DATA, steps=1, hooks=[Diary("a", entries), Fail(), Diary("b", entries)])
    assert {"a end 1", "b end 1"} <= set(entries)


def test_a_hook_that_never_started_is_not_told_of_an_end() -> None:
    class Fail(Hook):
        def start(self, run: Run) -> None:
            raise OSError("the disk is full")

    entries: list[str] = []
    with pytest.raises(OSError, match="the disk is full"):
        fit(Witness(), DATA, steps=1, hooks=[Diary("a", entries), Fail(), Diary("b", entries)])
    assert entries == ["a start 0 of 1", "a end 0"]


@pytest.mark.parametrize("seed", [np.int64(3), torch.tensor(3)])
def test_a_seed_may_be_a_whole_number_of_another_library(seed: Any) -> None:
    assert fit(Witness(), DATA, seed=seed)["mean"] == fit(Witness(), DATA, seed=3)["mean"]


@pytest.mark.parametrize("steps", [0, -1])
def test_a_run_of_no_steps_is_refused(steps: int) -> None:
    with pytest.raises(ValueError, match=f"^steps must be at least 1, got {steps}$"):
        fit(Witness(), DATA, steps=steps)


def test_more_steps_than_the_schedules_are_laid_over_are_refused_before_anything_starts() -> None:
    model = Witness()
    with pytest.raises(
        ValueError,
        match=r"this Witness was built for 7 steps, .*: build it with steps=8 in its configuration",
    ):
        fit(model, DATA, steps=8)
    assert not model.batches


def test_ctrl_c_waits_for_the_step_and_its_hooks_and_leaves_a_checkpoint(tmp_path: Path) -> None:
    class Pressed(GAN):
        taken = 0

        def step(self, batch: Batch) -> dict[str, Tensor]:
            self.taken += 1
            if self.taken == 4:
                os.kill(os.getpid(), signal.SIGINT)
            return super().step(batch)

    entries: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        fit(Pressed(CONFIG), DATA, hooks=[Checkpoints(tmp_path), Diary("a", entries)])
    assert entries[-2:] == ["a step 4", "a end 4"]
    assert [path.name for path in checkpoints(tmp_path)] == ["step-000000004.pt"]
    resumed = Pressed(CONFIG)
    resumed.taken = 4
    assert fit(resumed, DATA, checkpoint=tmp_path / "step-000000004.pt").steps == range(1, 8)


def test_ctrl_c_in_the_last_step_changes_nothing() -> None:
    class Press(Hook):
        def after_step(self, run: Run) -> None:
            if run.step == run.total:
                os.kill(os.getpid(), signal.SIGINT)

    assert len(fit(Witness(), DATA, hooks=[Press()])) == 7


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_some_generator_does_not_take_is_refused(seed: int) -> None:
    model = Witness()
    with pytest.raises(
        ValueError, match=f"seed must be a whole number from 0 to 2\\^32 - 1, got {seed}"
    ):
        fit(model, DATA, seed=seed)
    assert not model.batches


@pytest.mark.parametrize("steps", [2.0, "3", True])
def test_a_number_of_steps_that_is_no_whole_number_is_refused(steps: Any) -> None:
    with pytest.raises(TypeError, match="steps must be a whole number of at least 1"):
        fit(Witness(), DATA, steps=steps)


def test_the_plain_gan_learns_where_the_data_lies() -> None:
    torch.manual_seed(0)
    model = GAN(GANConfig(steps=300, batch_size=64, lr_g=4e-3))
    before = model.sample(2000).mean().item()
    fit(model, DATA)
    assert abs(before - 2) > 1
    assert abs(model.sample(2000).mean().item() - 2) < 0.5
