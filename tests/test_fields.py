"""Fields of a configuration on the command line: `train --set lr_g=0.004`."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_course.commands.fields import read_fields
from gan_course.models.dcgan import DCGANConfig
from gan_course.models.gan import GANConfig
from gan_course.training.run_folder import RunFolder
from tests.command import Command


def test_each_value_has_the_type_of_its_field() -> None:
    settings = [
        "lr_g=4e-3",
        "latent_dim = 8",
        "hidden=64,32,8",
        "loss=minimax",
        "betas=(0.5, 0.9)",
        "r1_weight=1",
    ]
    values = read_fields(GANConfig(), settings)
    assert values == {
        "lr_g": 0.004,
        "latent_dim": 8,
        "hidden": (64, 32, 8),
        "loss": "minimax",
        "betas": (0.5, 0.9),
        "r1_weight": 1.0,
    }
    assert {type(value) for value in (values["r1_weight"], *values["betas"])} == {float}
    assert read_fields(DCGANConfig(), ["batch_norm=False"]) == {"batch_norm": False}
    assert read_fields(GANConfig(), []) == {}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("lr_g", "--set takes a field and a value, such as lr_g=0.004, got 'lr_g'"),
        ("lr_q=1", r"there is no field 'lr_q' \(did you mean 'lr_g'\?\)"),
        (
            "lr_g=fast",
            "lr_g must be a number above 0, up to .*, got 'fast'; write .* --set lr_g=0.004",
        ),
        ("lr_g=nan", "lr_g must be a number above 0, up to .*, got nan"),
        (
            "width=2.5",
            "width must be a whole number from 1 to 65,536, got '2.5'; write .* --set width=12",
        ),
        ("width=", "width must be a whole number from 1 to 65,536, got ''"),
        (
            "batch_norm=maybe",
            "batch_norm must be true or false, got 'maybe'; write .* --set batch_norm=True",
        ),
        (
            "betas=0.5,high",
            r"betas must be 2 values, each a number from 0 to below 1, got .*'high'",
        ),
        ("betas=2,2", r"got \(2.0, 2.0\); write for example --set betas=0.0,0.99"),
        ("lr_g=1_0", "lr_g must be a number above 0, up to .*, got '1_0'"),
        ("lr_g=-1", r"lr_g must be a number above 0, up to .*, got -1\.0"),
        ("width=٣", "width must be a whole number from 1 to 65,536, got '٣'"),
        ("loss=", "there is no loss ''"),
        ("steps=", "steps is not set by --set: use --steps"),
        ("steps=3", "steps is not set by --set: use --steps"),
        (
            "shape=1,32,32",
            "shape is not set by --set: it is that of the data, so choose them with --data",
        ),
    ],
)
def test_a_setting_that_cannot_be_one_is_named(setting: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_fields(DCGANConfig(), [setting])


def test_a_field_set_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="--set gives width twice: leave one of them out"):
        read_fields(DCGANConfig(), ["width=2", "width=3"])


def test_what_is_set_is_what_trains_and_what_resumes(course: Command) -> None:
    first = ("train", "gan", "--steps", 3, "--out", "a")
    assert course(*first, "--set", "lr_g=0.004", "--set", "hidden=8").code == 0
    config = RunFolder(Path("a")).recipe().config
    assert (config["lr_g"], config["hidden"]) == (0.004, [8])
    assert course(*first, "--resume", "--set", "lr_g=4e-3", "--set", "hidden=8").code == 0
    refused = course(*first, "--resume", "--set", "lr_g=0.1")
    assert refused.code == 2
    assert "started with lr_g = 0.004, and --set lr_g asks for 0.1" in refused.err


def test_a_setting_that_is_no_field_leaves_nothing_behind(course: Command) -> None:
    outcome = course("train", "gan", "--set", "lr_q=1", "--out", "a")
    assert (outcome.code, "did you mean 'lr_g'?" in outcome.err) == (2, True)
    assert not (Path("a")).exists()


def test_the_conditioning_of_a_conditional_gan_is_a_field_like_any_other(course: Command) -> None:
    tiny = ("--steps", 1, "--set", "width=2", "--out")
    assert course("train", "cgan", "--set", "conditioning=concat", *tiny, "a").code == 0
    assert RunFolder(Path("a")).recipe().config["conditioning"] == "concat"
    outcome = course("train", "cgan", "--set", "conditioning=concats", *tiny, "b")
    said = "there is no conditioning 'concats' (did you mean 'concat'?)"
    assert (outcome.code, said in outcome.err) == (2, True)
