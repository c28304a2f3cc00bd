"""Explorers as they stand on a page of JupyterLab."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tests.browser.driven import PATIENCE, JupyterLab

SETUP = """
import time, torch
from pathlib import Path
from gan_course.data import load
from gan_course.explore import *
from gan_course.metrics import judge
from gan_course.models import *

class SlowLab(GanLab):
    def _opponent_step(self, real, fake):
        Path("at work").touch()
        time.sleep(0.1)
        super()._opponent_step(real, fake)

small = GANConfig(hidden=(16,), batch_size=64)
torch.manual_seed(0);
"""
CELLS = {
    "gan": 'gan = GanLab(GAN(small), load("gaussian")); gan',
    "critic": 'CriticLab(WGANGP(WGANGPConfig(hidden=(16,))), load("grid")).widget()',
    "latent": 'explore("02")',
    "classes": "ClassExplorer.of(CGAN(CGANConfig(width=4)), judge().read)",
    "codes": "CodeExplorer.of(InfoGAN(InfoGANConfig(categories=3, codes=2, width=4)))",
    "broken": 'GanLab(GAN(GANConfig(hidden=(16,), lr_d=1e12, lr_g=1e12)), load("gaussian"))',
    "slow": 'slow = SlowLab(GAN(small), load("gaussian")); slow',
    "plane": 'LatentPlane({"VAE": VAE(VAEConfig(latent_dim=2, width=4))}, load("digits"))',
    "pad": "x = 2 * torch.eye(32).expand(3, 3, -1, -1) - 1; "
    "SketchPad(Pix2Pix(Pix2PixConfig(width=4)), x, -x)",
}
# Every picture loses the class that hid it while it came.
COUNT = """root => {
    if (root.pictures === undefined) {
        root.pictures = 0;
        const count = (changes) => {
            root.pictures += changes.filter(({ target }) => target.matches(".picture > *")).length;
        };
        const what = { subtree: true, attributes: true, attributeFilter: ["class"] };
        new MutationObserver(count).observe(root, what);
    }
    return root.pictures;
}"""
CONTROLS = "input, select, button, [role=slider], [role=application]"


def opened(lab: JupyterLab, browser: Browser, name: str) -> Page:
    """The notebook `name` in a page of its own."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    lab.open(page, name)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    return page


@dataclass
class Seen:
    """An explorer on the page."""

    page: Page
    root: Locator

    @property
    def pictures(self) -> int:
        """Pictures drawn since this was asked first."""
        return self.root.evaluate(COUNT)

    @property
    def words(self) -> str:
        return self.root.locator("figcaption:visible").inner_text()

    @property
    def error(self) -> Locator:
        return self.root.locator("[role=alert]:visible")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def tab(self, name: str) -> None:
        self.root.get_by_role("tab", name=name).click()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is asked for any more."""
        self.root.locator('[aria-busy="true"]').first.wait_for(state="detached")

    def busy(self) -> None:
        self.root.locator('[aria-busy="true"]').first.wait_for(state="attached")

    def pictured(self, more_than: int) -> None:
        """Wait for pictures."""
        handle = self.root.element_handle()
        self.page.wait_for_function("([root, n]) => root.pictures > n", arg=[handle, more_than])


def run_all(page: Page, explorers: int) -> None:
    """Run the notebook, which draws so many explorers."""
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_function(f"document.querySelectorAll('.gan-explorer').length === {explorers}")


def see(page: Page, name: str) -> Seen:
    root = page.locator(".gan-explorer").nth(list(CELLS).index(name))
    root.scroll_into_view_if_needed()
    seen = Seen(page, root)
    first = root.get_by_role("tab").first
    if root.get_by_role("tab").count() and first.get_attribute("aria-selected") != "true":
        first.click()
    seen.settle()
    assert seen.pictures >= 0  # from now on they are counted
    return seen


def in_kernel(page: Page, expression: str) -> Any:
    """The value of a Python expression in the notebook's kernel."""
    run = """async (expression) => {
        const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
        const user_expressions = { value: `__import__("json").dumps(${expression})` };
        const reply = await kernel.requestExecute({ code: "", user_expressions }).done;
        return reply.content.user_expressions.value.data["text/plain"];
    }"""
    return json.loads(page.evaluate(run, expression).strip("'"))


def steps(words: str) -> list[int]:
    """Of the opponent and of the generator, as the words below a lab's picture say."""
    found = re.match(r"After (\d+) \w+ and (\d+) generator steps", words)
    assert found, words
    return [int(number) for number in found.groups()]


def cells(page: Page) -> tuple[int, int]:
    """How many the notebook has, and which is the active one."""
    return tuple(
        page.evaluate(
            "(({ widgets, activeCellIndex }) => [widgets.length, activeCellIndex])"
            "(jupyterapp.shell.currentWidget.content)"
        )
    )


def contrast(one: str, other: str) -> float:
    """Ratio of the two colours' luminances, as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
