"""How a command fails: one sentence for bad input, the whole traceback for a fault of the
course."""

from __future__ import annotations

import functools
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, TextIO

import typer

from gan_course.commands.environment import settle
from gan_course.install import how_to_install

PACKAGE = Path(__file__).resolve().parents[1]
FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130  # what shells report for Ctrl-C
LEARNER_PACKAGES = (
    "nbclient",
    "nbformat",
    "jupyterlab",
    "jupytext",
    "jupyter_client",
    "ipykernel",
    "anywidget",
    "voila",
)

P = ParamSpec("P")


def command(body: Callable[P, None]) -> Callable[P, None]:
    """Let a command say what was wrong with its input in one sentence on standard error and exit
    with code 2.

    A sentence is one that this package raised itself, or one of the operating system; any other
    exception is a fault and keeps its traceback.
    """

    @functools.wraps(body)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        settle()
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _warn
                body(*args, **kwargs)
        except ModuleNotFoundError as error:
            if error.name is None:  # a sentence of the course, which names the way out
                fail(str(error))
            package = (error.name or "").partition(".")[0]
            if package in LEARNER_PACKAGES:
                fail(
                    f"lessons and explorers need {package}, which is not installed: "
                    f"{how_to_install('learn')}"
                )
            if package == "lightning_fabric":
                fail(
                    "several processes, and bf16, need Lightning Fabric, which is not installed: "
                    f"{how_to_install('parallel')}"
                )
            raise
        except BrokenPipeError:
            raise  # whoever read this, such as `head`, has seen enough; typer leaves without a word
        except OSError as error:
            # A sentence of this package has neither file nor number.
            name = error.filename2 or error.filename
            fail(str(error) if name is None else f"{name}: {error.strerror}")
        except (ValueError, TypeError) as error:
            if not _is_ours(error.__traceback__):
                raise
            fail(str(error))
        except KeyboardInterrupt:
            fail("stopped", INTERRUPTED)

    return run


def fail(sentence: str, code: int = BAD_INPUT) -> None:
    """Say `sentence` on standard error and leave with `code`; of several processes on this machine
    the first alone speaks."""
    if os.environ.get("LOCAL_RANK", "0") == "0":
        print(f"gan-course: {sentence}", file=sys.stderr)
    raise typer.Exit(code)


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Show a warning of the course as one of its sentences, others as Python does."""
    if category is UserWarning and Path(filename).is_relative_to(PACKAGE):
        if os.environ.get("LOCAL_RANK", "0") == "0":
            print(f"gan-course: {message}", file=sys.stderr)
    else:
        said = warnings.formatwarning(message, category, filename, lineno, line)
        print(said, end="", file=file or sys.stderr)


def _is_ours(traceback: TracebackType | None) -> bool:
    """Whether the innermost frame belongs to this package."""
    name = ""
    while traceback is not None:
        name = str(traceback.tb_frame.f_globals.get("__name__", ""))
        traceback = traceback.tb_next
    return name.partition(".")[0] == "gan_course"
