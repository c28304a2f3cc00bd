from __future__ import annotations

import pytest
import torch
from scipy.spatial import cKDTree
from torch import Tensor

from gan_course.data import Dataset
from gan_course.metrics import memorisation_ratio, nearest, nearest_distance


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
