"""Pictures that follow the controls, in JupyterLab: the newest wish wins."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.driven import JupyterLab
from tests.explore.in_browser.seen import Seen, in_kernel, see, steps


@pytest.mark.parametrize(
    ("name", "slider"),
    [("critic", "angle of the line"), ("latent", "direction 2"), ("codes", "code 1")],
)
def test_a_slider_is_redrawn_while_it_is_dragged_and_once_at_most_after_the_last_wish(
    page: Page, name: str, slider: str
) -> None:
    seen = see(page, name)
    handle = seen.root.get_by_role("slider", name=slider)
    box = handle.bounding_box()
    assert box
    middle, before, share = box["y"] + box["height"] / 2, seen.pictures, 0.1
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    for _ in range(1000):
        if seen.pictures >= before + 4:
            break
        share = 0.1 if share > 0.9 else share + 0.02
        page.mouse.move(box["x"] + share * box["width"], middle)
    dragged = seen.pictures
    page.mouse.up()
    assert dragged >= before + 4
    released = seen.pictures
    seen.settle()
    # One was on its way, and one is of the last place.
    assert seen.pictures <= released + 2
    shown = handle.evaluate("slider => slider.nextElementSibling.textContent")
    value = shown.removesuffix("°").rstrip("0").rstrip(".") if "." in shown else shown[:-1]
    assert re.search(rf"{re.escape(value)}( degrees|[^\d])", seen.words), (value, seen.words)


def test_twenty_fast_clicks_make_the_first_move_and_the_newest(page: Page) -> None:
    seen = see(page, "gan")
    before, done = seen.pictures, steps(seen.words)
    seen.button("Step D").evaluate("button => { for (let i = 0; i < 20; i++) button.click(); }")
    seen.settle()
    assert seen.pictures == before + 2
    assert steps(seen.words) == [done[0] + 2, done[1]]
    seen.button("Step D").evaluate("button => button.click()")
    seen.button("Step G").evaluate("button => button.click()")
    seen.settle()
    assert steps(seen.words)[1] == done[1] + 1


def test_a_key_held_down_leaves_no_backlog(page: Page) -> None:
    seen = see(page, "gan")
    seen.button("Step G").focus()
    for _ in range(30):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    released = seen.pictures
    seen.settle()
    assert seen.pictures <= released + 2
    assert steps(seen.words) == in_kernel(page, "[gan.opponent_steps, gan.generator_steps]")


def test_all_to_0_is_one_picture(page: Page) -> None:
    seen = see(page, "latent")
    for number in (1, 2, 3):
        seen.root.get_by_role("slider", name=f"direction {number}").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
    seen.settle()
    assert "+0.5 along direction 1" in seen.words
    before = seen.pictures
    seen.button("All to 0").click()
    seen.settle()
    assert seen.pictures == before + 1
    assert "(none yet)" in seen.words
    assert set(seen.root.locator("output:visible").all_inner_texts()) == {"0.00"}


def test_a_learning_rate_of_1e12_is_told_in_a_sentence_below_the_picture(page: Page) -> None:
    seen = see(page, "broken")
    before = seen.words
    seen.button("Play 10").click()
    seen.error.wait_for()
    assert seen.error.inner_text() == (
        "The game has diverged: its numbers are no longer finite, try lower learning rates; the "
        "move was taken back."
    )
    assert seen.words == before
    seen.button("Rewind").click()
    seen.settle()
    assert seen.error.count() == 0


def test_a_long_play_is_shown_on_the_way_can_be_stopped_and_taken_back_as_one(
    slow: Seen, page: Page
) -> None:
    before = slow.pictures
    slow.button("Play 100").click()
    slow.pictured(before + 1)
    slow.button("Stop").click()
    slow.settle()
    done = steps(slow.words)
    assert 20 <= done[0] < 100
    assert done == in_kernel(page, "[slow.opponent_steps, slow.generator_steps]")
    assert slow.button("Play 100").count() == 1
    slow.button("Back").click()
    slow.settle()
    assert steps(slow.words) == [0, 0]


def test_another_button_ends_a_play(slow: Seen) -> None:
    before = slow.pictures
    slow.button("Play 100").click()
    slow.pictured(before)
    slow.button("Rewind").click()
    slow.settle()
    assert steps(slow.words) == [0, 0]
    assert slow.button("Stop").count() == 0


def test_an_interrupt_of_the_kernel_leaves_picture_and_model_in_step(
    slow: Seen, page: Page, lab: JupyterLab
) -> None:
    before = slow.pictures
    slow.button("Play 100").click()
    slow.pictured(before)
    # In the midst of the next part: an idle kernel takes no interrupts.
    (lab.root / "at work").unlink()
    while not (lab.root / "at work").exists():
        page.wait_for_timeout(20)
    (kernel,) = lab.api("kernels")
    lab.api(f"kernels/{kernel['id']}/interrupt", "POST")
    slow.error.wait_for()
    assert slow.error.inner_text() == "Interrupted; the move was taken back."
    slow.settle()
    done = steps(slow.words)
    assert 10 <= done[0] < 100
    assert done == in_kernel(page, "[slow.opponent_steps, slow.generator_steps]")
    slow.button("Back").click()
    slow.settle()
    assert steps(slow.words) == [0, 0]


def test_what_is_on_its_way_shows_as_busy(slow: Seen) -> None:
    slow.button("D × 10").click()
    sign = slow.root.locator(".busy")
    slow.page.wait_for_function(
        "sign => getComputedStyle(sign).opacity === '1'", arg=sign.element_handle()
    )
    slow.settle()
    assert sign.evaluate("sign => getComputedStyle(sign).opacity") == "0"
