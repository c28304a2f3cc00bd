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
    config = json.loads(Path("a/config.json").read_text())["config"]
    assert (config["generator"], config["codes"], config["steps"]) == ("coordinates", 3, 2)
    assert course("sample", "a", "--n", 3, "--out", "x.npz").code == 0
    assert np.load("x.npz")["images"].shape == (3, 28, 28)
    assert course("train", "infogan", "--data", "shapes", "--out", "a", "--resume").code == 0


def test_any_model_of_images_trains_on_shapes(course: Command) -> None:
    assert course("train", "dcgan", *ON_SHAPES, "--steps", 2).code == 0


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
