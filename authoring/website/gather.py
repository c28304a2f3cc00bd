"""Lay out what Sphinx reads: notebooks as they were executed, prose, and pages that are written.

Nothing of the repository is changed; what the site needs otherwise is done to the copies.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

import nbformat
from nbformat import NotebookNode

from authoring.notebooks import sources
from authoring.pages.page import Page
from authoring.slides import executed
from authoring.website import written
from authoring.website.links import explained, key, led, led_back, terms
from authoring.website.zoo import write_zoo
from gan_course.claims import CLAIM_MIME
from gan_course.explore.widgets import ASLEEP

# Prose that lies elsewhere than in site/, and where on the site it stands.
PROSE = {
    "CONTRIBUTING.md": "guides/contributing.md",
    "ROADMAP.md": "guides/roadmap.md",
    "CHANGELOG.md": "guides/changes.md",
    "benchmarks/README.md": "guides/evidence.md",
}
MARK = re.compile(r"^<!-- (\w+) -->$", re.MULTILINE)
CARD = 2  # the cell of a lesson that shows its card, below the title and what Colab needs
GLOSSARY = "site/glossary.md"
STILL = "A still picture. Open the lesson in JupyterLab or Colab to steer it."


def gather(root: Path, out: Path, live: Sequence[Page] = ()) -> None:
    """Write into `out`, which is emptied first, all that Sphinx reads. `live` are the explorers
    that run in a page.

    Raises `ValueError` for a lesson without outputs and for a link that leads nowhere.
    """
    lessons = {
        f"chapters/{path.stem}.ipynb": executed(path) for path in sources(root, ("chapters",))
    }
    exercises = {
        f"exercises/{path.stem}.ipynb": nbformat.read(path.with_suffix(".ipynb"), 4)
        for path in sources(root, ("exercises",))
    }
    places = all_places(root, [*lessons, *exercises])
    texts = {file: text(root / file) for file in places if file.endswith(".md")}
    known = {key(term): term for term in terms(texts[GLOSSARY])}
    texts[GLOSSARY] = led_back(
        texts[GLOSSARY], {f"../{page}": markdown(notebook) for page, notebook in lessons.items()}
    )
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(root / "site" / "pictures", out / "pictures")
    for file, words in texts.items():
        write(out / places[file], led(filled(words, live), PurePosixPath(file), places, root))
    for file, notebook in (lessons | exercises).items():
        change(notebook, partial(led, file=PurePosixPath(file), places=places, root=root))
    for file, notebook in lessons.items():
        explain(notebook, known)
        shown = [page for page in live if file.startswith(f"chapters/{page.lesson}_")]
        cells = [nbformat.v4.new_markdown_cell(written.live_cell(page)) for page in shown]
        notebook.cells[CARD + 1 : CARD + 1] = cells
    for file, notebook in exercises.items():
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell(written.ways_to_do(Path(file).stem)))
        write(out / written.DOWNLOADS / Path(file).name, text(root / file))
    for file, notebook in (lessons | exercises).items():
        write(out / file, nbformat.writes(notebook))
    write(out / "guides" / "credits.md", written.credits_page(text(root / "NOTICE")))
    for name, words in written.api():
        write(out / "api" / name, words)
    write_zoo(out / "zoo")


def all_places(root: Path, notebooks: list[str]) -> dict[str, str]:
    """Where on the site each file of the repository stands that is on it."""
    site = root / "site"
    places = {f"site/{path.name}": f"guides/{path.name}" for path in site.glob("*.md")}
    places |= PROSE | {"site/index.md": "index.md"}
    places |= {
        f"site/pictures/{path.name}": f"pictures/{path.name}"
        for path in (site / "pictures").iterdir()
    }
    return places | dict(zip(notebooks, notebooks, strict=True))


def filled(words: str, live: Sequence[Page]) -> str:
    """The prose with what stands in place of each `<!-- name -->`."""
    tables: dict[str, Callable[[], str]] = {
        "explorers": partial(written.explorers, live),
        "lessons": written.lessons,
        "times": written.times,
        "mistakes": written.mistakes,
        "scoreboard": written.scoreboard,
    }
    return MARK.sub(lambda mark: tables[mark[1]]() if mark[1] in tables else mark[0], words)


def change(notebook: NotebookNode, made: Callable[[str], str]) -> None:
    """Put `made` in place of each Markdown text of a notebook, mark the cell that only Colab needs
    as one that is not shown, and say of a still picture what a reader of the site can do."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = made(cell.source)
        elif "install" in cell.metadata.get("tags", ()):
            cell.metadata["tags"] = ["remove-cell"]
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            data.pop(CLAIM_MIME, None)  # for `gan-course verify`, not for readers
            if "text/markdown" in data:
                data["text/markdown"] = made(data["text/markdown"])
            if "text/html" in data:
                data["text/html"] = data["text/html"].replace(ASLEEP, STILL)


def explain(notebook: NotebookNode, known: Mapping[str, str]) -> None:
    """Lead each term that stands in bold to the glossary."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = explained(cell.source, known)


def markdown(notebook: NotebookNode) -> str:
    """The Markdown cells of a notebook, one below the other."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def write(path: Path, words: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8", newline="\n")
