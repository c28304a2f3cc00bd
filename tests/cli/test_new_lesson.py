"""`gan-course lesson new`: a throw-away lesson whose pairs, style and exercise fit at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gan_course.catalogue import read_catalogue
from gan_course.commands import paths
from tests.command import Command

ROOT = Path(__file__).parents[2]
CATALOGUE = Path("gan_course", "catalogue.toml")


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "clone"
    for folder in ("gan_course", "authoring"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
    for folder in ("chapters", "solutions"):
        (root / folder).mkdir()
    monkeypatch.setattr(paths, "CLONE", root)
    return root


def test_new_lesson_runs_and_passes_the_checks_of_pairs_and_style(
    clone: Path, course: Command
) -> None:
    def run(*words: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(clone)}
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=clone,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    outcome = course("lesson", "new", "11", "Losses, and  leashes")
    assert outcome.out.splitlines()[:-1] == [
        str(CATALOGUE),
        "chapters/11_losses_and_leashes.py",
        "gan_course/practice/lesson_11/__init__.py",
        "gan_course/practice/lesson_11/q1_topic.py",
        "solutions/11_solution.py",
    ]
    lesson = read_catalogue(clone / CATALOGUE).lesson("11")
    assert (lesson.name, lesson.title) == ("11_losses_and_leashes", "Losses, and leashes")
    assert "exercises/11_exercise.py" in run("authoring.exercises")
    # The solution is still to be written, so it is the chapter that is executed.
    run("authoring.notebooks", "write", "11_losses")
    solution = clone / "solutions" / "11_solution.py"
    solution.rename(clone / "11_solution.py")
    assert "Every notebook fits its source." in run("authoring.notebooks", "check")
    (clone / "11_solution.py").rename(solution)
    run("authoring.exercises", "--check")
    made = ("chapters", "solutions", "gan_course/practice/lesson_11")
    run("ruff", "format", "--check", *made)
    run("ruff", "check", *made)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["10", "Again"], "the next lesson is 11, got '10': lessons stand in order"),
        (["12", "Too far"], "the next lesson is 11, got '12'"),
        (["eleven", "A word"], "the next lesson is 11, got 'eleven'"),
        (["11", "你好"], "expected a file's name of up to 24 small letters, digits and _, got ''"),
        (["11", "Fine", "--name", "../x"], "expected a file's name of up to 24 small letters"),
    ],
)
def test_number_or_name_that_does_not_fit_is_told_which_does(
    clone: Path, course: Command, words: list[str], sentence: str
) -> None:
    before = (clone / CATALOGUE).read_bytes()
    outcome = course("lesson", "new", *words)
    assert outcome.code == 2
    assert outcome.err.startswith(f"gan-course: {sentence}")
    assert (clone / CATALOGUE).read_bytes() == before
    assert list((clone / "chapters").iterdir()) == []


def test_nothing_stays_of_a_lesson_that_could_not_be_written(clone: Path, course: Command) -> None:
    before = (clone / CATALOGUE).read_bytes()
    (clone / "gan_course" / "practice" / "template" / "solution.txt").unlink()
    assert course("lesson", "new", "11", 'With "marks" and \\ in it').code == 2
    assert (clone / CATALOGUE).read_bytes() == before
    assert [*(clone / "chapters").iterdir(), *(clone / "solutions").iterdir()] == []
