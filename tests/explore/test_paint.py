from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageColor

from gan_course.explore.paint import Painting, Plot, pale, ticks


def pixels(painting: Painting) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(painting.png())).convert("RGB"))


@pytest.mark.parametrize(
    ("low", "high", "at"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-3, 7, [-2, 0, 2, 4, 6]),
        (-0.004, 0.021, [0, 0.005, 0.01, 0.015, 0.02]),
        (0, 2500, [0, 500, 1000, 1500, 2000, 2500]),
    ],
)
def test_ticks_are_round_numbers_inside(low: float, high: float, at: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(at)


def test_what_is_drawn_lies_where_its_scales_say_and_stays_inside() -> None:
    painting = Painting(60, 40)
    plot = Plot(painting, (10, 10, 40, 20), (0, 4), (-1, 1))
    plot.line([-9, 9], [0, 0], "#ff0000", 3)
    plot.dots([1], [0.5], "#0000ff", 2)
    plot.put()
    drawn = pixels(painting)
    red = np.argwhere((drawn == [255, 0, 0]).all(axis=-1))
    assert (red[:, 1].min(), red[:, 1].max()) == (10, 49)
    # The middle of a pixel lies half a pixel on.
    assert red[:, 0].mean() + 0.5 == pytest.approx(20, abs=0.5)
    blue = np.argwhere((drawn == [0, 0, 255]).all(axis=-1)) + 0.5
    np.testing.assert_allclose(blue.mean(axis=0), [15, 20], atol=0.5)


def test_a_second_scale_draws_on_the_same_paper() -> None:
    painting = Painting(20, 20)
    plot = Plot(painting, (0, 0, 20, 20), (0, 1), (0, 1))
    plot.on_scale((0, 10)).line([0, 1], [5, 5], "#000000", 4)
    plot.put()
    assert (pixels(painting)[9:11] == 0).all()


def test_a_map_is_fuller_where_values_are_higher_and_has_lines_between() -> None:
    painting = Painting(40, 40)
    plot = Plot(painting, (0, 0, 40, 40), (0, 1), (0, 1))
    rising = np.linspace(0, 4, 9, dtype=np.float32)[:, None].repeat(9, 1)  # upwards
    plot.heights(rising, [0, 1, 2, 3, 4], "#009e73")
    plot.put()
    drawn = pixels(painting)
    for row, share in ((37, 1 / 8), (25, 3 / 8), (15, 5 / 8), (3, 7 / 8)):
        np.testing.assert_array_equal(drawn[row, 20], pale("#009e73", share))
    # Its green is darker than that of either field.
    assert drawn[29:32, 20, 1].min() < pale("#009e73", 3 / 8)[1]


def test_shades_are_shares_of_a_colour_on_white() -> None:
    assert pale("#0072b2", 1) == ImageColor.getrgb("#0072b2")
    assert pale("#0072b2", 0) == (255, 255, 255)


def test_upright_words_are_the_words_turned() -> None:
    lying, standing = Painting(80, 80), Painting(80, 80)
    lying.text(40, 40, "density", anchor="mm", size=12.5)
    standing.upright(40, 40, "density")
    across = np.ptp(np.argwhere(pixels(lying).min(axis=-1) < 128), axis=0)
    upwards = np.ptp(np.argwhere(pixels(standing).min(axis=-1) < 128), axis=0)
    np.testing.assert_allclose(upwards, across[::-1], atol=1)


def test_the_same_painting_gives_the_same_bytes() -> None:
    first, second = Painting(50, 20), Painting(50, 20)
    for painting in (first, second):
        painting.legend(4, 10, [("line", "#0072b2", "x")])
    assert first.png() == second.png()
