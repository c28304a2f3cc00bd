"""Grades as tables that Canvas and Moodle import."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Sequence

from gan_course.grading.runner import Record
from gan_course.practice.registry import MODULES, find

# What Canvas asks of the columns before the assignments', and Moodle's importer of its worksheet
# (moodle/moodle, mod/assign/feedback/offline/importgradeslib.php).
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = ("Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)")
COMMENTS = "Feedback comments"


def most(lesson: str) -> int:
    """The points that a whole exercise gives."""
    return sum(find(name).points for name in MODULES if name.startswith(f"{lesson}."))


def lessons(records: Iterable[Record]) -> list[str]:
    return sorted({record.lesson for record in records if record.lesson})


def canvas(records: Sequence[Record]) -> str:
    """A row for each student, a column for each exercise; an exercise not handed in stays empty, so
    that Canvas changes nothing."""
    columns = lessons(records)
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for record in records:
        rows.setdefault((record.student, record.id), {})[record.lesson] = record.points
    head = [*CANVAS, *(f"Exercise {lesson}" for lesson in columns)]
    possible = ["    Points Possible", "", "", "", "", *(most(lesson) for lesson in columns)]
    body = [
        [student, number, "", "", "", *(points.get(lesson, "") for lesson in columns)]
        for (student, number), points in sorted(rows.items())
    ]
    return _text([head, possible, *body])


def moodle(records: Sequence[Record], lesson: str) -> str:
    """The grading worksheet of one exercise."""
    now = time.strftime("%A, %d %B %Y, %I:%M %p")
    rows = [
        [
            f"Participant {record.id}",
            record.student,
            record.points,
            most(lesson),
            now,
            " ".join(f"{name}: {own.hint or 'right.'}" for name, own in record.questions.items()),
        ]
        for record in sorted(records, key=lambda own: own.student)
        if record.lesson == lesson
    ]
    return _text([[*MOODLE, COMMENTS], *rows])


def _text(rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([_cell(x) for x in row] for row in rows)
    return file.getvalue()


def _cell(x: object) -> object:
    """A spreadsheet would run a text that begins as a formula does; names come from outside."""
    return f"'{x}" if isinstance(x, str) and x.startswith(("=", "+", "-", "@", "\t", "\r")) else x
