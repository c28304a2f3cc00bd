"""A real JupyterLab on loopback, and a real browser to open it in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Page, sync_playwright

from gan_course.commands.prompt import PROMPT

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "These tests drive JupyterLab in Chromium, and there is none: install the package `chromium` "
    "(Debian: apt-get install chromium)."
)
# It asks whether news may be fetched, in a dialogue over the notebook.
QUIET = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
START_SECONDS = 90
PATIENCE = 90_000  # milliseconds; generous, because a busy machine is no defect


@dataclass(frozen=True)
class JupyterLab:
    """A running JupyterLab, which serves the files below `root`."""

    root: Path
    url: str
    token: str
    log: Path

    def api(self, path: str, method: str = "GET") -> Any:
        """What the server's own interface answers."""
        request = urllib.request.Request(
            f"{self.url}api/{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
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
        nbformat.write(notebook, self.root / name)

    def open(self, page: Page, path: str) -> None:
        """Show the notebook at `path` (relative to `root`) and wait until its kernel is idle."""
        page.goto(f"{self.url}lab/tree/{path}?reset&token={self.token}", timeout=PATIENCE)
        page.wait_for_function(
            """path => {
                const app = window.jupyterapp;
                const panel = app && app.shell.currentWidget;
                return panel && panel.context && panel.context.path === path
                    && panel.context.isReady
                    && panel.sessionContext.session?.kernel?.status === 'idle';
            }""",
            arg=path,
            timeout=PATIENCE,
        )


def command(page: Page, name: str, arguments: dict[str, Any] | None = None) -> None:
    """Run one of JupyterLab's own commands and wait until it is done."""
    page.evaluate(
        "async ([name, args]) => { await window.jupyterapp.commands.execute(name, args); }",
        [name, arguments or {}],
    )


def run_all(page: Page) -> None:
    """Run every cell of the open notebook and wait for the last one, or for the first error."""
    command(page, "notebook:run-all-cells")


def save(page: Page) -> None:
    """Save the open notebook, whether or not anything changed, and wait until it is on disk."""
    command(page, "docmanager:save")


def executable() -> str | None:
    """Where Chromium lies: the system's, else Playwright's own; None where there is neither."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return str(own) if own.is_file() else None


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window, which can reach nothing but this machine. Raises
    `FileNotFoundError` where Chromium is missing."""
    if (path := executable()) is None:
        raise FileNotFoundError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def jupyterlab(
    root: Path, state: Path, *arguments: str, settings: Mapping[str, dict[str, Any]] | None = None
) -> Iterator[JupyterLab]:
    """JupyterLab over the files below `root`, on a free port of loopback, started with `arguments`
    of its command line, and with a user's `settings` by the name of the plugin.

    What it writes of its own (settings, work spaces, the log) goes below `state`, and nothing of
    the user's settings is read. It and its kernels are stopped at the end.
    """
    folders = {
        name: state / name.lower()
        for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    for folder in folders.values():
        folder.mkdir(parents=True)
    quiet = folders["JUPYTER_CONFIG_DIR"] / "labconfig/page_config.json"
    quiet.parent.mkdir()
    quiet.write_text(json.dumps(QUIET))
    for name, setting in (settings or {}).items():
        path = folders["JUPYTER_CONFIG_DIR"] / "lab/user-settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting))
    log = state / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--expose-app-in-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"),
                *(f"--ServerApp.root_dir={root}", f"--ServerApp.{PROMPT}"),
                "--LabApp.extension_manager=readonly",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                *arguments,
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(folders),
            cwd=root,
        )
    try:
        answer = _first_answer(process, folders["JUPYTER_RUNTIME_DIR"], log)
        yield JupyterLab(root, answer["url"], answer["token"], log)
    finally:
        _stop(process)


def environment(folders: dict[str, Path]) -> dict[str, str]:
    """This environment, with kernels that import the course from this folder."""
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "PYTEST"))
    }
    paths = [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **inherited,
        **{name: str(folder) for name, folder in folders.items()},
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONPATH": os.pathsep.join(paths),
    }


def _first_answer(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> dict[str, Any]:
    """The note that the server leaves once it listens: its address and its token."""
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        for note in runtime.glob("jpserver-*.json"):
            try:
                return json.loads(note.read_text())
            except ValueError:  # half written
                continue
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, which ends its kernels first."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
