"""What bad input is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from gan_course.data import random_generator
from gan_course.errors import (
    expect_index,
    expect_positive,
    expect_range,
    expect_seed,
    expect_shape,
    unknown_name,
)


def test_an_unknown_name_is_told_the_nearest_and_all_that_are_known() -> None:
    error = unknown_name("model", "gna", ["gan", "dcgan"])
    assert isinstance(error, ValueError)
    assert str(error) == "there is no model 'gna' (did you mean 'gan'?); known are dcgan, gan"


def test_a_name_like_no_other_gets_no_guess() -> None:
    assert (
        str(unknown_name("model", "zzz", ["gan", "dcgan"]))
        == "there is no model 'zzz'; known are dcgan, gan"
    )


@pytest.mark.parametrize(
    ("name", "said"), [(3, "3"), (None, "None"), (("gan",), "('gan',) (did you mean 'gan'?)")]
)
def test_a_name_that_is_no_string_is_unknown_as_any_other(name: object, said: str) -> None:
    assert (
        str(unknown_name("model", name, ["gan", "dcgan"]))
        == f"there is no model {said}; known are dcgan, gan"
    )


def test_shapes_are_written_as_the_reader_knows_them() -> None:
    with pytest.raises(
        ValueError, match=r"^expected images of shape \(N, 1, 28, 28\), got \(64, 28, 28\)$"
    ):
        expect_shape("images", torch.zeros(64, 28, 28), (1, 28, 28))
    with pytest.raises(ValueError, match=r"^expected labels of shape \(N,\), got \(2, 1\)$"):
        expect_shape("labels", torch.zeros(2, 1), ())
    with pytest.raises(ValueError, match=r"^expected labels of shape \(N,\), got \(\)$"):
        expect_shape("labels", torch.zeros(()), ())


@pytest.mark.parametrize("shape", [(4, 3), (4, 2, 1), (2,), ()])
def test_a_batch_of_the_wrong_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected points of shape"):
        expect_shape("points", torch.zeros(shape), (2,))


def test_integers_are_told_how_to_become_images() -> None:
    with pytest.raises(
        TypeError,
        match=r"floating type, got torch.uint8: scale the values first, for 8-bit images x / 127.5 "
        r"- 1",
    ):
        expect_shape("images", torch.zeros(2, 1, 4, 4, dtype=torch.uint8), (1, 4, 4))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_floats_of_the_right_shape_are_accepted(dtype: torch.dtype) -> None:
    expect_shape("points", torch.zeros(5, 2, dtype=dtype), (2,))


def test_values_at_the_bounds_are_accepted_and_values_beyond_named() -> None:
    expect_range("images", torch.tensor([-1.0, 1.0]))
    with pytest.raises(
        ValueError, match=r"^expected images in \[-1, 1\], got values from 0 to 255$"
    ):
        expect_range("images", torch.tensor([0.0, 255.0]))
    with pytest.raises(ValueError, match=r"in \[0, 1\], got values from -0.5 to 1"):
        expect_range("probabilities", torch.tensor([-0.5, 1.0]), 0, 1)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_value_that_is_no_number_is_out_of_every_range(bad: float) -> None:
    with pytest.raises(ValueError, match="expected images in"):
        expect_range("images", torch.tensor([0.0, bad, 0.5]))


def test_a_count_is_a_whole_number_of_at_least_one() -> None:
    assert expect_positive("steps", 1) == 1
    with pytest.raises(ValueError, match=r"^steps must be at least 1, got 0$"):
        expect_positive("steps", 0)


@pytest.mark.parametrize("value", [1.0, "3", True, None])
def test_a_count_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="steps must be a whole number of at least 1"):
        expect_positive("steps", value)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [np.int64(3), np.uint8(3), torch.tensor(3)])
def test_a_whole_number_of_another_library_becomes_one_of_python(number: Any) -> None:
    for found in (
        expect_positive("n", number),
        expect_seed(number),
        expect_index("code", number, 4),
    ):
        assert (found, type(found)) == (3, int)


@pytest.mark.parametrize("seed", [1.5, "3", None, True, -1, 2**32])
def test_a_seed_is_a_whole_number_that_every_generator_takes(seed: Any) -> None:
    kind = ValueError if seed in (-1, 2**32) else TypeError
    with pytest.raises(kind, match=r"^seed must be a whole number from 0 to 2\^32 - 1, got "):
        expect_seed(seed)
    with pytest.raises(ValueError, match="are whole numbers from 0 to 2\\^32 - 1, got "):
        random_generator(seed)


def test_an_index_counts_from_zero_and_only_to_what_is_there() -> None:
    assert [expect_index("code", index, 2) for index in (0, 1)] == [0, 1]
    for index in (2, -1, True, 1.0, "0"):
        with pytest.raises(
            ValueError, match=r"^expected the number of a code, a whole number from 0 to 1, got "
        ):
            expect_index("code", index, 2)  # type: ignore[arg-type]
    with pytest.raises(
        ValueError, match=r"^there is no code to choose, so none can be number 0: leave it out$"
    ):
        expect_index("code", 0, 0)
