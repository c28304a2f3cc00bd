"""A notebook is a pair: the .py (Jupytext percent) that is edited, and the .ipynb that is shown.
Both are read and written here."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from authoring.canonical import KERNEL, LANGUAGE

# No .ipynb says it is paired: JupyterLab with Jupytext would refuse to open one that was changed
# elsewhere (in Colab, say), or overwrite its .py.
HEADER = {
    "jupytext": {"formats": "ipynb,py:percent"},
    "kernelspec": {"display_name": "Python 3", "name": "python3"},
}


def read_source(path: Path) -> NotebookNode:
    """The notebook a .py describes: no outputs, and ids and metadata that are the same each time it
    is read."""
    return normalised(jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent"))


def normalised(notebook: NotebookNode) -> NotebookNode:
    """Give every cell its id (its grade_id, else its number), sort cell metadata, and keep only
    that metadata of the notebook which all pairs share."""
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = cell.metadata.get("nbgrader", {}).get("grade_id", f"cell-{number:02d}")
        for key in [key for key in cell.metadata if key.startswith("lines_to_")]:
            del cell.metadata[key]  # how Jupytext remembers blank lines of a .py
        cell["metadata"] = _sorted(cell.metadata)
    notebook["metadata"] = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    return notebook


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return NotebookNode({key: _sorted(value[key]) for key in sorted(value)})
    return value


def source_text(notebook: NotebookNode) -> str:
    """The .py of a notebook: Jupytext percent, without the version of the Jupytext that wrote
    it."""
    copy = nbformat.from_dict({**notebook, "metadata": HEADER})
    lines = jupytext.writes(copy, fmt="py:percent").split("\n")
    start = next(
        (i for i, line in enumerate(lines) if line.startswith("#     text_representation:")), None
    )
    if start is not None:
        # The block ends where the indentation falls back.
        end = next(i for i in range(start + 1, len(lines)) if not lines[i].startswith("#       "))
        del lines[start:end]
    return "\n".join(lines)


def stamp(path: Path) -> str:
    """sha256 of a .py, the same whether a checkout ends lines with LF or CRLF."""
    return hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """Replace a file in one move, so that an interruption leaves the old one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        # mkstemp makes files only their owner may read.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def cell_differences(expected: NotebookNode, found: NotebookNode) -> list[str]:
    """One sentence for each way in which the cells of an .ipynb (`found`) are not those of its .py
    (`expected`)."""
    defects = []
    if len(expected.cells) != len(found.cells):
        defects.append(f"has {len(found.cells)} cells where its .py has {len(expected.cells)}")
    for number, (want, have) in enumerate(zip(expected.cells, found.cells, strict=False), start=1):
        for key in ("cell_type", "source", "metadata", "id"):
            if want[key] != have.get(key):
                defects.append(
                    f"cell {number}: the {key.replace('_', ' ')} differs from the .py: "
                    f"{_short(have.get(key))} instead of {_short(want[key])}"
                )
    for key in ("jupytext", "kernelspec", "language_info"):
        if found.metadata.get(key) != expected.metadata.get(key):
            defects.append(
                f"the notebook's {key} metadata are {_short(found.metadata.get(key))} instead of "
                f"{_short(expected.metadata.get(key))}"
            )
    return defects


def _short(value: Any, width: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= width else text[: width - 3] + "..."
