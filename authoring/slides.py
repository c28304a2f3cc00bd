"""Write build/slides/: each lesson as slides for reveal.js, which need no network.

`python -m authoring.slides [02 ...]`. What is on a slide follows from the headings, lengths and
outputs of a lesson's cells; nobody sets it by hand.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from math import ceil
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter
from nbformat import NotebookNode

from authoring.notebooks import ROOT, sources
from gan_course.catalogue import catalogue

OUT = ROOT / "build" / "slides"
# What a page loads, from what npm has installed to where it lies beside the page.
PARTS = {
    "reveal.js/dist": "reveal/dist",
    "reveal.js/plugin/notes": "reveal/plugin/notes",
    "mathjax/es5/tex-svg.js": "mathjax/tex-svg.js",
}
LEFT_OUT = {"install", "parameters"}  # tags of cells that nobody needs to see
TEXT_LINES, TEXT_WIDTH = 17, 78  # of a slide, in the template's letters
ALONE = 3  # lines that do not stand alone on one, such as a heading or "Four things to notice."
FORMULA_LINES = 2  # that a row of a formula takes
CODE_LINES = 18
LONG = "long"  # tag of a cell with more, which scrolls
INDEX = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Slides</title>
<style>body {{ font: 1.3rem/1.7 sans-serif; margin: 3rem auto; max-width: 40rem; }}</style>
<h1>Slides</h1>
<ol>
{entries}</ol>
<p>Arrows lead on, S shows notes, O an overview.</p>
</html>
"""
BADGE = re.compile(r"!\[([^]]*)\]\(https?:[^)]*\)")  # a picture from elsewhere; its words stay
PAIRS = (("$$", "$$"), ("```", "```"), ("<details", "</details"), ("<div", "</div"))


def on_slides(notebook: NotebookNode) -> NotebookNode:
    """The executed `notebook` cut into slides. A heading of the first or second order begins one;
    below it stand, one after the other, text of at most `TEXT_LINES` lines, code, and what a cell
    shows, without the code that made it. The card stands below the title, and code or a picture
    below a heading that would be alone."""
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            made = map(nbformat.v4.new_markdown_cell, parts(linked(cell.source)))
            cells += map(_slide, made)
        elif not LEFT_OUT & set(cell.metadata.get("tags", ())):
            cells += [_slide(nbformat.from_dict(cell))]
    cells[1].metadata["slideshow"]["slide_type"] = "-"
    for before, cell in pairwise(cells):
        if _is_heading(before) and cell.cell_type == "code":
            cell.metadata["slideshow"]["slide_type"] = "-"
    title = next(re.finditer(r"^# (.+)$", cells[0].source, re.MULTILINE))[1]
    return nbformat.v4.new_notebook(
        cells=cells, metadata=nbformat.from_dict({**notebook.metadata, "title": title})
    )


def parts(text: str) -> Iterator[str]:
    """A text cut between its paragraphs, before each heading that does not follow another, and
    where a slide is full."""
    part: list[str] = []
    for block in blocks(text):
        full = height([*part, block]) > TEXT_LINES and height(part) > ALONE
        if part and (full or (block.startswith("#") and not part[-1].startswith("#"))):
            yield "\n\n".join(part)
            part = []
        part.append(block)
    yield "\n\n".join(part)


def blocks(text: str) -> Iterator[str]:
    """The paragraphs of a text; what an empty line may not part, such as a formula, is one."""
    open_block = ""
    for paragraph in re.split(r"\n{2,}", text.strip()):
        open_block = f"{open_block}\n\n{paragraph}" if open_block else paragraph
        if all(_balanced(open_block, *pair) for pair in PAIRS):
            yield open_block
            open_block = ""
    if open_block:
        yield open_block


def _balanced(text: str, begin: str, end: str) -> bool:
    count = text.count(begin)
    return count % 2 == 0 if begin == end else count == text.count(end)


