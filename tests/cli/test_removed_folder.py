"""A run whose folder is removed while it trains stops, and does not make the folder again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gan_course.models import GAN
from gan_course.training import sessions
from gan_course.training.run_folder import Recipe
from tests.command import Command

TRAIN = ("train", "gan", "--steps", 9, "--checkpoint-every", 2, "--out", "a")
SAID = (
    "gan-course: the run in a was removed while it was in training, so nothing more can be kept: "
    "start it anew\n"
)


@pytest.mark.parametrize("tensorboard", [True, False])
def test_a_run_whose_folder_is_removed_stops_at_the_next_thing_it_would_keep(
    course: Command, monkeypatch: pytest.MonkeyPatch, tensorboard: bool
) -> None:
    original, steps = GAN.step, []

    def step(self: GAN, batch: object) -> object:
        steps.append(1)
        if len(steps) == 5:
            shutil.rmtree("a")
        return original(self, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(GAN, "step", step)
    monkeypatch.setattr(sessions, "has_tensorboard", lambda: tensorboard)
    outcome = course(*TRAIN)
    assert (outcome.code, outcome.err.endswith(SAID)) == (2, True)
    assert len(steps) == 5  # so short a run keeps a frame after every step
    assert not Path("a").exists()


def test_a_folder_that_is_removed_before_the_first_step_is_not_made_again(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Recipe.build

    def build(self: Recipe, *arguments: object) -> object:
        if Path("a").exists():  # not yet, while it is asked whether there is room
            shutil.rmtree("a")
        return original(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Recipe, "build", build)
    outcome = course(*TRAIN)
    assert (outcome.code, outcome.err.endswith(SAID)) == (2, True)
    assert not Path("a").exists()


def test_a_folder_that_is_removed_while_hooks_start_is_not_made_again(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = sessions.Sessions.start

    def start(self: sessions.Sessions, run: object) -> None:
        original(self, run)  # type: ignore[arg-type]
        shutil.rmtree("a")

    monkeypatch.setattr(sessions.Sessions, "start", start)
    outcome = course(*TRAIN)
    assert (outcome.code, outcome.err.endswith(SAID)) == (2, True)
    assert not Path("a").exists()
