"""What the library imports is what it declares: Colab is given the course without extras."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "gan_course"
# Modules that ask for more than the course's own dependencies, and say so where it is missing.
EXTRAS = {
    "classroom/links.py": "classroom",
    "commands/execution.py": "learn",
    "commands/lab.py": "learn",
    "commands/lessons.py": "learn",
    "commands/prompt.py": "learn",
    "commands/serving.py": "learn",
    "commands/verification.py": "learn",
    "data/avatars.py": "pictures",
    "data/emoji.py": "pictures",
    "data/landscapes.py": "pictures",
    "scoreboard/work.py": "cluster",
    "training/launch.py": "parallel",
}
# What comes with a dependency for as long as that is what it is.
BRINGS = {
    "anywidget": ("ipython", "traitlets"),
    "jupyterlab": ("jupyter-server",),
    "matplotlib": ("packaging",),
    "nbclient": ("jupyter-client",),
    "voila": ("tornado",),
}


def name(requirement: str) -> str:
    """Of a distribution, as pip compares names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[ ;]", requirement)[0]).lower()


def imported(source: str) -> Iterator[str]:
    """Top-level modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def brought(requirements: list[str]) -> set[str]:
    """Names of distributions that are there once these are installed."""
    asked = {name(requirement) for requirement in requirements}
    return asked | {other for each in asked for other in BRINGS.get(each, ())}


def test_every_module_imports_only_what_its_dependencies_bring() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core, extras = project["dependencies"], project["optional-dependencies"]
    owners = packages_distributions()
    for file in sorted(PACKAGE.rglob("*.py")):
        modules = {*imported(file.read_text(encoding="utf-8"))} - sys.stdlib_module_names
        others = [{*map(name, owners[module])} for module in modules - {PACKAGE.name}]
        extra = EXTRAS.get(file.relative_to(PACKAGE).as_posix())
        there = brought(core + (extras[extra] if extra else []))
        assert all(there & names for names in others), f"{file} imports {others}"
        if extra:
            assert not all(brought(core) & names for names in others), f"{file} needs no extra"


def test_a_table_of_modules_names_none_that_is_not_there() -> None:
    assert all((PACKAGE / file).is_file() for file in EXTRAS)
