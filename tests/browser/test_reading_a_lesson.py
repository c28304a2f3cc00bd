"""What a reader sees in JupyterLab, in a wide window, in a narrow one, and at twice the size."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Page

from authoring.canonical import KERNEL, LANGUAGE
from authoring.notebooks import sources
from authoring.pairs import read_source
from gan_course.catalogue import catalogue
from tests.browser.driven import REPOSITORY, JupyterLab, command, run_all

METADATA = {"kernelspec": KERNEL, "language_info": LANGUAGE}
LESSON = catalogue().lessons[0].notebooks
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
# With a window of 1280 pixels, twice the size is a window of 640.
WIDTHS = pytest.mark.parametrize("width", [1280, 800, 640])


@pytest.fixture(scope="module", autouse=True)
def course(lab: JupyterLab) -> None:
    """The first lesson, with its solution and its exercise."""
    shutil.copy(REPOSITORY / "pyproject.toml", lab.root)
    for folder, name in LESSON.items():
        (lab.root / folder).mkdir()
        for suffix in (".py", ".ipynb"):
            shutil.copy(REPOSITORY / folder / f"{name}{suffix}", lab.root / folder)


def opened(lab: JupyterLab, page: Page, name: str, *cells: Any, width: int = 1280) -> None:
    """Show a notebook of these cells in a window so high that nothing is left undrawn."""
    nbformat.write(new_notebook(cells=list(cells), metadata=METADATA), lab.root / f"{name}.ipynb")
    page.set_viewport_size({"width": width, "height": 20_000})
    lab.open(page, f"{name}.ipynb")
    run_all(page)


def test_the_list_of_files_shows_a_lesson_once(lab: JupyterLab, page: Page) -> None:
    lab.open(page, f"chapters/{LESSON['chapters']}.ipynb")
    page.wait_for_selector(".jp-DirListing-itemText")
    assert page.locator(".jp-DirListing-itemText").all_inner_texts() == [
        f"{LESSON['chapters']}.ipynb"
    ]


def test_the_tabs_of_a_lesson_its_solution_and_its_exercise_are_told_apart(
    lab: JupyterLab, page: Page
) -> None:
    for folder, name in LESSON.items():
        lab.open(page, f"{folder}/{name}.ipynb") if folder == "chapters" else command(
            page, "docmanager:open", {"path": f"{folder}/{name}.ipynb"}
        )
    labels = page.locator("#jp-main-dock-panel .lm-TabBar-tabLabel")
    assert sorted(labels.all_inner_texts()) == sorted(f"{name}.ipynb" for name in LESSON.values())
    assert labels.evaluate_all("all => all.every(tab => tab.scrollWidth <= tab.clientWidth)")


def test_run_all_tries_every_question_and_ends_with_the_total(lab: JupyterLab, page: Page) -> None:
    name = f"exercises/{LESSON['exercises']}.ipynb"
    path = lab.root / name
    path.write_text(path.read_text(encoding="utf-8").replace("def generator_loss(", "def ("))
    page.set_viewport_size({"width": 1280, "height": 20_000})
    lab.open(page, name)
    run_all(page)
    page.get_by_text("01: 0 of 12 points. Not yet right: 01.q1, 01.q2, 01.q3, 01.q4.").wait_for()
    assert page.get_by_text("not yet.").count() == 3, "01.q1 has no function to be tried with"


@pytest.mark.parametrize("source", sources(REPOSITORY), ids=lambda source: source.stem)
def test_no_text_and_no_formula_of_a_lesson_is_cut_in_a_narrow_window(
    lab: JupyterLab, page: Page, source: Path
) -> None:
    # One lesson at a time: JupyterLab leaves cells undrawn where there are many.
    prose = [cell.source for cell in read_source(source).cells if cell.cell_type == "markdown"]
    opened(lab, page, "prose", *map(new_markdown_cell, prose), width=800)
    page.set_viewport_size({"width": 800, "height": 60_000})
    page.wait_for_function(
        f"() => document.querySelectorAll('{PANEL} mjx-container[display=true]').length >= "
        f"{sum(text.count('$$') // 2 for text in prose)}"
    )
    cut = page.locator(f"{PANEL} .jp-MarkdownOutput").evaluate_all(
        """outputs => outputs.flatMap((output, cell) => {
            const edge = output.getBoundingClientRect().right + 1;
            return [...output.querySelectorAll('mjx-math, code, a, img, td')]
                .filter(part => part.getBoundingClientRect().right > edge)
                .map(part => [cell, Math.round(part.getBoundingClientRect().right - edge),
                              part.textContent.slice(0, 60)]);
        })"""
    )
    assert cut == []


LONG = "the projection is read as asked more often than concatenation: " + 7 * "its worst run "


@WIDTHS
def test_a_claim_wraps_inside_its_own_column(lab: JupyterLab, page: Page, width: int) -> None:
    code = (
        "from gan_course.lesson import Claim, claims\n"
        f"claims(Claim({LONG!r}, 0.06, at_least=0.02, knowing_nothing=0.5),\n"
        "       Claim('short', 1e-14, at_most=1e-9))"
    )
    opened(lab, page, "claims", new_code_cell(code), width=width)
    edges = page.locator(f"{PANEL} .jp-OutputArea table").evaluate(
        """table => [...table.rows].map(row => [...row.cells].map(cell => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            const box = cell.getBoundingClientRect(), text = range.getBoundingClientRect();
            return [box.left, box.right, text.width ? text.left : box.left,
                    text.width ? text.right : box.right];
        }))"""
    )
    for column in zip(*edges, strict=True):
        assert len({(left, right) for left, right, _, _ in column}) == 1
        for left, right, begin, end in column:
            assert left <= begin + 1
            assert end <= right + 1
    long, short = page.locator(f"{PANEL} .jp-OutputArea tbody tr").evaluate_all(
        "rows => rows.map(row => row.clientHeight)"
    )
    assert long > 1.3 * short
    assert can_be_read_to_its_end(page, "table")


@WIDTHS
def test_a_wide_picture_stays_large_enough_to_be_read(
    lab: JupyterLab, page: Page, width: int
) -> None:
    code = "from gan_course.viz import axes, show\nshow(axes(5, width=11)[0], 'five frames')"
    opened(lab, page, "picture", new_code_cell(code), width=width)
    image = page.get_by_role("img", name="five frames")
    assert image.evaluate("image => image.clientWidth") >= 0.7 * 1100
    if width == 1280:
        assert image.evaluate("image => image.clientWidth <= image.parentElement.clientWidth")
    assert can_be_read_to_its_end(page, "img")


def can_be_read_to_its_end(page: Page, tag: str) -> bool:
    """Whether what an output shows fits into it, or can be scrolled to its end."""
    return page.locator(f"{PANEL} .jp-OutputArea {tag}").evaluate(
        """(shown, cell) => {
            const edge = shown.closest(cell).getBoundingClientRect().right + 1;
            for (const box of [shown.parentElement, shown.closest('.jp-OutputArea-output')])
                box.scrollLeft = 1e6;
            return shown.getBoundingClientRect().right <= edge;
        }""",
        ".jp-OutputArea-output",
    )
