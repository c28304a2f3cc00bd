from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from gan_course.data import Dataset
from gan_course.metrics import digit_histogram, histogram_distance, label_histogram


def shares(weights: list[float]) -> Tensor:
    return torch.tensor(weights, dtype=torch.float64) / sum(weights)


histograms = st.lists(st.floats(1e-3, 1), min_size=10, max_size=10).map(shares)


def test_judge_counts_the_held_out_digits_as_their_labels_do(digits: Dataset) -> None:
    read, true = digit_histogram(digits.held_out.x), label_histogram(digits.held_out.labels)
    assert histogram_distance(read, true) < 0.005


def test_histogram_holds_the_share_of_each_digit(digits: Dataset) -> None:
    threes, fives = (digits.train.x[digits.train.labels == digit] for digit in (3, 5))
    histogram = digit_histogram(torch.cat([threes[:30], fives[:10]]))
    torch.testing.assert_close(
        histogram, shares([0, 0, 0, 3, 0, 1, 0, 0, 0, 0]), rtol=0, atol=0.026
    )
    assert histogram.sum().item() == pytest.approx(1)


def test_labels_are_counted_up_to_the_last_class() -> None:
    assert label_histogram(torch.tensor([0, 2, 2, 2]), classes=4).tolist() == [0.25, 0, 0.75, 0]


def test_one_digit_is_nine_tenths_from_uniform_and_disjoint_histograms_are_one_apart() -> None:
    one = torch.eye(10)[4]
    assert histogram_distance(one, torch.full((10,), 0.1)) == pytest.approx(0.9)
    assert histogram_distance(one, torch.eye(10)[5]) == 1


@given(histograms, histograms, histograms)
def test_total_variation_is_a_metric_between_zero_and_one(p: Tensor, q: Tensor, r: Tensor) -> None:
    assert histogram_distance(p, p) == 0
    assert histogram_distance(p, q) == histogram_distance(q, p)
    assert 0 <= histogram_distance(p, q) <= 1
    assert histogram_distance(p, r) <= histogram_distance(p, q) + histogram_distance(q, r) + 1e-12


@pytest.mark.parametrize(
    ("p", "q", "sentence"),
    [
        (torch.ones(10), torch.ones(10), "sum to 1, got a sum of 10; divide counts by their sum"),
        (
            torch.full((10,), 0.1),
            torch.full((5,), 0.2),
            r"one shape \(K,\), got \(10,\) and \(5,\)",
        ),
        (
            torch.zeros(0),
            torch.zeros(0),
            (
                "^expected histograms of at least one class, got empty ones: count labels with "
                "label_histogram$"
            ),
        ),
        (torch.tensor([1.5, -0.5]), torch.tensor([0.5, 0.5]), "at least 0"),
        (torch.tensor([float("nan"), 1.0]), torch.tensor([0.5, 0.5]), "sum to 1"),
    ],
)
def test_what_is_no_histogram_is_refused(p: Tensor, q: Tensor, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        histogram_distance(p, q)


def test_bad_labels_and_no_images_get_one_clear_sentence() -> None:
    with pytest.raises(ValueError, match="expected labels from 0 to 9, got 0 to 12"):
        label_histogram(torch.tensor([0, 12]))
    with pytest.raises(TypeError, match=r"labels of a whole-number type, got torch\.float32"):
        label_histogram(torch.tensor([0.0]))
    with pytest.raises(ValueError, match=r"N of at least 1, got \(0,\)"):
        digit_histogram(torch.zeros(0, 1, 28, 28))
