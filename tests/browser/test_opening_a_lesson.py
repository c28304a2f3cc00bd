"""A lesson that is only read stays what it was, and what it shows can be seen."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from playwright.sync_api import Page

from authoring.canonical import KERNEL, LANGUAGE, notebook_text
from tests.browser.driven import REPOSITORY, JupyterLab, run_all, save

METADATA = {"kernelspec": KERNEL, "language_info": LANGUAGE}


@pytest.fixture(scope="module", autouse=True)
def settings_of_the_repository(lab: JupyterLab) -> None:
    """Jupytext's among them, which say what becomes of the .py beside a notebook."""
    shutil.copy(REPOSITORY / "pyproject.toml", lab.root)


def stored(lab: JupyterLab, name: str, notebook: nbformat.NotebookNode) -> Path:
    """A notebook in the lab's folder, as the authoring commands write it."""
    path = lab.root / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(notebook_text(notebook), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "name", ["chapters/03_cgan", "solutions/05_solution", "exercises/01_exercise"]
)
def test_opening_and_saving_a_notebook_changes_no_byte_of_its_pair(
    lab: JupyterLab, page: Page, name: str
) -> None:
    notebook = nbformat.read(REPOSITORY / f"{name}.ipynb", as_version=4)
    notebook.metadata.update(nbformat.from_dict(METADATA))
    path = stored(lab, name, notebook)
    source = Path(shutil.copyfile(REPOSITORY / f"{name}.py", path.with_suffix(".py")))
    before = path.read_bytes(), source.read_bytes()
    written = path.stat().st_mtime_ns
    lab.open(page, f"{name}.ipynb")
    save(page)
    assert path.stat().st_mtime_ns > written
    assert (path.read_bytes(), source.read_bytes()) == before
    assert page.locator(".jp-Dialog").count() == 0


def test_every_kind_of_output_is_stored_as_it_comes_back(lab: JupyterLab, page: Page) -> None:
    numbers = [1.0, 0.5, 1e-7, 1e16, 123456789012345680000.0, 1e21, -0.0, 2**53 + 1, True, None]
    outputs = [
        new_output("stream", name="stderr", text="50 %|##  |\r100 %|####|\n"),
        new_output("stream", name="stdout", text="\x1b[31mred\x1b[0m x\x08y\u2028\n"),
        new_output("stream", name="stdout", text="and more\n"),
        new_output(
            "execute_result",
            {
                "text/html": "<b>6</b>",
                "application/json": {"b": numbers, "a": {}},
                "text/plain": "",
            },
            execution_count=1,
            metadata={"image/png": {"alt": "six", "width": 3.0}},
        ),
        new_output("error", ename="ValueError", evalue="no", traceback=["one\ntwo", "three"]),
    ]
    cells = [
        new_code_cell("6", execution_count=1, outputs=outputs, metadata={"tags": ["b", "a"]}),
        new_markdown_cell("![a](attachment:a.png)", attachments={"a.png": {"image/png": "aGE="}}),
        new_raw_cell("raw"),
        new_code_cell(""),
        new_markdown_cell("one\n\ntwo\n"),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    course = {"course": {"source_sha256": "0", "share": 1.0}}
    path = stored(lab, "chapters/99_all", new_notebook(cells=cells, metadata=METADATA | course))
    before = path.read_text(encoding="utf-8")
    lab.open(page, "chapters/99_all.ipynb")
    save(page)
    assert path.read_text(encoding="utf-8") == before


def run(lab: JupyterLab, page: Page, name: str, code: str) -> Any:
    """Run a cell, save, and return its outputs as they are stored."""
    path = stored(lab, name, new_notebook(cells=[new_code_cell(code)], metadata=METADATA))
    lab.open(page, f"{name}.ipynb")
    run_all(page)
    save(page)
    (cell,) = nbformat.read(path, as_version=4).cells
    return cell.outputs


def test_a_picture_is_seen_with_its_text_and_stored_in_each_form(
    lab: JupyterLab, page: Page
) -> None:
    code = "from gan_course.viz import axes, show\nshow(axes()[0], 'an empty frame', 'below')"
    (output,) = run(lab, page, "chapters/97_picture", code)
    assert set(output.data) == {"image/png", "text/html", "text/plain"}
    assert output.metadata == {"image/png": {"alt": "an empty frame"}}
    image = page.get_by_role("img", name="an empty frame")
    assert image.evaluate("image => image.naturalWidth") == 700


def test_a_line_of_the_longest_kind_is_shown_whole_in_code_that_is_read(
    lab: JupyterLab, page: Page
) -> None:
    line = f'    """{90 * "x"}"""'
    assert len(line) == 100
    code = f"from gan_course.lesson import show_source\ndef f():\n{line}\nshow_source(f)"
    run(lab, page, "chapters/98_source", code)
    pre = page.locator(".jp-RenderedMarkdown pre")
    height, row = pre.evaluate(
        """pre => {
            const range = document.createRange();
            range.selectNodeContents(pre);
            return [range.getBoundingClientRect().height, range.getClientRects()[0].height];
        }"""
    )
    assert height < 3 * row, "def and docstring take two rows, and no third"
    assert page.locator(".jp-CodeCell .cm-scroller").first.evaluate(
        "cell => cell.scrollWidth <= cell.clientWidth"
    )