def height(part: Sequence[str]) -> float:
    """Lines that paragraphs take on a slide, about; a folded answer takes its question's."""
    text = "\n\n".join(part)
    text = re.sub(r"<details.*?</summary>.*?</details>", "answer", text, flags=re.DOTALL)
    formulas = re.findall(r"\$\$.*?\$\$", text, re.DOTALL)
    rows = sum(1 + formula.count(r"\\") for formula in formulas)
    words = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)
    pieces = [
        " ".join(piece.split()) for piece in re.split(r"\n\s*\n|\n(?=\s*[-*|#]|\s*\d+\. )", words)
    ]
    return FORMULA_LINES * rows + sum(0.5 + ceil(len(p) / TEXT_WIDTH) for p in pieces if p)


def linked(text: str) -> str:
    """A lesson's text with links that hold beside its slides: those to other lessons lead to their
    slides, those to other files to the repository, and a picture from elsewhere to its words."""
    files = f"https://github.com/{catalogue().repository}/blob/{catalogue().branch}"
    text = BADGE.sub(r"\1", text)
    text = re.sub(r"\]\((\d\d_\w+)\.ipynb\)", r"](\1.html)", text)
    return text.replace("](../", f"]({files}/")


def _is_heading(cell: NotebookNode) -> bool:
    return cell.source.startswith("#") and height([cell.source]) <= ALONE


def _slide(cell: NotebookNode) -> NotebookNode:
    """The cell with the metadata that nbconvert reads."""
    begins = cell.cell_type == "markdown" and cell.source.startswith(("# ", "## "))
    cell.metadata["slideshow"] = {"slide_type": "slide" if begins else "subslide"}
    if cell.cell_type == "code":
        shown = [output for output in cell.outputs if "data" in output]
        cell.metadata["transient"] = {"remove_source": bool(shown)}
        for data in (output["data"] for output in shown if "text/markdown" in output["data"]):
            data["text/markdown"] = linked(data["text/markdown"])
        text = [output["data"].get("text/plain", "") for output in shown] or [cell.source]
        text += [output.get("text", "") for output in cell.outputs]
        if "\n".join(text).count("\n") >= CODE_LINES:
            cell.metadata["tags"] = [*cell.metadata.get("tags", ()), LONG]
    return cell


def executed(source: Path) -> NotebookNode:
    """The notebook of a .py as it was executed; `ValueError` where it is not there or a cell of it
    was not executed."""
    path = source.with_suffix(".ipynb")
    remedy = f"make notebooks ONLY={path.stem[:2]}"
    if not path.is_file():
        raise ValueError(f"there is no {path.name} yet: {remedy}")
    notebook = nbformat.read(path, as_version=4)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if not counts or None in counts:
        raise ValueError(f"{path.name} was not executed to its end: {remedy}")
    return notebook


def main(arguments: Sequence[str], root: Path = ROOT, out: Path = OUT) -> int:
    exporter = SlidesExporter(
        extra_template_basedirs=[str(Path(__file__).parent)],
        template_name="slide_template",
        reveal_url_prefix="reveal",
        reveal_theme="white",
    )
    try:
        chosen = sources(root, ("chapters",), arguments)
        notebooks = {source.stem: executed(source) for source in chosen}
    except (FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    for name, place in PARTS.items():
        source, target = ROOT / "node_modules" / name, out / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)
    for name, notebook in notebooks.items():
        text, _ = exporter.from_notebook_node(on_slides(notebook))
        (out / f"{name}.html").write_text(text, encoding="utf-8", newline="\n")
        print(out / f"{name}.html")
    (out / "index.html").write_text(index(out), encoding="utf-8", newline="\n")
    print(out / "index.html")
    return 0


def index(out: Path) -> str:
    """A page that leads to the slides of each lesson that lie in `out`."""
    there = [lesson for lesson in catalogue().lessons if (out / f"{lesson.name}.html").is_file()]
    line = '<li value="{0.number}"><a href="{0.name}.html">{1}</a></li>\n'
    entries = "".join(line.format(lesson, escape(lesson.title)) for lesson in there)
    return INDEX.format(entries=entries)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
