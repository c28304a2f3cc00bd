"""What went wrong inside a learner's function, in one sentence instead of a traceback."""

from __future__ import annotations

import linecache
import sysconfig
from pathlib import Path
from traceback import walk_tb
from types import FrameType

import torch

from gan_course.practice.returned import BadReturn

_LIBRARIES = tuple(
    str(path)
    for path in (
        Path(__file__).parents[1],
        Path(torch.__file__).parents[1],
        sysconfig.get_path("stdlib"),
    )
)


def explain(error: BaseException, asks: tuple[str, ...]) -> str:
    """One sentence for an exception that a probe of the functions `asks` raised: that a function is
    not written yet, that it returned a wrong type, or which of the learner's lines stopped it."""
    if isinstance(error, BadReturn):
        return str(error)
    frames = list(walk_tb(error.__traceback__))
    own = [(frame, line) for frame, line in frames if _is_learners(frame)]
    if isinstance(error, NotImplementedError) and own and own[-1] == frames[-1]:
        return (
            f"`{_name(own[-1][0])}` is not written yet: put your lines where the placeholder "
            "stands, run its cell, then this one."
        )
    said = f"{type(error).__name__}: {_first_line(error)}"
    if not own:
        return f"{_listed(asks)} could not be used as the question says. {said}"
    frame, line = own[-1]
    source = linecache.getline(frame.f_code.co_filename, line).strip()
    where = f"line {line}, `{source}`" if source else f"line {line}"
    return f"`{_name(frame)}` stopped at {where}. {said}"


def _is_learners(frame: FrameType) -> bool:
    name = frame.f_code.co_filename
    return not name.startswith((*_LIBRARIES, "<frozen", "<__array_function__"))


def _name(frame: FrameType) -> str:
    return frame.f_code.co_name


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "(no message)"


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)
