"""`page`: a page of Chromium; `lab`: a JupyterLab over an empty folder, into which a test copies
what it opens.

Both live as long as a test file, because Playwright keeps an event loop running in between that
other tests' asyncio would trip over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.driven import (
    MISSING,
    REPOSITORY,
    JupyterLab,
    chromium,
    executable,
    jupyterlab,
)

# What `make lab` starts JupyterLab with.
OPTIONS = [
    option.replace('"', "")
    for option in re.findall(
        r"--ContentsManager\S+", (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    )
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if executable() is None:
        pytest.fail(MISSING, pytrace=False)
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, as wide as a small laptop's window, in a profile of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "root").mkdir()
    with jupyterlab(folder / "root", folder / "state", *OPTIONS) as running:
        yield running
