"""`gan-course sample`: what it draws, and how it is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

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
