"""Shapes are read from their pictures alone: against the factors they were drawn with."""

from __future__ import annotations

import math

import pytest
import torch

from gan_course.data import Shapes, load
from gan_course.data.shapes import KINDS, draw_shapes
from gan_course.metrics import read_shapes


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return load("shapes")


@pytest.mark.parametrize("kind", range(3), ids=KINDS)
def test_held_out_shapes_are_read_to_a_fraction_of_a_pixel(shapes: Shapes, kind: int) -> None:
    rows = shapes.held_out.labels == kind
    found, true = read_shapes(shapes.held_out.x[rows]), shapes.held_out.factors[rows]
    assert (found.kinds == kind).all()
    error = (found.factors - true).abs()
    assert error[:, :3].amax(0).tolist() == pytest.approx([0, 0, 0], abs=0.12)
    around = torch.minimum(error[:, 3], 1 - error[:, 3])
    assert around.max() < 0.015
    assert found.residual.max() < 0.01


def test_a_shape_that_is_twice_as_dim_is_read_as_a_worse_one(shapes: Shapes) -> None:
    dim = (shapes.held_out.x[:20] - 1) / 2
    assert read_shapes(dim).residual.min() > 0.15


def test_what_is_no_shape_is_told_by_its_residual(shapes: Shapes) -> None:
    noise = 2 * torch.rand(20, 1, 28, 28, generator=torch.Generator().manual_seed(1)) - 1
    two = torch.maximum(
        shapes.held_out.x[:20], shapes.held_out.x[:20].flip(-1).roll(9, -1).flip(-2)
    )
    assert read_shapes(noise).residual.min() > 0.5
    assert read_shapes(two).residual.median() > 0.2
    assert read_shapes(load("digits").held_out.x[:200]).residual.median() > 0.5


def test_a_black_picture_is_read_as_the_middle_of_every_range() -> None:
    found = read_shapes(torch.full((2, 1, 28, 28), -1.0))
    assert found.residual.tolist() == [1, 1]
    assert found.factors[0].tolist() == [14, 14, 5.5, 0.5]


def test_a_reading_does_not_depend_on_the_other_pictures(shapes: Shapes) -> None:
    together, alone = read_shapes(shapes.held_out.x[:10]), read_shapes(shapes.held_out.x[3:4])
    assert torch.equal(together.kinds[3:4], alone.kinds)
    torch.testing.assert_close(together.factors[3:4], alone.factors)


def test_shapes_beyond_the_ranges_of_the_data_are_read_too() -> None:
    factors = torch.tensor([[6.0, 21.0, 3.0, 0.2], [14.0, 14.0, 9.0, 0.9]])
    found = read_shapes(draw_shapes(torch.tensor([0, 1]), factors))
    assert found.kinds.tolist() == [0, 1]
    torch.testing.assert_close(found.factors, factors, atol=0.1, rtol=0)


def test_pictures_of_another_shape_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"expected images of shape \(N, 1, 28, 28\), got \(2, 3, 28, 28\)"
    ):
        read_shapes(torch.zeros(2, 3, 28, 28))


def test_the_readings_of_a_square_turn_four_times_in_a_whole_turn() -> None:
    angles = torch.linspace(0, 2 * math.pi, 9)[:-1] + 0.1
    factors = torch.stack(
        [
            torch.full((8,), 14.0),
            torch.full((8,), 14.0),
            torch.full((8,), 6.0),
            (angles / (math.pi / 2)).remainder(1),
        ],
        dim=1,
    )
    found = read_shapes(draw_shapes(torch.zeros(8, dtype=torch.int64), factors)).factors[:, 3]
    torch.testing.assert_close(found[:2].repeat(4), found, atol=0.01, rtol=0)
