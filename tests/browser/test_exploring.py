"""`gan-course explore`: an explorer in a page of its own, which asks no other host for anything."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page

from gan_course.models import DCGANConfig, Pix2PixConfig
from gan_course.models.config import plain
from gan_course.training.run_folder import Recipe, RunFolder
from tests.browser.driven import PATIENCE, REPOSITORY, environment
from tests.explore.in_browser.seen import Seen

SCREENSHOTS = REPOSITORY / "build" / "screenshots"


def run_folder(path: Path, model: str, config: DCGANConfig | Pix2PixConfig, data: str) -> Path:
    """The run of a model that has learned nothing."""
    folder, recipe = (
        RunFolder(path),
        Recipe(model, plain(config), data, "packaged", 0, "lesson", "cpu"),
    )
    folder.create(recipe)
    folder.write_weights(recipe.build(), model)
    return path


class Told:
    """What a page asked for, and what it complained of."""

    def __init__(self, page: Page) -> None:
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self.hear)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)


@contextmanager
def explored(what: Path, state: Path, browser: Browser) -> Iterator[tuple[Page, Told]]:
    """The page of an explorer. Ctrl-C ends what serves it, and leaves nothing behind."""
    folders = {name: state / name.lower() for name in ("HOME", "JUPYTER_CONFIG_DIR", "TMPDIR")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    words = [sys.executable, "-m", "gan_course.cli", "explore", what.name, "--no-browser"]
    with (state / "log.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            words,
            cwd=what.parent,
            env=environment(folders),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout
    try:
        address = process.stdout.readline().rpartition(" ")[2].strip()
        assert address.startswith("http://127.0.0.1:"), (state / "log.txt").read_text("utf-8")
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.set_default_timeout(PATIENCE)
        told = Told(page)
        page.goto(address)
        page.locator(".gan-explorer figcaption:visible:not(:empty)").wait_for()
        yield page, told
        assert told.hosts == {urlsplit(address).netloc, ""}  # and pictures in the page
        assert told.errors == []
        page.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, (state / "log.txt").read_text("utf-8")
        assert "Traceback" not in (state / "log.txt").read_text("utf-8")
        assert list(folders["TMPDIR"].glob("*")) == []
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def kept(page: Page, name: str) -> None:
    """Screenshots in light and in dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}.png", full_page=True)


def paper(page: Page) -> int:
    """How light the page is, from 0 to 255."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return int(colour.removeprefix("rgb(").partition(",")[0])


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    root = tmp_path_factory.mktemp("explored")
    what = run_folder(root / "mine", "dcgan", DCGANConfig(width=4), "digits")
    with explored(what, root / "state", browser) as (page, _):
        kept(page, "voila-latent")
        yield page


def test_the_explorer_stands_below_its_title_and_what_there_is_to_know(page: Page) -> None:
    assert page.title() == "The run in mine"
    assert page.get_by_role("heading", level=1).inner_text() == "The run in mine"
    assert page.get_by_text("steps on digits, seed 0").is_visible()
    assert page.get_by_text("explore(").count() == 0


def test_sliders_are_moved_by_keyboard_and_by_mouse(page: Page) -> None:
    seen = Seen(page, page.locator(".gan-explorer"))
    slider, before = seen.root.get_by_role("slider", name="direction 1"), seen.pictures
    slider.focus()
    page.keyboard.press("ArrowRight")
    seen.pictured(before)
    seen.settle()
    assert "+0.25 along direction 1" in seen.words
    other = seen.root.get_by_role("slider", name="direction 2")
    box, before = other.bounding_box(), seen.pictures
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    seen.pictured(before)
    seen.settle()
    assert "+4 along direction 2" in seen.words


def test_the_page_is_as_light_or_dark_as_the_readers_system(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    assert paper(page) < 60
    page.emulate_media(color_scheme="light")
    assert paper(page) > 200


def test_the_pad_is_drawn_on(browser: Browser, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for i in range(20):
        Image.new("RGB", (64, 32), (12 * i, 99, 255 - 12 * i)).save(pictures / f"{i}.png")
    config = Pix2PixConfig(width=4)
    what = run_folder(tmp_path / "mine", "pix2pix", config, f"pairs:{pictures}")
    with explored(what, tmp_path / "state", browser) as (page, _):
        seen = Seen(page, page.locator(".gan-explorer"))
        seen.root.get_by_label("draw on", exact=True).select_option("an empty sheet")
        seen.settle()
        box = seen.root.get_by_role("application", name="your drawing").bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.7, steps=5)
        page.mouse.up()
        seen.settle()
        assert "1 stroke on an empty sheet" in seen.words
        kept(page, "voila-pad")
