from __future__ import annotations

import pytest
import torch

from gan_course.data import Dataset
from gan_course.metrics import judge_distance, ladder, real_floor, rung_images
from gan_course.metrics.ladder import BLURRED, MEAN, MEMORISED, NOISE, REAL, blur


@pytest.fixture(scope="module")
def rungs(digits: Dataset) -> dict[str, float]:
    return ladder(digits, n=2000)


def test_rungs_stand_in_order_from_noise_to_real(rungs: dict[str, float]) -> None:
    assert list(rungs) == [NOISE, MEAN, BLURRED, MEMORISED, REAL]
    assert list(rungs.values()) == sorted(rungs.values(), reverse=True)


def test_rungs_are_clearly_apart(rungs: dict[str, float]) -> None:
    assert rungs[REAL] < 2
    assert rungs[MEMORISED] > 2 * rungs[REAL]
    assert rungs[BLURRED] > 20 * rungs[MEMORISED]
    assert rungs[NOISE] > 3 * rungs[BLURRED]


def test_ladder_repeats_under_one_seed_and_changes_with_it(digits: Dataset) -> None:
    first = ladder(digits, n=200)
    torch.rand(3)
    assert ladder(digits, n=200) == first
    assert ladder(digits, n=200, seed=1)[REAL] != first[REAL]


def test_each_rung_is_the_judge_distance_of_n_images(digits: Dataset) -> None:
    n = 250  # ten pictures a class do not divide it
    images, distances = rung_images(digits, n), ladder(digits, n)
    sizes = {name: len(pictures) for name, pictures in images.items()}
    assert sizes == {NOISE: n, MEAN: 1, BLURRED: n, MEMORISED: 100, REAL: n}
    for name in (NOISE, BLURRED, REAL):
        assert images[name].shape == (n, 1, 28, 28)
        assert distances[name] == pytest.approx(
            judge_distance(images[name], digits.held_out.x[:n]), rel=1e-5
        )
    repeated = torch.cat([images[MEMORISED]] * 3)[:n]
    assert distances[MEMORISED] == pytest.approx(
        judge_distance(repeated, digits.held_out.x[:n]), rel=1e-5
    )
    assert distances[MEAN] == pytest.approx(
        judge_distance(images[MEAN].expand(n, -1, -1, -1), digits.held_out.x[:n]), rel=1e-5
    )


def test_memorised_pictures_are_ten_training_images_of_each_digit(digits: Dataset) -> None:
    pictures = rung_images(digits, 200)[MEMORISED].flatten(1)
    rows = torch.cdist(pictures, digits.train.x.flatten(1)).argmin(dim=1)
    assert torch.equal(pictures, digits.train.x.flatten(1)[rows])
    assert torch.bincount(digits.train.labels[rows]).tolist() == [10] * 10


def test_floor_is_the_ladders_last_rung(digits: Dataset) -> None:
    assert real_floor(digits, n=300, seed=2) == ladder(digits, n=300, seed=2)[REAL]


def test_blur_keeps_a_constant_and_spreads_a_dot_by_sigma() -> None:
    assert torch.equal(blur(torch.full((1, 1, 28, 28), 0.3), 2.0), torch.full((1, 1, 28, 28), 0.3))
    dot = torch.zeros(1, 1, 29, 29)
    dot[..., 14, 14] = 1
    spread = blur(dot, 2.0)[0, 0]
    positions = torch.arange(29.0) - 14
    # Cutting the Gaussian off at 3 σ takes about 1.5 % off its standard deviation.
    assert (spread.sum(dim=0) * positions**2).sum().sqrt().item() == pytest.approx(2.0, rel=0.02)
    torch.testing.assert_close(spread, spread.T)


@pytest.mark.parametrize("n", [1, 99, 2001])
def test_sizes_the_data_cannot_fill_are_refused(digits: Dataset, n: int) -> None:
    with pytest.raises(ValueError, match=rf"expected n from 100 to 2000, .*, got {n}"):
        ladder(digits, n)
