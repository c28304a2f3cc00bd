"""What stands under an explorer's cell where no Python runs; and that no other host is asked."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.driven import JupyterLab
from tests.explore.in_browser.seen import CELLS, SETUP, Seen, opened, run_all

OWN = ("gan", "classes")


@pytest.fixture(scope="module")
def hosts() -> set[str]:
    """Which were asked for anything."""
    return set()


@pytest.fixture(scope="module")
def own(lab: JupyterLab, browser: Browser, hosts: set[str]) -> Page:
    """A notebook of two explorers, which has run."""
    lab.write("own.ipynb", SETUP, *(CELLS[name] for name in OWN))
    page = opened(lab, browser, "own.ipynb")
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    run_all(page, len(OWN))
    return page


@pytest.fixture(scope="module")
def saved(lab: JupyterLab, own: Page) -> dict[str, Any]:
    """The notebook as it is saved."""
    own.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => {})")
    return json.loads((lab.root / "own.ipynb").read_text())


def check_stills(page: Page) -> None:
    page.get_by_text("Run this cell to wake it.").first.wait_for()
    assert page.get_by_text("Run this cell to wake it.").count() == len(OWN)
    images = page.locator(".jp-Notebook img:visible").all()
    assert len(images) == len(OWN)
    for image in images:
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
        assert len(image.get_attribute("alt") or "") > 10
    # What the front end says of the missing widget is not to be seen.
    page.wait_for_timeout(1000)
    for said in ("model not found", "Loading widget", "displaying widget"):
        assert said not in page.locator(".jp-Notebook").inner_text()


def test_no_other_host_is_asked_for_anything(own: Page, lab: JupyterLab, hosts: set[str]) -> None:
    seen = Seen(own, own.locator(".gan-explorer").last)
    seen.tab("Between two classes")
    assert hosts == {urlsplit(lab.url).netloc}


def test_a_saved_notebook_shows_a_still_picture_and_how_to_wake_it(
    saved: dict[str, Any], lab: JupyterLab, browser: Browser
) -> None:
    # One that nobody has run here is not trusted: JupyterLab runs nothing of it.
    saved["cells"].append(nbformat.v4.new_markdown_cell("another"))
    (lab.root / "stored.ipynb").write_text(json.dumps(saved))
    page = opened(lab, browser, "stored.ipynb")
    check_stills(page)
    page.close()


def test_a_notebook_of_ones_own_shows_a_still_picture_once_its_python_is_gone(
    saved: dict[str, Any], own: Page, lab: JupyterLab, browser: Browser
) -> None:
    own.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    seen = Seen(own, own.locator(".gan-explorer").first)
    seen.error.wait_for()
    assert "has gone: run this cell again to wake the explorer." in seen.error.inner_text()
    own.close()
    again = opened(lab, browser, "own.ipynb")
    check_stills(again)
    again.close()
