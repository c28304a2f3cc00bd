"""`gan-course train`: what a run leaves, what decides it, and what is said when it breaks off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from gan_course.cli import app
from gan_course.models import GAN
from gan_course.training.checkpoint import checkpoints, read_checkpoint
from tests.command import Command

RUN_FILES = {
    "config.json",
    "history.csv",
    "checkpoints",
    "final.safetensors",
    "frames.npz",
    "samples.png",
    "sessions.json",
    "tensorboard",
}


@pytest.mark.parametrize("model", ["gan", "dcgan"])
def test_a_run_folder_holds_the_run(trained: Path, model: str) -> None:
    folder = trained / model / "a"
    steps = {"gan": 12, "dcgan": 2}[model]
    assert {path.name for path in folder.iterdir()} == RUN_FILES
    assert len((folder / "history.csv").read_text().splitlines()) == steps + 1
    (newest,) = checkpoints(folder / "checkpoints")
    assert read_checkpoint(newest).step == steps
    assert read_checkpoint(newest).config["steps"] == steps
    assert (folder / "samples.png").read_bytes().startswith(b"\x89PNG")
    umask_allows_others = (folder / "config.json").stat().st_mode & 0o044
    assert (folder / "final.safetensors").stat().st_mode & 0o044 == umask_allows_others


@pytest.mark.parametrize("name", ["final.safetensors", "history.csv", "samples.png", "config.json"])
@pytest.mark.parametrize("model", ["gan", "dcgan"])
def test_the_same_command_gives_the_same_bytes(trained: Path, model: str, name: str) -> None:
    a, b = (trained / model / run / name for run in ("a", "b"))
    assert a.read_bytes() == b.read_bytes()


def test_another_seed_gives_other_weights(course: Command, trained: Path, tmp_path: Path) -> None:
    assert course("train", "gan", "--steps", 12, "--seed", 4, "--out", tmp_path / "c").code == 0
    one, other = (run / "final.safetensors" for run in (trained / "gan" / "a", tmp_path / "c"))
    assert one.read_bytes() != other.read_bytes()


def test_other_data_change_the_models_shape(course: Command, tmp_path: Path) -> None:
    assert course("train", "gan", "--data", "digits", "--steps", 1, "--out", "a").code == 0
    assert course("sample", "a", "--n", 3, "--out", "x.npz").code == 0
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["images"].shape == (3, 28, 28)


@pytest.mark.parametrize(
    ("model", "data"), [("wgan_gp", "grid"), ("wgan", "ring"), ("gan", "grid")]
)
def test_points_in_the_plane_are_trained_on_sampled_and_examined(
    course: Command, tmp_path: Path, model: str, data: str
) -> None:
    best = ("--best-by", "wasserstein", "--checkpoint-every", 2)
    assert course("train", model, "--data", data, "--steps", 3, "--out", "a", *best).code == 0
    assert course("sample", "a", "--n", 7, "--checkpoint", "best", "--out", "x.npz").code == 0
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["samples"].shape == (7, 2)
    assert course("sample", "a", "--n", 300, "--out", "x.png").code == 0
    outcome = course("doctor", "a")
    assert outcome.code == 0
    assert "variety" in outcome.out
    assert f"{model} on {data}" in outcome.out


def test_runs_without_a_name_get_the_first_free_folder(course: Command, tmp_path: Path) -> None:
    for _ in range(2):
        assert course("train", "gan", "--steps", 1).code == 0
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"gan-1", "gan-2"}


def test_a_device_that_is_not_there_is_refused(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    outcome = course("train", "gan", "--accelerator", "cuda")
    assert outcome.code == 2
    assert outcome.err == (
        "gan-course: this machine or this PyTorch has no cuda device: use --accelerator cpu, or "
        "auto\n"
    )


def test_a_folder_that_holds_a_run_is_refused_and_left_alone(
    course: Command, trained: Path
) -> None:
    folder = trained / "gan" / "a"
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    outcome = course("train", "gan", "--steps", 1, "--out", folder)
    assert outcome.code == 2
    assert "holds a run already (config.json)" in outcome.err
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def breaking_at(step: int, error: BaseException) -> Callable[..., dict[str, torch.Tensor]]:
    """`GAN.step` that raises `error` in the given step."""
    original, done = GAN.step, [0]

    def take(self: GAN, batch: object) -> dict[str, torch.Tensor]:
        done[0] += 1
        if done[0] == step:
            raise error
        return original(self, batch)  # type: ignore[arg-type]

    return take


def test_ctrl_c_keeps_the_history_and_the_checkpoint_and_says_so(
    course: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GAN, "step", breaking_at(6, KeyboardInterrupt()))
    outcome = course("train", "gan", "--steps", 9, "--checkpoint-every", 2, "--out", "a")
    assert outcome.code == 130
    assert outcome.err.endswith(
        "gan-course: stopped; the newest checkpoint is a/checkpoints/step-000000004.pt; go on "
        "with: gan-course train gan --out a --resume\n"
    )
    assert len((tmp_path / "a" / "history.csv").read_text().splitlines()) == 6
    outcome = course("sample", "a", "--out", "x.npz")
    assert (outcome.code, "did not reach its end" in outcome.err) == (2, True)


def test_a_fault_keeps_its_traceback(course: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        np.zeros(3).reshape(2, 2)

    monkeypatch.setattr(GAN, "step", fault)
    with pytest.raises(ValueError, match="cannot reshape"):
        app(["train", "gan", "--steps", "1"])


def test_a_full_disk_is_said_in_a_sentence(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        GAN, "step", breaking_at(1, OSError(28, "No space left on device", "a/checkpoints/x"))
    )
    outcome = course("train", "gan", "--steps", 1, "--out", "a")
    assert outcome.code == 2
    assert outcome.err.endswith(
        "gan-course: a/checkpoints/x: No space left on device; there is no checkpoint yet; then go "
        "on with: gan-course train gan --out a --resume\n"
    )
