"""What a run leaves for people: an entry for each time it was started."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import torch

from gan_course import machine
from gan_course.data import Gaussian
from gan_course.models import GAN, GANConfig
from gan_course.training import Hook, Run, fit, sessions
from gan_course.training.checkpoint import Checkpoints, checkpoints
from gan_course.training.sessions import Sessions, read_sessions

SMALL = GANConfig(hidden=(4,), batch_size=8, steps=6)
DATA = Gaussian(2.0, 1.0)


def train(folder: Path, *hooks: Hook, steps: int = 6, checkpoint: Path | None = None) -> None:
    """A run that checkpoints every two steps and notes its sessions."""
    own = [Checkpoints(folder, every=2, keep=9), Sessions(folder / "sessions.json")]
    fit(GAN(SMALL), DATA, steps, hooks=[*own, *hooks], checkpoint=checkpoint)


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
