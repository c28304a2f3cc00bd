"""`gan-course sample`: what it draws, and how it is written."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

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


def test_a_grid_has_the_rows_and_columns_that_were_asked_for(
    course: Command, trained: Path, tmp_path: Path
) -> None:
    for grid in ("2x5", "5x2"):
        outcome = course("sample", trained / "dcgan" / "a", "--grid", grid, "--out", f"{grid}.png")
        assert outcome.out == f"Wrote 10 samples of shape (1, 28, 28) to {grid}.png\n"
    (wide, low), (narrow, high) = (
        Image.open(tmp_path / f"{grid}.png").size for grid in ("2x5", "5x2")
    )
    assert wide / low == pytest.approx(5 / 2, rel=0.1)
    assert narrow / high == pytest.approx(2 / 5, rel=0.1)


@pytest.mark.parametrize("model", ["gan", "dcgan"])
def test_a_gif_shows_each_frame_that_the_run_kept(
    course: Command, trained: Path, tmp_path: Path, model: str
) -> None:
    steps = 12 if model == "gan" else 2
    outcome = course("sample", trained / model / "a", "--out", "new/x.gif")
    assert outcome.out == f"Wrote {steps + 1} frames, of steps 0 to {steps}, to new/x.gif\n"
    assert Image.open(tmp_path / "new" / "x.gif").n_frames == steps + 1


@pytest.mark.parametrize(
    ("model", "options", "sentence"),
    [
        ("dcgan", ("--grid", "8", "--out", "x.png"), "--grid takes whole numbers above 0, as in"),
        ("dcgan", ("--grid", "8x8x8", "--out", "x.png"), "as in 8x8, got '8x8x8'"),
        ("dcgan", ("--grid", "0x8", "--out", "x.png"), "as in 8x8, got '0x8'"),
        ("dcgan", ("--grid", "2x2", "--n", 5, "--out", "x.png"), "holds 4 samples, and --n asks"),
        ("dcgan", ("--grid", "2x2", "--out", "x.npz"), "are to be written as .png, got --out"),
        ("dcgan", ("--grid", "99x99", "--out", "x.png"), "a picture shows at most 1000 images"),
        ("gan", ("--grid", "2x2", "--out", "x.png"), "points on a line are to be left out"),
        ("dcgan", ("--out", "x.mp4"), ".npz or .png, how they changed as .gif, got --out"),
        ("dcgan", ("--n", 5, "--out", "x.gif"), "and --n cannot change them: leave it out"),
        ("dcgan", ("--seed", 0, "--out", "x.gif"), "and --seed cannot change them"),
    ],
)
def test_what_cannot_be_written_is_told_in_a_sentence(
    course: Command, trained: Path, tmp_path: Path, model: str, options: tuple[str], sentence: str
) -> None:
    outcome = course("sample", trained / model / "a", *options)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_frames_or_with_damaged_ones_says_so(course: Command, tmp_path: Path) -> None:
    course("train", "gan", "--steps", 1, "--out", "a")
    frames = tmp_path / "a" / "frames.npz"
    frames.write_bytes(frames.read_bytes()[:-40])
    outcome = course("sample", "a", "--out", "x.gif")
    assert (outcome.code, outcome.err) == (
        2,
        "gan-course: a/frames.npz is damaged: train the run anew to have its frames\n",
    )
    frames.unlink()
    assert "there are no frames at a/frames.npz" in course("sample", "a", "--out", "x.gif").err
    assert not (tmp_path / "x.gif").exists()
