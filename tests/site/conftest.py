"""`site`: the website on loopback, built once in a test run; `page`: a page of Chromium."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page

from authoring.pages.build import build
from authoring.pages.contents import PAGES
from gan_course import zoo
from tests.browser.conftest import browser
from tests.browser.driven import REPOSITORY

__all__ = ["browser"]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make site` builds it, with one explorer, that of lesson 01."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # several processes share the folder above
        folder = folder.parent
    out = folder / "the site"
    with FileLock(folder / "site.lock"):
        if not out.exists():
            pages = folder / "pages of the site"
            build(pages, zoo, [page for page in PAGES if page.name == "line"])
            # In a process of its own, since Sphinx changes what other tests rely on.
            code = "from pathlib import Path; from authoring.website.__main__ import main; "
            code += f"raise SystemExit(main(out=Path({str(out)!r}), pages=Path({str(pages)!r})))"
            done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True)
            assert done.returncode == 0, done.stderr.decode()
    return out


@pytest.fixture(scope="module")
def site(built: Path) -> Iterator[str]:
    """The address of the site."""
    handler = partial(Quiet, directory=str(built))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page. A test whose page reports an error, or asks another host, fails."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened, troubles = context.new_page(), []

    def asked(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:")):
            troubles.append(f"asked {url}")

    context.on("request", lambda request: asked(request.url))
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    assert troubles == []
