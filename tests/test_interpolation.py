from __future__ import annotations

import math

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch import Tensor

from gan_course.interpolation import great_circle, slerp

seeds = st.integers(0, 2**31)
widths = st.integers(2, 100)
places = st.floats(0, 1)


def normal(seed: int, *shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def pair(seed: int, width: int, rows: int = 3) -> tuple[Tensor, Tensor]:
    a, b = normal(seed, 2, rows, width)
    return a, b


def angle(a: Tensor, b: Tensor) -> Tensor:
    a, b = a / a.norm(dim=-1, keepdim=True), b / b.norm(dim=-1, keepdim=True)
    return 2 * torch.asin(((a - b).norm(dim=-1) / 2).clamp_max(1))


def test_quarter_circle_is_the_one_worked_out_by_hand() -> None:
    a, b = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    torch.testing.assert_close(
        slerp(a, b, 1 / 3), torch.tensor([[math.cos(math.pi / 6), math.sin(math.pi / 6)]])
    )


@given(seeds, widths)
def test_way_begins_at_a_and_ends_at_b(seed: int, width: int) -> None:
    a, b = pair(seed, width)
    torch.testing.assert_close(slerp(a, b, 0.0), a)
    torch.testing.assert_close(slerp(a, b, 1.0), b)


@given(seeds, widths, places)
def test_vectors_of_one_length_keep_it(seed: int, width: int, t: float) -> None:
    a, b = pair(seed, width)
    b = b / b.norm(dim=1, keepdim=True) * a.norm(dim=1, keepdim=True)
    torch.testing.assert_close(slerp(a, b, t).norm(dim=1), a.norm(dim=1))


@given(seeds, widths, places)
def test_unit_vectors_turn_at_an_even_pace(seed: int, width: int, t: float) -> None:
    a, b = (v / v.norm(dim=1, keepdim=True) for v in pair(seed, width))
    torch.testing.assert_close(angle(a, slerp(a, b, t)), t * angle(a, b), atol=1e-6, rtol=1e-6)


@given(seeds, widths, places)
def test_way_back_is_the_way_there(seed: int, width: int, t: float) -> None:
    a, b = pair(seed, width)
    torch.testing.assert_close(slerp(a, b, t), slerp(b, a, 1 - t))


@given(seeds, widths, places, st.floats(0.1, 10))
def test_same_direction_is_a_straight_line(seed: int, width: int, t: float, factor: float) -> None:
    a, _ = pair(seed, width)
    torch.testing.assert_close(slerp(a, factor * a, t), (1 - t + t * factor) * a)


@given(seeds, widths, places)
def test_opposite_vectors_are_joined_on_the_sphere(seed: int, width: int, t: float) -> None:
    a, _ = pair(seed, width)
    torch.testing.assert_close(slerp(a, -a, t).norm(dim=1), a.norm(dim=1))
    torch.testing.assert_close(slerp(a, -a, 1.0), -a)


@given(seeds, places, st.floats(-12, -3), st.booleans())
@example(seed=0, t=0.5, exponent=-4.2, opposite=True)
def test_almost_parallel_and_almost_opposite_float32_vectors_stay_on_the_sphere(
    seed: int, t: float, exponent: float, opposite: bool
) -> None:
    a = normal(seed, 4, 64, dtype=torch.float32)
    b = (-1 if opposite else 1) * a + 10**exponent * normal(seed + 1, 4, 64, dtype=torch.float32)
    b = b / b.norm(dim=1, keepdim=True) * a.norm(dim=1, keepdim=True)
    torch.testing.assert_close(slerp(a, b, t).norm(dim=1), a.norm(dim=1), rtol=1e-3, atol=0)
    torch.testing.assert_close(slerp(a, b, 1.0), b, rtol=1e-5, atol=1e-5)


@given(seeds, st.lists(places, min_size=3, max_size=3))
def test_each_row_can_have_its_own_place(seed: int, t: list[float]) -> None:
    a, b = pair(seed, 8)
    together = slerp(a, b, torch.tensor(t))
    torch.testing.assert_close(
        together,
        torch.stack([slerp(x, y, float(s)) for x, y, s in zip(a, b, torch.tensor(t), strict=True)]),
    )


def test_one_pair_and_many_places_make_a_path() -> None:
    a, b = pair(0, 8, rows=1)
    path = slerp(a, b, torch.linspace(0, 1, 5))
    assert path.shape == (5, 8)
    torch.testing.assert_close(path[[0, -1]], torch.cat([a, b]))


def test_zero_vectors_and_single_coordinates_are_joined_by_the_straight_line() -> None:
    a = normal(0, 2, 8)
    torch.testing.assert_close(slerp(torch.zeros_like(a), a, 0.25), 0.25 * a)
    torch.testing.assert_close(slerp(torch.ones(2, 1), -torch.ones(2, 1), 0.5), torch.zeros(2, 1))


def test_middle_of_two_noise_vectors_is_as_long_as_noise_while_the_straight_lines_is_not() -> None:
    a, b = normal(0, 2, 1000, 64)
    usual = a.norm(dim=1).mean().item()
    assert slerp(a, b, 0.5).norm(dim=1).mean().item() == pytest.approx(usual, rel=0.02)
    assert ((a + b) / 2).norm(dim=1).mean() < 0.75 * usual


def test_type_is_that_of_the_first_vector() -> None:
    a, b = pair(0, 8)
    assert slerp(a.float(), b.float(), 0.5).dtype == torch.float32
    assert slerp(a, b, 0.5).dtype == torch.float64


@pytest.mark.parametrize(
    ("a", "b", "error", "sentence"),
    [
        (
            torch.zeros(2, 3),
            torch.zeros(2, 4),
            ValueError,
            r"one width, \(N, d\), got \(2, 3\) and \(2, 4\)",
        ),
        (torch.zeros(2, 0), torch.zeros(2, 0), ValueError, r"got shape \(2, 0\)"),
        (torch.tensor(1.0), torch.tensor(1.0), ValueError, "one width"),
        (
            torch.zeros(2, 3).int(),
            torch.zeros(2, 3).int(),
            TypeError,
            "floating type, got torch.int32",
        ),
    ],
)
def test_bad_latents_get_one_clear_sentence(
    a: Tensor, b: Tensor, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        slerp(a, b, 0.5)


angles = st.floats(-10, 10)


def test_a_circle_is_the_one_worked_out_by_hand() -> None:
    a, b = torch.tensor([[2.0, 0.0]]), torch.tensor([[5.0, 7.0]])
    quarters = great_circle(a, b, torch.arange(4) * math.pi / 2)
    torch.testing.assert_close(
        quarters, torch.tensor([[2.0, 0], [0, 2], [-2, 0], [0, -2]]), atol=1e-6, rtol=0
    )


@given(seeds, widths, places)
def test_a_circle_is_slerp_between_vectors_of_one_length(seed: int, width: int, t: float) -> None:
    a, b = pair(seed, width)
    b = b / b.norm(dim=1, keepdim=True) * a.norm(dim=1, keepdim=True)
    torch.testing.assert_close(great_circle(a, b, t * angle(a, b)), slerp(a, b, t))


@given(seeds, widths, angles)
def test_a_circle_keeps_the_first_length_and_leads_back(
    seed: int, width: int, turned: float
) -> None:
    a, b = pair(seed, width)
    there = great_circle(a, b, turned)
    torch.testing.assert_close(there.norm(dim=1), a.norm(dim=1))
    torch.testing.assert_close(great_circle(a, b, turned + 2 * math.pi), there)
    torch.testing.assert_close(great_circle(a, b, turned + math.pi), -there)


@given(seeds, widths)
def test_a_circle_passes_the_direction_of_the_second_vector(seed: int, width: int) -> None:
    a, b = pair(seed, width)
    passed = great_circle(a, b, angle(a, b))
    wanted = b / b.norm(dim=1, keepdim=True) * a.norm(dim=1, keepdim=True)
    torch.testing.assert_close(passed, wanted)


@pytest.mark.parametrize("factor", [1.0, -2.0, 0.0, 1 + 1e-9])
def test_vectors_of_one_line_have_a_circle_too(factor: float) -> None:
    a = normal(0, 3, 5)
    there = great_circle(a, factor * a, math.pi / 2)
    torch.testing.assert_close(there.norm(dim=1), a.norm(dim=1))
    torch.testing.assert_close((a * there).sum(dim=1), torch.zeros(3, dtype=a.dtype))


def test_a_circle_refuses_what_slerp_does_and_single_numbers() -> None:
    with pytest.raises(ValueError, match="one width"):
        great_circle(torch.ones(2, 3), torch.ones(2, 4), 0.5)
    with pytest.raises(TypeError, match="floating"):
        great_circle(torch.ones(2, 3).long(), torch.ones(2, 3).long(), 0.5)
    with pytest.raises(ValueError, match="at least two numbers, got one"):
        great_circle(torch.ones(2, 1), torch.ones(2, 1), 0.5)
    assert torch.equal(great_circle(torch.zeros(3), torch.ones(3), 1.0), torch.zeros(3))
