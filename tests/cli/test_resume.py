"""`gan-course train --resume`: what it goes on with, what it says, and what it refuses."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gan_course.models import GAN
from gan_course.training.checkpoint import checkpoints, read_checkpoint
from tests.command import Command, Outcome

ROOT = Path(__file__).parents[2]
TRAIN = ("train", "gan", "--steps", 20, "--seed", 3, "--checkpoint-every", 4, "--out", "a")


def weights(folder: Path) -> bytes:
    return (folder / "final.safetensors").read_bytes()


def files(folder: Path) -> dict[Path, bytes]:
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def whole(course: Command, tmp_path: Path) -> Path:
    """The run of `TRAIN`, finished."""
    assert course(*TRAIN).code == 0
    (tmp_path / "a").rename(tmp_path / "whole")
    return tmp_path / "whole"


@pytest.fixture
def stopped(course: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same run, broken off in its tenth step."""
    original, done = GAN.step, [0]

    def step(self: GAN, batch: object) -> dict[str, torch.Tensor]:
        done[0] += 1
        if done[0] == 10:
            raise KeyboardInterrupt
        return original(self, batch)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(GAN, "step", step)
        assert course(*TRAIN).code == 130
    return tmp_path / "a"


RESUME = ("train", "gan", "--out", "a", "--resume", "--checkpoint-every", 4)
SAME = ("final.safetensors", "history.csv", "samples.png", "config.json")


def test_it_goes_on_from_the_newest_checkpoint_and_ends_with_the_same_bytes(
    course: Command, whole: Path, stopped: Path
) -> None:
    outcome = course(*RESUME)
    assert outcome.code == 0, outcome.err
    assert "Going on from a/checkpoints/step-000000008.pt" in outcome.out
    assert "for 20 steps with seed 3" in outcome.out
    for name in SAME:
        assert (stopped / name).read_bytes() == (whole / name).read_bytes(), name


def test_the_command_that_started_the_run_goes_on_with_it_too(
    course: Command, whole: Path, stopped: Path
) -> None:
    assert course(*TRAIN, "--resume").code == 0
    assert weights(stopped) == weights(whole)


def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(
    course: Command, whole: Path, stopped: Path
) -> None:
    newest = stopped / "checkpoints" / "step-000000008.pt"
    newest.write_bytes(newest.read_bytes()[:-100])
    outcome = course(*RESUME)
    assert outcome.code == 0
    assert (
        "gan-course: skipped: a/checkpoints/step-000000008.pt is damaged or no checkpoint of this "
        "course\n" in outcome.err
    )
    assert "Going on from a/checkpoints/step-000000004.pt" in outcome.out
    assert weights(stopped) == weights(whole)


def test_without_a_checkpoint_it_starts_at_step_0_and_says_so(
    course: Command, whole: Path, stopped: Path
) -> None:
    for path in checkpoints(stopped / "checkpoints"):
        path.unlink()
    outcome = course(*RESUME)
    assert outcome.code == 0
    assert "There is no checkpoint in a yet: starting at step 0" in outcome.out
    assert weights(stopped) == weights(whole)


def test_without_a_folder_it_starts_at_step_0_and_says_so(
    course: Command, whole: Path, tmp_path: Path
) -> None:
    outcome = course(*TRAIN, "--resume")
    assert outcome.code == 0
    assert "There is no checkpoint in a yet: starting at step 0" in outcome.out
    assert weights(tmp_path / "a") == weights(whole)


def test_a_finished_run_is_left_as_it_is(course: Command, whole: Path, tmp_path: Path) -> None:
    before = files(whole)
    outcome = course("train", "gan", "--out", "whole", "--resume")
    assert outcome == Outcome(0, "whole is finished: there is nothing to go on with\n", "")
    assert files(whole) == before


def test_a_run_that_was_killed_before_its_results_were_written_gets_them(
    course: Command, whole: Path
) -> None:
    weights = whole / "final.safetensors"
    before = weights.read_bytes()
    weights.unlink()
    (whole / "samples.png").unlink()
    (whole / ".final.safetensors.0123abcd.part").write_bytes(before[:50])
    assert course("train", "gan", "--out", "whole", "--resume").code == 0
    assert weights.read_bytes() == before
    assert (whole / "samples.png").is_file()
    assert not list(whole.glob(".*"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["--seed", 4],
            (
                "the run in a was started with seed = 3, and --seed asks for 4: "
                "leave that, or choose another --out"
            ),
        ),
        (["--steps", 30], "started with steps = 20, and --steps asks for 30"),
        (["--data", "mixture"], "started with data = gaussian, and --data asks for mixture"),
        (["--profile", "full"], "started with profile = lesson, and --profile asks for full"),
        (["--precision", "bf16"], "started with precision = 32, and --precision asks for bf16"),
        (["--devices", 2], "started with devices = 1, and --devices asks for 2"),
        (["--checkpoint-every", -1], "checkpoint-every must be at least 1, got -1"),
    ],
)
def test_another_configuration_is_refused_saying_what_differs(
    course: Command, stopped: Path, options: list[object], sentence: str
) -> None:
    before = files(stopped)
    outcome = course(*RESUME, *options)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert outcome.err.count("\n") == 1
    assert files(stopped) == before


