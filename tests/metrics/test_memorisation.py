from __future__ import annotations

import pytest
import torch
from scipy.spatial import cKDTree
from torch import Tensor

from gan_course.data import Dataset
from gan_course.metrics import (
    centred,
    memorisation_ratio,
    nearest,
    nearest_distance,
    neighbour_ratio,
    rung_images,
)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_nearest_images_agree_with_scipys_tree() -> None:
    images, reference = normal(70, 1, 3, 4), normal(90, 1, 3, 4, seed=1)
    distance, index = cKDTree(reference.flatten(1).numpy()).query(images.flatten(1).numpy())
    found = nearest(images, reference)
    torch.testing.assert_close(found.distance.double(), torch.from_numpy(distance))
    assert found.index.tolist() == index.tolist()


def test_distances_do_not_depend_on_the_chunk() -> None:
    images, reference = normal(70, 12), normal(90, 12, seed=1)
    whole = nearest_distance(images, reference)
    for chunk in (1, 7, 70, 1000):
        torch.testing.assert_close(nearest_distance(images, reference, chunk), whole)


def test_copies_are_at_distance_exactly_zero_and_find_themselves(digits: Dataset) -> None:
    found = nearest(digits.train.x[100:400], digits.train.x)
    assert found.distance.abs().max() == 0
    assert found.index.tolist() == list(range(100, 400))


def test_real_images_score_one_copies_zero_and_noise_far_above(digits: Dataset) -> None:
    train, held_out = digits.train.x, digits.held_out.x
    assert memorisation_ratio(held_out[:1000], train, held_out[1000:]) == pytest.approx(1, abs=0.05)
    assert memorisation_ratio(train[:500], train, held_out[1000:]) == 0
    # So a high ratio alone says nothing about a model.
    assert memorisation_ratio(torch.rand(200, 1, 28, 28) * 2 - 1, train, held_out[1000:]) > 2


def test_copies_under_faint_noise_are_still_caught(digits: Dataset) -> None:
    copies = digits.train.x[:500] + 0.02 * normal(500, 1, 28, 28)
    assert memorisation_ratio(copies, digits.train.x, digits.held_out.x[:500]) < 0.1


def test_neighbour_ratio_agrees_with_distances_worked_out_by_hand() -> None:
    reference = torch.tensor([[0.0, 0.0], [3.0, 4.0], [100.0, 0.0]])
    images = torch.tensor([[0.0, 0.0], [3.0, 0.0], [1.5, 2.0], [103.0, 4.0]])
    torch.testing.assert_close(
        neighbour_ratio(images, reference), torch.tensor([0.0, 3 / 4, 1.0, 5 / 100])
    )


def test_neighbour_ratio_of_a_copy_with_two_originals_is_zero() -> None:
    assert neighbour_ratio(torch.ones(1, 3), torch.ones(2, 3)).tolist() == [0]


def test_neighbour_ratio_does_not_depend_on_the_scale_of_the_pictures() -> None:
    images, reference = normal(70, 12), normal(90, 12, seed=1)
    torch.testing.assert_close(
        neighbour_ratio(9 * images, 9 * reference), neighbour_ratio(images, reference)
    )


@pytest.fixture(scope="module")
def close(digits: Dataset) -> float:
    """The ratio that one held-out digit in twenty stays below."""
    return neighbour_ratio(digits.held_out.x, digits.train.x).quantile(0.05).item()


def test_one_threshold_for_the_ratio_serves_every_digit(digits: Dataset, close: float) -> None:
    labels = digits.held_out.labels
    caught = labels[neighbour_ratio(digits.held_out.x, digits.train.x) < close]
    shares = torch.bincount(caught, minlength=10) / torch.bincount(labels)
    assert shares.min() > 0
    assert shares.max() < 0.15
    # By distance alone all that lie nearest are ones.
    distance = nearest_distance(digits.held_out.x, digits.train.x)
    assert set(labels[distance < distance.quantile(0.05)].tolist()) == {1}


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("shift", [(0, 0), (0, 1), (1, -1)])
def test_faintly_noisy_and_shifted_copies_of_any_digit_are_caught(
    digits: Dataset, close: float, digit: int, shift: tuple[int, int]
) -> None:
    originals = digits.train.x[digits.train.labels == digit][:200]
    copies = originals.roll(shift, (2, 3)) + 0.02 * normal(200, 1, 28, 28)
    ratio = neighbour_ratio(centred(copies.clamp(-1, 1)), digits.train.x)
    assert (ratio < close).double().mean() > 0.8


def test_ten_memorised_pictures_a_class_are_caught(digits: Dataset, close: float) -> None:
    memorised = rung_images(digits)["ten memorised pictures a class"]
    assert neighbour_ratio(centred(memorised), digits.train.x).max() < close


def test_centring_leaves_digits_where_they_are_and_brings_shifted_ones_back(
    digits: Dataset,
) -> None:
    images = digits.train.x[:500]
    assert centred(images).equal(images)
    # Digits that touch no border, so that nothing comes in on the other side.
    inner = images[(images[:, :, 2:-2, 2:-2] + 1).sum((1, 2, 3)) == (images + 1).sum((1, 2, 3))]
    assert centred(inner.roll((2, -1), (2, 3))).equal(inner)
    blank = -torch.ones(2, 1, 28, 28)
    assert centred(blank).equal(blank)


@pytest.mark.parametrize(
    ("images", "reference", "error", "sentence"),
    [
        (
            torch.zeros(2, 1, 28, 28),
            torch.zeros(2, 1, 32, 32),
            ValueError,
            r"one shape \(N, ...\), got \(2, 1, 28, 28\) and \(2, 1, 32, 32\)",
        ),
        (torch.zeros(2, 3), torch.zeros(0, 3), ValueError, "at least one reference image"),
        (
            torch.zeros(2, 3).int(),
            torch.zeros(2, 3).int(),
            TypeError,
            "one floating type, got torch.int32",
        ),
        (
            torch.zeros(2, 3),
            torch.zeros(2, 3).double(),
            TypeError,
            "got torch.float32 and torch.float64",
        ),
    ],
)
def test_bad_images_get_one_clear_sentence(
    images: Tensor, reference: Tensor, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        nearest(images, reference)


def test_ratio_refuses_no_samples_no_held_out_images_nan_and_a_leaking_split() -> None:
    images = normal(20, 5)
    with pytest.raises(ValueError, match="at least one sample"):
        memorisation_ratio(images[:0], images, images)
    with pytest.raises(
        ValueError,
        match=r"^expected at least one held-out image, got none: they show how far new real images "
        r"are",
    ):
        memorisation_ratio(images, images, images[:0])
    with pytest.raises(ValueError, match="NaN"):
        memorisation_ratio(images * float("nan"), images, normal(20, 5, seed=1))
    with pytest.raises(ValueError, match="got copies; split the data again"):
        memorisation_ratio(images, images, images)


def test_neighbour_ratio_refuses_a_reference_of_one_image() -> None:
    with pytest.raises(ValueError, match="at least two reference images, got 1"):
        neighbour_ratio(normal(3, 5), normal(1, 5))
    with pytest.raises(ValueError, match="at least one reference image, got none"):
        neighbour_ratio(normal(3, 5), normal(0, 5))
