"""Inside the sandbox: one process that has PyTorch loaded, and for each question a fresh one forked
from it, in which the submission's cells run and its functions are called.

Nothing here decides, and nothing that it sends is believed: the learner's code shares the process.
All the same a submission does not find here what it might want to patch. The engine is out of
`sys.modules` while its cells run, and what it has put in place of parts of PyTorch is put back.

So a liar has to find the right values for seeds that were drawn after its cells had run. What no
seed decides is a mere claim: that the inputs were left alone, and what layers a network has.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import importlib
import json
import linecache
import os
import random
import resource
import signal
import socket
import struct
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import safetensors.torch
import scipy.optimize  # noqa: F401 - exercises 04 and 05 import it, and it takes a while
import torch

from gan_course.grading import wire
from gan_course.practice import collecting
from gan_course.practice.explain import told
from gan_course.practice.question import Answer, Part, Question
from gan_course.practice.returned import BadReturn
from gan_course.practice.surroundings import TimeUp, limited, make_plain

NOBODY = 65534
PR_SET_DUMPABLE = 4  # 0 keeps other processes of this user from tracing this one
HIDDEN = ("gan_course.practice", "gan_course.grading")
STATUS = struct.Struct("i")
Names = dict[str, Any]


def main(descriptor: int, uid: int, limits: Mapping[str, int]) -> None:
    """Serve until the grader hangs up. It sends one socket for each question, and is told how the
    process that answered there has ended."""
    with contextlib.suppress(OSError):  # where memory runs out, the kernel ends this first
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="utf-8")
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(uid)
    _limit(limits, but="RLIMIT_CPU")
    control = socket.socket(fileno=descriptor)
    torch.optim.SGD([torch.zeros(1)])  # the first one gives the class its hooks
    original = Original()
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_DUMPABLE, 0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):  # what went wrong until here is the grader's to read
        os.dup2(nowhere, stream)
    control.send(b"ready")
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        child = os.fork()
        if not child:
            control.close()
            libc.prctl(PR_SET_DUMPABLE, 1)
            _limit(limits)
            leave = os._exit
            try:
                answer(socket.socket(fileno=descriptors[0]), original)
            except BaseException:
                leave(1)
            leave(0)
        os.close(descriptors[0])
        _, status = os.waitpid(child, 0)
        _end_the_others()
        control.send(STATUS.pack(status))


def _limit(limits: Mapping[str, int], but: str = "") -> None:
    for name, most in limits.items():
        if name != but:
            resource.setrlimit(getattr(resource, name), (most, most))


def _end_the_others() -> None:
    """End whatever an answer has left running in this sandbox."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def answer(channel: socket.socket, original: Original) -> None:
    """Run the cells, say that they have run, and only then take the seeds and give the values."""
    task = json.loads(wire.receive(channel))
    question = _question(task)
    hidden = _hide_the_engine()
    defined = Cells(task["cells"])
    replaced = original.put_back()
    sys.modules.update(hidden)
    said = {"replaced": replaced[:10], "troubles": defined.troubles[:100]}
    wire.send(channel, json.dumps(said).encode())
    request = json.loads(wire.receive(channel))
    for part in question.parts:
        if isinstance(part.inputs, Sent):
            part.inputs.take(request["inputs"][part.name])
    answers = [_guarded(defined.function(name), original) for name in question.asks]
    runs = collecting.collect(question, answers, request["seeds"])
    wire.send(channel, wire.packed(request["nonce"], runs))


def _question(task: Mapping[str, Any]) -> Question:
    """The question as far as it is told here: inputs and probes, no right answer."""
    for name, source in task["modules"]:
        module = sys.modules[name] = ModuleType(name)
        exec(compile(source, f"{Path(collecting.__file__).parent}/{name}", "exec"), vars(module))  # noqa: S102

    def found(place: Sequence[str]) -> Any:
        return getattr(importlib.import_module(place[0]), place[1])

    parts = tuple(
        Part(
            part["name"],
            inputs=found(part["inputs"]) if "inputs" in part else Sent(),
            right=collecting.run,
            mistakes=(),
            also_right={},
            cases=part["cases"],
            probe=found(part["probe"]),
            returns=found(part["returns"]),
        )
        for part in task["parts"]
    )
    return Question("", "", 0, parts)


