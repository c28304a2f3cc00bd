"""What a notebook uses of the course's library, found out without running it, and one digest of it
all.

From file to file it follows imports, also those inside functions; the files of data that a module
names; and what a lesson calls by a name: its models and data in the catalogue, the questions it
checks ("05.q2"), the studies it shows. An `__init__.py` that only passes names on does not count,
so that a new model makes no old lesson stale.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "gan_course"
QUESTION = re.compile(r"(\d\d)\.q\d+")
FILE_NAME = re.compile(r"[\w./-]+\.\w+")


def digest(source: Path, root: Path) -> str:
    """sha256 of everything in the library that `source`, a .py of a notebook, uses; the same
    whether a checkout ends lines with LF or CRLF."""
    whole = hashlib.sha256(json.dumps(entries(source, root), sort_keys=True).encode())
    for path in used(source, root):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        whole.update(f"{path.relative_to(root).as_posix()} ".encode())
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()


def used(source: Path, root: Path) -> list[Path]:
    """The files of the library that `source` uses, in order of their names."""
    found: set[Path] = set()
    waiting = [*direct(source, root), *_called_by_name(source, root)]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        if path.suffix == ".py":
            waiting += [*direct(path, root), *_data_named_in(path)]
    return sorted(found)


def direct(source: Path, root: Path) -> list[Path]:
    """The modules of the library that a Python file imports itself."""
    found: list[Path] = []
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found += _files(root, alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found += _named(root, node.module, alias.name)
    return list(dict.fromkeys(found))


def entries(source: Path, root: Path) -> dict[str, Any]:
    """What the catalogue says of the lesson that `source` belongs to: the lesson's own entry, and
    those of its models and its data. Empty where there is none."""
    file = root / PACKAGE / "catalogue.toml"
    content = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    for lesson in content.get("lessons", []):
        if lesson["name"].partition("_")[0] == source.stem.partition("_")[0]:
            return {
                "lesson": lesson,
                **{
                    kind: {name: content.get(kind, {}).get(name) for name in lesson.get(kind, [])}
                    for kind in ("models", "data")
                },
            }
    return {}


def _called_by_name(source: Path, root: Path) -> Iterator[Path]:
    for text in _texts(entries(source, root)):
        if text.startswith(f"{PACKAGE}."):
            yield from _named(root, *text.rsplit(".", 1))
    for text in _constants(source):
        if match := QUESTION.fullmatch(text):
            folder = root / PACKAGE / "practice"
            yield from sorted(folder.glob(f"lesson_{match[1]}/**/*.py"))
            yield from folder.glob(f"lesson_{match[1]}.py")
        if text.isidentifier():
            yield from (root / PACKAGE / "studies").glob(f"{text}.json")


def _data_named_in(module: Path) -> Iterator[Path]:
    """Files beside a module that it names. The catalogue is left out, since `entries` takes the
    part of it that counts."""
    for text in _constants(module):
        if not FILE_NAME.fullmatch(text) or text == "catalogue.toml":
            continue
        path = module.parent / text
        if path.is_file() and path.suffix != ".py":
            yield path


def _named(root: Path, module: str, name: str) -> list[Path]:
    """The files behind `from module import name`."""
    if _file(root, f"{module}.{name}"):
        return _files(root, f"{module}.{name}")
    file = _file(root, module)
    if file is None:
        return []
    if file.name == "__init__.py" and _only_passes_on(file):
        for node in _tree(file).body:
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    if name == (alias.asname or alias.name):
                        return _named(root, node.module, alias.name)
    return _files(root, module)


def _files(root: Path, module: str) -> list[Path]:
    """A module's file, and the `__init__.py` of each package it lies in that does something."""
    parts = module.split(".")
    above = [_file(root, ".".join(parts[:depth])) for depth in range(1, len(parts))]
    file = _file(root, module)
    return [path for path in above if path and not _only_passes_on(path)] + ([file] if file else [])


def _file(root: Path, module: str) -> Path | None:
    if module.split(".")[0] != PACKAGE:
        return None
    place = root.joinpath(*module.split("."))
    return next(
        (path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file()), None
    )


def _only_passes_on(init: Path) -> bool:
    """Whether a package's `__init__.py` holds only a docstring, imports and `__all__`."""
    return all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__")
        for node in _tree(init).body
    )


def _constants(file: Path) -> list[str]:
    return [
        node.value
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _tree(file: Path) -> ast.Module:
    return _parsed(file.read_text(encoding="utf-8"))


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)
