"""Where lessons are: beside the package in a clone, or in the folder one works in."""

from __future__ import annotations

from pathlib import Path

from gan_course.catalogue import catalogue

CLONE = Path(__file__).resolve().parents[2]


def chapters() -> Path | None:
    """The folder of lessons: that of the current folder, else that of the clone the package lies
    in, else none.

    A folder `chapters/` without a single file such as 01_name.py, that of a book say, is not one.
    """
    return next(
        (
            root / "chapters"
            for root in (Path.cwd(), CLONE)
            if any((root / "chapters").glob("[0-9][0-9]_*.py"))
        ),
        None,
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
            "the lessons are not part of the installed package and there is no folder chapters/ "
            f"in {Path.cwd()}: "
            f"git clone https://github.com/{catalogue().repository}, and run this in that folder"
        )
    source = folder / f"{lesson.name}.py"
    if not source.is_file():
        raise FileNotFoundError(
            f"lesson {lesson.id} is not at {source}: update your clone, git pull"
        )
    return source


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
