"""An instructor who has nbgrader can use the exercises as they are: nbgrader itself releases from
the solutions what lies in exercises/, takes the solutions for right and the stubs for wrong."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import CheckCellMetadata
from nbgrader.validator import Validator
from traitlets.config import Config

from authoring.exercises import ROOT, SETTINGS, exercise_of
from authoring.pairs import read_source

SOURCES = sorted((ROOT / "solutions").glob("*.py"))
of_solutions = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
PATIENT = Config(Execute={"timeout": 600, "iopub_timeout": 600, "startup_timeout": 600})


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder of nbgrader's with one assignment, all exercises, released."""
    root = tmp_path_factory.mktemp("course")
    (root / "source" / "all").mkdir(parents=True)
    for source in SOURCES:
        nbformat.write(read_source(source), root / "source" / "all" / f"{source.stem}.ipynb")
    settings = Config(CourseDirectory={"root": str(root), "db_url": f"sqlite:///{root}/grades.db"})
    with pytest.MonkeyPatch.context() as patch:  # nbgrader calls alembic, which lies beside Python
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        done = NbGraderAPI(config=Config(SETTINGS, **settings)).generate_assignment("all")
    assert done["success"], done["log"]
    return root


def plain(notebook: NotebookNode) -> list[Any]:
    """The cells, without what nbgrader adds for its database and the course for its "Run All"."""
    for cell in notebook.cells:
        for added in ("checksum", "cell_type"):
            cell.metadata.get("nbgrader", {}).pop(added, None)
        cell.metadata.pop("tags", None)
    return [(cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]


@of_solutions
def test_nbgrader_releases_what_lies_in_exercises(source: Path, course: Path) -> None:
    released = nbformat.read(course / "release" / "all" / f"{source.stem}.ipynb", as_version=4)
    assert plain(released) == plain(exercise_of(source))


@of_solutions
def test_nbgrader_takes_what_every_solution_showed_for_right(source: Path) -> None:
    """Its outputs are those of its last execution, since some train for a while at their end."""
    validator = Validator(preprocessors=[CheckCellMetadata])
    assert validator.validate(str(source.with_suffix(".ipynb"))) == {}


@pytest.mark.parametrize(("folder", "failed"), [("source", 0), ("release", 4)])
def test_nbgrader_validates_a_solution_and_not_the_stub(
    folder: str, failed: int, course: Path
) -> None:
    path = course / folder / "all" / "01_solution.ipynb"
    found = Validator(config=PATIENT).validate(str(path))
    assert len(found.get("failed", [])) == failed
    assert found.keys() <= {"failed"}
