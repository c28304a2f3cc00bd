"""The command line. What needs PyTorch is imported inside the commands, so that `gan-course --help`
answers at once."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gan_course import __version__
from gan_course.commands import (
    authors,
    classroom,
    exercises,
    exploring,
    grading,
    lab,
    lessons,
    overview,
    runs,
    sampling,
    scoreboard,
    training,
    translating,
    zoo,
)
from gan_course.commands.failures import fail


class NoEmptyWords(TyperGroup):
    """Refuses an argument or an option's value that is empty: as a path it would be the current
    folder, and as a name the default."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        for before, word in pairwise(["", *args]):
            name, equals, value = word.partition("=")
            if not (value if name.startswith("--") and equals else word).strip():
                option = name if equals else before
                of = f"for {option} " if option.startswith("--") else ""
                fail(f"an empty text {of}is no value: write one, or leave it out")
        return super().parse_args(ctx, args)


# Plain help keeps the examples' lines as they are written, and a fault's traceback is Python's own.
app = typer.Typer(
    cls=NoEmptyWords,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gan-course {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and leave."
        ),
    ] = False,
) -> None:
    """A course on generative models that you run, break, measure and trust.

    \b
    Where to start:
      gan-course doctor                                 is everything here?
      gan-course list                                   lessons and models
      gan-course lab                                    lesson 01 in JupyterLab
      gan-course run 01                                 execute a lesson, without a browser
      gan-course train dcgan --steps 500 --out runs/a   train a model
      gan-course runs                                   which runs are there, how far is each?
      gan-course sample runs/a --n 64 --out x.png       draw from it
      gan-course explore 02                             steer a trained model in the browser
      gan-course translate runs/b photos --out turned   turn pictures of your own into others
      gan-course zoo list                               what is trained already?
      gan-course scoreboard                             which model should I use?
      gan-course verify 01 --seeds 5                    do a lesson's claims hold?
      gan-course exercise matrix 05                     are an exercise's checks proved?
      gan-course classroom links --format html          hand the course out
      gan-course grade handed_in --out report           grade a class in a sandbox
    """


app.command("list")(overview.list_contents)
app.command()(overview.doctor)
app.command()(lab.lessons)
app.command(context_settings={"ignore_unknown_options": True})(lab.lab)
app.command()(lessons.run)
app.command()(training.train)
app.command()(runs.runs)
app.command()(sampling.sample)
app.command()(translating.translate)
app.command()(exploring.explore)
app.command()(scoreboard.scoreboard)
app.command()(lessons.verify)
app.command()(grading.grade)

trained = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at the trained models that ship."
)
trained.command("list")(zoo.list_models)
trained.command()(zoo.show)
trained.command()(zoo.rebuild)
app.add_typer(trained, name="zoo")

exercise = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Start exercises, and look after their checks.",
)
exercise.command()(exercises.new)
exercise.command()(exercises.matrix)
app.add_typer(exercise, name="exercise")

lesson = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Start lessons.")
lesson.callback()(lambda: None)  # one command alone would lose its name
lesson.command()(authors.new)
app.add_typer(lesson, name="lesson")

room = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Hand the course out, and gather answers."
)
room.command()(classroom.links)
room.command()(classroom.release)
room.command()(classroom.collect)
room.command()(classroom.kit)
app.add_typer(room, name="classroom")


if __name__ == "__main__":
    app()
