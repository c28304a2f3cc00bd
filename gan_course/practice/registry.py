"""Every question of the course, by its id."""

from __future__ import annotations

from gan_course.errors import unknown_name
from gan_course.practice import lesson_01, lesson_02, lesson_03, lesson_04, lesson_05
from gan_course.practice.question import Question

LESSONS = (lesson_01, lesson_02, lesson_03, lesson_04, lesson_05)
QUESTIONS: dict[str, Question] = {
    question.id: question for lesson in LESSONS for question in lesson.QUESTIONS
}


def find(question_id: str) -> Question:
    """The question called `question_id`, "01.q2" for the second of lesson 01; `ValueError` says the
    nearest for an unknown one."""
    if not isinstance(question_id, str):
        raise TypeError(
            'expected the id of a question first, such as "01.q1", got '
            f"{type(question_id).__name__}"
        )
    if question_id not in QUESTIONS:
        raise unknown_name("question", question_id, QUESTIONS)
    return QUESTIONS[question_id]
