"""`check` judges a learner's functions in the notebook, with public seeds, and shows the result in
one line; `total` says what a whole exercise has earned."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from gan_course.colours import FAILS, HOLDS
from gan_course.errors import unknown_name
from gan_course.notebook import display
from gan_course.practice.collecting import collect
from gan_course.practice.judging import verdict
from gan_course.practice.question import Answer, Question, Verdict
from gan_course.practice.registry import MODULES, find

PUBLIC_SEEDS = (0, 1, 2)  # an instructor grades with others
_COLOURS = {True: HOLDS, False: FAILS}


class CheckFailed(AssertionError):  # noqa: N818
    """An answer is not right yet; the message is the hint."""

    def _render_traceback_(self) -> list[str]:
        """IPython shows this in place of a traceback: the hint already stands above, and the frames
        are the course's, not the learner's."""
        return ["CheckFailed: not right yet, the hint stands above."]


def check(question_id: str, *answers: Answer) -> None:
    """Say whether `answers`, the functions a question asks for, are right: `check("01.q1",
    discriminator_loss, generator_loss)`.

    Shows one line. Raises `CheckFailed` where an answer is not right yet, `ValueError` for an
    unknown question and `TypeError` where the functions are not those the question asks for.
    """
    question = find(question_id)
    expect_answers(question, answers)
    found = attempt(question, answers, PUBLIC_SEEDS)
    points = f"{question.points} point{'' if question.points == 1 else 's'}"
    said = f"right, {points}." if found.passed else f"not yet. {found.hint}"
    _show(f"{question.id} · {question.title}: {said}", found.passed)
    if not found.passed:
        raise CheckFailed(found.hint) from None


def total(lesson: str, answers: Mapping[str, object]) -> None:
    """Say how many points of an exercise are earned: `total("01", globals())` at its end.

    Judges once more what `answers` hold under the names that the questions ask for, so that it
    counts the functions as they are now. Shows one line and raises nothing for an answer that is
    wrong or not there. `ValueError` for a lesson without questions.
    """
    questions = [find(name) for name in MODULES if name.partition(".")[0] == lesson]
    if not questions:
        raise unknown_name("exercise", lesson, {name.partition(".")[0] for name in MODULES})
    missing = [question for question in questions if not _is_right(question, answers)]
    points, lost = (sum(question.points for question in some) for some in (questions, missing))
    left = f" Not yet right: {', '.join(question.id for question in missing)}." if missing else ""
    _show(f"Exercise {lesson}: {points - lost} of {points} points.{left}", passed=not missing)


def _is_right(question: Question, answers: Mapping[str, object]) -> bool:
    given = [answers.get(name) for name in question.asks]
    functions = [answer for answer in given if callable(answer)]
    return len(functions) == len(given) and attempt(question, functions, PUBLIC_SEEDS).passed


def expect_answers(question: Question, answers: Sequence[Answer]) -> None:
    """Raise `TypeError` unless `answers` are as many functions as `question` asks for, in its
    order."""
    usage = f'check("{question.id}", {", ".join(question.asks)})'
    if len(answers) != len(question.asks):
        wanted = f"{len(question.asks)} function{'' if len(question.asks) == 1 else 's'}"
        raise TypeError(f"question {question.id} asks for {wanted}, got {len(answers)}: {usage}")
    for name, answer in zip(question.asks, answers, strict=True):
        if not callable(answer):
            raise TypeError(
                f"expected the function {name} itself, got {type(answer).__name__}: name it "
                f"without calling it, {usage}"
            )
    given = tuple(getattr(answer, "__name__", "") for answer in answers)
    if given != question.asks and sorted(given) == sorted(question.asks):
        raise TypeError(f"the functions stand in another order than the question's: {usage}")


def attempt(question: Question, answers: Sequence[Answer], seeds: Sequence[int]) -> Verdict:
    """The verdict on `answers` under all of `seeds` together."""
    return verdict(question, collect(question, answers, seeds), seeds)


def _show(text: str, passed: bool) -> None:
    """Show one line."""
    body = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    html = (
        f'<div style="border-left: 4px solid {_COLOURS[passed]}; padding: 0.3em 0.8em">{body}</div>'
    )
    display({"text/plain": text, "text/html": html})
