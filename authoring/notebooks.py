"""Write the executed .ipynb of chapters/ and solutions/, and check that every pair in the
repository still fits.

`python -m authoring.notebooks write [02 ...]` executes; `python -m authoring.notebooks check` only
reads, and takes a second. jupytext's own --diff, --sync and --check compare neither outputs nor
execution counts, so they cannot gate.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from authoring.pairs import cell_differences, notebook_text, read_source, stamp, write_atomically
from gan_course.commands.execution import notebook_client, pictures_of

ROOT = Path(__file__).resolve().parents[1]
EXECUTED = ("chapters", "solutions")
CLEARED = ("exercises",)
WIDGET = "application/vnd.jupyter.widget-view+json"
NOTEBOOK_BYTES = 700_000
FIGURE_BYTES = 100_000


def sources(root: Path, folders: Sequence[str] = EXECUTED, only: Sequence[str] = ()) -> list[Path]:
    """The .py of every pair in `folders`, or of those whose name starts with one of `only` ("02",
    "02_dcgan").

    Raises `FileNotFoundError` where `only` names nothing.
    """
    found = [path for folder in folders for path in sorted((root / folder).glob("*.py"))]
    for prefix in only:
        if not any(path.stem.startswith(prefix) for path in found):
            names = ", ".join(sorted({path.stem for path in found})) or "none"
            raise FileNotFoundError(
                f"no notebook starts with {prefix!r} in {' and '.join(folders)}; there are: {names}"
            )
    return [path for path in found if not only or path.stem.startswith(tuple(only))]


def execute(source: Path, root: Path = ROOT) -> NotebookNode:
    """Run a .py from top to bottom in its own folder and return the notebook with outputs. Raises
    what nbclient raises."""
    notebook = read_source(source)
    notebook_client(notebook, source.parent).execute()
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = read_source(source).metadata["language_info"]
    notebook.metadata["course"] = {"source_sha256": stamp(source)}
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            cell["outputs"] = without_widgets(cell.outputs)
            if str(root) in json.dumps(cell.outputs):
                raise ValueError(
                    f"{source.name}, cell {number}: its output shows {str(root)!r}, a path of this "
                    "machine; print something a reader can use"
                )
    return notebook


def without_widgets(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Outputs without live widgets, which a stored notebook can only show as an error; their other
    forms (a picture, Markdown) stay."""
    kept = []
    for output in outputs:
        if WIDGET in output.get("data", {}):
            del output["data"][WIDGET]
            if set(output["data"]) <= {"text/plain"}:  # only the repr of the widget
                continue
        kept.append(output)
    return kept


def write(source: Path) -> str:
    """Execute one source and write its .ipynb; returns a line for the terminal. Raises
    `RuntimeError` with a readable reason."""
    begin = time.monotonic()
    try:
        text = notebook_text(execute(source))
    except (CellExecutionError, DeadKernelError, ValueError) as error:
        raise RuntimeError(f"{source.parent.name}/{source.name} was not written: {error}") from None
    write_atomically(source.with_suffix(".ipynb"), text)
    return (
        f"{source.parent.name}/{source.stem}.ipynb  {time.monotonic() - begin:.0f} s, "
        f"{len(text.encode()) / 1000:.0f} kB"
    )


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
    """Whether there is anything nbval compares: it skips pictures and widgets, and passes silently
    where nothing is stored."""
    skipped = {"image/png", "image/jpeg", WIDGET}
    return any(
        output.get("text", "").strip() or set(output.get("data", {})) - skipped
        for output in outputs
    )


def figure_bytes(output: NotebookNode) -> Iterator[int]:
    """Sizes of the pictures in an output: PNG, also inside HTML, and SVG."""
    data = output.get("data", {})
    yield from map(len, pictures_of(data))
    if "image/svg+xml" in data:
        yield len(data["image/svg+xml"].encode())


def output_defects(notebook: NotebookNode) -> list[str]:
    """One sentence for each stored output that a reader should not meet."""
    defects = []
    code = [
        (number, cell)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code"
    ]
    # Jupyter does not count cells without code.
    counts = [cell.execution_count for _, cell in code if cell.source.strip()]
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
            for size in figure_bytes(output):
                if size > FIGURE_BYTES:
                    defects.append(
                        f"cell {number} holds a figure of {size / 1000:.0f} kB; "
                        f"{FIGURE_BYTES // 1000} kB are allowed"
                    )
    return defects


def pair_defects(source: Path, executed: bool = True) -> list[str]:
    """One sentence for each way in which a pair does not fit; empty where all is well."""
    path = source.with_suffix(".ipynb")
    if not source.exists():
        return ["has no .py: write one, or remove the .ipynb"]
    if not path.exists():
        return ["has no .ipynb"]
    try:
        notebook = nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, KeyError) as error:
        return [f"cannot be read as a notebook: {str(error).splitlines()[0]}"]
    defects = cell_differences(read_source(source), notebook)
    if executed:
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


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m authoring.notebooks",
        description=__doc__.splitlines()[0] if __doc__ else None,
    )
    parser.add_argument("command", choices=["write", "check"])
    parser.add_argument("only", nargs="*", help="beginnings of names, such as 02")
    parser.add_argument(
        "--jobs", type=int, default=2, help="notebooks executed side by side (default 2)"
    )
    options = parser.parse_args(arguments)
    if options.command == "check":
        defects = check(root)
        print(*defects, sep="\n", file=sys.stderr, end="\n" if defects else "")
        print(f"{len(defects)} defects" if defects else "Every notebook fits its source.")
        return 1 if defects else 0
    try:
        chosen = sources(root, only=options.only)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    return write_all(chosen, options.jobs)


def write_all(chosen: Sequence[Path], jobs: int) -> int:
    """Write every source, however many fail, and return how many did (at most 1, as an exit
    code)."""
    failed = False
    with ProcessPoolExecutor(max_workers=max(1, jobs)) as pool:
        for future in [pool.submit(write, source) for source in chosen]:
            try:
                print(future.result(), flush=True)
            except RuntimeError as error:
                failed = True
                print(error, file=sys.stderr, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
