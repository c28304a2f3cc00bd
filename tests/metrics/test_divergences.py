from __future__ import annotations

import math

import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.distributions import Categorical
from torch.distributions import kl_divergence as by_torch

from gan_course.metrics import jensen_shannon, kl_divergence

shares = st.lists(st.floats(0.01, 1), min_size=5, max_size=5).map(
    lambda heights: torch.tensor(heights, dtype=torch.float64) / sum(heights)
)


def two(p: float) -> Tensor:
    return torch.tensor([p, 1 - p], dtype=torch.float64)


def test_two_coins_are_as_far_apart_as_worked_out_by_hand() -> None:
    by_hand = 0.5 * math.log(0.5 / 0.25) + 0.5 * math.log(0.5 / 0.75)
    assert kl_divergence(two(0.5), two(0.25)) == pytest.approx(by_hand)
    back = 0.25 * math.log(0.25 / 0.5) + 0.75 * math.log(0.75 / 0.5)
    assert kl_divergence(two(0.25), two(0.5)) == pytest.approx(back)


@given(shares, shares)
def test_kullback_leibler_is_that_of_torch_and_jensen_shannon_its_definition(
    p: Tensor, q: Tensor
) -> None:
    assert kl_divergence(p, q) == pytest.approx(by_torch(Categorical(p), Categorical(q)).item())
    entropy = [scipy.special.entr(each.numpy()).sum() for each in ((p + q) / 2, p, q)]
    by_entropies = entropy[0] - (entropy[1] + entropy[2]) / 2
    assert jensen_shannon(p, q) == pytest.approx(by_entropies, abs=1e-12)


def test_what_shares_nothing_is_log_two_apart_and_infinitely_far() -> None:
    assert jensen_shannon(two(1.0), two(0.0)) == pytest.approx(math.log(2))
    assert kl_divergence(two(1.0), two(0.0)) == math.inf


def test_a_share_that_one_has_not_costs_nothing_in_the_other_direction() -> None:
    assert kl_divergence(two(1.0), two(0.25)) == pytest.approx(math.log(4))


def test_a_histogram_is_zero_from_itself_even_where_both_have_nothing() -> None:
    assert kl_divergence(two(1.0), two(1.0)) == jensen_shannon(two(1.0), two(1.0)) == 0


def test_counts_are_no_shares() -> None:
    with pytest.raises(ValueError, match="got a sum of 3; divide counts by their sum"):
        jensen_shannon(torch.tensor([1.0, 2.0]), two(0.5))
    with pytest.raises(ValueError, match=r"of one shape \(K,\), got \(2,\) and \(3,\)"):
        kl_divergence(two(0.5), torch.ones(3) / 3)
