"""Generate exercises/ from solutions/ with nbgrader's own preprocessors, called as a library.

`python -m authoring.exercises` writes; `--check` writes nothing and fails with a diff where
exercises/ is not what would be written.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.nbgraderformat import ValidationError
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    LockCells,
)
from traitlets.config import Config

from authoring.canonical import notebook_text
from authoring.pairs import normalised, read_source, source_text, write_atomically

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = Config(
    ClearSolutions={
        "code_stub": {
            "python": '# YOUR CODE HERE\nraise NotImplementedError("replace these two lines with '
            'your answer")'
        },
        "text_stub": "*Write your answer here.*",
    }
)
# nbgrader's order for a student release, without what only its database needs.
PREPROCESSORS = (
    CheckCellMetadata,
    LockCells,
    ClearSolutions,
    ClearOutput,
    ClearHiddenTests,
    ClearMarkScheme,
    CheckCellMetadata,
)


def exercise_of(source: Path) -> NotebookNode:
    """The notebook a learner gets from a solution's .py. Raises `ValueError` where its nbgrader
    metadata or marks are wrong."""
    notebook = read_source(source)
    for number, cell in enumerate(notebook.cells, start=1):
        # nbgrader overlooks an end without a beginning, and then clears the whole cell, signature
        # and all.
        if cell.source.count("BEGIN SOLUTION") != cell.source.count("END SOLUTION"):
            raise ValueError(
                f"{source.parent.name}/{source.name}, cell {number}: each BEGIN SOLUTION needs one "
                "END SOLUTION"
            )
    for preprocessor in PREPROCESSORS:
        try:
            notebook, _ = preprocessor(config=SETTINGS).preprocess(notebook, {})
        except (RuntimeError, ValidationError) as error:
            raise ValueError(
                f"{source.parent.name}/{source.name}: {preprocessor.__name__} says: {error}"
            ) from None
    for cell in notebook.cells:
        if cell.cell_type == "code" and goes_on(cell.metadata.get("nbgrader", {})):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "raises-exception"]
    return normalised(notebook)


def goes_on(nbgrader: Mapping[str, Any]) -> bool:
    """Whether "Run All" goes on after an error in a cell: in answers and in their checks, so that
    one unfinished question does not hide the others. nbgrader still sees the error and gives
    nothing for it."""
    return bool(nbgrader.get("solution") or nbgrader.get("grade"))


def generated(root: Path) -> dict[Path, str]:
    """Every file that belongs in exercises/, with its text."""
    files = {}
    for source in sorted((root / "solutions").glob("*_solution.py")):
        notebook = exercise_of(source)
        path = root / "exercises" / source.name.replace("_solution", "_exercise")
        files[path] = source_text(notebook)
        files[path.with_suffix(".ipynb")] = notebook_text(notebook)
    return files


def left_over(root: Path, files: dict[Path, str]) -> list[Path]:
    """Files in exercises/ whose solution is gone."""
    present = [
        path for pattern in ("*.py", "*.ipynb") for path in (root / "exercises").glob(pattern)
    ]
    return sorted(path for path in present if path not in files)


def differences(root: Path) -> list[str]:
    """The lines of a unified diff from what exercises/ holds to what it should hold; empty where
    they agree."""
    files = generated(root)
    lines: list[str] = []
    for path, text in files.items():
        name = path.relative_to(root).as_posix()
        found = path.read_text(encoding="utf-8") if path.exists() else ""
        lines += difflib.unified_diff(
            found.splitlines(),
            text.splitlines(),
            f"{name} (found)",
            f"{name} (generated)",
            lineterm="",
        )
        if found != text and found.splitlines() == text.splitlines():
            lines.append(f"{name}: only the ends of lines differ")
    return lines + [
        f"{path.relative_to(root).as_posix()}: no solution of this name"
        for path in left_over(root, files)
    ]


def write(root: Path) -> list[Path]:
    """Write exercises/ so that `differences` is empty; files that already agree are not touched.
    Returns what changed."""
    files = generated(root)
    changed = [
        path
        for path, text in files.items()
        if not path.exists() or path.read_bytes() != text.encode()
    ]
    for path in changed:
        write_atomically(path, files[path])
    removed = left_over(root, files)
    for path in removed:
        path.unlink()
    return changed + removed


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m authoring.exercises",
        description=__doc__.splitlines()[0] if __doc__ else None,
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; show a diff and fail where exercises/ is out of date",
    )
    options = parser.parse_args(arguments)
    try:
        if not options.check:
            for path in write(root):
                print(path.relative_to(root).as_posix())
            return 0
        lines = differences(root)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if lines:
        print(*lines, sep="\n", file=sys.stderr)
        print(
            "exercises/ is not what solutions/ gives. Edit solutions/ and run: make exercises",
            file=sys.stderr,
        )
        print(
            "(If these are your own answers as a learner, keep them: run `make lint units "
            "lessons`, which leaves them alone.)",
            file=sys.stderr,
        )
        return 1
    print("exercises/ is what solutions/ gives.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
