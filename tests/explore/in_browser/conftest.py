from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import browser
from tests.browser.driven import JupyterLab, jupyterlab
from tests.explore.in_browser.seen import CELLS, SETUP, Seen, opened, run_all, see

__all__ = ["browser"]

# Every cell stands in the page, not only those that are in sight.
ALL_CELLS = {"@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"}}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    folder = tmp_path_factory.mktemp("jupyterlab")
    (folder / "root").mkdir()
    with jupyterlab(folder / "root", folder / "state", settings=ALL_CELLS) as running:
        yield running


@pytest.fixture(scope="module")
def page(lab: JupyterLab, browser: Browser) -> Page:
    """A notebook with an explorer of each kind, which has run."""
    lab.write("live.ipynb", SETUP, *CELLS.values())
    page = opened(lab, browser, "live.ipynb")
    run_all(page, len(CELLS))
    return page


@pytest.fixture
def slow(page: Page) -> Seen:
    """A lab whose steps of the discriminator take a tenth of a second, at its beginning."""
    seen = see(page, "slow")
    seen.button("Rewind").click()
    seen.settle()
    return seen
