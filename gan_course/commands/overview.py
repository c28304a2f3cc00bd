"""`gan-course list` and `gan-course doctor`."""

from __future__ import annotations

import typer

from gan_course.commands.failures import command


@command
def list_contents() -> None:
    """List the lessons and the models of the course.

    \b
    Examples:
      gan-course list
      gan-course run 02           runs the lesson with that number
      gan-course train dcgan      trains the model with that name
    """
    from rich.console import Console
    from rich.table import Table

    from gan_course.catalogue import catalogue
    from gan_course.data import NAMES

    console = Console()
    lessons = Table("no.", "lesson", "models", "data", "your time", "the computer's", title="Lessons", title_justify="left")
    for lesson in catalogue().lessons:
        times = f"{lesson.minutes} min", f"{lesson.cpu_seconds} s"
        lessons.add_row(lesson.id, lesson.title, ", ".join(lesson.models), ", ".join(lesson.data), *times)
    console.print(lessons)
    models = Table("name", "what it is", "data", "lesson profile", "full profile", title="Models", title_justify="left")
    for model in catalogue().models.values():
        steps = [f"{model.configuration(profile).steps:,} steps" for profile in ("lesson", "full")]
        models.add_row(model.name, model.summary, model.data, *steps)
    console.print(models)
    console.print(f"Data sets: {', '.join(NAMES)}", highlight=False)


@command
def doctor() -> None:
    """Say what is installed, which device will be used, and what to do about anything missing.

    Leaves with 0 where the course can be used and with 1 where it cannot.

    \b
    Example:
      gan-course doctor
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from gan_course.commands.diagnosis import examine

    marks = {"ok": ("ok", "green"), "advice": ("note", "yellow"), "missing": ("MISSING", "red bold")}
    table = Table("", "what", "found", box=None, pad_edge=False)
    missing = 0
    for finding in examine():
        mark, style = marks[finding.state]
        detail = Text(finding.detail)
        if finding.remedy:
            detail.append(f"\n→ {finding.remedy}", style=style)
        table.add_row(Text(mark, style=style), finding.what, detail)
        missing += finding.state == "missing"
    console = Console()
    console.print(table)
    console.print("The course can be used." if not missing else f"The course cannot be used yet: {missing} missing, see the arrows.")
    raise typer.Exit(1 if missing else 0)
