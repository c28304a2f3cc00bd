"""How the house is built: small files, imports that run one way, nothing found out by looking."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "gan_course"
MOST = 300  # lines of a file
# What declares, and so need not be looked at: these rooms may not ask what a thing has or is.
DECLARED = ("training", "commands", "doctor")
KINDS = {"Dataset", "Distribution", "PlaneMixture", "Shapes", "Gaussian", "Mixture", "GAN", "DCGAN"}


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Modules of the package that a file imports anywhere in it, by dotted name."""
    known = {module(source) for source in sources(PACKAGE)}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = [f"{node.module}.{name.name}" for name in node.names]
            found = [name for name in inside if name in known]
            yield from found or ([node.module] if node.module in known else [])


def arrows() -> dict[str, set[str]]:
    """Who imports whom; a package's face, which only hands names on, is left out."""
    graph = {
        module(path): set(imported(path)) for path in sources(PACKAGE) if path.name != "__init__.py"
    }
    return {name: {other for other in others if other in graph} for name, others in graph.items()}


def circles(graph: dict[str, set[str]]) -> list[str]:
    """Modules that lie on a circle or lead into one: what is left when, time and again, those
    without an import are taken away."""
    left = dict(graph)
    while ends := [name for name, others in left.items() if not others & left.keys()]:
        for name in ends:
            del left[name]
    return sorted(left)


@pytest.mark.parametrize("folder", ["gan_course", "authoring", "benchmarks", "tests"])
def test_no_file_is_longer_than_a_reader_can_hold(folder: str) -> None:
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in sources(ROOT / folder)}
    assert {str(path): count for path, count in lines.items() if count > MOST} == {}


def test_imports_run_one_way() -> None:
    assert circles(arrows()) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]


def test_training_knows_nothing_of_pictures() -> None:
    drawn = {name: others for name, others in arrows().items() if ".training." in name}
    assert drawn
    for name, others in drawn.items():
        assert not [other for other in others if ".viz" in other], name


@pytest.mark.parametrize("room", DECLARED)
def test_what_varies_is_declared_and_not_looked_for(room: str) -> None:
    for path in sources(PACKAGE / room):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
                looks = node.func.id == "isinstance" and names & KINDS
                assert not looks, f"{path}:{node.lineno} asks for a kind"
                # Whether IPython has a kernel is its own affair, and it declares nothing.
                asked = node.func.id in ("hasattr", "signature") and "progress" not in path.stem
                assert not asked, f"{path}:{node.lineno} looks for what should be declared"


@pytest.mark.parametrize("folder", ["gan_course", "authoring", "benchmarks"])
def test_text_is_in_utf_8_on_every_system(folder: str) -> None:
    # Ruff sees the same (PLW1514) only where it can tell that something is a path.
    for path in sources(ROOT / folder):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                named = any(word.arg == "encoding" for word in node.keywords)
                named |= node.func.attr == "read_text" and bool(node.args)
                assert named or node.func.attr not in ("read_text", "write_text"), (
                    f"{path}:{node.lineno} names no encoding"
                )


def test_no_helper_of_the_tests_hides_a_package() -> None:
    # pytest puts the folder of a test file first on the path: a helper called jupyterlab.py there
    # would be what everybody else then imports by that name.
    taken = {*packages_distributions(), *sys.stdlib_module_names}
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [path for folder in folders for path in folder.glob("*.py") if path.stem in taken] == []


def test_no_two_files_of_tests_have_one_name() -> None:
    # Where folders are no packages, pytest takes the second for the first.
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted({*names})
