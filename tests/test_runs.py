"""`gan-course runs`: what is in the runs, how far they are, and what it says where there is none or
one is damaged."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gan_course.commands.runs import LEVELS
from gan_course.models import GAN, GANConfig
from gan_course.models.config import plain
from gan_course.training.run_folder import Recipe, RunFolder
from tests.command import Command, Outcome

RECIPE = Recipe(
    "gan",
    plain(GANConfig(hidden=(4,), batch_size=8, steps=4000)),
    "mixture",
    "packaged",
    17,
    "lesson",
    "cpu",
)
SESSION = {
    "began": "2026-01-02T03:04:05+00:00",
    "from_step": 0,
    "to_step": 30,
    "machine": {"processor": "Abacus 9"},
    "commit": "0123456789abcdef0123456789abcdef01234567",
    "cpu_seconds": 70.4,
    "peak_memory_mib": {"main": 1500},
}


@pytest.fixture
def east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock on the wall is five hours and a half before that of the world."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EAST-05:30")
        time.tzset()
        yield
    time.tzset()


def row(outcome: Outcome, folder: str) -> list[str]:
    """The cells of a run's row, which are two spaces apart."""
    (line,) = [line for line in outcome.out.splitlines() if line.startswith(f"{folder} ")]
    return re.split(r" {2,}", line.strip())


def make(
    path: str | Path,
    checkpoints: tuple[int, ...] = (),
    finished: bool = False,
    sessions: object = None,
) -> RunFolder:
    """A run's folder, with what `gan-course runs` looks at."""
    folder = RunFolder(Path(path))
    folder.create(RECIPE)
    folder.checkpoints.mkdir()
    for step in checkpoints:
        (folder.checkpoints / f"step-{step:09d}.pt").touch()
    if finished:
        folder.write_weights(RECIPE.build(), "gan")
    if sessions is not None:
        folder.sessions.write_text(json.dumps(sessions))
    return folder


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
    assert (
        course("train", "gan", "--steps", 6, "--checkpoint-every", 2, "--out", "my runs/[a]").code
        == 2
    )
    outcome = course("runs", "my runs")
    assert row(outcome, "my runs/[a]")[:5] == [
        "my runs/[a]",
        "gan",
        "gaussian",
        "0",
        "stopped at step 4 of 6",
    ]
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


@pytest.mark.usefixtures("east")  # where the calendar's last evening lies beyond its end
@pytest.mark.parametrize(
    "sessions",
    [
        "nonsense",
        [3],
        [{"to_step": "x"}],
        [
            {
                "to_step": 1,
                "began": 3,
                "machine": "m",
                "commit": 4,
                "cpu_seconds": "x",
                "peak_memory_mib": [1],
            }
        ],
        [
            {
                "to_step": 1,
                "began": "9999-12-31T23:59:59+00:00",
                "cpu_seconds": float("inf"),
                "peak_memory_mib": {"main": float("nan")},
            }
        ],
    ],
)
def test_damaged_notes_on_the_sessions_do_not_damage_the_run(
    course: Command, sessions: object
) -> None:
    make("runs/a", checkpoints=(5,), sessions=sessions)
    outcome = course("runs", "--wide")
    assert outcome.code == 0
    assert row(outcome, "runs/a")[4] == "stopped at step 5 of 4,000"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is damaged or not that of a run"),
        ('{"model": "gan", "config": {}, "seed": 0}', "is damaged or not that of a run"),
        ('{"model": "gun"', "is damaged or not that of a run"),
        ("[]", "is damaged or not that of a run"),
        (
            "steps",
            (
                "config.json is damaged or not that of a run: steps must be a whole number of at "
                "least "
                "1, got 'many'"
            ),
        ),
        ("model", "there is no model 'gun' (did you mean 'gan'?)"),
    ],
)
def test_a_damaged_run_is_listed_with_the_reason_and_does_not_hide_the_others(
    course: Command, content: str, reason: str
) -> None:
    damaged, whole = make("runs/a", checkpoints=(3,)), make("runs/b", checkpoints=(5,))
    values = json.loads(whole.config.read_text())
    values_of = {
        "steps": values | {"config": values["config"] | {"steps": "many"}},
        "model": values | {"model": "gun"},
    }
    damaged.config.write_text(json.dumps(values_of[content]) if content in values_of else content)
    outcome = course("runs")
    assert outcome.code == 0
    assert row(outcome, "runs/a") == ["runs/a", "damaged"]
    below = outcome.out.partition("Damaged:\n")[2].splitlines()
    assert below[0].startswith("  runs/a/config.json")
    assert reason in below[0]
    assert row(outcome, "runs/b")[4] == "stopped at step 5 of 4,000"


def test_weights_that_were_cut_short_are_damage_and_are_mended_as_the_list_says(
    course: Command,
) -> None:
    assert course("train", "gan", "--steps", 2, "--out", "runs/a").code == 0
    weights = Path("runs/a/final.safetensors")
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1])
    outcome = course("runs")
    assert row(outcome, "runs/a") == ["runs/a", "damaged"]
    assert (
        "runs/a/final.safetensors is damaged or no safetensors file: remove it, then write it anew "
        "with: gan-course train" in outcome.out
    )
    weights.unlink()
    assert course(*outcome.out.strip().partition("with: gan-course ")[2].split()).code == 0
    assert weights.read_bytes() == whole


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


def test_a_config_of_another_program_is_no_run(course: Command) -> None:
    make("runs/a", checkpoints=(7,))
    other = Path("runs/bert")
    other.mkdir()
    (other / "config.json").write_text('{"architectures": ["BertModel"]}')
    assert "bert" not in course("runs").out
    (other / "history.csv").touch()
    assert row(course("runs"), "runs/bert") == ["runs/bert", "damaged"]
    (other / "history.csv").unlink()
    (other / "config.json").write_text('{"model": "gan", "config": {}, "seed": 0}')
    assert row(course("runs"), "runs/bert") == ["runs/bert", "damaged"]


@pytest.mark.parametrize("folder", ["runs", "empty"])
def test_where_there_is_no_run_one_sentence_says_how_to_make_one(
    course: Command, folder: str
) -> None:
    if folder != "runs":
        Path(folder).mkdir()
    outcome = course(*["runs", folder][: 1 if folder == "runs" else 2])
    assert outcome == Outcome(
        0,
        f"There is no run in {folder} yet; make one with: gan-course train dcgan --steps 500 --out "
        f"{folder}/a\n",
        "",
    )


@pytest.mark.parametrize("name", ["nowhere", "file", "runs"])
def test_a_folder_that_is_none_is_refused(course: Command, name: str) -> None:
    Path("file").touch()
    outcome = course("runs", name)
    assert outcome == Outcome(
        2, "", f"gan-course: there is no folder {name}: give the one that holds your runs\n"
    )


def test_looking_where_there_is_no_run_does_not_load_pytorch(tmp_path: Path) -> None:
    code = (
        "import sys; from gan_course.cli import app; app(['runs'], standalone_mode=False); "
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "False"


def test_fifty_runs_are_listed_in_a_second_of_cpu_time(course: Command) -> None:
    first = make("runs/0", checkpoints=(1, 2, 3), finished=True, sessions=[SESSION] * 3)
    for number in range(1, 50):
        shutil.copytree(first.path, f"runs/{number}")
    began = time.process_time()
    outcome = course("runs")
    assert time.process_time() - began < 1
    assert outcome.out.count("finished") == 50
