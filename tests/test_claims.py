"""A claim takes one real number and a finite bound, and what comes back from its record is the same
claim."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from gan_course.claims import Claim, seeds_said

CLAIMS = [
    Claim("a", 1, at_least=0.5),
    Claim("b", 1, at_most=0.5),
    Claim("c", math.nan, at_most=0.5),
    Claim("d", -math.inf, at_most=0.5, stored=range(3)),
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text)
def test_a_claim_read_from_its_record_is_judged_the_same(claim: Claim) -> None:
    found = Claim.from_record(json.loads(json.dumps(claim.record, allow_nan=False)))
    assert found.record == claim.record
    assert found.holds is claim.holds


@pytest.mark.parametrize("passed", [True, False])
def test_a_claim_read_from_a_record_is_judged_by_its_value_alone(passed: bool) -> None:
    assert Claim.from_record({**CLAIMS[0].record, "passed": passed}).holds
    assert not Claim.from_record({**CLAIMS[1].record, "passed": passed}).holds


NO_NUMBERS: list[Any] = [
    None,
    "0.5",
    1j,
    np.complex64(1),
    [0.5],
    torch.zeros(2),
    np.zeros(2),
    torch.zeros(0),
    torch.zeros((), dtype=torch.complex64),
    torch.zeros((), device="meta"),
    np.array("0.5"),
    10**400,
]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_what_is_not_one_real_number_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^value of a claim is one real number, got "):
        Claim("a", value, at_least=0)
    if value is not None:
        with pytest.raises(TypeError, match=r"^at_most of a claim is one real number, got "):
            Claim("a", 1, at_most=value)


def test_a_refused_tensor_is_told_its_shape_and_type() -> None:
    with pytest.raises(TypeError, match=r"got a Tensor of shape \(2,\) and type torch.float32$"):
        Claim("a", torch.zeros(2), at_least=0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value", [1, np.int64(1), np.float16(1), torch.ones(1), np.ones((1, 1)), Fraction(1), True]
)
def test_one_number_of_any_real_type_is_taken(value: Any) -> None:
    claim = Claim("a", value, at_least=value)
    assert (claim.value, claim.bound) == (1.0, 1.0)
    assert type(claim.value) is type(claim.bound) is float


@pytest.mark.parametrize("bound", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("side", ["at_least", "at_most"])
def test_a_bound_that_everything_or_nothing_keeps_is_refused(side: str, bound: float) -> None:
    with pytest.raises(ValueError, match=f"^the bound of a claim is a finite number, got {bound}$"):
        Claim("a", 1, **{side: bound})


@pytest.mark.parametrize("text", ["", " ", None, 3])
def test_a_claim_without_a_sentence_is_refused(text: Any) -> None:
    with pytest.raises(TypeError, match="the text of a claim is a sentence"):
        Claim(text, 1, at_least=0)


@pytest.mark.parametrize("stored", [5, "012", (0, 0), (0.5,), (None,)])
def test_stored_takes_seeds_and_nothing_else(stored: Any) -> None:
    with pytest.raises(TypeError, match=r"stored takes the seeds of the study .* range\(5\); got "):
        Claim("a", 1, at_least=0, stored=stored)


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        ([3], "seed 3"),
        ([0, 1], "seeds 0, 1"),
        (range(5), "seeds 0-4"),
        ([5, 6, 7], "seeds 5-7"),
        ([0, 2, 5], "seeds 0, 2, 5"),
        ([2, 1, 0], "seeds 2, 1, 0"),
    ],
)
def test_seeds_are_said_in_words(seeds: Any, said: str) -> None:
    assert seeds_said(seeds) == said
