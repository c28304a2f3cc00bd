"""`gan-course sample`: what it draws, and how it is written."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gan_course import files, machine
from gan_course.commands import room
from tests.command import Command


@pytest.mark.parametrize("model", ["gan", "dcgan"])
def test_samples_are_decided_by_their_seed(
    course: Command, trained: Path, tmp_path: Path, model: str
) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        options = ("--n", 5, "--seed", seed, "--out", f"{name}.npz")
        assert course("sample", trained / model / "a", *options).code == 0
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    if model == "gan":  # after two steps a DCGAN's pictures are still grey, whatever the noise
        assert (tmp_path / "a.npz").read_bytes() != (tmp_path / "c.npz").read_bytes()


def test_images_are_sampled_as_bytes(course: Command, trained: Path, tmp_path: Path) -> None:
    assert course("sample", trained / "dcgan" / "a", "--n", 5, "--out", "x.npz").code == 0
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["images"].shape == (5, 28, 28)
        assert archive["images"].dtype == np.uint8


@pytest.mark.parametrize("model", ["gan", "dcgan"])
def test_samples_can_be_a_picture(
    course: Command, trained: Path, tmp_path: Path, model: str
) -> None:
    assert course("sample", trained / model / "a", "--n", 12, "--out", "new/x.png").code == 0
    assert (tmp_path / "new" / "x.png").read_bytes().startswith(b"\x89PNG")


def test_points_are_sampled_as_float32(course: Command, trained: Path, tmp_path: Path) -> None:
    assert course("sample", trained / "gan" / "a", "--n", 7, "--out", "x.npz").code == 0
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["samples"].shape == (7, 1)
        assert archive["samples"].dtype == np.float32


def test_damaged_weights_are_named_without_a_traceback(course: Command, tmp_path: Path) -> None:
    course("train", "gan", "--steps", 1, "--out", "a")
    (tmp_path / "a" / "final.safetensors").write_bytes(b"damaged")
    outcome = course("sample", "a", "--out", "x.npz")
    assert outcome.code == 2
    assert outcome.err.startswith("gan-course: a/final.safetensors is damaged")
    assert not (tmp_path / "x.npz").exists()


def test_more_samples_than_there_is_room_for_are_refused_before_the_first_is_drawn(
    course: Command, trained: Path, tmp_path: Path
) -> None:
    outcome = course("sample", trained / "dcgan" / "a", "--n", 10**12, "--out", "new/x.npz")
    assert (outcome.code, outcome.out) == (2, "")
    assert (
        "gan-course: 1,000,000,000,000 samples of shape (1, 28, 28) take about 8 PiB of memory "
        "and a file of up to 3 PiB, and " in outcome.err
    )
    assert "free: lower --n, or draw several files, each with a --seed of its own" in outcome.err
    assert not (tmp_path / "new").exists()


def test_many_samples_are_drawn_after_it_was_said_what_they_take(
    course: Command, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MUCH", 12 * 7)
    run = trained / "gan" / "a"
    outcome = course("sample", run, "--n", 7, "--out", "x.npz")
    assert outcome.code == 0
    assert outcome.out.startswith(
        "7 samples of shape (1,) take about 84 bytes of memory and a file of up to 28 bytes\n"
    )
    assert "of memory" not in course("sample", run, "--n", 6, "--out", "x.npz").out


def test_where_the_system_does_not_say_what_is_free_only_the_disk_is_looked_at(
    course: Command, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MUCH", 0)
    monkeypatch.setattr(machine, "free_memory", lambda: None)
    options = ("sample", trained / "gan" / "a", "--n", 7, "--out", "x.npz")
    assert course(*options).code == 0
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=27))
    outcome = course(*options)
    assert (outcome.code, "and 27 bytes on the disk are free" in outcome.err) == (2, True)


def test_a_full_disk_names_the_file_that_was_asked_for(
    course: Command, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    outcome = course("sample", trained / "gan" / "a", "--n", 7, "--out", "x.npz")
    assert (outcome.code, outcome.err) == (2, "gan-course: x.npz: No space left on device\n")
    assert list(tmp_path.glob("*x.npz*")) == []
