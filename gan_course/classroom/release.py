"""The students' copy of the course: lessons, exercises, the library and a README; no solutions, no
answers, no history."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from string import Template

from gan_course.catalogue import Catalogue, catalogue
from gan_course.classroom import badges, withholding

FILES = (
    ".gitignore",
    "pyproject.toml",
    "LICENSE",
    "LICENSE-prose",
    "NOTICE",
    "binder/requirements.txt",
    "binder/runtime.txt",
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "lesson_[0-9][0-9]", "template")
# Of the benchmarks: answers that readers tried, and what grades solutions.
WITHHELD = ("hints.json", "grading.json", "grading.py")
STUBS = ("YOUR CODE HERE", "Write your answer here")


def write(clone: Path, into: Path, course: Catalogue) -> None:
    """Write the students' copy of `clone` into the folder `into`, with badges of `course`.

    `FileNotFoundError` where the clone lacks a file, `ValueError` where an exercise holds an
    answer.
    """
    for lesson in course.lessons:
        for folder in ("chapters", "exercises"):
            if name := lesson.notebooks.get(folder):
                for suffix in (".py", ".ipynb"):
                    _copy(clone, into, f"{folder}/{name}{suffix}")
    for path in (into / "exercises").glob("*.ipynb"):
        _expect_stubs(path)
    for name in FILES:
        _copy(clone, into, name)
    shutil.copytree(clone / "gan_course", into / "gan_course", ignore=LEFT_OUT)
    _write_benchmarks(clone / "benchmarks", into / "benchmarks")
    withholding.write(into / "gan_course" / "practice")
    _write_readme(into, course)
    badges.stamp(into, catalogue(), course)


def _copy(clone: Path, into: Path, name: str) -> None:
    source, target = clone / name, into / name
    if not source.is_file():
        raise FileNotFoundError(
            f"{name} is not in this clone, and the students' copy needs it: git checkout {name}, "
            "or `make exercises` or `make notebooks`, which write it"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _expect_stubs(path: Path) -> None:
    """Raise `ValueError` where a cell for an answer is not as a student should get it."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        own = cell["metadata"].get("nbgrader", {})
        if own.get("solution") and not any(stub in "".join(cell["source"]) for stub in STUBS):
            raise ValueError(
                f"exercises/{path.name} holds an answer, in the cell {own['grade_id']}: "
                "`make exercises` writes it as students should get it"
            )


def _write_benchmarks(source: Path, into: Path) -> None:
    """The scripts of what lessons show, to which lessons link, and a README without the sections
    on what is withheld."""
    shutil.copytree(source, into, ignore=shutil.ignore_patterns("__pycache__", *WITHHELD))
    readme = into / "README.md"
    sections = re.split(r"^(?=## )", readme.read_text(encoding="utf-8"), flags=re.M)
    kept = [text for text in sections if not any(name in text for name in WITHHELD)]
    readme.write_text("".join(kept), encoding="utf-8")


def _write_readme(into: Path, course: Catalogue) -> None:
    """The README of the students' copy. Its links are of the course itself; `badges` stamps
    them."""
    own = replace(course, repository=catalogue().repository, branch=catalogue().branch)
    lines = [
        f"| {lesson.id} | [{lesson.title}](chapters/{lesson.name}.ipynb) "
        f"([in Colab]({own.colab_url(lesson)})) | "
        + (
            f"[exercise {lesson.id}](exercises/{lesson.notebooks['exercises']}.ipynb) "
            f"([in Colab]({own.colab_url(lesson, 'exercises')}))"
            if lesson.exercise
            else ""
        )
        + f" | {lesson.minutes} min |"
        for lesson in course.lessons
    ]
    text = Template((files("gan_course.classroom") / "students.md").read_text(encoding="utf-8"))
    words = {
        "lessons": "\n".join(lines),
        "repository": own.repository,
        "folder": own.repository.rpartition("/")[2],
    }
    (into / "README.md").write_text(text.substitute(words), encoding="utf-8")
