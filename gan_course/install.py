"""Where the course was installed from, which decides how to install what is missing."""

from __future__ import annotations

from pathlib import Path

CLONE = Path(__file__).resolve().parents[1]  # where the package lies in one
IS_CLONE = (CLONE / "pyproject.toml").is_file()
BY_MAKE_LAB = ("learn", "pictures")
RESTORE = "restore the package's files: " + (
    "in a clone, git checkout -- gan_course"
    if IS_CLONE
    else "pip install --force-reinstall --no-deps gan-course"
)


def how_to_install(extra: str, clone: bool = IS_CLONE) -> str:
    """What to do where the packages of one of the course's extras are missing."""
    if not clone:
        return f'pip install "gan-course[{extra}]"'
    make = "run `make lab` in your clone of the course, or there, " if extra in BY_MAKE_LAB else ""
    return f'{make or "in your clone, "}pip install -e ".[{extra}]"'
