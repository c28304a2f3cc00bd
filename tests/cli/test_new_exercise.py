"""`gan-course exercise new`: the pipeline takes the exercise at once, and its matrix holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gan_course.commands import paths
from tests.command import Command

ROOT = Path(__file__).parents[2]
PRACTICE = Path("gan_course", "practice")


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of the course without the exercises of lessons 06 to 09."""
    root = tmp_path / "clone"
    for folder in ("gan_course", "authoring"):
        left_out = shutil.ignore_patterns("__pycache__", "lesson_0[6-9]")
        shutil.copytree(ROOT / folder, root / folder, ignore=left_out)
    (root / "solutions").mkdir()
    monkeypatch.setattr(paths, "CLONE", root)
    return root


def test_new_exercise_is_generated_and_its_matrix_holds(clone: Path, course: Command) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(clone)}
        command = [sys.executable, "-m", *words]
        return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True)

    assert course("exercise", "new", "09").code == 0
    generated = run("authoring.exercises")
    assert generated.stdout.split() == ["exercises/09_exercise.py", "exercises/09_exercise.ipynb"]
    exercise = (clone / "exercises" / "09_exercise.py").read_text()
    assert "# # Exercise 9 · Translation without pairs" in exercise
    assert "YOUR CODE HERE" in exercise
    matrix = run("gan_course.cli", "exercise", "matrix", "09")
    assert matrix.returncode == 0, matrix.stdout
    assert "09.q1 · the mean square" in matrix.stdout
    made = ("solutions/09_solution.py", f"{PRACTICE}/lesson_09")
    assert (
        run("ruff", "format", "--check", "--isolated", "--line-length=100", *made).returncode == 0
    )


def test_exercise_that_is_there_is_left_alone(clone: Path, course: Command) -> None:
    assert course("exercise", "new", "9").code == 0
    question = clone / PRACTICE / "lesson_09" / "q1_topic.py"
    question.write_text("mine")
    again = course("exercise", "new", "09")
    assert again.code == 2
    assert again.err.startswith("gan-course: lesson 09 has an exercise already: ")
    assert question.read_text() == "mine"


def test_nothing_stays_of_an_exercise_that_could_not_be_written(
    clone: Path, course: Command
) -> None:
    (clone / PRACTICE / "template" / "solution.txt").unlink()
    assert course("exercise", "new", "09").code == 2
    assert not (clone / PRACTICE / "lesson_09").exists()
    assert list((clone / "solutions").iterdir()) == []
    own = clone / PRACTICE / "lesson_09" / "notes.txt"
    own.parent.mkdir()
    own.write_text("mine")
    assert course("exercise", "new", "09").code == 2
    assert [path.read_text() for path in own.parent.iterdir()] == ["mine"]
    (clone / "solutions").rmdir()
    assert "in a clone of the course" in course("exercise", "new", "09").err
    assert "there is no lesson '99'" in course("exercise", "new", "99").err