def test_another_model_is_refused(course: Command, stopped: Path) -> None:
    outcome = course("train", "dcgan", "--out", "a", "--resume")
    assert outcome.code == 2
    assert "started with model = gan, and the model asks for dcgan" in outcome.err


def change(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def test_another_number_of_threads_is_refused(course: Command, stopped: Path) -> None:
    change(stopped, threads=7)
    outcome = course(*RESUME)
    assert (outcome.code, outcome.err) == (
        2,
        "gan-course: the run in a was started with 7 threads, here are 1: set OMP_NUM_THREADS=7\n",
    )


def test_a_run_of_a_newer_version_is_refused_and_one_of_other_packages_gets_a_note(
    course: Command, stopped: Path
) -> None:
    versions = json.loads((stopped / "config.json").read_text())["versions"]
    change(stopped, versions=versions | {"gan_course": "99.1"})
    outcome = course(*RESUME)
    assert outcome.code == 2
    assert "a/config.json was written by gan-course 99.1" in outcome.err
    change(stopped, versions=versions | {"torch": "2.0.1"})
    outcome = course(*RESUME)
    assert outcome.code == 0
    assert "gan-course: the run was started with torch 2.0.1, this is " in outcome.err


PRESSED_IN_THE_TENTH_STEP = """
import os, signal
from gan_course.cli import app
from gan_course.models import GAN

step, taken = GAN.step, []

def pressed(self, batch):
    taken.append(1)
    if len(taken) == 10:
        os.kill(os.getpid(), signal.SIGINT)
    return step(self, batch)

GAN.step = pressed
"""


def test_ctrl_c_saves_the_step_it_came_in_and_the_run_goes_on_from_there(
    course: Command, whole: Path, tmp_path: Path
) -> None:
    code = PRESSED_IN_THE_TENTH_STEP + f"app({[str(word) for word in TRAIN]!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 130
    assert done.stderr.endswith(
        "gan-course: stopped; the newest checkpoint is a/checkpoints/step-000000010.pt; go on "
        "with: gan-course train gan --out a --resume\n"
    )
    assert "Traceback" not in done.stderr
    assert course(*RESUME).code == 0
    assert weights(tmp_path / "a") == weights(whole)


def test_a_disk_that_is_full_leaves_the_last_good_checkpoint(
    course: Command, whole: Path, tmp_path: Path
) -> None:
    # The system refuses files beyond a size, as it does on a full disk; the fourth checkpoint's
    # history makes it too large.
    size = (whole / "checkpoints" / "step-000000020.pt").stat().st_size

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size - 64, resource.RLIM_INFINITY))

    command = [sys.executable, "-m", "gan_course.cli", *map(str, TRAIN)]
    environment = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    done = subprocess.run(command, cwd=tmp_path, env=environment, preexec_fn=limit, **output)
    assert done.returncode == 2, done.stderr
    kept = checkpoints(tmp_path / "a" / "checkpoints")
    assert read_checkpoint(kept[-1]).step == int(kept[-1].stem[-9:])
    assert (
        f".pt: File too large; the newest checkpoint is a/checkpoints/{kept[-1].name}; then go on "
        "with: gan-course train gan --out a --resume" in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert course(*RESUME).code == 0
    assert weights(tmp_path / "a") == weights(whole)


def test_a_run_that_diverges_leaves_with_1_and_says_where_and_what_to_look_at(
    course: Command, stopped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = GAN.step

    def poisoned(self: GAN, batch: object) -> dict[str, torch.Tensor]:
        return original(self, batch) | {"generator": torch.tensor(float("nan"))}  # type: ignore[arg-type]

    monkeypatch.setattr(GAN, "step", poisoned)
    outcome = course(*RESUME)
    assert outcome.code == 1
    assert (
        "gan-course: generator became nan at step 9 (learning rates: optimizer_g 0.0005, "
        "optimizer_d 0.004); " in outcome.err
    )
    assert (
        "the last good checkpoint is a/checkpoints/step-000000008.pt; for what it may be, see: "
        "gan-course doctor a" in outcome.err
    )
    left = [path.stem for path in checkpoints(stopped / "checkpoints")]
    assert left == ["step-000000004", "step-000000008"]
