"""Write the executed .ipynb of chapters/ and solutions/, and check that every pair still fits.

`python -m authoring.notebooks write [02 ...]` executes; `python -m authoring.notebooks check` only
reads, and takes a second. jupytext's own --diff, --sync and --check compare neither outputs nor
execution counts, so they cannot gate.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from authoring.canonical import notebook_text
from authoring.defects import EXECUTED, WIDGET, check
from authoring.imports import digest
from authoring.pairs import read_source, stamp, write_atomically
from gan_course.commands.execution import notebook_client

ROOT = Path(__file__).resolve().parents[1]
NOTHING_CHANGED = "Every notebook was executed from what stands there now."


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
    notebook.metadata["course"] = stamps(source)
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            cell["outputs"] = without_widgets(cell.outputs)
            if str(root) in json.dumps(cell.outputs):
                raise ValueError(
                    f"{source.name}, cell {number}: its output shows {str(root)!r}, a path of this "
                    "machine; print something a reader can use"
                )
    return notebook


def stamps(source: Path) -> dict[str, str]:
    """Digests of what a notebook is executed from: its .py, and all it uses of the library."""
    root = source.resolve().parents[1]
    return {
        "imports_sha256": digest(source.resolve(), root),
        "source_sha256": stamp(source),
    }


def has_changed(source: Path) -> bool:
    """Whether a .py, or anything of the library that it uses, is not what its .ipynb was executed
    from."""
    path = source.with_suffix(".ipynb")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["metadata"]["course"]
    except (FileNotFoundError, ValueError, KeyError):
        return True
    return bool(found != stamps(source))


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
    parser.add_argument(
        "--changed",
        action="store_true",
        help="write only those whose source, or what it uses of the library, has changed",
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
    if options.changed:
        chosen = [source for source in chosen if has_changed(source)]
        print("\n".join(map(str, chosen)) or NOTHING_CHANGED)
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
