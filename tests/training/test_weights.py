"""Final weights are whole or said to be damaged, by everything that reads them, with one advice."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from gan_course.models import GAN
from gan_course.training.checkpoint import checkpoints
from gan_course.training.hooks import DivergenceError
from gan_course.training.weights import expect_whole, load_weights, write_weights
from tests.command import Command
from tests.training.short_runs import SMALL, same

AGAIN = "gan-course train gan --out a --resume"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_weights(tmp_path / "w.safetensors", GAN(SMALL), "gan")
    return tmp_path / "w.safetensors"


def flipped(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def test_a_flipped_bit_is_noticed_wherever_it_is(path: Path) -> None:
    expect_whole(path)
    for bit in range(0, 8 * path.stat().st_size, 11):  # all places in a byte
        flipped(path, bit)
        with pytest.raises(ValueError, match="is damaged or no file of weights of this course"):
            expect_whole(path)
        flipped(path, bit)
    expect_whole(path)


def test_any_reader_of_safetensors_reads_them(path: Path) -> None:
    model = GAN(SMALL)
    load_weights(path, model)
    assert same(dict(sorted(load_file(path).items())), dict(sorted(model.weights().items())))


def test_weights_of_another_program_are_refused(path: Path) -> None:
    model = GAN(SMALL)
    save_file(model.weights(), path)
    with pytest.raises(ValueError, match="is damaged or no file of weights of this course"):
        load_weights(path, model)


def test_weights_that_are_nan_are_neither_written_nor_loaded(path: Path) -> None:
    model, whole = GAN(SMALL), path.read_bytes()
    weights = {key: tensor / 0 * 0 for key, tensor in model.weights().items()}
    weights["ema.updates"] = model.weights()["ema.updates"]
    with pytest.raises(ValueError, match=r"these weights cannot be used: .* holds NaN"):
        model.load_weights(weights)
    with torch.no_grad():
        next(model.generator.parameters()).fill_(torch.inf)
    with pytest.raises(DivergenceError, match=r"generator\..* is NaN or infinite"):
        write_weights(path, model, "gan")
    assert path.read_bytes() == whole


def test_weights_that_are_whole_numbers_are_refused() -> None:
    model = GAN(SMALL)
    with pytest.raises(ValueError, match="these weights belong to another model"):
        model.load_weights({key: tensor.long() for key, tensor in model.weights().items()})


def test_all_commands_say_that_weights_are_damaged_and_the_one_advice_mends_them(
    course: Command,
) -> None:
    assert course("train", "gan", "--steps", 2, "--out", "a").code == 0
    weights = Path("a/final.safetensors")
    whole = weights.read_bytes()
    flipped(weights, 8 * len(whole) - 3)
    said = (
        "a/final.safetensors is damaged or no file of weights of this course: write it anew, from "
        f"the newest whole checkpoint, with: {AGAIN}"
    )
    for command in (("sample", "a", "--out", "x.npz"), ("doctor", "a"), ("runs", "a")):
        outcome = course(*command)
        assert said in " ".join((outcome.out + outcome.err).split()), command
    outcome = course("doctor", "a")
    assert (outcome.code, "PROBLEM  files" in outcome.out) == (0, True)
    assert not Path("x.npz").exists()
    outcome = course(*AGAIN.split()[1:])
    assert outcome.code == 0
    assert "a/final.safetensors is damaged" in outcome.err
    assert weights.read_bytes() == whole


def test_without_a_whole_checkpoint_the_doctor_has_nothing_to_look_at(course: Command) -> None:
    assert course("train", "gan", "--steps", 2, "--out", "a").code == 0
    flipped(Path("a/final.safetensors"), 99)
    for path in checkpoints(Path("a/checkpoints")):
        path.unlink()
    outcome = course("doctor", "a")
    assert (outcome.code, AGAIN in outcome.err) == (2, True)
    outcome = course(*AGAIN.split()[1:])
    assert (outcome.code, "starting at step 0" in outcome.out) == (0, True)
