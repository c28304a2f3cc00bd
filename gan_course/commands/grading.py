"""`gan-course grade`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gan_course.commands.failures import command, fail


@command
def grade(
    submissions: Annotated[
        Path,
        typer.Argument(help="A folder of notebooks or scripts, or one with a folder per student."),
    ],
    out: Annotated[Path, typer.Option(help="The report's folder; a report in it goes on.")],
    jobs: Annotated[int, typer.Option(help="How many submissions are graded at once.")] = 1,
    regrade: Annotated[
        str, typer.Option(help="Grade this question of all submissions again, such as 05.q2.")
    ] = "",
    due: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%d %H:%M"],
            help="Files changed later than this, local time, are marked as late.",
        ),
    ] = None,
) -> None:
    """Grade a class's submissions, each in a sandbox of its own.

    Judges answers as `check` does, on inputs that no submission has seen. It writes a page for each
    student, an overview of the class, and tables for Canvas and Moodle. Killed, it goes on where it
    stopped when it is started again. It needs bubblewrap (apt-get install bubblewrap).

    \b
    Examples:
      gan-course grade handed_in --out report --jobs 2
      gan-course grade handed_in --out report --regrade 05.q2
      gan-course grade handed_in --out report --due "2026-11-30 23:59"
    """
    from gan_course.errors import expect_positive
    from gan_course.grading import bubblewrap, report, runner
    from gan_course.grading.similarity import alike
    from gan_course.grading.submissions import find
    from gan_course.practice import registry

    expect_positive("jobs", jobs)
    if regrade:
        registry.find(regrade)
    counting, earlier = runner.newest(find(submissions, due.timestamp() if due else None))
    try:
        bubblewrap.expect()
        runner.open_report(out)
        for record in runner.run(counting, out, jobs, regrade):
            points = record.trouble or f"{record.points} points"
            typer.echo(f"{record.student}, exercise {record.lesson or '?'}: {points}")
    except bubblewrap.NoSandbox as error:
        fail(str(error))
    records = runner.records(out, counting)
    pairs = [
        pair
        for lesson in sorted({own.lesson for own in counting if own.lesson})
        for pair in alike({own.name: own.cells for own in counting if own.lesson == lesson})
    ]
    report.write(records, [own.name for own in earlier], pairs, out)
    typer.echo(f"{len(records)} graded: {out / 'index.html'}")
