"""The curves that a run leaves for TensorBoard, no step twice."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gan_course import processes
from gan_course.data import Gaussian
from gan_course.models import GAN, GANConfig
from gan_course.training import Hook, Run, fit, sessions
from gan_course.training.history import FLUSH_EVERY, History
from gan_course.training.sessions import Sessions, TensorBoard, has_tensorboard

SMALL = GANConfig(hidden=(4,), batch_size=8, steps=6)
DATA = Gaussian(2.0, 1.0)


def a_run() -> Run:
    """A run that is driven by hand, as far as a killed one comes: nothing is told of its end."""
    return Run(GAN(SMALL), DATA, total=1000, seed=0, history=History())


def drive(
    run: Run, hook: Hook, to_step: int, session: float = 0, flushed_at: int | None = None
) -> None:
    """Steps that record a value of their own and the session they were done in."""
    for step in range(run.step + 1, to_step + 1):
        run.history.append({"generator": torch.tensor(step / 7), "session": torch.tensor(session)})
        run.step = step
        if step == flushed_at:  # as a checkpoint does
            run.history.flush()
        hook.after_step(run)


def events(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """The curves as TensorBoard itself reads them: (step, value) by name."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accumulator = EventAccumulator(str(folder))
    accumulator.Reload()
    return {
        name: [(event.step, event.value) for event in accumulator.Scalars(name)]
        for name in accumulator.Tags()["scalars"]
    }


def test_tensorboard_is_found_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert has_tensorboard()
    monkeypatch.setattr(sessions, "find_spec", lambda name: None if name == "tensorboard" else name)
    assert not has_tensorboard()


def test_every_value_of_a_run_is_read_back_by_tensorboard_at_its_step(tmp_path: Path) -> None:
    model = GAN(SMALL)
    history = fit(model, DATA, hooks=[TensorBoard(tmp_path)])
    assert events(tmp_path) == {
        name: list(zip(history.steps, history[name], strict=True)) for name in history.names
    }
    assert "generator" in history.names


@pytest.mark.parametrize("steps", [1, FLUSH_EVERY, FLUSH_EVERY + 3])
def test_what_still_waited_is_written_at_the_end(tmp_path: Path, steps: int) -> None:
    run, hook = a_run(), TensorBoard(tmp_path)
    hook.start(run)
    drive(run, hook, steps)
    run.history.flush()
    hook.end(run)
    assert events(tmp_path)["generator"] == [
        (step, torch.tensor(step / 7).item()) for step in range(1, steps + 1)
    ]


def test_curves_can_be_looked_at_while_the_run_goes_on_and_never_make_values_come_over_early(
    tmp_path: Path,
) -> None:
    run, hook = a_run(), TensorBoard(tmp_path)
    hook.start(run)
    for to_step, flushed_at, shown in (
        (2, 2, 2),
        (FLUSH_EVERY + 1, None, 2),
        (FLUSH_EVERY + 2, None, FLUSH_EVERY + 2),
    ):
        drive(run, hook, to_step, flushed_at=flushed_at)
        assert [step for step, _ in events(tmp_path)["generator"]] == list(range(1, shown + 1))
        assert run.history.arrived == shown
    hook.end(run)


def test_a_value_that_is_not_finite_is_shown_as_what_it_is(tmp_path: Path) -> None:
    run, hook = a_run(), TensorBoard(tmp_path)
    hook.start(run)
    for value in (float("nan"), float("inf")):
        run.history.append({"generator": torch.tensor(value)})
        run.step += 1
    run.history.flush()
    hook.end(run)
    (_, first), (_, second) = events(tmp_path)["generator"]
    assert (math.isnan(first), second) == (True, math.inf)


@pytest.mark.parametrize(
    ("checkpoint", "killed", "total"),
    [(120, 130, 150), (100, 100, 101), (120, 250, 180), (0, 150, 130)],
)
def test_a_run_that_was_killed_and_resumed_shows_every_step_once_and_that_of_the_run_that_counts(
    tmp_path: Path, checkpoint: int, killed: int, total: int
) -> None:
    first, hook = a_run(), TensorBoard(tmp_path)
    hook.start(first)
    drive(first, hook, killed, flushed_at=checkpoint)
    # the names of event files are in order from second to second only
    time.sleep(1.01 - time.time() % 1)
    second, again = a_run(), TensorBoard(tmp_path)
    drive(second, Hook(), checkpoint)  # what is taken over from the checkpoint
    second.history.flush()
    again.start(second)
    drive(second, again, total, session=1)
    second.history.flush()
    again.end(second)
    shown = events(tmp_path)
    assert shown["generator"] == [
        (step, torch.tensor(step / 7).item()) for step in range(1, total + 1)
    ]
    assert shown["session"] == [(step, float(step > checkpoint)) for step in range(1, total + 1)]
    hook.end(first)


@pytest.mark.parametrize(
    "make",
    [lambda folder: Sessions(folder / "sessions.json"), TensorBoard],
    ids=["sessions", "tensorboard"],
)
def test_only_the_first_of_several_processes_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Any]
) -> None:
    for rank, files in ((1, 0), (0, 1)):
        monkeypatch.setattr(processes, "rank", lambda rank=rank: rank)
        run, hook = a_run(), make(tmp_path)
        hook.start(run)
        run.last_checkpoint = tmp_path / "a new one"
        drive(run, hook, FLUSH_EVERY)
        hook.end(run)
        assert len(list(tmp_path.iterdir())) == files