class Sent:
    """Inputs that come with the request, since to draw them takes a right answer."""

    def take(self, rows: Sequence[Any]) -> None:
        self._given = {(seed, case): given for seed, case, given in rows}

    def __call__(self, seed: int, case: str) -> Names:
        return {
            name: torch.tensor(x[1], dtype=getattr(torch, x[0])) if isinstance(x, list) else x
            for name, x in self._given[seed, case].items()
        }


def _hide_the_engine() -> dict[str, ModuleType]:
    """Take the engine out of reach of an import; `check` and `total` are there and do nothing."""
    hidden = {name: own for name, own in sys.modules.items() if name.startswith(HIDDEN)}
    for name in hidden:
        del sys.modules[name]
    quiet = sys.modules["gan_course.practice"] = ModuleType("gan_course.practice")
    quiet.check = quiet.total = lambda *_: None  # type: ignore[attr-defined]
    return hidden


def _guarded(function: Answer, original: Original) -> Answer:
    def guarded(*given: Any) -> Any:
        try:
            return function(*given)
        finally:
            original.put_back()

    return guarded


class Cells:
    """The names that a submission's cells define, each cell run as far as it goes, and the troubles
    they had."""

    def __init__(self, sources: Sequence[str]) -> None:
        self.names: Names = {"__name__": "__main__"}
        self.troubles: list[str] = []
        trace = sys.settrace
        for i, source in enumerate(sources, start=1):
            file = f"<cell {i}>"
            linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
            try:
                with limited():
                    try:
                        exec(compile(source, file, "exec"), self.names)  # noqa: S102
                    finally:
                        trace(None)
            except BaseException as error:  # whatever a learner's code may raise
                self.troubles.append(_trouble(i, error))
            finally:
                make_plain()

    def function(self, name: str) -> Answer:
        """The function called `name`, or one that says why there is none."""
        found = self.names.get(name)
        if callable(found):
            return found
        what = "is not there" if found is None else f"is no function, but {type(found).__name__}"
        said = f"`{name}` {what}. {' '.join(self.troubles[:3])}".rstrip()

        def missing(*_: Any) -> None:
            raise BadReturn(said)

        return missing


def _trouble(cell: int, error: BaseException) -> str:
    if isinstance(error, TimeUp):
        return f"Cell {cell} did not come to an end."
    line, said = _line(cell, error), told(error)
    if isinstance(error, SyntaxError):
        line, said = error.lineno or 0, str(error.msg)
    return f"Cell {cell} stopped at line {line}: {type(error).__name__}: {said}."


def _line(cell: int, error: BaseException) -> int:
    lines = [0]
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == f"<cell {cell}>":
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    return lines[-1]


class Original:
    """What PyTorch, Python and the engine are made of before a submission runs."""

    def __init__(self) -> None:
        classes: list[Any] = [torch.Tensor, torch.nn.Module, torch.nn.Parameter, torch.Generator]
        classes += [torch.optim.Optimizer, torch.optim.SGD, torch.nn.Linear]
        modules: list[Any] = [builtins, torch, torch.autograd, torch.nn, torch.nn.functional]
        modules += [
            torch.linalg,
            np,
            os,
            random,
            time,
            json,
            safetensors.torch,
            linecache,
            importlib,
        ]
        own = [module for name, module in sys.modules.items() if name.startswith("gan_course")]
        for module in own:
            classes += [x for x in vars(module).values() if _is_engines(x) and x not in classes]
        self._kept = [(thing, dict(vars(thing))) for thing in [*modules, *own, *classes]]
        # By names that a submission cannot replace.
        self._tools = sys.settrace, setattr, delattr, isinstance, type

    def put_back(self) -> list[str]:
        """Put back what has been replaced; its names."""
        settrace, assign, remove, is_a, kind = self._tools
        replaced = []
        settrace(None)
        for owner, kept in self._kept:
            now = owner.__dict__
            for name, value in kept.items():
                if now.get(name) is not value:
                    assign(owner, name, value)
                    replaced.append(f"{owner.__name__}.{name}")
            # A name that a module has got besides shadows nothing, in a class it shadows a base's.
            for name in [name for name in now if name not in kept] if is_a(owner, kind) else ():
                remove(owner, name)
                replaced.append(f"{owner.__name__}.{name}")
        return replaced


def _is_engines(thing: Any) -> bool:
    return isinstance(thing, type) and thing.__module__.startswith("gan_course.")
