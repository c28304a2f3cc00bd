"""All questions through the sandbox: what `check` says in a notebook is what the grader says."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_course.grading.questions import grade
from gan_course.grading.sandbox import Sandbox
from gan_course.practice.collecting import run
from gan_course.practice.judging import judge
from gan_course.practice.question import Part
from gan_course.practice.registry import MODULES, find
from tests.grading.answers import listed, solution

SEEDS = (901, 77)
QUESTIONS = list(map(find, MODULES))
PARTS = [(question.id, part) for question in QUESTIONS for part in question.parts]


@pytest.mark.parametrize("question_id", MODULES)
def test_solution_gets_full_marks_and_stub_none(
    question_id: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    question, lesson = find(question_id), question_id[:2]
    full = grade(sandbox, question, solution(lesson, tmp_path), SEEDS)
    none = grade(sandbox, question, solution(lesson, tmp_path, stub=True), SEEDS)
    assert (full.points, full.hint, full.notes) == (question.points, "", ())
    assert none.points == 0
    assert none.hint.startswith(f"`{question.asks[0]}` is not written yet")


def agrees(sandbox: Sandbox, question_id: str, part: Part, place: str, hint: str) -> bool:
    """Whether the function at `place` of a part's lists gets the hint that `check` has for it."""
    mistake = eval(f"part.{place}", {"part": part})
    due = judge(part, run(part, mistake, SEEDS), SEEDS)
    found = grade(sandbox, find(question_id), listed(question_id, part.name, place), SEEDS)
    # The sentence before the hint of an exception names a line, of the course's files or the
    # learner's.
    return bool(found.hint) and (found.hint == due.hint or found.hint.endswith(hint))


@pytest.mark.parametrize(("question_id", "part"), PARTS, ids=lambda x: getattr(x, "name", x))
def test_mistake_gets_the_same_hint_as_in_the_notebook(
    question_id: str, part: Part, sandbox: Sandbox
) -> None:
    last = len(part.mistakes) - 1
    hint = part.mistakes[last].hint
    place = f"mistakes[{last}].functions[0]"
    assert agrees(sandbox, question_id, part, place, hint if isinstance(hint, str) else "\0")


@pytest.mark.parametrize(("question_id", "part"), PARTS, ids=lambda x: getattr(x, "name", x))
def test_right_answer_written_otherwise_gets_full_marks(
    question_id: str, part: Part, sandbox: Sandbox
) -> None:
    name = list(part.also_right)[-1]
    found = grade(
        sandbox, find(question_id), listed(question_id, part.name, f"also_right[{name!r}]"), SEEDS
    )
    assert found.hint == ""
