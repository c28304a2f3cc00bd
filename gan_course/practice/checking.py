"""`check`: judges a learner's functions in the notebook, with public seeds, and shows the result in
one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from gan_course.colours import FAILS, HOLDS
from gan_course.notebook import display
from gan_course.practice.collecting import collect
from gan_course.practice.judging import verdict
from gan_course.practice.question import Answer, Question, Verdict
from gan_course.practice.registry import find

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
