"""Bars that one draws, with the mouse and with keys, and a button that sets them and goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from gan_course.explore import Bars, Button, View
from tests.explore.in_browser.alone import Alone, alone, picture

FLAT = (0.5,) * 10
RISING = tuple(i / 10 for i in range(10))
VIEW = View(
    key="view",
    title="View",
    rows=(
        (
            Bars(key="bars", label="density", help="draw", low=0, high=10, value=FLAT),
            Button(key="set", label="Set", sets={"bars": RISING}),
            Button(key="play", label="Play", times=3, sets={"bars": RISING}, goes_on=True),
        ),
    ),
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Alone]:
    face = alone(browser, (VIEW,), picture("the first"))
    yield face
    face.page.close()


def newest(page: Alone) -> list[float]:
    """The bars of the last wish, once all before it are answered."""
    while len(page.asked) > 1:
        page.answer(picture("an earlier one"))
    return page.asked[-1]["values"]["bars"]


def test_a_stroke_of_the_mouse_leaves_no_bar_out(page: Alone) -> None:
    box = page.root.locator(".bars").bounding_box()
    assert box is not None
    across, up = box["width"] / 10, box["height"]
    mouse = page.page.mouse
    mouse.move(box["x"] + 1.5 * across, box["y"] + 0.9 * up)
    mouse.down()
    mouse.move(box["x"] + 5.5 * across, box["y"] + 0.1 * up)
    mouse.up()
    page.answer(picture("of the beginning"))
    drawn = newest(page)
    assert drawn == pytest.approx([0.5, 0.1, 0.3, 0.5, 0.7, 0.9, *[0.5] * 4], abs=0.02)


def test_keys_choose_a_bar_and_change_its_height(page: Alone) -> None:
    bars = page.root.get_by_role("slider", name="density")
    bars.focus()
    press = page.page.keyboard.press
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        press(key)
    assert page.asked == []
    assert bars.get_attribute("aria-valuetext") == "bar 2 of 10, around 1.5: 50 %"
    press("ArrowUp")
    assert page.asked[-1]["values"]["bars"] == [0.5, 0.55, *[0.5] * 8]
    page.answer(picture("of the first key"))
    press("Shift+ArrowDown")
    assert page.asked[-1]["values"]["bars"] == [0.5, 0.35, *[0.5] * 8]
    assert bars.get_attribute("aria-valuetext") == "bar 2 of 10, around 1.5: 35 %"
    assert bars.get_attribute("aria-valuenow") == "0.35"


def test_a_button_sets_bars_and_makes_a_move_only_where_it_goes_on(page: Alone) -> None:
    page.root.get_by_role("button", name="Set").click()
    (wish,) = page.asked
    assert (wish["values"]["bars"], wish["press"]) == (list(RISING), None)
    page.answer(picture("of the bars"))
    page.root.get_by_role("button", name="Play").click()
    for again in (False, True, True):
        (wish,) = page.asked
        assert (wish["values"]["bars"], wish["press"], wish["again"]) == (
            list(RISING),
            "play",
            again,
        )
        page.answer(picture("of a part"))
    assert page.asked == []
