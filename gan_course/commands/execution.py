"""A lesson executed without a browser, in this Python, cell by cell."""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar

import jupytext
import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

# With several threads on a busy machine a small convolution can run ten times slower than with one.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

T = TypeVar("T")
R = TypeVar("R")


class ThisPython(AsyncKernelManager):
    """Starts kernels of the Python that runs this, whatever a kernel "python3" elsewhere on the
    machine may be."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(resource_dir="", **get_kernel_dict())


def lesson_text(source: Path) -> str:
    """The text of a lesson's .py; `ValueError` where it is not in UTF-8."""
    try:
        return source.read_text(encoding="utf-8-sig")  # some editors put a mark before the text
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{source.name}, line {line} is not in UTF-8: save the file in that encoding"
        ) from None


def read_lesson(source: Path) -> NotebookNode:
    """The notebook that a .py in Jupytext's percent format describes, without outputs."""
    return jupytext.reads(lesson_text(source), fmt="py:percent")


def notebook_client(notebook: NotebookNode, folder: Path, **options: Any) -> NotebookClient:
    """A client that executes `notebook` in `folder` with a kernel of this Python, and leaves in it
    nothing that changes from run to run.

    `options` are further traits of `NotebookClient`.
    """
    return NotebookClient(
        notebook,
        timeout=None,
        kernel_manager_class=ThisPython,
        # Without this every kernel warns that it can be reached by other programs of this machine.
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        **options,
    )


class Kernels:
    """Executes notebooks, each in a kernel of its own, and can end those that run."""

    def __init__(self) -> None:
        self._running: set[NotebookClient] = set()
        self._ended = False

    def execute(
        self,
        notebook: NotebookNode,
        folder: Path,
        allow_errors: bool = False,
        on_cell: Callable[[int, NotebookNode, float], None] | None = None,
    ) -> str | None:
        """Run the code cells of `notebook` in place, in `folder`, on one thread; returns what
        stopped it, or None.

        `on_cell` is called after each code cell with its position, the cell and its seconds. With
        `allow_errors` a failing cell stops nothing.
        """
        began = 0.0

        def ready(**_: Any) -> None:
            self._running.add(client)

        def start(**_: Any) -> None:
            nonlocal began
            began = time.monotonic()

        def executed(cell: NotebookNode, cell_index: int, **_: Any) -> None:
            if on_cell is not None:
                on_cell(cell_index, cell, time.monotonic() - began)

        client: NotebookClient = notebook_client(
            notebook,
            folder,
            allow_errors=allow_errors,
            # Not earlier: nbclient cannot cope with a kernel that dies while it starts.
            on_notebook_start=ready,
            on_cell_execute=start,
            on_cell_executed=executed,
        )
        try:
            # A kernel knows by itself how notebooks show figures.
            given = {name: v for name, v in os.environ.items() if name != "MPLBACKEND"}
            client.execute(env=given | ONE_THREAD)
        except CellExecutionError as error:
            return f"{error.ename}: {error.evalue}"
        except DeadKernelError:
            if self._ended:
                raise
            return "its kernel died: most often, the machine ran out of memory"
        finally:
            self._running.discard(client)
            notebook.metadata.pop("widgets", None)
        return None

    def end(self) -> None:
        """Kill every kernel that runs; `execute` then raises `DeadKernelError` in the threads that
        wait for them."""
        self._ended = True
        for client in tuple(self._running):
            process = getattr(getattr(client.km, "provisioner", None), "process", None)
            if process is not None:
                process.kill()


def side_by_side(work: Callable[[Kernels, T], R], items: Iterable[T], jobs: int = 1) -> list[R]:
    """`work(kernels, item)` for every item, `jobs` at a time, in order. Ctrl-C, and the first
    exception that `work` raises, end the kernels before they end the program.

    Threads suffice, since the work is in the kernels, which are processes. Even a single job gets
    one: in the main thread nbclient would take Ctrl-C for itself.
    """
    kernels = Kernels()
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(work, kernels, item) for item in items]
        try:
            while not all(future.done() for future in futures):
                done, _ = wait(futures, timeout=1, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while not all(future.done() for future in futures):
                kernels.end()
                wait(futures, timeout=0.2)
            raise
        return [future.result() for future in futures]


def heading(cell: NotebookNode, before: str = "", width: int = 70) -> str:
    """What a cell is about, in a line: its first line of code, after the heading `before` that it
    stands under."""
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "(empty)")
    line = f"{before} · {first}" if before else first
    return line if len(line) <= width else line[: width - 1] + "…"


def headings(notebook: NotebookNode) -> list[str]:
    """For each cell, the Markdown heading it stands under."""
    current, found = "", []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (
            match := re.search(r"^#{1,6}\s+(.+)$", cell.source, flags=re.MULTILINE)
        ):
            current = match[1].strip()
        found.append(current)
    return found


def pictures(notebook: NotebookNode) -> Iterator[tuple[str, bytes]]:
    """Every PNG in the outputs, with the file's name for it: "cell-07-1.png" is the first picture
    of cell 7."""
    for number, cell in enumerate(notebook.cells, start=1):
        found = [
            picture
            for output in cell.get("outputs", [])
            for picture in pictures_of(output.get("data", {}))
        ]
        for order, content in enumerate(found, start=1):
            yield f"cell-{number:02d}-{order}.png", content


def notebook_text(notebook: NotebookNode) -> str:
    """The .ipynb of a notebook."""
    text: str = nbformat.writes(notebook)
    return text + "\n"


class _Images(HTMLParser):
    """Collects the sources of <img> elements."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.sources.append(dict(attrs).get("src") or "")


def pictures_of(data: dict[str, Any]) -> Iterator[bytes]:
    """The PNG pictures of one output: its own, or those inside its HTML, which is where alternative
    text is possible."""
    if "image/png" in data:
        yield base64.b64decode(data["image/png"])
        return
    parser = _Images()
    parser.feed("".join(data.get("text/html", "")))
    prefix = "data:image/png;base64,"
    for source in parser.sources:
        if source.startswith(prefix):
            yield base64.b64decode(source.removeprefix(prefix))
