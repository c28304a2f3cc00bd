from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.explore.in_browser.browser import Lab, open_browser, start_lab
from tests.explore.in_browser.seen import CELLS, SETUP, Seen, run_all, see


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with start_lab(tmp_path_factory.mktemp("jupyterlab")) as lab:
        yield lab


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="package")
def page(lab: Lab, browser: Browser) -> Page:
    """A notebook with an explorer of each kind, which has run."""
    lab.write("live.ipynb", SETUP, *CELLS.values())
    page = lab.open(browser, "live.ipynb")
    run_all(page, len(CELLS))
    return page


@pytest.fixture
def slow(page: Page) -> Seen:
    """A lab whose steps of the discriminator take a tenth of a second, at its beginning."""
    seen = see(page, "slow")
    seen.button("Rewind").click()
    seen.settle()
    return seen
