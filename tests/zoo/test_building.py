"""`gan-course zoo`: a model is built, measured, listed and shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from gan_course import zoo
from gan_course.models import GAN
from gan_course.training.run_folder import RunFolder
from gan_course.zoo import cards, weights
from gan_course.zoo.entries import Entry
from tests.command import Command
from tests.zoo.conftest import TINY

WRITTEN = ("tiny.safetensors", "tiny.png")


@pytest.mark.parametrize("stopped", [False, True])
def test_a_model_built_again_has_the_same_bytes_also_where_it_was_stopped(
    course: Command, built: Path, monkeypatch: pytest.MonkeyPatch, stopped: bool
) -> None:
    if stopped:
        original, done = GAN.step, [0]

        def step(self: GAN, batch: object) -> dict[str, torch.Tensor]:
            done[0] += 1
            if done[0] == 150:
                raise KeyboardInterrupt
            return original(self, batch)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(GAN, "step", step)
            assert course("zoo", "rebuild", "tiny", "--out", "again").code == 130
        assert not Path("again", "tiny.json").exists()
    outcome = course("zoo", "rebuild", "tiny", "--out", "again")
    assert outcome.code == 0, outcome.err
    assert ("Going on from" in outcome.out) == stopped
    for name in WRITTEN:
        assert Path("again", name).read_bytes() == (built / name).read_bytes(), name
    first, second = (
        json.loads((path / "tiny.json").read_text("utf-8")) for path in (built, Path("again"))
    )
    assert {k: first[k] for k in first if k != "cpu_seconds"} == {
        k: second[k] for k in second if k != "cpu_seconds"
    }


def test_what_is_built_says_how_it_was_made_and_is_measured_as_it_ships(built: Path) -> None:
    card = zoo.card("tiny", built)
    assert card.command == (
        "gan-course train gan --data grid --steps 250 --seed 3 --accelerator cpu --set hidden=4,4 "
        "--set batch_size=8"
    )
    assert card.recipe == json.loads((built / "config.json").read_text("utf-8"))
    assert card.bytes == (built / "tiny.safetensors").stat().st_size
    model, data = zoo.load("tiny", built), zoo.dataset("tiny", built)
    assert cards.measured(TINY, model, data) == card.metrics
    assert len(card.metrics["good"]) == 5
    assert card.beside["good"]["the grid itself"] == pytest.approx(0.989, abs=0.01)


def test_the_curve_is_the_mean_of_each_stretch_of_the_run(built: Path) -> None:
    card, history = zoo.card("tiny", built), (built / "history.csv").read_text("utf-8").splitlines()
    column = history[0].split(",").index("generator")
    values = [float(line.split(",")[column]) for line in history[1:]]
    assert card.curve["step"] == [*range(5, 251, 5)]
    assert card.curve["generator"][1] == pytest.approx(sum(values[5:10]) / 5, rel=1e-4)
    assert {"step", "generator", "discriminator"} == {*card.curve}


def test_weights_are_those_of_the_run_in_half_precision_of_what_draws_and_plays(
    built: Path,
) -> None:
    whole, half = RunFolder(built).load(), zoo.load("tiny", built)
    drawn = weights.needed(whole, TINY)
    assert {key.partition(".")[0] for key in drawn} == {*GAN.draws, "discriminator"}
    for key, weight in weights.needed(half, TINY).items():
        rounded = drawn[key].half().float() if weight.is_floating_point() else drawn[key]
        assert torch.equal(weight, rounded), key
    assert not any(module.training for module in half.networks().values())
    assert zoo.card("tiny", built).parameters == sum(weight.numel() for weight in drawn.values())


def test_an_author_ships_what_is_built(
    course: Command, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gan_course.zoo.entries.SHIPPED", tmp_path / "package")
    outcome = course("zoo", "rebuild", "tiny", "--ship")
    assert outcome.code == 0, outcome.err
    assert "is finished: there is nothing to go on with" in outcome.out
    assert {path.name for path in (tmp_path / "package").iterdir()} == {*WRITTEN, "tiny.json"}


def test_a_bound_that_is_missed_is_said(course: Command, built: Path) -> None:
    assert "modes is 0, and is to be at least 25" in course("zoo", "rebuild", "tiny").err


def test_the_list_names_every_model_and_the_card_says_it_all(
    course: Command, declared: dict[str, Entry], built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared["lacking"] = TINY
    monkeypatch.setattr(zoo, "shipped", lambda: ("tiny",))
    for part in ("card", "picture"):
        told = getattr(zoo, part)
        monkeypatch.setattr(zoo, part, lambda name, told=told: told(name, built))
    listed = course("zoo", "list")
    assert listed.code == 0, listed.err
    assert "modes found, of 25 ↑ 0" in listed.out
    assert "the grid itself 25" in listed.out
    assert "lacking" in listed.out
    shown = course("zoo", "show", "tiny", "--picture", "x.png")
    assert shown.code == 0, shown.err
    for said in (
        TINY.command,
        TINY.limits,
        "share of good samples",
        "666 samples of tiny: points.",
    ):
        assert said in shown.out
    assert Path("x.png").read_bytes() == (built / "tiny.png").read_bytes()
