"""Shapes are what their factors say, to a fraction of a pixel, and no combination of factors is on
both sides of the split."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.stats import chi2_contingency, spearmanr
from torch import Tensor

from gan_course.data import Shapes, ShapeSplit, load
from gan_course.data.shapes import CELLS, FACTORS, KINDS, RANGES, SYMMETRY, draw_shapes

LOW, HIGH = torch.tensor(RANGES).T


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return load("shapes")


def row(
    kind: int, x: float = 14.0, y: float = 14.0, size: float = 7.0, rotation: float = 0.0
) -> Tensor:
    """One picture, (28, 28) in [0, 1]."""
    return (draw_shapes(torch.tensor([kind]), torch.tensor([[x, y, size, rotation]]))[0, 0] + 1) / 2


def cells(split: ShapeSplit) -> set[tuple[int, ...]]:
    place = ((split.factors - LOW) / (HIGH - LOW) * torch.tensor(CELLS)).long()
    return set(map(tuple, torch.cat([split.labels[:, None], place], dim=1).tolist()))


def test_there_are_8640_shapes_to_learn_from_and_1728_held_out(shapes: Shapes) -> None:
    assert (len(shapes.train), len(shapes.held_out)) == (8640, 1728)
    assert shapes.shape == (1, 28, 28)
    assert shapes.name == "shapes"
    for split in (shapes.train, shapes.held_out):
        assert split.factors.shape == (len(split), 4)
        assert split.labels.unique().tolist() == [0, 1, 2]
        assert ((split.factors >= LOW) & (split.factors <= HIGH)).all()


def test_no_combination_of_factors_is_on_both_sides_and_none_comes_twice(shapes: Shapes) -> None:
    train, held_out = cells(shapes.train), cells(shapes.held_out)
    assert len(train) == 8640
    assert len(held_out) == 1728
    assert not train & held_out
    assert len(train | held_out) == len(KINDS) * math.prod(CELLS)


def test_factors_are_independent_of_each_other_and_of_the_kind(shapes: Shapes) -> None:
    factors = torch.cat([shapes.train.factors, shapes.train.labels[:, None]], dim=1).numpy()
    correlations = spearmanr(factors)[0]
    assert abs(correlations - torch.eye(5).numpy()).max() < 0.03
    thirds = (torch.from_numpy(factors[:, 0]).argsort().argsort() * 3 // len(factors)).numpy()
    counts = torch.bincount(torch.from_numpy(thirds) * 3 + shapes.train.labels, minlength=9).view(
        3, 3
    )
    assert chi2_contingency(counts.numpy()).pvalue > 0.01


def test_the_same_shapes_come_every_time(shapes: Shapes) -> None:
    torch.manual_seed(77)
    before = torch.get_rng_state()
    again = load("shapes")
    assert torch.equal(again.train.x, shapes.train.x)
    assert torch.equal(again.held_out.factors, shapes.held_out.factors)
    assert torch.equal(torch.get_rng_state(), before), (
        "generating data drew from the run's random numbers"
    )


def test_every_picture_is_drawn_from_its_factors_and_lies_within_the_frame(shapes: Shapes) -> None:
    split = shapes.held_out
    assert torch.equal(draw_shapes(split.labels, split.factors), split.x)
    border = torch.cat(
        [split.x[..., 0, :], split.x[..., -1, :], split.x[..., :, 0], split.x[..., :, -1]]
    )
    assert border.max() < 0.2


@pytest.mark.parametrize(
    ("kind", "area"), [(0, 1.6**2), (1, math.pi * 0.55), (2, 0.5 * 1.5 * 1.65)], ids=KINDS
)
def test_a_shapes_light_is_its_area_and_its_centre_of_mass_its_place(
    kind: int, area: float
) -> None:
    pixels = torch.arange(28) + 0.5
    for x, y, size, rotation in (
        (14.0, 14.0, 7.0, 0.0),
        (11.3, 16.9, 5.5, 0.37),
        (19.2, 8.4, 4.0, 0.81),
    ):
        light = row(kind, x, y, size, rotation)
        # A tip narrower than a pixel is drawn a little too bright: by 4 % of the light of the
        # smallest triangle.
        assert light.sum().item() == pytest.approx(area * size**2, rel=0.05)
        assert (light.sum(0) @ pixels / light.sum()).item() == pytest.approx(x, abs=0.12)
        assert (light.sum(1) @ pixels / light.sum()).item() == pytest.approx(y, abs=0.12)


@pytest.mark.parametrize("kind", range(3), ids=KINDS)
def test_a_whole_rotation_gives_the_same_picture_and_no_part_of_it_does(kind: int) -> None:
    once = row(kind)
    assert torch.allclose(row(kind, rotation=1.0), once, atol=1e-4)
    for part in (0.25, 1 / 3, 0.5, 2 / 3, 0.75):
        assert (row(kind, rotation=part) - once).abs().max() > 0.3


@pytest.mark.parametrize("kind", range(3), ids=KINDS)
def test_rotation_turns_the_picture_clockwise(kind: int) -> None:
    quarter_turns = SYMMETRY[kind] / 4  # of the kind's own symmetry
    turned = torch.rot90(row(kind), -1)
    assert torch.allclose(row(kind, rotation=quarter_turns % 1), turned, atol=1e-4)


@pytest.mark.parametrize(("x", "y"), [(17.0, 14.0), (14.0, 17.0)])
def test_x_moves_to_the_right_and_y_downwards_by_pixels(x: float, y: float) -> None:
    moved = torch.roll(row(2), (round(y - 14), round(x - 14)), dims=(0, 1))
    assert torch.allclose(row(2, x, y), moved, atol=1e-5)


def test_a_tenth_of_a_pixel_is_another_picture() -> None:
    assert (row(0, x=14.1) - row(0)).abs().max().item() == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize(
    ("kinds", "sentence"),
    [
        ([3], "expected kinds from 0 to 2, got 3 to 3"),
        ([-1], "expected kinds from 0 to 2, got -1 to -1"),
        ([0, 1], "expected kinds of shape \\(1,\\), one for each sample"),
    ],
)
def test_kinds_that_are_not_there_or_too_many_are_refused(kinds: list[int], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        draw_shapes(torch.tensor(kinds), torch.zeros(1, 4))


def test_factors_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected factors of shape \(N, 4\), got \(2, 3\)"):
        draw_shapes(torch.zeros(2, dtype=torch.int64), torch.zeros(2, 3))
    with pytest.raises(
        ValueError,
        match=r"expected float32 factors of shape \(2, 4\), got torch.float32 of \(2, 3\)",
    ):
        ShapeSplit(
            torch.zeros(2, 1, 4, 4),
            torch.zeros(2, dtype=torch.int64),
            {"factors": torch.zeros(2, 3)},
        )


def test_factors_are_named_in_the_order_of_their_columns() -> None:
    assert FACTORS == ("x", "y", "size", "rotation")
    assert len(FACTORS) == len(RANGES) == len(CELLS)
