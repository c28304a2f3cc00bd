from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image, ImageColor

from gan_course.colours import EXACT, REAL, TRACK
from gan_course.explore.paint import Painting, Plot, ticks


def pale(colour: str, share: float) -> np.ndarray:
    """What a share of a colour gives on white paper."""
    return 255 + share * (np.array(ImageColor.getrgb(colour)) - 255)


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
        # Field lies on field, and each rounds its colours.
        np.testing.assert_allclose(drawn[row, 20], pale("#009e73", share), atol=2)
    # Its green is darker than that of either field.
    assert drawn[29:32, 20, 1].min() < pale("#009e73", 3 / 8)[1]


def test_upright_words_are_the_words_turned() -> None:
    lying, standing = Painting(80, 80), Painting(80, 80)
    lying.text(40, 40, "density", anchor="mm", size=12.5)
    standing.upright(40, 40, "density")
    across = np.ptp(np.argwhere(pixels(lying).min(axis=-1) < 128), axis=0)
    upwards = np.ptp(np.argwhere(pixels(standing).min(axis=-1) < 128), axis=0)
    np.testing.assert_allclose(upwards, across[::-1], atol=1)


def test_words_have_the_colour_of_the_page_and_data_have_their_own() -> None:
    painting = Painting(50, 20)
    painting.text(4, 10, "p < q &  r", colour=EXACT)
    painting.text(4, 10, "real", colour=REAL)
    painting.rectangle(0, 0, 50, 20, TRACK)
    *words, track = ET.fromstring(painting.svg())
    assert [each.text for each in words] == ["p < q &\u00a0\u00a0r", "real"]
    assert [each.get("fill") for each in words] == ["currentColor", REAL]
    assert (track.get("fill"), track.get("fill-opacity")) == ("currentColor", "0.1")


def test_pixels_become_squares_and_one_painting_lies_in_another() -> None:
    inner, outer = Painting(4, 4), Painting(8, 8)
    inner.paste(np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [0, 0, 0]]], np.uint8), 0, 0, 2)
    outer.place(inner, 3, 2)
    drawn = pixels(outer)
    assert drawn[2:6, 3:7].reshape(4, 4, 3)[::2, ::2].tolist() == [
        [[255, 0, 0], [0, 255, 0]],
        [[0, 0, 255], [0, 0, 0]],
    ]
    assert (drawn[3, 4] == drawn[2, 3]).all()
    assert (drawn[:2] == 255).all()


def test_the_same_painting_gives_the_same_bytes() -> None:
    first, second = Painting(50, 20), Painting(50, 20)
    for painting in (first, second):
        painting.legend(4, 10, [("line", "#0072b2", "x")])
    assert first.png() == second.png()
