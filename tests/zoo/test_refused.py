"""Bad input: one sentence, and nothing is loaded."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from gan_course import zoo
from gan_course.data import load
from gan_course.models import GAN, GANConfig
from gan_course.training.hooks import DivergenceError
from gan_course.zoo import weights
from gan_course.zoo.cards import checksum, same_data
from gan_course.zoo.entries import Entry
from tests.command import Command
from tests.zoo.conftest import TINY

REBUILD = "`gan-course zoo rebuild tiny`"


@pytest.mark.parametrize("asked", [zoo.load, zoo.card, zoo.dataset, zoo.entry, zoo.picture])
def test_an_unknown_name_is_answered_with_the_nearest(asked: object) -> None:
    with pytest.raises(ValueError, match=r"there is no model of the zoo 'dcgam' \(did you mean"):
        asked("dcgam")  # type: ignore[operator]


@pytest.mark.parametrize("asked", [zoo.load, zoo.card, zoo.dataset, zoo.picture])
def test_a_model_that_does_not_ship_is_answered_with_the_command_that_makes_it(
    asked: object, declared: dict[str, Entry], tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError, match=REBUILD):
        asked("tiny", tmp_path)  # type: ignore[operator]


def test_damaged_weights_are_refused(built: Path) -> None:
    path = built / "tiny.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"tiny\.safetensors is damaged or no file of weights"):
        zoo.load("tiny", built)


def test_weights_of_another_program_are_refused(built: Path) -> None:
    save_file({"a": torch.zeros(1)}, built / "tiny.safetensors")
    with pytest.raises(ValueError, match="damaged or no file of weights of this course"):
        zoo.load("tiny", built)


def test_weights_of_another_recipe_or_model_are_refused_and_nothing_is_loaded(
    built: Path,
) -> None:
    path = built / "tiny.safetensors"
    model = GAN(GANConfig(shape=(2,), hidden=(4, 4)))
    before = {key: weight.clone() for key, weight in model.weights().items()}
    with pytest.raises(ValueError, match=r"'tiny, format 1: .*--steps 250.*steps 9.* is declared"):
        weights.load_half(path, model, replace(TINY, steps=9))
    wider = GAN(GANConfig(shape=(2,), hidden=(8, 4)))
    with pytest.raises(ValueError, match=r"tiny\.safetensors: these weights belong to another"):
        weights.load_half(path, wider, TINY)
    assert all(torch.equal(weight, before[key]) for key, weight in model.weights().items())


def test_weights_that_half_precision_cannot_hold_are_not_written(tmp_path: Path) -> None:
    model = GAN(GANConfig(shape=(2,), hidden=(4,)))
    with torch.no_grad():
        next(model.ema.parameters()).fill_(1e6)
    with pytest.raises(DivergenceError, match="NaN or infinite"):
        weights.write_half(tmp_path / "tiny.safetensors", model, TINY)
    assert not list(tmp_path.iterdir())


def test_a_card_of_another_recipe_is_refused(declared: dict[str, Entry], built: Path) -> None:
    declared["tiny"] = replace(TINY, seed=4)
    with pytest.raises(ValueError, match=f"seed 3 .*seed 4 .*{REBUILD}"):
        zoo.card("tiny", built)


@pytest.mark.parametrize("content", ["{", "[]", '{"command": "x"}'])
def test_a_damaged_card_is_refused(built: Path, content: str) -> None:
    (built / "tiny.json").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"tiny\.json is damaged or no"):
        zoo.load("tiny", built)


def test_data_that_are_others_than_the_model_was_trained_on_are_refused(built: Path) -> None:
    path = built / "tiny.json"
    card = json.loads(path.read_text("utf-8"))
    zoo.dataset("tiny", built)
    path.write_text(json.dumps(card | {"data_checksum": [0.0]}), encoding="utf-8")
    with pytest.raises(ValueError, match=f"the grid here are not those.*{REBUILD}"):
        zoo.dataset("tiny", built)


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        (lambda x: (x + 1e-6 * torch.randn(x.shape)).clamp(-1, 1), True),  # as on another processor
        (lambda x: x.index_fill(0, torch.tensor([7]), 0.0), False),  # one image is grey
        (lambda x: x.flip(3), False),
    ],
)
def test_data_are_the_same_but_for_last_digits(
    changed: Callable[[Tensor], Tensor], same: bool
) -> None:
    digits = load("digits")
    other = replace(digits, held_out=replace(digits.held_out, x=changed(digits.held_out.x)))
    assert same_data(checksum(other), checksum(digits)) is same


def test_the_commands_say_so_in_one_sentence(
    course: Command, declared: dict[str, Entry], built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words, said in {
        ("show", "tinny"): "there is no model of the zoo 'tinny' (did you mean 'tiny'?)",
        ("rebuild", "tinny"): "there is no model of the zoo 'tinny' (did you mean 'tiny'?)",
        ("show", "tiny"): f"make it with {REBUILD}",
        ("rebuild", "tiny", "--out", "/proc/x"): "cannot be written",
    }.items():
        outcome = course("zoo", *words)
        assert (outcome.code, outcome.out) == (2, "")
        assert said in outcome.err
        assert outcome.err.count("\n") == 1
    monkeypatch.setattr(zoo, "card", lambda name: None)
    assert "the picture is a .png, got" in course("zoo", "show", "tiny", "--picture", "x.gif").err
    assert not Path("x.gif").exists()


def test_a_run_of_another_recipe_is_not_gone_on_with(
    course: Command, declared: dict[str, Entry], built: Path
) -> None:
    declared["tiny"] = replace(TINY, steps=300)
    outcome = course("zoo", "rebuild", "tiny")
    assert outcome.code == 2
    assert "was started with steps = 250" in outcome.err
