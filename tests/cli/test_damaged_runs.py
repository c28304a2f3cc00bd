"""`gan-course runs`: what it says of a run that is damaged, and of a folder without a run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.run_folders import make, row
from tests.command import Command, Outcome

# Values of another type, and values that no run has.
WRONG_TYPES = {"began": 3, "machine": "m", "commit": 4, "cpu_seconds": "x", "peak_memory_mib": [1]}
WRONG_NUMBERS = {
    "began": "9999-12-31T23:59:59+00:00",
    "cpu_seconds": float("inf"),
    "peak_memory_mib": {"main": float("nan")},
}


@pytest.mark.usefixtures("east")  # where the calendar's last evening lies beyond its end
@pytest.mark.parametrize(
    "sessions",
    [
        "nonsense",
        [3],
        [{"to_step": "x"}],
        [{"to_step": 1} | WRONG_TYPES],
        [{"to_step": 1} | WRONG_NUMBERS],
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
                "config.json is damaged or not that of a run: "
                "steps must be a whole number from 1 to 1,000,000,000, got 'many'"
            ),
        ),
        ("model", "there is no model 'gun' (did you mean 'gan'?)"),
        ("missing", "config.json is damaged or not that of a run: the field 'steps' of GANConfig"),
        ("devices", "devices must be a whole number from 1 to 65,536, got 0"),
        ("seed", "seed must be a whole number from 0 to 4,294,967,295, got 1.5"),
        ("version", "config.json is damaged or not that of a run: it names no versions"),
        ("[" * 100_000, "config.json is damaged or not that of a run"),
        ("betas", "betas must be 2 values, each a number from 0 to below 1, got [2, 2]"),
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
        "missing": values | {"config": {k: v for k, v in values["config"].items() if k != "steps"}},
        "devices": values | {"devices": 0},
        "seed": values | {"seed": 1.5},
        "version": values | {"versions": {"gan_course": 1}},
        "betas": values | {"config": values["config"] | {"betas": [2, 2]}},
    }
    damaged.config.write_text(json.dumps(values_of[content]) if content in values_of else content)
    outcome = course("runs")
    assert outcome.code == 0
    assert row(outcome, "runs/a") == ["runs/a", "damaged"]
    below = outcome.out.partition("Cannot be read:\n")[2].splitlines()
    assert below[0].startswith("  runs/a/config.json")
    assert reason in below[0]
    assert row(outcome, "runs/b")[4] == "stopped at step 5 of 4,000"


def test_a_folder_in_place_of_a_config_is_named_and_does_not_hide_the_others(
    course: Command,
) -> None:
    Path("runs/a/config.json").mkdir(parents=True)
    Path("runs/a/history.csv").touch()
    make("runs/b", checkpoints=(5,))
    outcome = course("runs")
    assert row(outcome, "runs/a") == ["runs/a", "damaged"]
    assert "runs/a/config.json is a folder, where a run has a file: remove it" in outcome.out
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
        "runs/a/final.safetensors is damaged or no file of weights of this course: write it anew, "
        "from the newest whole checkpoint, with: gan-course train" in outcome.out
    )
    assert course(*outcome.out.strip().partition("with: gan-course ")[2].split()).code == 0
    assert weights.read_bytes() == whole


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
