"""What a model can be asked for: `sample --label 7`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gan_course.catalogue import catalogue
from gan_course.models import CGAN, DCGAN, CGANConfig, DCGANConfig, InfoGAN, InfoGANConfig
from gan_course.models.declarations import numbered, whole
from gan_course.training.samples import draw
from tests.command import Command

TINY = CGANConfig(classes=4, latent_dim=5, embedding_dim=3, width=2, steps=4)


def test_a_conditional_gan_says_what_it_takes_and_others_take_nothing() -> None:
    assert list(CGAN.conditions) == ["label"]
    assert not DCGAN.conditions


def test_samples_of_a_label_are_what_the_generator_draws_for_it() -> None:
    model = CGAN(TINY)
    torch.manual_seed(3)
    images = model.sample(6, label=2)
    torch.manual_seed(3)
    assert torch.equal(images, model.ema(model.noise(6), torch.full((6,), 2)))
    assert model.labels(6).tolist() == [0, 1, 2, 3, 0, 1]


@pytest.mark.parametrize("label", [-1, 4])
def test_a_label_that_is_no_class_is_refused(label: int) -> None:
    with pytest.raises(
        ValueError, match=f"expected the number of a class, a whole number from 0 to 3, got {label}"
    ):
        CGAN(TINY).sample(2, label=label)


def test_an_unknown_conditioning_and_no_classes_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"there is no conditioning 'projektion' \(did you mean 'projection'\?\)"
    ):
        CGAN(CGANConfig(conditioning="projektion"))
    with pytest.raises(ValueError, match="classes must be a whole number from 1 to 65,536, got 0"):
        CGAN(CGANConfig(classes=0))


def test_numbers_are_written_as_people_write_them() -> None:
    for text in ("1_0", "٣", ""):
        with pytest.raises(ValueError, match=f"expected a whole number, such as 7, got '{text}'"):
            whole(text)
    with pytest.raises(ValueError, match=r"expected numbers and their values, such as 0:1\.5"):
        numbered("0:1_0")


def test_drawing_passes_a_condition_on_and_refuses_what_a_model_does_not_take() -> None:
    model = CGAN(TINY)
    assert not torch.equal(
        draw(model, 3, 0, condition={"label": 1}), draw(model, 3, 0, condition={"label": 2})
    )
    with pytest.raises(
        ValueError, match="a CGAN cannot be asked for a mood: its sample takes label"
    ):
        draw(model, 3, 0, condition={"mood": 1})
    with pytest.raises(
        ValueError,
        match="a DCGAN cannot be asked for a label: its sample takes nothing but a number",
    ):
        draw(DCGAN(DCGANConfig(width=2)), 3, 0, condition={"label": 1})


def test_the_command_draws_the_class_it_is_asked_for(course: Command) -> None:
    small = ("--set", "width=2", "--set", "lr_g=0.3")
    assert course("train", "cgan", "--steps", 3, *small, "--out", "a").code == 0
    for name, label in (
        ("seven", ("--given", "label=7")),
        ("two", ("--given", "label=2")),
        ("all", ()),
    ):
        assert course("sample", "a", "--n", 3, "--out", f"{name}.npz", *label).code == 0
    pictures = {name: np.load(f"{name}.npz")["images"] for name in ("seven", "two", "all")}
    assert not np.array_equal(pictures["seven"], pictures["two"])
    assert np.array_equal(pictures["all"][2], pictures["two"][2])
    outcome = course("sample", "a", "--given", "label=10", "--out", "x.npz")
    said = "expected the number of a class, a whole number from 0 to 9, got 10"
    assert (outcome.code, outcome.err) == (2, f"gan-course: {said}\n")
    assert not Path("x.npz").exists()


def test_a_model_without_classes_says_what_it_takes_and_who_takes_them(course: Command) -> None:
    assert course("train", "gan", "--steps", 1, "--out", "a").code == 0
    outcome = course("sample", "a", "--given", "label=3", "--out", "x.npz")
    assert outcome.code == 2
    said = "gan takes no condition, so it cannot be asked for 'label'; label is for cgan"
    assert said in outcome.err
    assert not Path("x.npz").exists()


def test_the_command_sets_the_codes_of_an_infogan(course: Command) -> None:
    small = ("--set", "width=2", "--set", "codes=2", "--set", "lr_g=0.3")
    assert course("train", "infogan", "--steps", 3, *small, "--out", "a").code == 0
    asked = {
        "low": ("--given", "code=0:-1.5"),
        "high": ("--given", "code=0:1.5"),
        "both": ("--given", "code=0:1.5,1:1"),
        "third": ("--given", "category=3"),
    }
    for name, options in asked.items():
        assert course("sample", "a", "--n", 3, "--out", f"{name}.npz", *options).code == 0
    pictures = [np.load(f"{name}.npz")["images"].tobytes() for name in asked]
    assert len(set(pictures)) == 4


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("code=9:1", "code"),
        ("category=10", "category"),
        ("category=x", "--given category: expected a whole number, such as 7, got 'x'"),
        (
            "code=0=1",
            "--given code: expected numbers and their values, such as 0:1.5,1:-1, got '0=1'",
        ),
        ("code=0:1,0:2", "--given code: 0 is given twice: leave one of them out"),
        ("code=0:nan", "a code is a finite number, usually from -1 to 1, got nan for code 0"),
        ("code", "--given takes a name and a value, such as label=7, got 'code'"),
        (
            "label=1",
            "infogan takes category and code, so it cannot be asked for 'label'; label is for cgan",
        ),
        ("mood=1", "infogan takes category and code, so it cannot be asked for 'mood'"),
    ],
)
def test_conditions_that_are_none_are_refused_and_nothing_is_written(
    course: Command, given: str, message: str
) -> None:
    small = ("--set", "width=2", "--set", "codes=1")
    assert course("train", "infogan", "--steps", 1, *small, "--out", "a").code == 0
    outcome = course("sample", "a", "--out", "x.npz", "--given", given)
    assert (outcome.code, message in outcome.err) == (2, True), outcome.err
    assert not Path("x.npz").exists()


def test_a_condition_given_twice_is_refused(course: Command) -> None:
    assert course("train", "cgan", "--steps", 1, "--set", "width=2", "--out", "a").code == 0
    twice = ("--given", "label=1", "--given", "label=2")
    outcome = course("sample", "a", "--out", "x.npz", *twice)
    assert (outcome.code, "--given gives label twice" in outcome.err) == (2, True)


def test_the_list_of_models_says_what_each_takes(course: Command) -> None:
    said = course("list").out
    assert "takes your pictures: gan-course translate" in " ".join(said.split())
    for entry in catalogue().models.values():
        for name, condition in entry.kind.conditions.items():
            typed = condition.read is not None
            assert (f"--given {name}={condition.example}" in said) == typed


@pytest.mark.parametrize(
    "labels", [[3, 0, 1], torch.tensor([3, 0, 1]), torch.tensor([3, 0, 1]).numpy()]
)
def test_each_sample_can_be_asked_for_a_label_of_its_own(labels: Any) -> None:
    model = CGAN(TINY)
    assert model.labels(3, labels).tolist() == [3, 0, 1]
    torch.manual_seed(3)
    images = model.sample(3, label=labels)
    torch.manual_seed(3)
    assert torch.equal(images, model.ema(model.noise(3), torch.tensor([3, 0, 1])))


def test_each_sample_can_be_asked_for_a_category_and_codes_of_its_own() -> None:
    model = InfoGAN(InfoGANConfig(categories=3, codes=2, width=2))
    alike = {"category": [1, 1, 1], "code": {1: torch.tensor([0.5, 0.5, 0.5])}}
    assert torch.equal(
        draw(model, 3, 0, condition=alike),
        draw(model, 3, 0, condition={"category": 1, "code": {1: 0.5}}),
    )
    own = draw(model, 3, 0, condition={"category": [1, 2, 1], "code": {1: [0.5, 0.5, -2.0]}})
    same = (own == draw(model, 3, 0, condition=alike)).flatten(1).all(1)
    assert same.tolist() == [True, False, False]


def test_samples_that_are_drawn_in_chunks_get_their_own_labels() -> None:
    model = CGAN(TINY)
    labels = torch.arange(600) % 4
    drawn = draw(model, 600, 0, condition={"label": labels})
    for label in range(4):
        alike = draw(model, 600, 0, condition={"label": label})
        assert torch.equal(drawn[labels == label], alike[labels == label])


@pytest.mark.parametrize(
    ("label", "error", "sentence"),
    [
        ([0, 1], ValueError, r"one class for all samples, or one for each of 3, got shape \(2,\)"),
        (
            [0, 1, 4],
            ValueError,
            "expected the number of a class, a whole number from 0 to 3, got 4",
        ),
        ([0.0, 1.0, 2.0], TypeError, "expected the number of a class, a whole one, got"),
        (True, TypeError, "expected the number of a class, a whole one, got True"),
        ("seven", TypeError, "expected the number of a class, or several, got 'seven'"),
        ([[0, 1, 2]], ValueError, r"got shape \(1, 3\)"),
    ],
)
def test_labels_that_do_not_fit_are_refused(
    label: Any, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        CGAN(TINY).sample(3, label=label)
    with pytest.raises(error):
        draw(CGAN(TINY), 3, 0, condition={"label": label})


def test_the_command_takes_several_labels_in_turn(course: Command) -> None:
    assert course("train", "cgan", "--steps", 3, "--set", "width=2", "--out", "a").code == 0
    pictures = {}
    for name, labels in (("both", "3,5"), ("three", "3"), ("five", "5")):
        given = ("--given", f"label={labels}", "--n", 5, "--out", f"{name}.npz")
        assert course("sample", "a", *given).code == 0
        pictures[name] = np.load(f"{name}.npz")["images"]
    assert np.array_equal(pictures["both"][::2], pictures["three"][::2])
    assert np.array_equal(pictures["both"][1::2], pictures["five"][1::2])
