"""`gan-course runs`: what is in the runs, how far they are, and how to go on with them."""

from __future__ import annotations

import re
import shlex
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gan_course.commands.runs import LEVELS
from gan_course.models import GAN
from gan_course.training.run_folder import RunFolder
from tests.cli.run_folders import RECIPE, SESSION, make, row
from tests.command import Command


def test_a_finished_run_is_shown_with_all_that_decides_it(course: Command) -> None:
    make("runs/a", finished=True)
    outcome = course("runs")
    assert outcome.code == 0
    assert row(outcome, "runs/a") == ["runs/a", "gan", "mixture", "17", "finished, 4,000 steps"]
    assert "Go on with" not in outcome.out


def test_a_stopped_run_is_shown_at_its_newest_checkpoint_with_the_command_that_goes_on(
    course: Command,
) -> None:
    folder = make("runs/a", checkpoints=(900, 1000, 1100))
    (folder.checkpoints / "best.pt").touch()
    (folder.checkpoints / "step-mine.pt").touch()
    outcome = course("runs")
    assert row(outcome, "runs/a")[4] == "stopped at step 1,100 of 4,000"
    assert outcome.out.endswith("\nGo on with:\n  gan-course train gan --out runs/a --resume\n")


def test_a_run_without_a_checkpoint_is_told_apart_from_one_that_was_never_begun(
    course: Command,
) -> None:
    make("runs/never")
    make("runs/started", sessions=[SESSION | {"to_step": 0}])
    make("runs/lost", sessions=[SESSION])
    outcome = course("runs")
    assert row(outcome, "runs/never")[4] == "not begun, 0 of 4,000 steps"
    assert row(outcome, "runs/started")[4] == "not begun, 0 of 4,000 steps"
    assert row(outcome, "runs/lost")[4] == "stopped before a checkpoint, 0 of 4,000 steps"
    assert outcome.out.count("--resume\n") == 3


def test_the_command_that_goes_on_does_so(course: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    original, done = GAN.step, [0]

    def break_at_the_fifth(self: GAN, batch: Any) -> Any:
        done[0] += 1
        if done[0] == 5:
            raise OSError(28, "No space left on device", "x")
        return original(self, batch)

    monkeypatch.setattr(GAN, "step", break_at_the_fifth)
    options = ("--steps", 6, "--checkpoint-every", 2, "--out", "my runs/[a]")
    assert course("train", "gan", *options).code == 2
    outcome = course("runs", "my runs")
    name, *what, state = row(outcome, "my runs/[a]")[:5]
    assert (name, what) == ("my runs/[a]", ["gan", "gaussian", "0"])
    assert state == "stopped at step 4 of 6"
    program, *arguments = shlex.split(outcome.out.splitlines()[-1])
    assert program == "gan-course"
    assert course(*arguments).code == 0
    outcome = course("runs", "my runs", "--wide")
    state, clock, memory, began = row(outcome, "my runs/[a]")[4:8]
    assert state == "finished, 6 steps"
    assert re.fullmatch(r"0:0\d", clock)
    assert re.fullmatch(r"[\d,]+ MiB", memory)
    now = datetime.now()  # noqa: DTZ005
    assert abs((now - datetime.fromisoformat(began)).total_seconds()) < 200


@pytest.mark.usefixtures("east")
def test_time_is_summed_and_memory_the_most_over_the_sessions_and_the_first_says_when_it_was_begun(
    course: Command,
) -> None:
    second = SESSION | {
        "began": "2026-03-04T05:06:07+00:00",
        "cpu_seconds": 3600,
        "peak_memory_mib": {"main": 900, "gpu": 20_000},
    }
    make("runs/a", checkpoints=(60,), sessions=[SESSION, second])
    outcome = course("runs")
    assert row(outcome, "runs/a")[5:] == ["1:01:10", "1,500 MiB", "2026-01-02 08:34"]
    assert "GPU 20,000 MiB" in outcome.out


def test_machine_and_commit_are_shown_where_they_are_asked_for(course: Command) -> None:
    other = SESSION | {
        "machine": {"processor": "Abacus 9", "gpu": "H2000"},
        "commit": SESSION["commit"] + "+",
    }
    make("runs/a", sessions=[SESSION, SESSION, other])
    assert "Abacus" not in course("runs").out
    outcome = course("runs", "--wide")
    assert row(outcome, "runs/a")[-2:] == ["Abacus 9", "012345678"]
    assert outcome.out.count("Abacus 9") == 1
    assert re.search(r"^ +H2000 +012345678\+ *$", outcome.out, re.MULTILINE)


def test_runs_are_found_some_levels_deep_in_the_order_people_count_but_not_among_checkpoints(
    course: Command,
) -> None:
    deepest = "/".join(["runs", *"xyz"[:LEVELS]])
    found = ["runs/gan-10", "runs/gan-2", "runs/b-3", "runs/gan-2/again", deepest]
    for path in [*found, f"{deepest}/deeper", "runs/.hidden", "runs/gan-2/checkpoints/a"]:
        RunFolder(Path(path)).create(RECIPE)
    rows = [line.split()[0] for line in course("runs").out.splitlines() if line.startswith("runs/")]
    assert rows == ["runs/b-3", "runs/gan-2", "runs/gan-2/again", "runs/gan-10", deepest]


def test_a_run_itself_can_be_asked_about(course: Command, tmp_path: Path) -> None:
    make("elsewhere/a", checkpoints=(7,))
    assert row(course("runs", "elsewhere/a"), "elsewhere/a")[4] == "stopped at step 7 of 4,000"
    assert course("runs", tmp_path / "elsewhere").out.count(str(tmp_path / "elsewhere" / "a")) == 2


def test_fifty_runs_are_listed_in_a_second_of_cpu_time(course: Command) -> None:
    first = make("runs/0", checkpoints=(1, 2, 3), finished=True, sessions=[SESSION] * 3)
    for number in range(1, 50):
        shutil.copytree(first.path, f"runs/{number}")
    began = time.process_time()
    outcome = course("runs")
    assert time.process_time() - began < 1
    assert outcome.out.count("finished") == 50
