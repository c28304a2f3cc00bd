"""Run the unit tests of one lesson: `python -m authoring.units 03`.

These are the contracts of its models, the tests of its questions, and the test files of data,
networks, models, metrics and explorers that import something the lesson itself imports. What all
lessons share (training, pictures, the command line, authoring) is left to `make test`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from authoring.imports import direct, entries
from authoring.notebooks import ROOT, sources

PER_ENTRY = ("tests/contracts", "tests/practice")
PER_IMPORT = ("data", "nets", "models", "metrics", "explore")


def test_files(lesson: Iterable[Path], root: Path) -> list[str]:
    """The test files that import a module which one of the lesson's notebooks imports too."""
    parts = tuple(root / "gan_course" / part for part in PER_IMPORT)
    wanted = {
        module
        for source in lesson
        for module in direct(source, root)
        if any(module.is_relative_to(part) for part in parts) and module.name != "__init__.py"
    }
    return [
        path.relative_to(root).as_posix()
        for part in PER_IMPORT
        for path in sorted((root / "tests" / part).glob("test_*.py"))
        if wanted & set(direct(path, root))
    ]


def of_entry(test_ids: Iterable[str], models: Iterable[str], number: str) -> list[str]:
    """Those of pytest's ids whose parameters name one of the models, or a question of lesson
    `number`."""
    names = "|".join([*map(re.escape, models), rf"{number}\.q\d+"])
    named = re.compile(rf"\[(.*[^\w.])?({names})([^\w.].*)?\]$")
    return [test for test in test_ids if named.search(test)]


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    only = list(sys.argv[1:] if arguments is None else arguments)
    try:
        lesson = sources(root, only=only)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    pytest = (sys.executable, "-m", "pytest", "-q")
    listed = subprocess.run(
        [*pytest, "--collect-only", *PER_ENTRY],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        print(listed.stdout, listed.stderr, file=sys.stderr)
        return listed.returncode
    chosen = test_files(lesson, root)
    for source in lesson:
        models = entries(source, root).get("models", {})
        found = of_entry(listed.stdout.splitlines(), models, source.stem[:2])
        if not found:
            print(f"no test names a model or a question of {source.stem}", file=sys.stderr)
            return 1
        chosen += found
    command = [*pytest, "-n", "2", *dict.fromkeys(chosen)]
    return subprocess.run(command, cwd=root, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
