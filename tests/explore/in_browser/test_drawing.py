"""The pad that one draws on, in JupyterLab: with the mouse, with a finger, with keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.explore.in_browser.seen import see

# How much ink is on the sheet, as a share of it.
INK = """sheet => {
    const { width, height } = sheet.querySelector("canvas");
    const all = sheet.querySelector("canvas").getContext("2d").getImageData(0, 0, width, height);
    return all.data.filter((part, i) => i % 4 === 0 && part < 128).length / (width * height);
}"""


class Sheet:
    """The sheet of a pad, at first empty."""

    def __init__(self, page: Page) -> None:
        self.page, self.seen = page, see(page, "pad")
        self.square = self.seen.root.get_by_role("application", name="your drawing")
        self.choose("draw on", "held-out drawing 1")
        self.choose("draw on", "an empty sheet")
        self.choose("draw with", "a pen")

    def choose(self, what: str, option: str) -> None:
        self.seen.root.get_by_label(what, exact=True).select_option(option)
        self.seen.settle()

    @property
    def ink(self) -> float:
        return self.square.evaluate(INK)

    def places(self, *points: tuple[float, float]) -> list[tuple[float, float]]:
        """Where on the page these points of the sheet are."""
        self.square.hover()  # waits until it stands still
        box = self.square.bounding_box()
        assert box
        return [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in points]

    def draw(self, *points: tuple[float, float]) -> None:
        first, *rest = self.places(*points)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for place in rest:
            self.page.mouse.move(*place, steps=5)
        self.page.mouse.up()

    def undo(self) -> None:
        self.seen.button("Undo").click()
        self.seen.settle()


@pytest.fixture
def sheet(page: Page) -> Sheet:
    return Sheet(page)


def test_a_drawing_is_translated_while_it_is_drawn(sheet: Sheet) -> None:
    mouse, seen, empty = sheet.page.mouse, sheet.seen, sheet.seen.words
    assert "an empty sheet" in empty
    assert sheet.ink == 0
    start, corner, end = sheet.places((0.2, 0.2), (0.8, 0.2), (0.8, 0.8))
    before = seen.pictures
    mouse.move(*start)
    mouse.down()
    mouse.move(*corner, steps=5)
    seen.pictured(before)
    seen.settle()
    half = seen.words
    assert "1 stroke on an empty sheet" in half
    mouse.move(*end, steps=20)
    mouse.up()
    released = seen.pictures
    seen.settle()
    # One was on its way, and one is of the whole drawing.
    assert seen.pictures <= released + 2
    assert seen.words != half
    assert sheet.ink == pytest.approx(1.2 / 36, rel=0.1)  # two lines of 0.6, 1/36 wide


def test_strokes_are_taken_back_one_by_one_and_what_was_cleared_comes_back(sheet: Sheet) -> None:
    empty = sheet.seen.words
    sheet.draw((0.2, 0.2), (0.8, 0.2))
    line = sheet.ink
    sheet.draw((0.5, 0.5))
    sheet.seen.button("Clear").click()
    sheet.seen.settle()
    assert (sheet.ink, sheet.seen.words) == (0, empty)
    sheet.undo()
    assert "2 strokes on an empty sheet" in sheet.seen.words
    sheet.undo()
    assert sheet.ink == line
    sheet.undo()
    assert (sheet.ink, sheet.seen.words) == (0, empty)


def test_a_held_out_drawing_has_its_truth_beside_it_until_it_is_erased(sheet: Sheet) -> None:
    sheet.choose("draw on", "held-out drawing 2")
    assert "held-out drawing 2;" in sheet.seen.words
    assert "from the truth" in sheet.seen.words
    assert sheet.ink == pytest.approx(31 / 32)  # all but the diagonal
    sheet.choose("draw with", "an eraser")
    sheet.draw((0.1, 0.5), (0.9, 0.5))
    sheet.seen.settle()
    assert "1 stroke on held-out drawing 2;" in sheet.seen.words
    assert "truth" not in sheet.seen.words
    assert sheet.ink == pytest.approx(31 / 32 - 0.8 / 12, abs=0.02)


def test_the_pen_is_led_by_keys(sheet: Sheet) -> None:
    sheet.square.focus()
    to_the_corner = 8 * ["Shift+ArrowLeft", "Shift+ArrowUp"]
    for key in (*to_the_corner, "Shift+ArrowDown", "Space", "ArrowDown", "Shift+ArrowRight"):
        sheet.page.keyboard.press(key)
    state = sheet.seen.root.locator("output:visible")
    sheet.seen.settle()
    assert state.inner_text() == "1 stroke; pen down at 13 %, 16 %"
    assert "1 stroke on an empty sheet" in sheet.seen.words
    sheet.page.keyboard.press("Space")
    sheet.page.keyboard.press("ArrowDown")
    assert state.inner_text() == "1 stroke; pen up at 13 %, 19 %"
    sheet.page.keyboard.press("Backspace")
    sheet.seen.settle()
    assert "an empty sheet;" in sheet.seen.words


def test_a_finger_draws_and_does_not_scroll(sheet: Sheet) -> None:
    touch = sheet.page.context.new_cdp_session(sheet.page)
    places, before = sheet.places((0.5, 0.9), (0.5, 0.6), (0.5, 0.2)), sheet.square.bounding_box()
    for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove"), places, strict=True):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    sheet.seen.settle()
    assert "1 stroke on an empty sheet" in sheet.seen.words
    assert sheet.ink == pytest.approx(0.7 / 36, rel=0.15)
    assert sheet.square.bounding_box() == before
