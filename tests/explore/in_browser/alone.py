"""A face on a page without Jupyter, whose pictures come from the test."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from gan_course.explore import Explorer, Picture, View
from gan_course.explore.paint import Painting
from gan_course.explore.widgets import Face
from tests.browser.driven import REPOSITORY

SCREENSHOTS = REPOSITORY / "build" / "screenshots"
# What JupyterLab's themes say: paper, ink, and the ground of buttons.
THEMES = {
    "light": ("rgb(255, 255, 255)", "rgb(33, 33, 33)", "rgb(238, 238, 238)"),
    "dark": ("rgb(17, 17, 17)", "rgb(255, 255, 255)", "rgb(33, 33, 33)"),
}
PAGE = """<body data-jp-theme-light="{light}" style="margin: 0; background: {paper};
font: 14px sans-serif; --jp-layout-color1: {paper}; --jp-ui-font-color1: {ink};
--jp-layout-color2: {raised}">
<style>{css}</style><div id="root"></div></body>"""
# `asked` are the wishes that have not been answered yet.
DRAW = """async ([code, views, shown]) => {
    const face = await import(`data:text/javascript;base64,${code}`);
    window.asked = [];
    const bytes = (text) => new TextEncoder().encode(text);
    window.answer = (shown) => asked.shift().answer({ ...shown, picture: bytes(shown.picture) });
    face.draw(document.querySelector("#root"), {
        views, shown: shown && { ...shown, picture: bytes(shown.picture) },
        ask: (wish) => new Promise((answer) => asked.push({ wish, answer })),
        lost: (tell) => { window.lose = tell; },
        waiting: "it is being drawn",
    });
}"""


def picture(words: str) -> Picture:
    """One that is as empty as its words."""
    return Picture(Painting(300, 40).svg(), words)


def shown(view: View, picture: Picture) -> dict[str, Any]:
    """What a page is told."""
    told = {"view": view.key, "values": view.values, "error": "", "alt": picture.alt}
    return told | {"form": picture.form, "picture": picture.decode()}


@dataclass
class Alone:
    """The face of `views` on a page."""

    page: Page
    views: Sequence[View]

    @property
    def root(self) -> Locator:
        return self.page.locator(".gan-explorer")

    @property
    def picture(self) -> Locator:
        return self.root.get_by_role("img")

    @property
    def words(self) -> str:
        return self.root.locator("figcaption:visible").inner_text()

    @property
    def asked(self) -> list[Mapping[str, Any]]:
        """Wishes that wait for an answer."""
        return self.page.evaluate("asked.map(({ wish }) => wish)")

    def answer(self, picture: Picture) -> None:
        """The wish that waits longest gets this picture; then wait until it is dealt with."""
        told = shown(self.views[0], picture)
        self.page.evaluate("shown => { answer(shown); }", told)
        self.page.wait_for_function(
            "asked.length || !document.querySelector('[aria-busy=\"true\"]')"
        )

    def screenshot(self, name: str) -> Path:
        path = SCREENSHOTS / f"{name}.png"
        self.root.screenshot(path=path)
        return path


def alone(
    browser: Browser,
    views: Sequence[View],
    first: Picture,
    theme: str = "light",
    *,
    width: int = 900,
    scale: float = 1,
) -> Alone:
    """The face of `views` on a page of its own, so wide and with so many pixels of the screen for
    each of its own, its `first` picture drawn."""
    page = browser.new_page(viewport={"width": width, "height": 900}, device_scale_factor=scale)
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    paper, ink, raised = THEMES[theme]
    light = str(theme == "light").lower()
    page.set_content(PAGE.format(light=light, paper=paper, ink=ink, raised=raised, css=Face._css))
    code = base64.b64encode(Face._esm.encode()).decode()
    page.evaluate(DRAW, [code, [view.as_data() for view in views], shown(views[0], first)])
    page.locator(".picture > :not(.coming)").first.wait_for()
    return Alone(page, views)


def alone_of(browser: Browser, explorer: Explorer, theme: str = "light", **size: Any) -> Alone:
    """The face of an explorer, which shows its first view."""
    views = explorer.views()
    return alone(browser, views, explorer.show(views[0].key, views[0].values), theme, **size)
