"""`gan-course lessons` and `gan-course lab`: the lessons as files of one's own, and JupyterLab."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from gan_course.commands.failures import command

OWN = Path("gan-course")  # where `lab` copies lessons to, in the folder it is called in
# A learner's list of files shows each notebook once; its source, the .py beside it, is an author's.
HIDDEN = ("__pycache__", "[0-9][0-9]_*.py")
# With several threads on a busy machine a small convolution can run ten times slower than with one.
# And a kernel "python3" in the user's home folder may be that of another environment.
SURROUNDINGS = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "JUPYTER_PREFER_ENV_PATH": "1"}


@command
def lessons(
    folder: Annotated[
        Path, typer.Argument(help="A new folder, or an empty one.", show_default=False)
    ],
) -> None:
    """Copy the lessons and the exercises into a folder of your own.

    Nothing is overwritten. A copy is yours to change; `gan-course lab` and `gan-course run` called
    in it use it.

    \b
    Examples:
      gan-course lessons my-course
    """
    _copy(folder, "name a new folder")
    typer.echo(f"Now: gan-course lab --folder {_quoted(folder)}")


@command
def lab(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(help="What JupyterLab is to be told.", show_default=False),
    ] = None,
    lesson: Annotated[str, typer.Option(help="The lesson to open: its number or name.")] = "01",
    folder: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the lessons. By default the current one, else your clone of the "
            "course, else gan-course/ here. Where it is new or empty, they are copied there first.",
            show_default=False,
        ),
    ] = None,
    author: Annotated[
        bool, typer.Option("--author", help="List the sources of notebooks too.")
    ] = False,
) -> None:
    """Open a lesson in JupyterLab.

    \b
    Examples:
      gan-course lab
      gan-course lab --lesson 02 --folder my-course
      gan-course lab --no-browser --port 8900
    """
    from gan_course.catalogue import catalogue

    entry = catalogue().lesson(lesson)
    # Both are read when Jupyter is imported. A kernel knows by itself how notebooks show figures.
    for name, value in SURROUNDINGS.items():
        os.environ.setdefault(name, value)
    os.environ.pop("MPLBACKEND", None)
    from jupyterlab.labapp import LabApp

    from gan_course.commands.prompt import PROMPT

    root = _root(folder)
    hidden = [] if author else [f"--ContentsManager.hide_globs={glob}" for glob in HIDDEN]
    LabApp.launch_instance(
        [
            *hidden,
            f"--ServerApp.{PROMPT}",
            f"--ServerApp.root_dir={root.resolve()}",
            f"--LabApp.default_url=/lab/tree/chapters/{entry.name}.ipynb",
            *(arguments or []),
        ]
    )


def _root(asked: Path | None) -> Path:
    """The folder of lessons to show, which has some when this returns."""
    from gan_course.commands.paths import CLONE, has_lessons

    # Not those of an installed package, which nobody should change.
    places = (Path(), CLONE, OWN) if asked is None else (asked,)
    found = next(filter(has_lessons, places), None)
    if found is None:
        found = places[-1]
        _copy(found, "name a new folder, or one that has lessons, with --folder")
    return found


def _copy(folder: Path, remedy: str) -> None:
    from gan_course.commands.paths import FOLDERS, copy_lessons

    copy_lessons(folder, remedy)
    typer.echo(f"Copied {', '.join(FOLDERS[:-1])} and {FOLDERS[-1]} to {folder}")


def _quoted(folder: Path) -> str:
    import shlex

    return shlex.quote(str(folder))
