"""Explorers in JupyterLab for those who use the keyboard or hear the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.explore.in_browser.seen import CELLS, CONTROLS, cells, contrast, see


@pytest.mark.parametrize("name", CELLS)
def test_keys_inside_an_explorer_leave_the_notebook_alone(page: Page, name: str) -> None:
    seen = see(page, name)
    seen.root.locator("figure:visible").click()
    before = cells(page)
    page.keyboard.type("ddba")
    for control in seen.root.locator(f":is({CONTROLS}):visible").all():
        control.focus()
        page.keyboard.type("ddba")
        # The arrows stay in the control too, tabs choose each other by them.
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowDown")
        assert seen.root.evaluate("root => root.contains(document.activeElement)")
    seen.settle()
    assert cells(page) == before


def test_a_click_on_a_button_and_d_d_keeps_the_cell(page: Page) -> None:
    seen = see(page, "gan")
    before = cells(page)[0]
    seen.button("Step D").click()
    page.keyboard.press("d")
    page.keyboard.press("d")
    assert cells(page)[0] == before
    page.keyboard.press("b")
    assert cells(page)[0] == before
    seen.settle()


def test_choices_are_made_with_the_arrows(page: Page) -> None:
    seen = see(page, "classes")
    seen.tab("Between two classes")
    choice = seen.root.get_by_role("combobox", name="from class")
    choice.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    seen.settle()
    assert "from class 2 (left) to class 1 (right)" in seen.words
    assert choice.evaluate("select => select === document.activeElement")
    seen.tab("Class × noise")


def test_a_pad_is_moved_by_a_click_by_a_drag_and_by_arrows(page: Page) -> None:
    seen = see(page, "plane")
    square = seen.root.get_by_role("slider", name="latent vector z")
    box = square.bounding_box()
    assert box
    square.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    seen.settle()
    assert "at z = (-2.0, 0.0)" in seen.words
    before = seen.pictures
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + 2 * box["width"], box["y"] + box["height"] / 4)
    page.mouse.up()
    seen.settle()
    assert seen.pictures > before
    assert "at z = (4.0, 2.0)" in seen.words
    for key in ("ArrowLeft", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    seen.settle()
    assert square.get_attribute("aria-valuetext") == "z₁ 3.9, z₂ 1.8"
    assert "at z = (3.9, 1.8)" in seen.words


def test_a_held_out_image_is_encoded_moved_and_put_back(page: Page) -> None:
    seen = see(page, "plane")
    seen.tab("Encode and move")
    seen.root.get_by_role("slider", name="held-out image").focus()
    page.keyboard.press("ArrowRight")
    seen.root.get_by_role("slider", name="move by").focus()
    page.keyboard.press("ArrowUp")
    seen.settle()
    assert "Held-out image 1 of class" in seen.words
    assert "after a move by (0.0, 0.1)" in seen.words
    seen.button("Back to its code").click()
    seen.settle()
    assert "after a move by (0.0, 0.0)" in seen.words


def test_words_change_with_the_draw_in_a_live_region_that_stays(page: Page) -> None:
    seen = see(page, "classes")
    region, before = seen.root.locator("figcaption:visible").element_handle(), seen.words
    assert region.get_attribute("aria-live") == "polite"
    draw = seen.root.get_by_role("spinbutton", name="draw number")
    draw.focus()
    page.keyboard.press("ArrowUp")
    seen.settle()
    assert region.inner_text() == seen.words != before
    assert "draw 1" in seen.words
    assert region.evaluate("node => node.isConnected")
    assert seen.root.get_by_role("img").get_attribute("aria-label") == seen.words


@pytest.mark.parametrize("name", CELLS)
def test_every_picture_and_every_control_has_a_name(page: Page, name: str) -> None:
    seen = see(page, name)
    for title in seen.root.get_by_role("tab").all_inner_texts() or [""]:
        if title:
            seen.tab(title)
        kinds = "slider|button|combobox|spinbutton|checkbox|tab|img"
        told = re.findall(rf"- ({kinds})\b( \"[^\"]+\")?", seen.root.aria_snapshot())
        assert len(told) >= 2
        assert not [kind for kind, label in told if not label]


def test_the_focus_ring_is_thick_and_stands_out(page: Page) -> None:
    for name in ("gan", "critic", "latent", "classes"):
        seen = see(page, name)
        control = seen.root.locator(f":is({CONTROLS}):visible").first
        control.focus()
        page.keyboard.press("Tab")  # what the keyboard reaches
        width, ring, paper = page.evaluate("""() => {
            const style = getComputedStyle(document.activeElement);
            const paper = getComputedStyle(document.querySelector(".jp-Notebook"));
            return [style.outlineWidth, style.outlineColor, paper.backgroundColor];
        }""")
        assert seen.root.evaluate("root => root.contains(document.activeElement)")
        assert float(width.removesuffix("px")) >= 2
        assert contrast(ring, paper) >= 3
