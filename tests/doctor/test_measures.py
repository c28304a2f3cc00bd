"""What the doctor measures: the variety of samples, and how often a discriminator is right."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from gan_course import losses
from gan_course.data import Batch, Dataset, load
from gan_course.doctor.measures import accuracy, variety
from gan_course.doctor.thresholds import ALIKE, LOPSIDED
from gan_course.metrics import rung_images
from gan_course.metrics.ladder import MEMORISED
from gan_course.models.gan import GAN
from tests.doctor.runs import LESSON


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load("digits")


def test_real_samples_are_as_varied_as_real_samples(digits: Dataset) -> None:
    found = variety(digits.train.x[:1000], digits.held_out.x[:1000], digits)
    assert found.nearest is not None
    assert found.imbalance is not None
    assert not found.low
    assert abs(found.spread - 1) < 0.02
    assert abs(found.nearest - 1) < 0.05
    assert found.imbalance < 0.08


def test_one_digit_only_is_low_variety_though_its_pictures_differ(digits: Dataset) -> None:
    found = variety(
        digits.train.x[digits.train.labels == 3][:500], digits.held_out.x[:1000], digits
    )
    assert found.spread > ALIKE
    assert found.imbalance is not None
    assert found.imbalance > 0.8
    assert found.low


def test_a_few_pictures_over_and_over_are_low_variety_though_every_digit_is_there(
    digits: Dataset,
) -> None:
    few = rung_images(digits)[MEMORISED].repeat(10, 1, 1, 1)
    found = variety(few, digits.held_out.x[:1000], digits)
    assert found.spread > ALIKE
    assert found.imbalance is not None
    assert found.imbalance < LOPSIDED
    assert found.nearest == pytest.approx(0, abs=1e-5)
    assert found.low


def test_one_picture_is_low_variety(digits: Dataset) -> None:
    assert variety(
        digits.train.x[:1].repeat(50, 1, 1, 1), digits.held_out.x[:200], digits
    ).spread == pytest.approx(0, abs=1e-6)


def test_of_two_bells_one_is_half_out_of_balance() -> None:
    mixture = load("mixture")
    points = mixture.sample(4000, torch.Generator().manual_seed(0))
    both, one = (
        variety(points[:2000], points[2000:], mixture),
        variety(points[points > 0][:, None], points, mixture),
    )
    assert both.imbalance is not None
    assert both.imbalance < 0.05
    assert not both.low
    assert one.imbalance == pytest.approx(0.5, abs=0.02)
    assert one.low


def test_a_mode_that_is_left_out_is_imbalance_in_the_plane() -> None:
    grid = load("grid")
    points = grid.sample(4000, torch.Generator().manual_seed(0))
    all_modes, right_half = (
        variety(points[:2000], points[2000:], grid),
        variety(points[points[:, 0] > 0.1], points, grid),
    )
    assert all_modes.nearest is None
    assert all_modes.imbalance is not None
    assert all_modes.imbalance < 0.1
    assert not all_modes.low
    assert right_half.imbalance == pytest.approx(15 / 25, abs=0.02)
    assert right_half.low


@pytest.mark.parametrize(
    ("loss", "boundary"),
    [("non_saturating", 0.0), ("minimax", 0.0), ("hinge", 0.0), ("least_squares", 0.5)],
)
def test_accuracy_counts_from_the_boundary_of_the_loss(loss: str, boundary: float) -> None:
    model = GAN(replace(LESSON, loss=loss))
    model.discriminator = torch.nn.Identity()  # type: ignore[assignment]
    real = boundary + torch.tensor([[0.1], [0.2], [0.3], [-0.1]])
    fake = boundary + torch.tensor([[-0.1], [0.1]])
    found = accuracy(model, model.adversary(), Batch(real), Batch(fake))
    assert (found.real, found.fake) == (0.75, 0.5)


@pytest.mark.parametrize("name", ["non_saturating", "minimax", "hinge", "least_squares"])
def test_guessing_costs_the_least_that_one_answer_to_all_can(name: str) -> None:
    loss = losses.by_name(name)
    answers = torch.linspace(-2, 2, 401, dtype=torch.float64)
    costs = torch.stack([loss.discriminator(answer[None], answer[None]) for answer in answers])
    assert costs.min().item() == pytest.approx(loss.guessing, abs=1e-9)
