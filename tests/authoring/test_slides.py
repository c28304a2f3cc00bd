"""Lessons as slides: what stands on each, and that a page needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page

from authoring import slides
from authoring.pairs import read_source
from gan_course.catalogue import catalogue
from tests.browser.driven import MISSING, chromium, executable

CHAPTERS = slides.ROOT / "chapters"
TEXTS = [
    cell.source
    for source in sorted(CHAPTERS.glob("*.py"))
    for cell in read_source(source).cells
    if cell.cell_type == "markdown"
]
LINE = "A sentence that is not quite as long as a line of a slide, which has 78. "


def test_no_word_is_lost_and_no_formula_or_answer_is_cut() -> None:
    for text in TEXTS:
        parts = list(slides.parts(text))
        assert "\n\n".join(parts).split() == text.split()
        for part in parts:
            assert part.count("$$") % 2 == 0
            assert part.count("<details") == part.count("</details")


def test_a_slide_holds_what_fits_and_begins_at_a_heading() -> None:
    paragraph = (LINE * 9).strip()
    first, second, third = slides.parts(f"## One\n\n{paragraph}\n\n{paragraph}\n\n### Two")
    assert (first, second, third) == (f"## One\n\n{paragraph}", paragraph, "### Two")
    long = f"{paragraph} {paragraph} {paragraph}"
    assert list(slides.parts(f"## One\n\n{long}")) == [f"## One\n\n{long}"]  # not a heading alone


def test_what_a_cell_shows_stands_without_its_code_and_the_rest_with_it() -> None:
    def code(source: str, tags: tuple[str, ...] = (), **data: str) -> nbformat.NotebookNode:
        shown = [nbformat.v4.new_output("display_data", data)] if data else []
        return nbformat.v4.new_code_cell(source, metadata={"tags": [*tags]}, outputs=shown)

    badge = "[![Open](https://a.example/b.svg)](https://a.example)"
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# A lesson"),
            code("install", tags=("install",)),
            code("card", **{"text/markdown": badge}),
            nbformat.v4.new_markdown_cell("## Part\n\nText"),
            code("x = 1"),
            code("x\n" * 30),
        ]
    )
    made = slides.on_slides(notebook)
    assert made.metadata.title == "A lesson"
    assert [cell.metadata.slideshow.slide_type for cell in made.cells] == [
        "slide",
        "-",
        "slide",
        "subslide",
        "subslide",
    ]
    card, short, long = (cell for cell in made.cells if cell.cell_type == "code")
    assert card.outputs[0].data["text/markdown"] == "[Open](https://a.example)"
    assert [cell.metadata.transient.remove_source for cell in (card, short, long)] == [
        True,
        False,
        False,
    ]
    assert ["long" in cell.metadata.tags for cell in (short, long)] == [False, True]


def test_links_lead_to_slides_or_to_the_repository() -> None:
    assert slides.linked("[two](02_dcgan.ipynb)") == "[two](02_dcgan.html)"
    there = slides.linked("[all](../benchmarks/README.md)")
    assert there.startswith("[all](https://github.com/")
    assert there.endswith(f"/blob/{catalogue().branch}/benchmarks/README.md)")


def test_a_lesson_without_outputs_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "chapters").mkdir()
    source = tmp_path / "chapters" / "01_a.py"
    source.touch()
    nbformat.write(nbformat.v4.new_notebook(), source.with_suffix(".ipynb"))
    assert slides.main(["01"], tmp_path, tmp_path / "out") == 2
    assert capsys.readouterr().err == "01_a.ipynb has no outputs to show: make notebooks ONLY=01\n"
    assert not (tmp_path / "out").exists()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    if executable() is None:
        pytest.fail(MISSING, pytrace=False)
    assert slides.main(["05"], out=tmp_path / "with space") == 0
    with chromium() as browser:
        yield browser.new_page(viewport={"width": 1280, "height": 800})


def test_slides_open_without_a_network_and_each_fits(page: Page, tmp_path: Path) -> None:
    elsewhere: list[str] = []
    page.on("request", lambda asked: elsewhere.append(asked.url))
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    (made,) = (tmp_path / "with space").glob("*.html")
    page.goto(made.as_uri())
    page.wait_for_function("window.Reveal?.isReady() && window.MathJax?.startup?.promise")
    page.evaluate("MathJax.startup.promise")
    assert page.locator("mjx-container").count() > 50
    assert page.locator("[data-mjx-error]").count() == 0
    sizes = page.evaluate(
        """() => {
            const sizes = [];
            for (;;) {
                const slide = Reveal.getCurrentSlide();
                sizes.push([slide.scrollWidth - slide.clientWidth,
                            slide.scrollHeight - slide.clientHeight,
                            slide.querySelector(".celltag_long") !== null]);
                if (Reveal.isLastSlide()) return sizes;
                Reveal.next();
            }
        }"""
    )
    assert len(sizes) > 50
    assert max(wide for wide, _, _ in sizes) <= 2
    assert [high for _, high, long in sizes if high > 2 and not long] == []  # long code scrolls
    assert [url for url in elsewhere if not url.startswith(("file:", "data:"))] == []
    assert troubles == []
