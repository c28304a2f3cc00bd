"""Shapes, which no judge knows, go through every command that images go through."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.command import Command

ON_SHAPES = ("--data", "shapes", "--out", "a", "--accelerator", "cpu")


def test_infogan_trains_on_shapes_with_the_configuration_made_for_them(course: Command) -> None:
    done = course("train", "infogan", *ON_SHAPES, "--steps", 2)
    assert done.code == 0, done.err
    config = json.loads(Path("a/config.json").read_text(encoding="utf-8"))["config"]
    assert (config["generator"], config["codes"], config["steps"]) == ("coordinates", 3, 2)
    assert course("sample", "a", "--n", 3, "--out", "x.npz").code == 0
    assert np.load("x.npz")["images"].shape == (3, 28, 28)
    assert course("train", "infogan", "--data", "shapes", "--out", "a", "--resume").code == 0


def test_any_model_of_images_trains_on_shapes(course: Command) -> None:
    assert course("train", "dcgan", *ON_SHAPES, "--steps", 2).code == 0


def test_a_conditional_gan_takes_the_classes_of_shapes(course: Command) -> None:
    assert course("train", "cgan", *ON_SHAPES, "--steps", 1, "--set", "width=2").code == 0
    assert json.loads(Path("a/config.json").read_text(encoding="utf-8"))["config"]["classes"] == 3
    refused = course("sample", "a", "--given", "label=7", "--n", 4, "--out", "seven.png")
    assert "expected the number of a class, a whole number from 0 to 2, got 7" in refused.err
    assert not Path("seven.png").exists()


def test_the_full_profile_is_that_for_shapes_too(course: Command) -> None:
    small = ("--set", "width=2", "--steps", 1)
    done = course("train", "infogan", *ON_SHAPES, "--profile", "full", *small)
    assert done.code == 0, done.err
    recipe = json.loads(Path("a/config.json").read_text(encoding="utf-8"))
    assert (recipe["profile"], recipe["config"]["generator"]) == ("full/shapes", "coordinates")
    again = course("train", "infogan", "--profile", "full", "--out", "a", "--resume")
    assert again.code == 0, again.err


def test_doctor_explains_a_run_on_shapes(course: Command) -> None:
    course("train", "infogan", *ON_SHAPES, "--steps", 2)
    report = course("doctor", "a")
    assert "information_codes" in report.out
    assert "two fresh samples are" in report.out
    assert "another digit" not in report.out


def test_a_score_that_needs_digits_is_refused_before_anything_is_written(course: Command) -> None:
    refused = course("train", "infogan", *ON_SHAPES, "--best-by", "frechet")
    assert refused.code != 0
    assert "no score fits these images, so 'frechet' does not: leave it out" in refused.err
    assert not Path("a").exists()


def test_shapes_have_no_larger_original(course: Command) -> None:
    refused = course("train", "infogan", *ON_SHAPES, "--source", "full")
    assert refused.code != 0
    assert "'shapes' has no larger original" in refused.err
