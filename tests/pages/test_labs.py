"""The GAN lab of a page: it plays, goes back, and learns."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.pages.test_pages import LABS, seen, words


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_role("button", name="Stop").wait_for(state="detached")


def apart(page: Page) -> float:
    """The distance of the samples from the data that the words tell."""
    (found,) = re.findall(r"Jensen-Shannon divergence is ([\d.]+) nats", words(page))
    return float(found)


def opened(page: Page) -> Page:
    """With every fold open."""
    page.locator("details").evaluate_all("folds => folds.forEach(fold => { fold.open = true; })")
    return page


@pytest.mark.parametrize("name", LABS)
def test_moves_are_made_taken_back_and_made_again(
    name: str, open_page: Callable[[str], Page]
) -> None:
    page = open_page(name)
    first = seen(page)
    press(page, "Step D")
    assert words(page).startswith("After 1 discriminator and 0 generator steps")
    press(page, "Step G")
    assert words(page).startswith("After 1 discriminator and 1 generator steps")
    second = seen(page)
    press(page, "Back")
    press(page, "Back")
    assert seen(page) == first
    press(page, "Step D")
    press(page, "Step G")
    assert seen(page) == second
    press(page, "Rewind")
    assert seen(page) == first


def test_a_generator_learns_in_the_page(open_page: Callable[[str], Page]) -> None:
    page = opened(open_page("line"))
    before = apart(page)
    page.get_by_label("learning rate of G").select_option("0.005")
    page.get_by_label("learning rate of D").select_option("0.01")
    press(page, "Play 100")
    assert words(page).startswith("After 100 discriminator and 100 generator steps")
    assert apart(page) < before - 0.2


def test_a_discriminator_learns_in_the_page(open_page: Callable[[str], Page]) -> None:
    page = open_page("plane")

    def loss() -> float:
        return float(re.findall(r"loss of D ([\d.]+)", seen(page))[0])

    before = loss()
    press(page, "D × 10")
    assert loss() < before - 0.1


@pytest.mark.parametrize("name", LABS)
def test_what_is_drawn_and_what_is_played_can_be_changed(
    name: str, open_page: Callable[[str], Page]
) -> None:
    page = opened(open_page(name))
    before = seen(page)
    for switch in page.get_by_role("checkbox").all()[2:]:  # samples agree before the first move
        switch.click()
        assert seen(page) != before
        before = seen(page)
    # The fifth loss has a critic.
    for label in ("loss", "network of the critic", "network of G"):
        page.get_by_label(label, exact=True).select_option(index=4)
        assert seen(page) != before
        before = seen(page)


def test_a_critic_learns_under_a_gradient_penalty_and_its_controls_are_called_after_it(
    open_page: Callable[[str], Page],
) -> None:
    page = opened(open_page("line"))
    page.get_by_label("loss", exact=True).select_option("Wasserstein, gradient penalty")
    before = seen(page)
    press(page, "Step critic")
    assert words(page).startswith("After 1 critic and 0 generator steps")
    assert seen(page) != before
    page.get_by_label("learning rate of the critic").select_option("0.02")
    press(page, "Play 10")
    page.get_by_label("best possible critic").check()
    assert "best critic" in seen(page)


def test_a_target_is_drawn_in_the_page(open_page: Callable[[str], Page]) -> None:
    page = opened(open_page("line"))
    assert "(real: 2.00 and 1.00)" in words(page)
    press(page, "Two bells")
    assert "(real: 2.00 and 1.00)" not in words(page)
    page.locator(".square.bars").focus()
    before = words(page)
    page.keyboard.press("ArrowUp")
    assert words(page) != before
    page.get_by_label("real samples for D").select_option("the same 8")
    press(page, "Step D")
    assert words(page).startswith("After 1 discriminator")


def test_modes_are_drawn_in_the_page(open_page: Callable[[str], Page]) -> None:
    page = opened(open_page("plane"))
    assert "0 of 8 modes have good samples" in words(page)
    page.get_by_role("application").focus()
    page.keyboard.press("Space")
    assert "1 of 1 modes have good samples" in words(page)
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    assert " of 4 modes have good samples" in words(page)
    press(page, "Step D")
    page.get_by_role("button", name="Clear", exact=True).click()
    page.get_by_label("real modes").select_option("Grid of 25")
    assert " of 25 modes have good samples" in words(page)


def test_a_game_that_diverges_is_taken_back_with_a_sentence(
    open_page: Callable[[str], Page],
) -> None:
    page = open_page("line")
    before = words(page)
    page.evaluate("Math.log1p = () => NaN")
    page.get_by_role("button", name="Step D", exact=True).click()
    page.locator("[role=alert]:visible:not(:empty)").wait_for()
    assert words(page) == before
