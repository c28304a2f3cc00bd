"""Pages that need no Python: each draws, and every control of each changes what it shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page

from authoring.pages.build import build
from authoring.pages.contents import PAGES
from gan_course.explore import Timeline
from tests.browser.driven import PATIENCE
from tests.pages.conftest import data, small

NAMES = [page.name for page in PAGES]
LABS = ("line", "plane")  # whose rules change nothing that is seen before the next move
HEAVY = 25 * 2**20  # bytes
SENTENCES = {
    "WebAssembly": "this browser has no WebAssembly, which runs the networks",
    "script": "A still picture, until the scripts of this page have run",
}


def settle(page: Page) -> None:
    """Wait until nothing is asked for any more."""
    page.locator('[aria-busy="true"]').first.wait_for(state="detached")


def seen(page: Page) -> str:
    """The picture that is shown, an SVG."""
    settle(page)
    return page.locator(".gan-explorer .picture:visible").inner_html()


# Another value, by the keyboard; "End" of a list is its last option.
KEYS = {"range": "PageUp", "select-one": "End", "number": "ArrowUp"}
KEYS |= {"slider": "ArrowLeft", "application": "Space"}
BACK = {"range": "PageDown", "select-one": "ArrowUp"}  # where there is nothing further on


def change(page: Page, control: Locator) -> None:
    control.focus()
    kind = control.evaluate("node => node.type || node.getAttribute('role')")
    at_the_end = kind in BACK and control.evaluate(
        "node => node.options ? node.selectedIndex === node.length - 1 : node.value === node.max"
    )
    page.keyboard.press(BACK[kind] if at_the_end else KEYS[kind])
    settle(page)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in LABS])
def test_every_control_of_a_page_changes_its_picture(
    name: str, open_page: Callable[[str], Page]
) -> None:
    page = open_page(name)
    assert page.locator("#said").inner_text() == ""
    tabs = page.get_by_role("tab").all()
    for tab in tabs or [None]:
        if tab is not None:
            tab.click()
        before = seen(page)
        controls = page.locator(
            ".gan-explorer :is(input, select, .square):visible:not(.pad select)"
        ).all()
        assert controls
        # From the last to the first: how many images there are decides which of the later count.
        for control in reversed(controls):
            change(page, control)
            after = seen(page)
            assert after != before, control.evaluate("node => node.outerHTML")
            before = after
        assert page.locator("[role=alert]:visible").all_inner_texts() in ([], [""])


def words(page: Page) -> str:
    settle(page)
    return page.locator(".gan-explorer figcaption:visible").inner_text()


# Pages whose pictures depend on no random numbers of the browser's.
@pytest.mark.parametrize("name", ["vae", "pix2pix", "cyclegan", "diffusion"])
def test_a_page_says_of_its_picture_what_python_says(
    name: str, open_page: Callable[[str], Page], built: Path
) -> None:
    html = (built / f"{name}.html").read_text(encoding="utf-8")
    (alt,) = re.findall('<img .* alt="(.*)">', html)
    assert words(open_page(name)) == unescape(alt)


def test_a_diffusion_runs_in_the_page_as_it_does_in_python(
    open_page: Callable[[str], Page],
) -> None:
    page, explorer = open_page("diffusion"), Timeline(small("ddpm"), data("ddpm"))
    page.get_by_label("class to draw").select_option("3")
    moment, guidance = page.get_by_role("slider").all()
    moment.fill("50")
    guidance.fill("2")
    assert words(page) == explorer.picture(10, 20, label=3, guidance=2.0).alt


def test_a_pad_is_drawn_on(open_page: Callable[[str], Page]) -> None:
    page = open_page("pix2pix")
    before = seen(page)
    box = page.locator(".sheet").bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 150, steps=5)
    page.mouse.up()
    assert words(page).startswith("What becomes of 1 stroke on held-out drawing 0;")
    assert seen(page) != before
    page.get_by_role("button", name="Undo").click()
    assert seen(page) == before


def test_a_page_with_the_runtime_is_light(built: Path) -> None:
    def size(folder: Path) -> int:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    shared = size(built / "runtime") + size(built / "shared")
    for name in NAMES:
        assert shared + size(built / name) < HEAVY, name


def test_the_index_leads_to_every_page_and_shows_a_picture_of_each(
    open_page: Callable[[str], Page], site: str
) -> None:
    page = open_page("dcgan")
    page.get_by_role("link", name="All explorers").click()
    assert [link.inner_text() for link in page.get_by_role("heading", level=2).all()] == [
        each.title for each in PAGES
    ]
    for image in page.locator(".cards img").all():
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    page.get_by_role("link", name=PAGES[0].title, exact=True).click()
    assert page.url == f"{site}{PAGES[0].name}.html"


@pytest.mark.parametrize("without", ["WebAssembly", "script"])
def test_a_still_picture_with_a_sentence_stands_where_nothing_can_run(
    without: str, site: str, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=without != "script")
    page = context.new_page()
    page.add_init_script("delete window.WebAssembly;")
    page.goto(f"{site}dcgan.html")
    page.get_by_text(SENTENCES[without]).wait_for()
    assert (page.locator(".still img").get_attribute("alt") or "").startswith("Left, the image of")
    context.close()


def test_a_page_whose_weights_do_not_ship_is_left_out_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(name: str) -> object:
        raise FileNotFoundError(f"{name} does not ship")

    written = build(tmp_path, SimpleNamespace(load=load, dataset=load), PAGES[:3])
    assert [page.name for page in written] == ["line", "plane"]
    assert f"{PAGES[2].title} is left out: dcgan does not ship" in capsys.readouterr().err
    assert not (tmp_path / "dcgan.html").exists()
    assert "dcgan" not in (tmp_path / "index.html").read_text(encoding="utf-8")


AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["dcgan", "pix2pix", "line", "index"])
def test_axe_finds_nothing_serious(
    name: str, scheme: Literal["light", "dark"], site: str, browser: Browser
) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(f"{site}{name}.html")
    if name != "index":
        page.locator(".gan-explorer figcaption:visible:not(:empty)").wait_for(timeout=PATIENCE)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run().then(({ violations }) => violations)")
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"]) for each in serious] == []
    page.close()
