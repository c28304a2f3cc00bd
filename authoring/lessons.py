"""Run lessons and solutions from top to bottom and compare the outputs that are marked (nbval).

`python -m authoring.lessons [02 ...]` runs all, or those whose names begin with 02; with
`--changed` only those whose source, or anything of the library that it uses, changed since they
were written. A lesson that passes here still counts as changed until `authoring.notebooks` writes
it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from authoring.notebooks import NOTHING_CHANGED, ROOT, has_changed, sources

NBVAL = ("-m", "pytest", "-q", "--nbval-lax", "--nbval-current-env", "--dist", "loadscope")


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m authoring.lessons",
        description=__doc__.splitlines()[0] if __doc__ else None,
    )
    parser.add_argument("only", nargs="*", help="beginnings of names, such as 02")
    parser.add_argument(
        "--changed", action="store_true", help="only those that changed since they were written"
    )
    parser.add_argument("--jobs", type=int, default=2, help="how many side by side (default 2)")
    options = parser.parse_args(arguments)
    try:
        chosen = sources(root, only=options.only)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    if options.changed:
        chosen = [source for source in chosen if has_changed(source)]
    if not chosen:
        print(NOTHING_CHANGED)
        return 0
    notebooks = [str(source.with_suffix(".ipynb").relative_to(root)) for source in chosen]
    command = [sys.executable, *NBVAL, "-n", str(options.jobs), *notebooks]
    return subprocess.run(command, cwd=root, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
