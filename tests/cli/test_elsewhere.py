"""A run that goes on, or is looked at, on another machine than the one it was begun on; and what a
newer version of the course has left."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from gan_course import machine
from gan_course.cli import app
from gan_course.training.checkpoint import checkpoints
from gan_course.training.run_folder import RunFolder
from tests.cli.run_folders import row
from tests.command import Command

RESUME = ("train", "gan", "--out", "a", "--resume")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "a"
    options = ["--steps", "6", "--checkpoint-every", "2", "--out", str(path)]
    with pytest.raises(SystemExit):
        app(["train", "gan", *options])
    return path


@pytest.fixture
def moved(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """The run as a machine with a GPU would have left it, here where there is none."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    shutil.copytree(made, tmp_path / "a")
    folder = RunFolder(tmp_path / "a")
    change(folder, accelerator="cuda")
    return folder


def change(folder: RunFolder, **values: object) -> None:
    folder.config.write_text(json.dumps(json.loads(folder.config.read_text()) | values))


def unfinished(folder: RunFolder) -> None:
    folder.weights.unlink()
    checkpoints(folder.checkpoints)[-1].unlink()


def test_a_finished_run_is_left_as_it_is_on_any_machine(course: Command, moved: RunFolder) -> None:
    change(moved, threads=7)
    outcome = course(*RESUME)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "a is finished: there is nothing to go on with\n"


def test_the_advice_for_a_run_of_a_gpu_on_a_machine_without_one_can_be_followed(
    course: Command, moved: RunFolder
) -> None:
    unfinished(moved)
    outcome = course(*RESUME)
    assert outcome.code == 2
    assert outcome.err == (
        "gan-course: the run in a was started on cuda, which this machine or this PyTorch has not: "
        "go on with it where there is one or, though not to the same bits, on what there is here, "
        "with --accelerator auto\n"
    )
    outcome = course(*RESUME, "--accelerator", "auto")
    assert outcome.code == 0
    assert (
        "the run was started on cuda, this is cpu: it goes on, but not to the same" in outcome.err
    )
    assert "Going on from a/checkpoints/step-000000004.pt" in outcome.out
    assert moved.recipe().accelerator == "cuda"
    assert course("sample", "a", "--n", 2, "--out", "x.npz").code == 0


def test_a_device_can_be_named_and_one_that_is_not_there_is_refused(
    course: Command, moved: RunFolder
) -> None:
    unfinished(moved)
    outcome = course(*RESUME, "--accelerator", "cuda")
    assert (outcome.code, "has no cuda device: use --accelerator cpu, or auto" in outcome.err) == (
        2,
        True,
    )
    change(moved, sync_batch_norm=True)
    outcome = course(*RESUME, "--accelerator", "cpu")
    assert (outcome.code, "was started with --sync-batch-norm" in outcome.err) == (2, True)
    change(moved, sync_batch_norm=False)
    assert course(*RESUME, "--accelerator", "cpu").code == 0


def test_a_run_of_a_newer_version_is_not_called_damaged(course: Command, moved: RunFolder) -> None:
    versions = json.loads(moved.config.read_text())["versions"]
    change(moved, versions=versions | {"gan_course": "99.1"})
    outcome = course("runs", ".")
    assert row(outcome, "a") == ["a", "of another version"]
    assert "a/config.json was written by gan-course 99.1, this is" in outcome.out
    for command in (RESUME, ("doctor", "a"), ("sample", "a", "--out", "x.npz")):
        outcome = course(*command)
        assert (outcome.code, "update the course" in outcome.err) == (2, True)


def test_a_checkpoint_of_a_newer_version_stops_a_run_that_would_begin_at_step_0(
    course: Command, moved: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished(moved)
    change(moved, accelerator="cpu")
    here = machine.__version__
    monkeypatch.setattr(machine, "__version__", "0.0.1")
    values = json.loads(moved.config.read_text())
    change(moved, versions=values["versions"] | {"gan_course": "0.0.1"})
    before = {path: path.read_bytes() for path in moved.path.rglob("*") if path.is_file()}
    for command in (RESUME, ("doctor", "a"), ("sample", "a", "--checkpoint", 4, "--out", "x.npz")):
        outcome = course(*command)
        assert outcome.code == 2
        assert (
            "a/checkpoints/step-000000004.pt was written by gan-course "
            f"{here}, this is 0.0.1: update the course" in outcome.err
        )
    assert {path: path.read_bytes() for path in moved.path.rglob("*") if path.is_file()} == before
