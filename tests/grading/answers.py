"""Answers as cells of a submission: a solution, a stub, or any function of a question's lists."""

from __future__ import annotations

import re
from pathlib import Path

from gan_course.grading.submissions import find as read
from gan_course.practice import registry

ROOT = Path(__file__).parents[2]
PRACTICE = Path(registry.__file__).parent


def solution(lesson: str, folder: Path, *, stub: bool = False) -> list[str]:
    """The cells of a lesson's solution, or of what a learner starts from."""
    text = (ROOT / "solutions" / f"{lesson}_solution.py").read_text(encoding="utf-8")
    if stub:
        text = re.sub(
            r"### BEGIN SOLUTION.*?### END SOLUTION", "raise NotImplementedError", text, flags=re.S
        )
    (folder / "ada.py").write_text(text, encoding="utf-8")
    (found,) = read(folder)
    return found.cells


def listed(question_id: str, part: str, function: str) -> list[str]:
    """Cells in which the function `part` is that of the question's lists, such as
    "mistakes[0].functions[0]", and the others are right. The submission brings the files of the
    lists along, under another name."""
    lesson = f"lesson_{question_id[:2]}"
    files = {
        path.relative_to(PRACTICE).as_posix(): path.read_text(encoding="utf-8")
        for path in [*PRACTICE.glob("*.py"), *(PRACTICE / lesson).glob("*.py")]
    }
    brought = {
        f"/tmp/brought/{name}": text.replace("gan_course.practice", "brought")
        for name, text in files.items()
    }
    return [
        f"""
import sys
from pathlib import Path
for name, text in {brought!r}.items():
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)
sys.path.insert(0, "/tmp")
from brought.registry import find
for own in find({question_id!r}).parts:
    globals()[own.name] = own.{function} if own.name == {part!r} else own.right
"""
    ]
