"""Where lessons are: in the folder one works in, beside the package in a clone, or in an installed
package; and how they are copied out of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from gan_course.catalogue import catalogue
from gan_course.files import writable_folder
from gan_course.install import CLONE as CLONE

PACKAGED = Path(__file__).resolve().parents[1] / "lessons"  # a wheel's copy of `FOLDERS`
FOLDERS = ("chapters", "exercises", "benchmarks")  # what a learner gets, of a clone
BY_MACHINES = ("__pycache__", ".ipynb_checkpoints")


def has_lessons(root: Path) -> bool:
    """Whether `root` holds lessons: a folder `chapters/` with a file such as 01_name.py, which that
    of a book has not."""
    return any((root / "chapters").glob("[0-9][0-9]_*.py"))


def chapters() -> Path | None:
    """The folder of lessons: that of the current folder, else that of the clone the package lies
    in, else that of the installed package, else none."""
    return next(
        (root / "chapters" for root in (Path.cwd(), CLONE, PACKAGED) if has_lessons(root)), None
    )


def lesson_source(name: str) -> Path:
    """The .py of a lesson by its id or name.

    Raises `ValueError` for a lesson that is not in the catalogue and `FileNotFoundError` where its
    file is not on this machine.
    """
    lesson = catalogue().lesson(name)
    folder = chapters()
    if folder is None:
        raise FileNotFoundError(
            f"there is no folder chapters/ in {Path.cwd()}, and this package came without lessons: "
            f"git clone https://github.com/{catalogue().repository}, and run this in that folder"
        )
    source = folder / f"{lesson.name}.py"
    if not source.is_file():
        raise FileNotFoundError(
            f"lesson {lesson.id} is not at {source}: update your clone, git pull"
        )
    return source


def copy_lessons(target: Path, remedy: str) -> None:
    """Copy lessons, exercises and the benchmarks they name into `target`, a new folder or an empty
    one; where that fails, it is left empty.

    Raises `FileExistsError` where something is in the way, `PermissionError`, which ends with
    `remedy`, where `target` cannot be written, and `FileNotFoundError` where there are no lessons.
    """
    root = next(filter(has_lessons, (CLONE, PACKAGED)), None)
    if root is None:
        raise FileNotFoundError("this package came without lessons: install it anew")
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise FileExistsError(
            f"{target} is not an empty folder, and nothing is overwritten: {remedy}"
        )
    writable_folder(target, remedy)
    try:
        for source in (path for name in FOLDERS for path in sorted((root / name).rglob("*"))):
            place = source.relative_to(root)
            copy = target / place
            if source.is_file() and not set(place.parts) & set(BY_MACHINES):
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)  # not its mode: a package may be read-only
    except BaseException:
        for name in FOLDERS:
            shutil.rmtree(target / name, ignore_errors=True)
        raise


def is_clone() -> bool:
    """Whether the package lies in a clone of the course, with all that its authors have."""
    return (CLONE / "solutions").is_dir()


def expect_clone() -> Path:
    """The clone that the package lies in; `FileNotFoundError` where it lies in none."""
    if not is_clone():
        raise FileNotFoundError(
            "this is done in a clone of the course, and this package lies in none: "
            f"git clone https://github.com/{catalogue().repository}, and `make lab` there"
        )
    return CLONE
