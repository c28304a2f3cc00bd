"""What `gan-course lesson new` or `gan-course exercise new` wrote and nobody has written over."""

from __future__ import annotations

import re
from pathlib import Path

MARK = re.compile(r"\bTODO\b")
PLACES = (
    "gan_course/catalogue.toml",
    "chapters/*.py",
    "solutions/*.py",
    "gan_course/practice/lesson_*/*.py",
)


def unwritten(root: Path) -> list[str]:
    """A sentence for each file of a lesson that still says TODO, with its lines."""
    found = []
    for path in (path for place in PLACES for path in sorted(root.glob(place))):
        lines = path.read_text(encoding="utf-8").splitlines()
        if marked := [str(i) for i, line in enumerate(lines, start=1) if MARK.search(line)]:
            found.append(
                f"{path.relative_to(root).as_posix()} is not a lesson's yet: write over what says "
                f"TODO, line {', '.join(marked)}"
            )
    return found
