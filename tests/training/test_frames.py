"""Frames: a few samples now and then, which a killed run goes on with, and which change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gan_course.data import Gaussian
from gan_course.models import GAN, GANConfig
from gan_course.training import fit
from gan_course.training.checkpoint import Checkpoints, checkpoints
from gan_course.training.frames import FRAMES, Frames, read_frames

CONFIG = GANConfig(hidden=(8,), batch_size=8, steps=60)
DATA = Gaussian(2.0, 1.0)


def model() -> GAN:
    torch.manual_seed(0)
    return GAN(CONFIG)


def frames(path: Path) -> Frames:
    return Frames(path, CONFIG.steps, n=5)


def test_frames_are_few_and_from_one_noise_and_watching_changes_nothing(tmp_path: Path) -> None:
    watched, alone = model(), model()
    fit(watched, DATA, hooks=[frames(tmp_path / "f.npz")])
    fit(alone, DATA)
    kept = read_frames(tmp_path / "f.npz")
    assert list(kept) == [0, *range(3, 61, 3)]
    assert len(kept) <= FRAMES + 1
    assert all(frame.shape == (5, 1) for frame in kept.values())
    torch.manual_seed(0)
    assert torch.allclose(kept[60], watched.sample(5), atol=1e-2)
    for name, weight in alone.weights().items():
        assert torch.equal(weight, watched.weights()[name])


def test_a_resumed_run_has_the_frames_of_one_that_was_never_stopped(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole.npz", tmp_path / "parts.npz"
    fit(model(), DATA, hooks=[frames(whole)])
    fit(model(), DATA, steps=40, hooks=[frames(parts), Checkpoints(tmp_path / "c", every=20)])
    (first, *_) = checkpoints(tmp_path / "c")
    fit(model(), DATA, hooks=[frames(parts)], checkpoint=first)
    assert parts.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK"])
def test_damaged_frames_are_named_and_do_not_stop_a_run(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.npz"
    fit(model(), DATA, steps=20, hooks=[Checkpoints(tmp_path / "c", every=20)])
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"f\.npz is damaged: train the run anew"):
        read_frames(path)
    fit(model(), DATA, hooks=[frames(path)], checkpoint=checkpoints(tmp_path / "c")[-1])
    assert list(read_frames(path))[-1] == 60
