"""What students wrote, gathered into the folder that `gan-course grade` takes: a folder for each
student, times of change kept, by which the grader knows what is late and which file counts."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from gan_course.classroom.badges import COLAB
from gan_course.files import expect_folder
from gan_course.grading.submissions import Unreadable, lesson_of

NAMED = re.compile(r".*\d\d_.*exercise.*\.(?:ipynb|py)", re.I)
LEFT_OUT = ("chapters", "solutions", "tests")
HIDDEN = (".", "__")  # what the grader passes by, and .ipynb_checkpoints


def gather(source: Path, into: Path, lesson: str, given: Path) -> tuple[int, list[str]]:
    """Copy the exercises below `source`, those of `lesson` or all, to a folder for each student in
    `into`; returns how many, and a sentence for each file that was left out.

    A file of a student that has the same name as another of theirs gets a number. Links are not
    followed, since a student may point one at a file of somebody else. `given` holds the exercises
    as they were given out. `FileNotFoundError` where there is no such folder, `ValueError` where it
    holds no exercise.
    """
    expect_folder(source)
    untouched = [_written(path) for path in given.glob("[0-9][0-9]_*")]
    taken, left = 0, []
    for path in sorted(_exercises(source, lesson)):
        inside = path.relative_to(source)
        name = _shown(inside)
        if path.is_symlink() or not path.is_file():
            left.append(f"{name} is a link or no file, and was left out")
        elif not os.access(path, os.R_OK):
            left.append(f"{name} cannot be read, and was left out")
        elif _written(path) in untouched:
            left.append(f"{name} is as it was given out, and was left out")
        else:
            _copy(path, inside, into)
            taken += 1
    if not taken:
        named = f"lesson {lesson}" if lesson else "the course"
        reason = f" ({left[0]})" if left else ""
        raise ValueError(
            f"{source} holds no exercise of {named} that somebody has worked on{reason}: expected "
            "files such as 05_exercise.ipynb in one folder for each student"
        )
    return taken, left


def _exercises(source: Path, lesson: str) -> Iterator[Path]:
    """Files named as exercises are, and notebooks of any name that check a question."""
    for root, folders, names in os.walk(source):
        if Path(root) != source:
            folders[:] = [n for n in folders if not n.startswith(HIDDEN) and n not in LEFT_OUT]
        for path in (Path(root, name) for name in names if not name.startswith(HIDDEN)):
            if (number := _number(path)) and lesson in ("", number):
                yield path


def _number(path: Path) -> str:
    """The lesson whose exercise a file holds, as the grader tells it; nothing where the file is no
    notebook that checks a question and has no name of an exercise either."""
    name = path.name if NAMED.fullmatch(path.name) else ""
    if not name and path.suffix != ".ipynb":
        return ""
    readable = path.is_file() and not path.is_symlink() and os.access(path, os.R_OK)
    try:
        return lesson_of(_text(path) if readable else "", name)
    except Unreadable:
        return ""


def _written(path: Path) -> list[str]:
    """What a student can change: the cells' sources, without the cell that installs and without
    badges, which name the repository that an exercise was given out from."""
    text = COLAB.sub("", _text(path))
    if path.suffix == ".py":
        cells = re.split(r"^# %%", text, flags=re.M)
        sources = [cell for cell in cells if '"install"' not in cell.partition("\n")[0]]
    else:
        try:
            sources = [
                "".join(cell["source"])
                for cell in json.loads(text)["cells"]
                if "install" not in cell["metadata"].get("tags", ())
            ]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return [text]  # no notebook, which the grader tells its student
    # JupyterLab adds an empty cell below the last one that is run.
    return [source.strip() for source in sources if source.strip()]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _copy(path: Path, inside: Path, into: Path) -> None:
    """A copy with its times; a file that lies in no student's folder stays in none, since its name
    says whose it is."""
    folder = into
    if len(inside.parts) > 1:
        student = inside.parts[0]
        while student.startswith(HIDDEN):  # which the grader would pass by
            student = student.removeprefix(".").removeprefix("__")
        folder = into / (student or "student")
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 2
    while target.exists():
        target = folder / f"{path.stem} ({number}){path.suffix}"
        number += 1
    shutil.copy2(path, target, follow_symlinks=False)


def _shown(path: Path) -> str:
    """A path as it can be printed; a name may be no UTF-8."""
    return str(path).encode(errors="replace").decode()
