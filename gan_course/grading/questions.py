"""One question of one submission: its values come from the sandbox, and are judged here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gan_course.grading.extract import harness
from gan_course.grading.sandbox import Ended, Sandbox
from gan_course.practice.collecting import Run
from gan_course.practice.judging import known, verdict
from gan_course.practice.question import Question
from gan_course.practice.surroundings import TimeUp, limited

SPARE = 2**16  # bytes that a reply may have beyond what right values take


@dataclass(frozen=True)
class Graded:
    """What came of one question: a `hint` for the learner, `notes` for the instructor alone."""

    id: str
    title: str
    points: int
    most: int  # points that a right answer gets
    hint: str = ""
    notes: tuple[str, ...] = ()


def grade(
    sandbox: Sandbox, question: Question, cells: Sequence[str], seeds: Sequence[int]
) -> Graded:
    """Judge the functions that `cells` define, as `check` does, under `seeds`."""

    def graded(hint: str, *notes: str) -> Graded:
        points = 0 if hint else question.points
        return Graded(question.id, question.title, points, question.points, hint, notes)

    runs = [known(part, part.right, tuple(seeds)) for part in question.parts]
    most = 4 * sum(map(size, runs)) + SPARE
    try:
        reply = sandbox.ask(harness(question), cells, question.parts, seeds, most)
    except Ended as how:
        return graded(f"Your code gave no answer: it {how}.", str(how))
    notes = [f"replaced {', '.join(reply.replaced)}"] * bool(reply.replaced) + reply.troubles
    try:
        with limited():
            found = verdict(question, reply.runs, seeds)
    except TimeUp:
        return graded(
            "Your code gave values that cannot be judged.", "values took too long", *notes
        )
    return graded(found.hint, *notes)


def size(run: Run) -> int:
    """Bytes of all tensors of a run, and some for their names."""
    return sum(200 + x.nbytes for values in run.values.values() for x in values.values())
