"""JupyterLab on a port of its own, and Chromium to look at it: what the explorers' tests in a real
browser stand on."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Page, sync_playwright

import gan_course

# A busy machine may take its time; what takes longer has failed.
PATIENCE = 30_000  # ms
SETTINGS: dict[str, dict[str, Any]] = {
    # Every cell stands in the page, not only those that are in sight.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium() -> str:
    """Path of the browser; fails with what installs it."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise RuntimeError("no Chromium was found: install Debian's with `apt-get install chromium`")


@contextmanager
def open_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Lab:
    """A JupyterLab that serves `folder`."""

    folder: Path
    port: int
    token: str
    process: subprocess.Popen[bytes]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def api(self, path: str, method: str = "GET") -> Any:
        """What the server's own interface answers."""
        request = urllib.request.Request(
            self.url(f"api/{path}"), method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def write(self, name: str, *cells: str) -> None:
        """A notebook of code cells, which have not run."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(notebook, self.folder / name)

    def open(self, browser: Browser, name: str) -> Page:
        """The notebook `name` in a page of its own."""
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto(self.url(f"doc/tree/{name}?token={self.token}"))
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.ready.then(() => {})")
        page.wait_for_function(
            "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
        )
        return page


@contextmanager
def start_lab(folder: Path) -> Iterator[Lab]:
    """A JupyterLab that keeps everything it writes below `folder`."""
    for name, setting in SETTINGS.items():
        path = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(setting))
    served = folder / "served"
    served.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    own = {"JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"}
    environment = {
        **os.environ,
        **{name: str(folder / name.lower()) for name in own},
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONPATH": str(Path(gan_course.__file__).parents[1]),  # kernels import what is tested
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.ip=127.0.0.1",
    ]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={served}"]
    command += ["--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (folder / "jupyterlab.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=served)
        lab = Lab(served, port, token, process)
        try:
            _wait_for(lab, folder / "jupyterlab.log")
            yield lab
        finally:
            for kernel in lab.api("kernels") if process.poll() is None else ():
                lab.api(f"kernels/{kernel['id']}", "DELETE")
            process.terminate()
            process.wait(timeout=60)


def _wait_for(lab: Lab, log: Path) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while lab.process.poll() is None and time.monotonic() < until:
        try:
            lab.api("status")
        except urllib.error.URLError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"JupyterLab did not start: {log.read_text()[-2000:]}")
