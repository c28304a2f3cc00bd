"""What went wrong inside a learner's function, in one sentence instead of a traceback."""

from __future__ import annotations

import dis
import linecache
import sysconfig
from pathlib import Path
from traceback import walk_tb
from types import FrameType, TracebackType

import torch

from gan_course.practice.returned import BadReturn
from gan_course.practice.surroundings import SECONDS, TimeUp

MOST = 300  # characters of a message
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
    if isinstance(error, NotImplementedError) and _raised_by_learner(error.__traceback__):
        return (
            f"`{_name(own[-1][0])}` is not written yet: put your lines where the placeholder "
            "stands, run its cell, then this one."
        )
    said = f"{type(error).__name__}: {told(error) or '(no message)'}"
    if not own and not isinstance(error, TimeUp):
        return f"{_listed(asks)} could not be used as the question says. {said}"
    at = f" at {_place(*own[-1])}" if own else ""
    names = [_name(frame) for frame, _ in own if not _name(frame).startswith("<")]
    name = f"`{names[-1]}`" if names else _listed(asks)
    if isinstance(error, TimeUp):
        return (
            f"{name} had not come to an end after {SECONDS} seconds, and was{at or ' running'}. "
            "Which condition should end it?"
        )
    if any(frame.f_code is torch.cuda._lazy_init.__code__ for frame, _ in frames):
        return (
            f"{name} asks for a GPU{at}, and there is none where it is judged. Let new tensors "
            "follow those that it is given, wherever they are: `device=x.device`."
        )
    return f"{name} stopped{at}. {said}"


def told(error: BaseException) -> str:
    """The first line of an exception's message, shortened; empty where there is none."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # a learner's own exception may have any `__str__`
        return "(a message that cannot be read)"
    return lines[0][:MOST] if lines else ""


def _place(frame: FrameType, line: int) -> str:
    source = linecache.getline(frame.f_code.co_filename, line).strip()
    return f"line {line}, `{source}`" if source else f"line {line}"


def _is_learners(frame: FrameType) -> bool:
    name = frame.f_code.co_filename
    return not name.startswith((*_LIBRARIES, "<frozen", "<__array_function__"))


def _raised_by_learner(traceback: TracebackType | None) -> bool:
    """Whether a learner's own `raise` is where it began: PyTorch, too, says "not implemented", of
    what one of its functions cannot do, and leaves no frame of its own."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None or not _is_learners(traceback.tb_frame):
        return False
    instruction = traceback.tb_frame.f_code.co_code[traceback.tb_lasti]
    return dis.opname[instruction] == "RAISE_VARARGS"


def _name(frame: FrameType) -> str:
    return frame.f_code.co_name


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)
