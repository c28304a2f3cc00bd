"""What `total` says at the end of an exercise."""

from __future__ import annotations

import pytest
import torch

from gan_course.losses import non_saturating
from gan_course.practice import total
from gan_course.practice.lesson_01.q2_optimal_discriminator import share
from gan_course.practice.lesson_01.q4_training_loop import loop
from gan_course.practice.lesson_01.steps import step

bce_d, bce_g = non_saturating.discriminator, non_saturating.generator
ANSWERS = {
    "discriminator_loss": bce_d,
    "generator_loss": bce_g,
    "optimal_discriminator": share,
    "optimal_logit": torch.sub,
    "training_step": step(),
    "train": loop(),
    "torch": torch,
}


def totalled(capsys: pytest.CaptureFixture[str], **other: object) -> str:
    total("01", {**ANSWERS, **other})
    return capsys.readouterr().out


def test_total_counts_the_points_of_the_answers_as_they_are_now(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert totalled(capsys) == "Exercise 01: 12 of 12 points.\n"
    assert totalled(capsys, generator_loss=bce_d) == (
        "Exercise 01: 9 of 12 points. Not yet right: 01.q1.\n"
    )
    nothing = dict.fromkeys(ANSWERS, None)
    assert totalled(capsys, **nothing) == (
        "Exercise 01: 0 of 12 points. Not yet right: 01.q1, 01.q2, 01.q3, 01.q4.\n"
    )


def test_total_of_names_that_were_never_defined_raises_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    total("01", {})
    assert capsys.readouterr().out.startswith("Exercise 01: 0 of 12 points.")
    with pytest.raises(ValueError, match=r"there is no exercise '1' \(did you mean '01'\?\)"):
        total("1", {})
