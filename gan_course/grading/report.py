"""What a report's folder shows: a page for each student, an overview of the class, tables. It is
made anew from the records each time. What comes from a submission is shown as text, never as
HTML, and seeds are in none of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path

from gan_course.colours import FAILS, HOLDS, TRACK
from gan_course.files import write_atomically
from gan_course.grading import tables
from gan_course.grading.questions import Graded
from gan_course.grading.runner import Record
from gan_course.practice.registry import MODULES, find

COMMONEST = 5  # hints of a question that the overview names
STYLE = f"""
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto }}
body {{ padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .6rem }}
th, td {{ border-bottom: 1px solid {TRACK} }}
code {{ background: {TRACK}; padding: 0 .2rem; overflow-wrap: anywhere }}
.right {{ border-left: 4px solid {HOLDS} }}
.wrong {{ border-left: 4px solid {FAILS} }}
.bar {{ display: inline-block; height: .8rem; min-width: 1px }}
"""
PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
<h1>{title}</h1>
{body}
</html>
"""


def write(
    records: Sequence[Record],
    earlier: Sequence[str],
    alike: Sequence[tuple[float, str, str]],
    out: Path,
) -> None:
    """Write every page and table of the report into `out`."""
    students = out / "students"
    students.mkdir(exist_ok=True)
    for record in records:
        write_atomically(students / f"{record.key}.html", of_student(record))
    write_atomically(out / "index.html", of_class(records, earlier, alike))
    write_atomically(out / "canvas.csv", tables.canvas(records))
    for lesson in tables.lessons(records):
        write_atomically(out / f"moodle_{lesson}.csv", tables.moodle(records, lesson))
    grades = [{**asdict(record), "points": record.points} for record in records]
    write_atomically(out / "grades.json", json.dumps(grades, indent=1))


def of_student(record: Record) -> str:
    """One student's feedback on one exercise."""
    rows = [_row(graded) for graded in record.questions.values()]
    body = f"<p>{_points(record)}{' Handed in late.' * record.late}</p>"
    if record.trouble:
        body += f'<p class="wrong">&nbsp;{escape(record.trouble)}</p>'
    if rows:
        body += f"<table><tr><th>Question<th>Points<th>{''.join(rows)}</table>"
    return PAGE.format(
        style=STYLE, title=f"{_title(record.lesson)}: {escape(record.student)}", body=body
    )


def _row(graded: Graded) -> str:
    said = _shown(graded.hint) if graded.hint else "right"
    kind = "wrong" if graded.hint else "right"
    return (
        f'<tr class="{kind}"><td>{graded.id} · {escape(graded.title)}'
        f"<td>{graded.points} of {graded.most}<td>{said}"
    )


def of_class(
    records: Sequence[Record],
    earlier: Sequence[str],
    alike: Sequence[tuple[float, str, str]],
) -> str:
    """The whole class, for the instructor: each question, each student, and what was noted."""
    body = "".join(_exercise(records, lesson) for lesson in tables.lessons(records))
    body += "<h2>Submissions</h2><table><tr><th>Student<th>Exercise<th>Points<th>Noted"
    for record in sorted(records, key=lambda own: (own.student, own.lesson)):
        body += (
            f'<tr><td><a href="students/{record.key}.html">{escape(record.student)}</a>'
            f"<td>{record.lesson or 'none'}<td>{record.points}<td>{_noted(record)}"
        )
    body += "</table>"
    if earlier:
        body += f"<h2>Earlier files of the same student, not graded</h2>{_list(earlier)}"
    if alike:
        pairs = [f"{share:.0%}: {one} and {other}" for share, one, other in alike]
        body += (
            "<h2>Alike</h2><p>Answers that share most of their text once names and comments are "
            "left out. Short answers are often alike by themselves: look before you judge.</p>"
            + _list(pairs)
        )
    return PAGE.format(style=STYLE, title=f"{len(records)} submissions", body=body)


def _exercise(records: Sequence[Record], lesson: str) -> str:
    own = [record for record in records if record.lesson == lesson]
    total = tables.most(lesson)
    body = f"<h2>Exercise {lesson}</h2><table><tr><th>Points<th>Submissions"
    points = Counter(record.points for record in own)
    reached = {f"{n} of {total}": points[n] for n in sorted(points)}
    body += _bars(reached, len(own), HOLDS) + "</table>"
    for name in (name for name in MODULES if name.startswith(f"{lesson}.")):
        found = [record.questions[name] for record in own if name in record.questions]
        body += f"<h3>{name} · {escape(find(name).title)}</h3><table>"
        right = sum(not graded.hint for graded in found)
        body += _bars({"right": right}, len(found), HOLDS)
        body += _bars(_commonest(graded.hint for graded in found), len(found), FAILS) + "</table>"
    return body


def _commonest(hints: Iterable[str]) -> dict[str, int]:
    """How often each hint was given, hints alike that differ in their numbers only."""
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for hint in filter(None, hints):
        kind = re.sub(r"\d+", "#", hint)
        counts[first.setdefault(kind, hint)] += 1
    shown = counts.most_common(COMMONEST)
    others = counts.total() - sum(n for _, n in shown)
    return dict(shown) | ({"other hints": others} if others else {})


def _bars(counts: Mapping[str, int], n: int, colour: str) -> str:
    return "".join(
        f'<tr><td style="width: 60%">{_shown(text)}<td><span class="bar" style="background: '
        f'{colour}; width: {12 * count / max(n, 1):.2f}rem"></span> {count}'
        for text, count in counts.items()
    )


def _noted(record: Record) -> str:
    notes = [f"{name}: {note}" for name, own in record.questions.items() for note in own.notes]
    notes = [*(["late"] * record.late), *filter(None, [record.trouble]), *record.notes, *notes]
    return "<br>".join(_shown(note) for note in dict.fromkeys(notes))


def _points(record: Record) -> str:
    return (
        f"{record.points} of {tables.most(record.lesson)} points." if record.lesson else "0 points."
    )


def _title(lesson: str) -> str:
    return f"Exercise {lesson}" if lesson else "Not graded"


def _list(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{_shown(line)}' for line in lines)}</ul>"


def _shown(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
