"""Every question of the course, by its id: "05.q2" is QUESTION in `lesson_05/q2_*.py`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from gan_course.errors import unknown_name
from gan_course.practice.question import Question

_HERE = Path(__file__).parent
# The full name of each question's module, which is imported only when it is asked for.
MODULES: dict[str, str] = {
    f"{lesson.name.removeprefix('lesson_')}.{module.name.partition('_')[0]}": (
        f"{__package__}.{lesson.name}.{module.name}"
    )
    for lesson in sorted(_HERE.glob("lesson_*"))
    for module in iter_modules([str(lesson)])
    if module.name.startswith("q") and module.name[1].isdigit()
}


def find(question_id: str) -> Question:
    """The question called `question_id`, "01.q2" for the second of lesson 01; `ValueError` names
    the nearest for an unknown one."""
    if not isinstance(question_id, str):
        raise TypeError(
            'expected the id of a question first, such as "01.q1", got '
            f"{type(question_id).__name__}"
        )
    if question_id not in MODULES:
        raise unknown_name("question", question_id, MODULES)
    found: Question = import_module(MODULES[question_id]).QUESTION
    return found
