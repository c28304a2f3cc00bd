"""What Sphinx is given: links that lead somewhere, terms that are explained, no solutions."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import nbformat
import pytest

from authoring.website import __main__ as website
from authoring.website import links, written
from authoring.website.docstrings import as_restructured, as_written
from authoring.website.gather import change, markdown
from authoring.website.zoo import write_zoo
from gan_course.catalogue import catalogue
from gan_course.claims import CLAIM_MIME
from gan_course.practice.registry import MODULES
from gan_course.zoo import names
from tests.browser.driven import REPOSITORY

PLACES = {
    "chapters/02_dcgan.ipynb": "chapters/02_dcgan.ipynb",
    "exercises/02_exercise.ipynb": "exercises/02_exercise.ipynb",
    "benchmarks/README.md": "guides/evidence.md",
    "site/training.md": "guides/training.md",
}


def led(text: str, file: str) -> str:
    return links.led(text, PurePosixPath(file), PLACES, REPOSITORY)


def test_links_lead_to_pages_and_to_the_repository_where_there_is_no_page() -> None:
    lesson = "chapters/02_dcgan.ipynb"
    assert (
        led("[a](../exercises/02_exercise.ipynb)", lesson) == "[a](../exercises/02_exercise.ipynb)"
    )
    assert led("[a](../benchmarks/README.md#x)", lesson) == "[a](../guides/evidence.md#x)"
    assert led("[a](../benchmarks/README.md)", "site/training.md") == "[a](evidence.md)"
    there = led("[a](../benchmarks/vae.py) [b](../gan_course/studies)", lesson)
    assert f"/blob/{catalogue().branch}/benchmarks/vae.py)" in there
    assert f"/tree/{catalogue().branch}/gan_course/studies)" in there
    badge = "[![Open in Colab](https://a.example/b.svg)](https://a.example)"
    assert led(badge, lesson) == "[Open in Colab](https://a.example)"
    for kept in ("$[D](x)$", "layers[0](self.features(x))", "[a](#here)", "[a](https://a.example)"):
        assert led(kept, lesson) == kept


def test_a_link_to_a_file_that_does_not_exist_is_one_sentence() -> None:
    sentence = "chapters/02_dcgan.ipynb links to ../benchmarks/gone.md, which does not exist"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        led("[a](../benchmarks/gone.md)", "chapters/02_dcgan.ipynb")


def test_a_bold_term_leads_to_the_glossary_and_its_entry_back() -> None:
    glossary = "```{glossary}\nbatch norm\n  A layer.\n\nscore\n  An output.\n```\n"
    known = {links.key(term): term for term in links.terms(glossary)}
    lesson = "**Batch\nnorm** and **batch norms**, not **norm** and not batch norm"
    assert links.explained(lesson, known) == (
        "{term}`Batch norm <batch norm>` and {term}`batch norms <batch norm>`, not **norm** "
        "and not batch norm"
    )
    pages = {"../chapters/02_a.ipynb": lesson, "../chapters/03_b.ipynb": "**batch norm**"}
    assert links.led_back(glossary, pages) == glossary.replace(
        "  A layer.", "  A layer.\n  ([lesson 2](../chapters/02_a.ipynb))"
    )


def test_every_term_of_the_glossary_stands_in_bold_in_a_lesson() -> None:
    glossary = (REPOSITORY / "site" / "glossary.md").read_text(encoding="utf-8")
    lessons = [
        markdown(nbformat.read(path, 4))
        for path in sorted((REPOSITORY / "chapters").glob("*.ipynb"))
    ]
    bold = {links.key(" ".join(b.split())) for text in lessons for b in links.BOLD.findall(text)}
    terms = links.terms(glossary)
    assert len(terms) > 90
    assert [term for term in terms if links.key(term) not in bold] == []
    assert sorted(terms, key=str.lower) == terms


def test_what_only_colab_and_verify_need_is_not_shown() -> None:
    output = nbformat.v4.new_output(
        "display_data", {CLAIM_MIME: [], "text/markdown": "card", "text/plain": "card"}
    )
    cells = [
        nbformat.v4.new_code_cell("install", metadata={"tags": ["install"]}),
        nbformat.v4.new_code_cell("card", outputs=[output]),
    ]
    change(nbformat.v4.new_notebook(cells=cells), str.upper)
    assert cells[0].metadata.tags == ["remove-cell"]
    assert cells[1].outputs[0].data == {"text/markdown": "CARD", "text/plain": "card"}


def test_a_lesson_without_outputs_is_refused_and_the_old_site_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "site" / "index.html"
    old.parent.mkdir()
    old.touch()
    (tmp_path / "chapters").mkdir()
    source = tmp_path / "chapters" / "01_a.py"
    source.touch()
    nbformat.write(nbformat.v4.new_notebook(), source.with_suffix(".ipynb"))
    assert website.main(tmp_path, tmp_path / "site") == 2
    assert (
        capsys.readouterr().err
        == "01_a.ipynb was not executed to its end: make notebooks ONLY=01\n"
    )
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()].count("index.html") == 1


def test_links_of_built_pages_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.html").write_text('<p id="here">', encoding="utf-8")
    good = '<a href="b/c.html#here"></a><a href="#"></a><img src="data:x"><a href="https://a.b">'
    bad = (
        '<a href="b/c.html#gone"></a><a href="d.html"></a><img src="https://a.b/c.png">'
        '<iframe data-src="e.html"></iframe>'
    )
    (tmp_path / "a.html").write_text(good + bad, encoding="utf-8")
    assert list(links.broken(tmp_path)) == [
        "a.html links to b/c.html#gone, which has no such anchor",
        "a.html links to d.html, which does not exist",
        "a.html loads https://a.b/c.png",
        "a.html links to e.html, which does not exist",
    ]


def test_a_docstring_says_the_same_in_restructured_text() -> None:
    said = ["Of `x`s |a| * b_, [1]_.", "", "table   here", "", "- one", "  more"]
    assert as_restructured(said) == [
        *("Of ``x``\\ s \\|a\\| \\* b\\_, [1]\\_.", "", "::", "", "    table   here", ""),
        *("- one", "  more"),
    ]


def test_a_signature_stands_as_it_is_written() -> None:
    assert as_written("(a: 'Shape' = (1, 2), b: \"Is('x', Y)\" = 'c', d: 'int')") == (
        "(a: Shape = (1, 2), b: Is('x', Y) = 'c', d: int)"
    )
    assert as_written("(a: ~b.c.D = 0.5)") == "(a: ~b.c.D = 0.5)", "Sphinx reads it and links D"
    assert as_written("(a: ~b.c.D = 0.5, e: list=<factory>)") == "(a: D = 0.5, e: list=<factory>)"


def test_the_reference_has_no_answers_of_exercises() -> None:
    text = "".join(text for _, text in written.api())
    assert "gan_course.models.dcgan" in text
    assert not [module for module in MODULES.values() if module in text]


def test_a_model_of_the_zoo_that_does_not_ship_is_only_named(tmp_path: Path) -> None:
    write_zoo(tmp_path / "zoo", tmp_path)
    text = (tmp_path / "zoo" / "index.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in names())
    assert "##" not in text
