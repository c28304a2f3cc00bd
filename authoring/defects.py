"""Every way in which a stored notebook no longer fits its source, or shows what a reader should not
meet."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from authoring.canonical import notebook_text
from authoring.pairs import cell_differences, read_source, stamp

EXECUTED = ("chapters", "solutions")
CLEARED = ("exercises",)
WIDGET = "application/vnd.jupyter.widget-view+json"
NOTEBOOK_BYTES = 700_000
FIGURE_BYTES = 100_000
CODE_COLUMNS = 100  # a few less than a cell shows in a JupyterLab 1280 pixels wide
PICTURES_IN_HTML = re.compile(r'src="data:image/[a-z]+;base64,([^"]*)"')


def is_checked(cell: NotebookNode) -> bool:
    """Whether nbval compares this cell's output: a comment line `# NBVAL_CHECK_OUTPUT`, or the tag
    `nbval-check-output`."""
    comments = (
        line.strip().lstrip("#").strip()
        for line in cell.source.splitlines()
        if line.strip().startswith("#")
    )
    return "NBVAL_CHECK_OUTPUT" in comments or "nbval-check-output" in cell.metadata.get("tags", [])


def has_text(outputs: Iterable[NotebookNode]) -> bool:
    """Whether there is anything for nbval to compare: it skips pictures and widgets, and passes
    silently where nothing is stored."""
    skipped = {"image/png", "image/jpeg", WIDGET}
    return any(
        output.get("text", "").strip() or set(output.get("data", {})) - skipped
        for output in outputs
    )


def figure_bytes(output: NotebookNode) -> Iterator[int]:
    """Sizes of the pictures in an output: its PNG and SVG, and those inside its HTML."""
    data = output.get("data", {})
    if "image/png" in data:
        yield len(base64.b64decode(data["image/png"]))
    if "image/svg+xml" in data:
        yield len(data["image/svg+xml"].encode())
    for picture in PICTURES_IN_HTML.findall(data.get("text/html", "")):
        yield len(base64.b64decode(picture))


def output_defects(notebook: NotebookNode) -> list[str]:
    """One sentence for each stored output that a reader should not meet."""
    code = [
        (number, cell)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code"
    ]
    # Jupyter does not count cells without code.
    counts = [cell.execution_count for _, cell in code if cell.source.strip()]
    defects = []
    if counts != list(range(1, len(counts) + 1)):
        defects.append(
            f"execution counts are {counts} instead of 1 to {len(counts)}: it was not run once "
            "from top to bottom"
        )
    for number, cell in code:
        if is_checked(cell) and not has_text(cell.outputs):
            defects.append(
                f"cell {number} is marked NBVAL_CHECK_OUTPUT, yet no text is stored that a run "
                "could be compared with"
            )
        allowed = "raises-exception" in cell.metadata.get("tags", [])
        for output in cell.outputs:
            if output.output_type == "error" and not allowed:
                defects.append(
                    f"cell {number} stores an error, {output.ename}: {output.evalue}; tag it "
                    "raises-exception if that is its point"
                )
            defects += [f"cell {number} {defect}" for defect in picture_defects(output)]
            if longest := longest_line(output):
                defects.append(
                    f"cell {number} prints a line of {longest} characters, which breaks in the "
                    "middle of its columns; gan_course.lesson.show_table shows them whole"
                )
    return defects


def longest_line(output: NotebookNode) -> int:
    """The length of the longest line that an output prints, 0 where a reader sees it whole or in
    another form."""
    data = output.get("data", {})
    text = output.get("text", "") if "text" in output else data.get("text/plain", "")
    if set(data) - {"text/plain"}:
        return 0
    # What stands before a carriage return was overwritten: a progress bar.
    longest = max((len(line.rpartition("\r")[2]) for line in text.split("\n")), default=0)
    return longest if longest > CODE_COLUMNS else 0


def picture_defects(output: NotebookNode) -> Iterator[str]:
    """What is wrong with the pictures of an output: their size, and where they can be seen."""
    for size in figure_bytes(output):
        if size > FIGURE_BYTES:
            yield (f"holds a figure of {size / 1000:.0f} kB; {FIGURE_BYTES // 1000} kB are allowed")
    data = output.get("data", {})
    if PICTURES_IN_HTML.search(data.get("text/html", "")) and "image/png" not in data:
        yield (
            "shows a picture as HTML alone, which some viewers of notebooks leave out; "
            "gan_course.viz.show stores a PNG beside it"
        )


def long_lines(notebook: NotebookNode) -> list[str]:
    """One sentence for each line of code that a reader would have to scroll to read."""
    return [
        f"cell {number}, line {row} is {len(line)} characters long; a reader sees {CODE_COLUMNS}"
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code"
        for row, line in enumerate(cell.source.splitlines(), start=1)
        if len(line) > CODE_COLUMNS
    ]


def form_defects(stored: str, notebook: NotebookNode) -> list[str]:
    """A sentence with the first line of `stored`, the text of a `notebook`, that JupyterLab would
    write otherwise when the notebook is opened and saved; empty where there is none."""
    try:
        saved = notebook_text(notebook)
    except ValueError as error:
        return [str(error)]
    if stored == saved:
        return []
    pairs = zip_longest(stored.splitlines(), saved.splitlines(), fillvalue="(nothing)")
    row, (have, want) = next(
        ((row, pair) for row, pair in enumerate(pairs, start=1) if pair[0] != pair[1]),
        (0, ("its end", "a single line end")),
    )
    sentence = (
        "is not stored as JupyterLab saves it, and reading it there would change it: line "
        f"{row} is {have.strip()[:60]!r} instead of {want.strip()[:60]!r}"
    )
    return [sentence]


def pair_defects(source: Path, executed: bool = True) -> list[str]:
    """One sentence for each way in which a pair does not fit; empty where all is well."""
    path = source.with_suffix(".ipynb")
    if not source.exists():
        return ["has no .py: write one, or remove the .ipynb"]
    if not path.exists():
        return ["has no .ipynb"]
    stored = path.read_text(encoding="utf-8")
    try:
        notebook = nbformat.reads(stored, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, KeyError) as error:
        return [f"cannot be read as a notebook: {str(error).splitlines()[0]}"]
    wanted = read_source(source)
    defects = cell_differences(wanted, notebook) + form_defects(stored, notebook)
    if executed:
        defects += long_lines(wanted)
        if notebook.metadata.get("course", {}).get("source_sha256") != stamp(source):
            defects.append("was not executed from the .py as it stands (the sha256 stamp differs)")
        defects += output_defects(notebook)
    elif any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells):
        defects.append("stores outputs or execution counts; an exercise carries none")
    if path.stat().st_size > NOTEBOOK_BYTES:
        defects.append(
            f"is {path.stat().st_size / 1000:.0f} kB; {NOTEBOOK_BYTES // 1000} kB are allowed"
        )
    return defects


def check(root: Path) -> list[str]:
    """One line for each defect in chapters/, solutions/ and exercises/, with the command that mends
    it. Folders that do not exist have none."""
    lines = []
    for folder in EXECUTED + CLEARED:
        stems = sorted(
            {path.stem for pattern in ("*.py", "*.ipynb") for path in (root / folder).glob(pattern)}
        )
        for stem in stems:
            executed = folder in EXECUTED
            remedy = (
                f"make notebooks ONLY={re.split('[_-]', stem)[0]}" if executed else "make exercises"
            )
            lines += [
                f"{folder}/{stem}: {defect}. Run: {remedy}"
                for defect in pair_defects(root / folder / f"{stem}.py", executed)
            ]
    return lines
