"""What a reader of the website sees: in a window, on a phone, in the dark, on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.driven import REPOSITORY

AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = REPOSITORY / "build" / "screenshots"
# One of each kind: the first page, a lesson, an exercise, prose with tables, the reference.
KINDS = (
    "index",
    "chapters/02_dcgan",
    "exercises/05_exercise",
    "guides/which_model",
    "api/gan_course.losses",
)
WINDOWS: dict[str, tuple[int, int, Literal["light", "dark"]]] = {
    "desktop": (1280, 900, "light"),
    "phone": (390, 800, "light"),
    "dark": (1280, 900, "dark"),
}

DRAWN = ".gan-explorer figcaption:visible:not(:empty)"


def opened(page: Page, address: str) -> None:
    """Open a page and wait for its mathematics."""
    page.goto(address)
    page.evaluate("() => window.MathJax?.startup?.promise")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_fits_a_window_and_a_phone(site: str, page: Page, kind: str) -> None:
    opened(page, f"{site}/{kind}.html")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for window, (width, height, colours) in WINDOWS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=colours)
        page.screenshot(path=SCREENSHOTS / f"site-{Path(kind).name}-{window}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, window


def test_every_page_of_the_reference_fits_a_phone(site: str, built: Path, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    width = "document.documentElement.scrollWidth"
    wide = []
    for path in sorted((built / "api").iterdir()):
        page.goto(f"{site}/api/{path.name}")
        if page.evaluate(width) > 390:
            wide.append(path.name)
    assert wide == []


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_can_be_read_by_everyone(
    site: str, page: Page, kind: str, colours: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=colours)
    page.goto(f"{site}/{kind}.html")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    assert [
        (one["id"], node["target"], node["html"][:200])
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ] == []


def test_one_lesson_leads_to_the_next_and_a_term_to_the_glossary_and_back(
    site: str, page: Page
) -> None:
    page.goto(f"{site}/index.html")
    page.get_by_role("article").get_by_role("link", name="The game, on a line").click()
    page.locator("a.right-next").click()
    page.wait_for_url("**/chapters/02_dcgan.html")
    page.get_by_role("link", name="transposed convolutions", exact=True).first.click()
    page.wait_for_url("**/guides/glossary.html#term-transposed-convolution")
    entry = page.locator("dt#term-transposed-convolution + dd")
    entry.get_by_role("link", name="lesson 2").click()
    page.wait_for_url("**/chapters/02_dcgan.html")


@pytest.mark.parametrize("asked", ["server", "file"])
def test_the_search_finds_a_lesson_by_a_word(
    site: str, built: Path, page: Page, asked: str
) -> None:
    start = {"server": site, "file": built.as_uri()}[asked]
    page.goto(f"{start}/index.html")
    page.keyboard.press("Control+k")
    page.get_by_role("searchbox").fill("reparameterisation")
    page.keyboard.press("Enter")
    results = page.locator("#search-results li a")
    results.filter(has_text="A bound on the likelihood").first.wait_for()
    page.get_by_text("matching the search query").wait_for()


def test_mathematics_is_drawn_and_has_no_error(site: str, page: Page) -> None:
    opened(page, f"{site}/chapters/06_vae.html")
    assert page.locator("mjx-container").count() > 50
    assert page.locator("[data-mjx-error], mjx-merror").count() == 0


def test_outputs_of_a_lesson_are_there_in_words_and_pictures(site: str, page: Page) -> None:
    page.goto(f"{site}/chapters/02_dcgan.html")
    outputs = page.locator(".cell_output")
    assert outputs.get_by_text("Fréchet distance (judge) of 2,000 samples").count() == 1
    pictures = outputs.locator("img")
    assert pictures.count() >= 8
    assert pictures.evaluate_all("all => all.every(one => one.alt && one.naturalWidth > 0)")
    assert page.get_by_text("subprocess.check_call").count() == 0, "only Colab needs this cell"


def test_a_lessons_explorer_loads_once_it_is_asked_for(site: str, page: Page) -> None:
    page.goto(f"{site}/chapters/01_gaussian_gan.html")
    assert page.locator("details.explorer iframe").get_attribute("src") is None
    page.get_by_text("Try it here").click()
    framed = page.frame_locator("details.explorer iframe")
    framed.locator(DRAWN).wait_for()
    assert framed.get_by_role("heading").count() == 0, "the lesson shows the title"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_lessons_explorer_is_seen_whole(site: str, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{site}/chapters/01_gaussian_gan.html")
    page.get_by_text("Try it here").click()
    framed = page.frame_locator("details.explorer iframe")
    framed.locator(DRAWN).wait_for()
    framed.get_by_text("What the picture shows").click()  # and it is higher
    page.wait_for_function(
        """() => {
            const frame = document.querySelector(".explorer iframe");
            return frame.clientHeight === frame.contentDocument.documentElement.scrollHeight
                && frame.contentWindow.innerHeight === frame.clientHeight;
        }"""
    )


def test_an_explorer_leads_to_its_lesson_and_to_the_site(site: str, page: Page) -> None:
    for start, link, to in (
        ("line", "Lesson 01", "chapters/01_gaussian_gan"),
        ("line", "gan-course", "index"),
        ("index", "Lesson 01", "chapters/01_gaussian_gan"),
        ("index", "gan-course", "index"),
    ):
        page.goto(f"{site}/explorers/{start}.html")
        page.get_by_role("link", name=link).click()
        page.wait_for_url(f"{site}/{to}.html")


def test_a_still_picture_does_not_ask_a_reader_to_run_a_cell(site: str, page: Page) -> None:
    page.goto(f"{site}/chapters/02_dcgan.html")
    assert page.get_by_text("Run this cell").count() == 0
    assert page.get_by_text("A still picture. Open the lesson in JupyterLab or Colab").count() == 2


def test_what_is_printed_from_a_dark_window_is_dark_on_white(site: str, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{site}/guides/which_model.html")
    colour = "getComputedStyle(document.querySelector('.bd-article p')).color"
    screen = page.evaluate(colour)
    paper = page.evaluate(f"dispatchEvent(new Event('beforeprint')) && {colour}")
    assert [_brightness(paper) < 100, _brightness(screen) > 150] == [True, True]
    assert page.evaluate(f"dispatchEvent(new Event('afterprint')) && {colour}") == screen


def _brightness(colour: str) -> float:
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


def test_a_wide_table_is_printed_whole_and_breaks_between_rows(site: str, page: Page) -> None:
    page.set_viewport_size({"width": 680, "height": 1000})  # A4 within its margins
    page.emulate_media(media="print")
    page.goto(f"{site}/guides/which_model.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    breaks = "all => all.map(one => getComputedStyle(one).breakInside)"
    assert set(page.locator(".bd-article table").evaluate_all(breaks)) == {"auto"}
    assert set(page.locator(".bd-article tr").evaluate_all(breaks)) == {"avoid"}


def test_the_first_column_of_a_wide_table_stays_while_the_rest_scrolls(
    site: str, page: Page
) -> None:
    page.goto(f"{site}/guides/which_model.html")
    first = page.get_by_role("cell", name="WGAN-GP", exact=True).first
    left = "one => one.getBoundingClientRect().left"
    before = first.evaluate(left)
    first.evaluate("one => one.closest('.pst-scrollable-table-container').scrollBy(200, 0)")
    assert abs(first.evaluate(left) - before) < 1, "but for the table's border"


def test_an_exercise_opens_in_colab_and_can_be_taken_along(site: str, page: Page) -> None:
    page.goto(f"{site}/exercises/05_exercise.html")
    colab = page.get_by_role("article").get_by_role("link", name="Open in Colab")
    assert str(colab.get_attribute("href")).endswith("/exercises/05_exercise.ipynb")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download the notebook").click()
    assert taken.value.suggested_filename == "05_exercise.ipynb"
    own = REPOSITORY / "exercises" / "05_exercise.ipynb"
    assert taken.value.path().read_bytes() == own.read_bytes()


def test_the_reference_tells_each_configuration_in_words(site: str, page: Page) -> None:
    page.goto(f"{site}/api/gan_course.models.html")
    settings = page.locator("dl.class:has(> dt[id$='Config']) > dd")
    assert settings.count() > 10
    assert settings.evaluate_all("all => all.every(one => one.innerText.trim())")
    first = page.locator("[id='gan_course.models.aae.AAEConfig']")
    assert "shape: Shape = (1, 28, 28)" in first.inner_text()
    assert page.get_by_text("PosixPath").count() == 0


def test_github_pages_leaves_nothing_out(built: Path) -> None:
    assert (built / "_static").is_dir()
    assert (built / ".nojekyll").is_file()


def test_a_printed_lesson_has_its_text_alone_and_all_of_its_code(site: str, page: Page) -> None:
    page.set_viewport_size({"width": 720, "height": 1000})
    page.emulate_media(media="print")
    opened(page, f"{site}/chapters/05_wgan.html")
    for part in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".prev-next-footer"):
        assert page.locator(part).first.is_hidden()
    cut = page.locator(".bd-article pre").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
    )
    assert cut == 0
