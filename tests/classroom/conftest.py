"""The students' copy, written once for all tests that read it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gan_course.catalogue import catalogue
from gan_course.classroom import release
from gan_course.classroom.links import in_repository
from gan_course.commands import paths

ROOT = Path(__file__).parents[2]
LONG = "a-university-of-some-name/generative-models-of-2027"


@pytest.fixture(scope="session")
def students(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The students' copy, in a repository of its own; for reading only."""
    folder = tmp_path_factory.mktemp("release") / "students"
    release.write(ROOT, folder, in_repository(catalogue(), "somebody/students-2027", "autumn"))
    return folder


@pytest.fixture
def clone(clone_of_the_course: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What has badges, and what checks them."""
    root = tmp_path / "clone"
    for folder in ("chapters", "exercises", "solutions"):
        shutil.copytree(ROOT / folder, root / folder)
    for name in ("gan_course", "site"):
        (root / name).mkdir()
    for name in ("README.md", "CITATION.cff", "site/index.md", "gan_course/catalogue.toml"):
        shutil.copyfile(ROOT / name, root / name)
    monkeypatch.setattr(paths, "CLONE", root)
    return root


@pytest.fixture(autouse=True)
def clone_of_the_course(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the clone that these tests run in, and pip no versions that hold for its own
    environment."""
    monkeypatch.setattr(paths, "CLONE", ROOT)
    monkeypatch.delenv("PIP_CONSTRAINT", raising=False)
