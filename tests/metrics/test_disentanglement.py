"""Codes matched with factors and clusters with classes: against SciPy, scikit-learn, and what
perfect and random codes must score."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import mutual_info_score
from torch import Tensor

from gan_course.data import Dataset, load
from gan_course.metrics import (
    binned,
    cluster_accuracy,
    match,
    mutual_information,
    mutual_information_gap,
    pixel_clusters,
    rank_correlations,
    shape_correlations,
)

seeds = st.integers(0, 10_000)


def uniform(n: int, width: int, seed: int = 0) -> Tensor:
    return 2 * torch.rand(n, width, generator=torch.Generator().manual_seed(seed)) - 1


def whole(n: int, values: int, seed: int) -> Tensor:
    return torch.randint(values, (n,), generator=torch.Generator().manual_seed(seed))


@given(seeds)
def test_rank_correlations_are_those_of_scipy_also_with_ties(seed: int) -> None:
    codes, factors = uniform(40, 2, seed), whole(40, 5, seed + 1)[:, None].float()
    expected = [abs(spearmanr(code.numpy(), factors[:, 0].numpy())[0]) for code in codes.T]
    assert rank_correlations(codes, factors)[:, 0].tolist() == pytest.approx(expected, abs=1e-9)


def test_any_rising_or_falling_code_is_perfectly_correlated_and_a_constant_not_at_all() -> None:
    factor = uniform(100, 1)
    codes = torch.cat([factor.exp(), -(factor**3), torch.ones(100, 1)], dim=1)
    assert rank_correlations(codes, factor)[:, 0].tolist() == pytest.approx([1, 1, 0])


@given(seeds, st.permutations([0, 1, 2]))
def test_matching_is_the_best_of_all_permutations_and_follows_the_codes_when_they_are_reordered(
    seed: int, order: list[int]
) -> None:
    strengths = torch.rand(3, 4, generator=torch.Generator().manual_seed(seed))
    found = match(strengths)
    best = max(
        sum(strengths[i, f].item() for i, f in enumerate(chosen))
        for chosen in itertools.permutations(range(4), 3)
    )
    assert sum(pair.strength for pair in found) == pytest.approx(best)
    assert len({pair.factor for pair in found}) == 3
    assert all(
        pair.strength == pytest.approx(strengths[pair.code, pair.factor].item()) for pair in found
    )
    reordered = match(strengths[order])
    assert sum(pair.strength for pair in reordered) == pytest.approx(best)
    assert {(order[pair.code], pair.factor) for pair in reordered} == {
        (pair.code, pair.factor) for pair in found
    }


def test_three_codes_of_one_factor_are_not_matched_three_times() -> None:
    factors = uniform(500, 3)
    codes = factors[:, :1].repeat(1, 3)
    strengths = sorted(pair.strength for pair in match(rank_correlations(codes, factors)))
    assert strengths[2] == pytest.approx(1)
    assert strengths[1] < 0.15


def test_codes_may_be_more_or_fewer_than_factors() -> None:
    assert len(match(torch.rand(5, 2))) == 2
    assert len(match(torch.rand(2, 5))) == 2


def test_codes_of_place_and_size_are_found_and_rotation_by_its_cosine_or_its_sine() -> None:
    shapes = load("shapes").held_out
    angle = 2 * math.pi * shapes.factors[:, 3]
    codes = torch.stack(
        [shapes.factors[:, 2], -shapes.factors[:, 0], angle.sin(), shapes.factors[:, 1] ** 3], dim=1
    )
    found = shape_correlations(codes, shapes.labels, shapes.factors)
    assert [(pair.code, pair.factor) for pair in match(found)] == [(0, 2), (1, 0), (2, 3), (3, 1)]
    assert [pair.strength for pair in match(found)] == pytest.approx([1, 1, 1, 1], abs=1e-4)
    correlations = shape_correlations(angle.cos()[:, None], shapes.labels, shapes.factors)
    assert match(correlations)[0].factor == 3


def test_each_kinds_rotation_counts_by_itself() -> None:
    shapes = load("shapes").held_out
    # The same code for all kinds, but for where each kind's turn begins: a convention that no model
    # can know.
    begins = torch.tensor([0.0, 0.25, 0.5])[shapes.labels]
    code = (2 * math.pi * (shapes.factors[:, 3] + begins)).cos()[:, None]
    assert shape_correlations(code, shapes.labels, shapes.factors)[0, 3] == pytest.approx(
        1, abs=1e-6
    )
    pooled = rank_correlations(code, (2 * math.pi * shapes.factors[:, 3:]).cos())
    assert pooled[0, 0] < 0.5


@pytest.mark.parametrize("begins", [0.0, 0.125, 0.25, 0.4])
def test_a_code_that_runs_once_around_is_about_two_thirds_correlated(begins: float) -> None:
    rotation = torch.linspace(0, 1, 3000)[:-1]
    factors = torch.stack([torch.rand(2999), torch.rand(2999), torch.rand(2999), rotation], dim=1)
    code = (rotation + begins).remainder(1)[:, None]
    assert 0.5 < shape_correlations(code, torch.zeros(2999, dtype=torch.int64), factors)[0, 3] < 0.8


def test_random_codes_follow_nothing() -> None:
    shapes = load("shapes").held_out
    found = shape_correlations(uniform(len(shapes), 4), shapes.labels, shapes.factors)
    assert found.max() < 0.1


@given(seeds, st.integers(1, 6), st.integers(1, 6))
def test_mutual_information_is_that_of_scikit_learn(seed: int, first: int, second: int) -> None:
    one, other = whole(60, first, seed), whole(60, second, seed + 1)
    assert mutual_information(one, other) == pytest.approx(
        mutual_info_score(one.numpy(), other.numpy()), abs=1e-9
    )
    assert mutual_information(one, other) == pytest.approx(mutual_information(other, one), abs=1e-9)


def test_the_information_of_a_variable_about_itself_is_its_entropy() -> None:
    assert mutual_information(torch.arange(10), torch.arange(10)) == pytest.approx(math.log(10))


def test_perfect_codes_have_a_gap_of_one_and_two_that_share_a_factor_have_none() -> None:
    factors = torch.stack([whole(4000, 4, 1), whole(4000, 5, 2), whole(4000, 3, 3)], dim=1)
    perfect = factors.float() * torch.tensor([1.0, -2.0, 0.5])
    assert mutual_information_gap(perfect, factors).tolist() == pytest.approx([1, 1, 1], abs=0.02)
    shared = torch.cat([perfect, perfect[:, :1]], dim=1)
    assert mutual_information_gap(shared, factors).tolist() == pytest.approx([0, 1, 1], abs=0.02)
    assert mutual_information_gap(uniform(4000, 3), factors).max() < 0.03


@given(seeds, st.permutations([0, 1, 2]))
def test_the_gap_lies_between_zero_and_one_and_does_not_care_for_the_order_or_the_sign_of_codes(
    seed: int, order: list[int]
) -> None:
    codes, factors = (
        uniform(80, 3, seed),
        torch.stack([whole(80, 4, seed), whole(80, 3, seed + 1)], dim=1),
    )
    gap = mutual_information_gap(codes, factors, bins=5)
    assert ((gap >= 0) & (gap <= 1)).all()
    torch.testing.assert_close(mutual_information_gap(codes[:, order], factors, bins=5), gap)


def test_a_turned_pair_of_codes_keeps_all_information_and_loses_the_gap() -> None:
    factors = uniform(20_000, 2)
    cells = binned(factors, 6)
    turn = torch.tensor([[1.0, 1.0], [-1.0, 1.0]]) / math.sqrt(2)
    assert mutual_information_gap(factors, cells).min() > 0.9
    assert mutual_information_gap(factors @ turn, cells).max() < 0.05


def test_binning_cuts_each_column_into_equal_widths() -> None:
    values = torch.tensor([[0.0, 5.0], [0.24, 5.0], [0.26, 5.0], [1.0, 5.0]])
    assert binned(values, 4).tolist() == [[0, 0], [0, 0], [1, 0], [3, 0]]


@given(seeds, st.permutations(list(range(5))))
def test_cluster_accuracy_does_not_care_how_clusters_are_numbered(
    seed: int, order: list[int]
) -> None:
    clusters, labels = whole(50, 5, seed), whole(50, 5, seed + 1)
    accuracy = cluster_accuracy(clusters, labels)
    assert 0 < accuracy <= 1
    assert cluster_accuracy(torch.tensor(order)[clusters], labels) == pytest.approx(accuracy)
    assert cluster_accuracy(torch.tensor(order)[labels], labels) == 1


def test_clusters_that_no_class_is_left_for_are_wrong() -> None:
    labels = torch.tensor([0, 0, 0, 1, 1, 1])
    assert cluster_accuracy(torch.tensor([0, 0, 0, 0, 0, 0]), labels) == 0.5
    assert cluster_accuracy(torch.tensor([0, 0, 2, 1, 1, 3]), labels) == pytest.approx(4 / 6)


def test_random_categories_score_little_above_a_tenth_on_digits_and_pixels_about_a_half() -> None:
    digits: Dataset = load("digits")
    labels = digits.held_out.labels
    assert cluster_accuracy(whole(2000, 10, 1), labels) == pytest.approx(0.13, abs=0.02)
    clusters = pixel_clusters(digits.held_out.x, 10)
    assert 0.45 < cluster_accuracy(clusters, labels) < 0.65
    assert torch.equal(clusters, pixel_clusters(digits.held_out.x, 10))


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        (
            lambda: rank_correlations(torch.rand(3), torch.rand(3, 1)),
            ValueError,
            r"as many rows, got \(3,\) and \(3, 1\)",
        ),
        (lambda: rank_correlations(torch.rand(3, 2), torch.rand(4, 2)), ValueError, "as many rows"),
        (
            lambda: rank_correlations(torch.rand(1, 2), torch.rand(1, 2)),
            ValueError,
            "at least 2 rows, because one has no order",
        ),
        (
            lambda: rank_correlations(torch.full((3, 1), math.nan), torch.rand(3, 1)),
            ValueError,
            "NaN or infinity",
        ),
        (
            lambda: shape_correlations(torch.rand(3, 2), whole(2, 3, 0), torch.rand(3, 4)),
            ValueError,
            r"kinds of shape \(3,\), one for each sample",
        ),
        (
            lambda: match(torch.rand(3)),
            ValueError,
            r"finite strengths of shape \(codes, factors\), got \(3,\)",
        ),
        (lambda: match(torch.full((2, 2), math.inf)), ValueError, "finite strengths"),
        (
            lambda: mutual_information(torch.rand(3), torch.rand(3)),
            TypeError,
            r"whole numbers, .*: cut continuous values with binned",
        ),
        (
            lambda: mutual_information(torch.tensor([-1]), torch.tensor([0])),
            ValueError,
            "at least 0, got -1",
        ),
        (
            lambda: mutual_information_gap(torch.rand(3, 2), torch.zeros(3, 1, dtype=torch.int64)),
            ValueError,
            "factors that change",
        ),
        (
            lambda: cluster_accuracy(
                torch.zeros(0, dtype=torch.int64), torch.zeros(0, dtype=torch.int64)
            ),
            ValueError,
            "N of at least 1",
        ),
        (
            lambda: pixel_clusters(torch.rand(3, 4), 4),
            ValueError,
            "clusters from 1 to that of the images, 3, got 4",
        ),
        (lambda: binned(torch.rand(3, 4), 0), ValueError, "bins must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_a_sentence(
    call: object, kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        call()  # type: ignore[operator]
