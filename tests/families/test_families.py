"""Kinds of model that the course does not have yet: each is trained, resumed, explained and sampled
from by the same commands as those it has. So are a model with four networks and two pools, and one
whose samples need inputs."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from gan_course.catalogue import catalogue
from tests.command import Command
from tests.families import DATA, MODELS

# What the doctor says of each: a column that it records, whether it has an opponent, and the suffix
# of the file that shows its samples.
EXPLAINED = {
    "autoencoder": ("reconstruction", False, ".png"),
    "cyclegan": ("cycle", True, ".png"),
    "wave_gan": ("penalty", True, ".wav"),
    "token_generator": ("reward", False, ".txt"),
}


@pytest.fixture(autouse=True)
def families(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, entry in MODELS.items():
        monkeypatch.setitem(catalogue().models, name, entry)
    for data in DATA.values():
        monkeypatch.setitem(catalogue().data, data.name, data)


# What makes the course's own translator small.
SMALL = {
    "cyclegan": [
        *("--data", "tiny_domains"),
        *("--set", "width=2", "--set", "d_width=2", "--set", "blocks=1", "--set", "batch_size=2"),
    ]
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_a_family_is_trained_explained_and_sampled_from(course: Command, name: str) -> None:
    column, opponent, suffix = EXPLAINED[name]
    trained = course(
        *("train", name, *SMALL.get(name, ())),
        *("--steps", 450, "--out", "a", "--checkpoint-every", 200),
    )
    assert trained.code == 0, trained.err
    assert Path(f"a/samples{suffix}").stat().st_size > 0
    said = course("doctor", "a")
    assert said.code == 0
    assert f"{column} " in said.out
    assert ("discriminator  " in said.out.partition("what ")[2]) == opponent
    assert "is too early to judge by" not in said.out
    for line in ("progress", "numbers", "gradients", "variety"):
        assert line in said.out, line
    assert course("sample", "a", "--n", 7, "--out", f"x{suffix}").code == 0
    assert course("sample", "a", "--n", 7, "--out", "x.npz").code == 0
    refused = course("sample", "a", "--out", "x.mp4")
    assert (refused.code, " are written as " in refused.err) == (2, True)


def test_waves_are_heard_one_after_the_other(course: Command) -> None:
    assert course("train", "wave_gan", "--steps", 2, "--out", "a").code == 0
    assert course("sample", "a", "--n", 7, "--out", "x.wav").code == 0
    with wave.open("x.wav") as sound:
        assert (sound.getnframes(), sound.getframerate()) == (7 * 32, 8000)


def test_tokens_stay_whole_numbers_and_are_read_as_text(course: Command) -> None:
    assert course("train", "token_generator", "--steps", 2, "--out", "a").code == 0
    assert course("sample", "a", "--n", 7, "--out", "x.txt").code == 0
    assert course("sample", "a", "--n", 7, "--out", "x.npz").code == 0
    lines = Path("x.txt").read_text(encoding="utf-8").splitlines()
    with np.load("x.npz") as archive:
        tokens = archive["samples"]
    assert tokens.dtype == np.int64
    assert lines == ["".join("abcdefgh"[token] for token in row) for row in tokens]


def test_a_model_is_not_trained_on_samples_of_another_kind(course: Command) -> None:
    refused = course("train", "wave_gan", "--data", "digits", "--out", "a")
    assert refused.code == 2
    assert "a WaveGAN learns waves, the data are images" in refused.err
    assert not Path("a").exists()


def test_a_reward_is_learned(course: Command) -> None:
    assert course("train", "token_generator", "--steps", 400, "--out", "a").code == 0
    assert course("sample", "a", "--n", 500, "--out", "x.npz").code == 0
    with np.load("x.npz") as archive:
        tokens = archive["samples"]
    # By chance one step in eight goes up by one.
    assert (tokens[:, 1:] == tokens[:, :-1] + 1).mean() > 0.5
