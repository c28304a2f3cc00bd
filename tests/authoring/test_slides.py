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
SIZES = """() => {
    const sizes = [];
    for (;;) {
        const slide = Reveal.getCurrentSlide();
        sizes.push([slide.scrollWidth - slide.clientWidth, slide.scrollHeight - slide.clientHeight,
                    slide.querySelector(".celltag_long") !== null]);
        if (Reveal.isLastSlide()) return sizes;
        Reveal.next();
    }
}"""
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
    assert list(slides.parts("## One\n\n### Two\n\nText")) == ["## One\n\n### Two\n\nText"]
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
        "-",
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
    assert there.endswith("/blob/main/benchmarks/README.md)")


def test_a_lesson_that_was_not_executed_to_its_end_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "chapters").mkdir()
    source = tmp_path / "chapters" / "01_a.py"
    source.touch()

    def refused(*counts: int | None) -> str:
        cells = [nbformat.v4.new_code_cell("1", execution_count=count) for count in counts]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), source.with_suffix(".ipynb"))
        assert slides.main(["01"], tmp_path, tmp_path / "out") == 2
        assert not (tmp_path / "out").exists()
        return capsys.readouterr().err

    remedy = "make notebooks ONLY=01\n"
    assert refused() == f"01_a.ipynb was not executed to its end: {remedy}"
    assert refused(1, None) == f"01_a.ipynb was not executed to its end: {remedy}"
    source.with_suffix(".ipynb").unlink()
    assert slides.main(["01"], tmp_path, tmp_path / "out") == 2
    assert capsys.readouterr().err == f"there is no 01_a.ipynb yet: {remedy}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "with space"
    assert slides.main([], out=folder) == 0
    return folder


@pytest.fixture
def page() -> Iterator[Page]:
    if executable() is None:
        pytest.fail(MISSING, pytrace=False)
    with chromium() as browser:
        yield browser.new_page(viewport={"width": 1280, "height": 800})


def test_slides_open_without_a_network_and_each_fits(page: Page, made: Path) -> None:
    elsewhere: list[str] = []
    page.on("request", lambda asked: elsewhere.append(asked.url))
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    for lesson in catalogue().lessons:
        page.goto((made / f"{lesson.name}.html").as_uri())
        page.wait_for_function("window.Reveal?.isReady() && window.MathJax?.startup?.promise")
        page.evaluate("MathJax.startup.promise")
        assert page.locator("mjx-container").count() > 20
        assert page.locator("[data-mjx-error]").count() == 0
        sizes = page.evaluate(SIZES)
        assert len(sizes) > 50
        assert max(wide for wide, _, _ in sizes) <= 2, lesson.name
        cut = [i for i, (_, high, long) in enumerate(sizes) if high > 2 and not long]
        assert cut == [], lesson.name  # long code scrolls
    assert [url for url in elsewhere if not url.startswith(("file:", "data:"))] == []
    assert troubles == []


def test_an_index_leads_to_the_slides_of_every_lesson(page: Page, made: Path) -> None:
    page.goto((made / "index.html").as_uri())
    links = page.get_by_role("link").all()
    assert [link.inner_text() for link in links] == [one.title for one in catalogue().lessons]
    links[1].click()
    assert catalogue().lessons[1].title in page.title()
