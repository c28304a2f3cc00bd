"""Which folder a new run gets, and how it is kept from everyone else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gan_course.training.run_folder import Recipe, RunFolder


def first_free(model: str) -> Path:
    """The first of runs/MODEL-1, runs/MODEL-2 ... that is not there."""
    paths = (Path("runs", f"{model}-{number}") for number in count(1))
    return next(path for path in paths if not path.exists())


def taken(
    folder: RunFolder, named: bool, recipe: Recipe, begun: bool, holding: ExitStack
) -> RunFolder:
    """The folder of the run, written as far as its recipe and held against other processes until
    `holding` is closed; without a name, the first free one now."""
    from gan_course.files import writable_folder

    while not named:
        writable_folder(folder.path.parent)
        try:
            folder.path.mkdir()
            break
        except FileExistsError:  # another process was faster
            folder = type(folder)(first_free(recipe.model))
    if not begun:
        folder.create(recipe)
    holding.enter_context(folder.held())
    folder.clear_leftovers()
    return folder


def together(prepare: Callable[[], RunFolder]) -> RunFolder:
    """What the first process gets from preparing, in all; what it fails with, all fail with."""
    from gan_course import processes

    found: RunFolder | OSError | None = None
    if processes.rank() == 0:
        try:
            found = prepare()
        except OSError as error:
            found = error
    found = processes.from_first(found)
    if isinstance(found, OSError):
        raise found
    return found
