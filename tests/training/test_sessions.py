"""What a run leaves for people: an entry for each time it was started, and its curves for
TensorBoard, no step twice."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import torch

from gan_course import machine, processes
from gan_course.data import Gaussian
from gan_course.models import GAN, GANConfig
from gan_course.training import Hook, Run, fit, sessions
from gan_course.training.checkpoint import Checkpoints, checkpoints
from gan_course.training.history import FLUSH_EVERY, History
from gan_course.training.sessions import Sessions, TensorBoard, has_tensorboard, read_sessions

SMALL = GANConfig(hidden=(4,), batch_size=8, steps=6)
DATA = Gaussian(2.0, 1.0)


def train(folder: Path, *hooks: Hook, steps: int = 6, checkpoint: Path | None = None) -> None:
    """A run that checkpoints every two steps and notes its sessions."""
    model = GAN(SMALL)
    fit(
        model,
        DATA,
        steps,
        hooks=[Checkpoints(folder, every=2, keep=9), Sessions(folder / "sessions.json"), *hooks],
        checkpoint=checkpoint,
    )


class Failing(Hook):
    """Ends a run by an error after a step."""

    def __init__(self, step: int) -> None:
        self.step = step

    def after_step(self, run: Run) -> None:
        if run.step == self.step:
            raise ArithmeticError


def fail_at(step: int, folder: Path, checkpoint: Path | None = None) -> None:
    with pytest.raises(ArithmeticError):
        train(folder, Failing(step), checkpoint=checkpoint)


def spans(folder: Path) -> list[tuple[int, int]]:
    return [
        (entry["from_step"], entry["to_step"]) for entry in read_sessions(folder / "sessions.json")
    ]


def test_a_session_notes_where_by_what_and_at_what_cost_it_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "commit", lambda: "abc+")
    train(tmp_path)
    (entry,) = json.loads((tmp_path / "sessions.json").read_text())
    began = datetime.fromisoformat(entry.pop("began"))
    assert timedelta() <= datetime.now(UTC) - began < timedelta(minutes=1)
    assert entry.pop("seconds") >= 0
    assert entry.pop("cpu_seconds") >= 0
    assert entry.pop("peak_memory_mib")["main"] == pytest.approx(
        machine.peak_memory(torch.device("cpu"))["main"], abs=20
    )
    assert entry == {
        "from_step": 0,
        "to_step": 6,
        "machine": machine.machine(torch.device("cpu")),
        "device": "cpu",
        "processes": 1,
        "versions": machine.versions(),
        "commit": "abc+",
    }


def test_time_and_cpu_time_are_told_apart(tmp_path: Path) -> None:
    class Work(Hook):
        def after_step(self, run: Run) -> None:
            if run.step == 1:
                time.sleep(0.4)
                end = time.process_time() + 0.3
                while time.process_time() < end:
                    pass

    train(tmp_path, Work())
    (entry,) = read_sessions(tmp_path / "sessions.json")
    assert 0.3 <= entry["cpu_seconds"] <= entry["seconds"] - 0.3
    assert entry["seconds"] >= 0.7


def test_every_start_of_a_run_has_an_entry_and_they_follow_each_other(tmp_path: Path) -> None:
    fail_at(2, tmp_path)
    fail_at(4, tmp_path, checkpoints(tmp_path)[-1])
    train(tmp_path, checkpoint=checkpoints(tmp_path)[-1])
    assert spans(tmp_path) == [(0, 2), (2, 4), (4, 6)]
    moments = [entry["began"] for entry in read_sessions(tmp_path / "sessions.json")]
    assert moments == sorted(moments)


def test_steps_that_were_lost_with_a_session_are_not_counted_as_its_own(tmp_path: Path) -> None:
    fail_at(5, tmp_path)
    assert spans(tmp_path) == [(0, 5)]
    train(tmp_path, checkpoint=tmp_path / "step-000000002.pt")
    assert spans(tmp_path) == [(0, 2), (2, 6)]


def test_a_session_that_ended_before_its_first_checkpoint_keeps_its_entry(tmp_path: Path) -> None:
    fail_at(1, tmp_path)
    train(tmp_path)
    assert spans(tmp_path) == [(0, 0), (0, 6)]


def test_a_session_that_a_damaged_checkpoint_made_useless_counts_no_steps(tmp_path: Path) -> None:
    fail_at(5, tmp_path)
    fail_at(6, tmp_path, tmp_path / "step-000000004.pt")
    train(tmp_path, checkpoint=tmp_path / "step-000000002.pt")
    assert spans(tmp_path) == [(0, 2), (2, 2), (2, 6)]


def test_a_killed_session_leaves_what_it_had_done_at_its_start_and_at_each_checkpoint(
    tmp_path: Path,
) -> None:
    seen: list[int] = []

    class Look(Hook):
        def start(self, run: Run) -> None:
            self.after_step(run)

        def after_step(self, run: Run) -> None:
            seen.append(spans(tmp_path)[-1][1])

    train(tmp_path, Look())
    assert seen == [0, 0, 2, 2, 4, 4, 6]


@pytest.mark.parametrize(
    "damage",
    [
        None,
        b"",
        b"[{",
        b"\xff\x00",
        b"null",
        b"3",
        b'{"to_step": 2}',
        b"[3, null, []]",
        b'[{"from_step": 0}]',
    ],
)
def test_a_file_that_is_missing_or_damaged_is_no_obstacle(
    tmp_path: Path, damage: bytes | None
) -> None:
    fail_at(4, tmp_path)
    if damage is None:
        (tmp_path / "sessions.json").unlink()
    else:
        (tmp_path / "sessions.json").write_bytes(damage)
    assert read_sessions(tmp_path / "sessions.json") == []
    train(tmp_path, checkpoint=checkpoints(tmp_path)[-1])
    assert spans(tmp_path) == [(4, 6)]


def test_of_a_damaged_file_the_whole_entries_are_kept(tmp_path: Path) -> None:
    (tmp_path / "sessions.json").write_text(
        '[{"to_step": 3, "from_step": 0}, "noise", {"to_step": 4, "from_step": 3}]'
    )
    assert spans(tmp_path) == [(0, 3), (3, 4)]


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
