"""Where a learner's code runs: PyTorch as it starts, whatever the notebook around it has set, and
for a limited time. Afterwards the notebook's own settings and random state are back."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from gan_course.random_state import random_state_from

CPU = torch.device("cpu")
SECONDS = 20  # of computing. The slowest right answer takes less than one.
_PATIENCE = 0.5  # seconds between two looks at the clock


class TimeUp(BaseException):
    """A learner's code has computed for too long. Like an interrupt it is no `Exception`, so that
    an `except Exception` inside an endless loop does not keep it going."""


@dataclass(frozen=True)
class Setting:
    """Something that all code of the process shares; `plain` is what PyTorch starts with, None
    where the notebook's own is as good."""

    read: Callable[[], Any]
    write: Callable[[Any], object]
    plain: Any = None


RECORDING = Setting(torch.is_grad_enabled, torch.set_grad_enabled, True)
SHARED = (
    Setting(torch.get_default_dtype, torch.set_default_dtype, torch.float32),
    Setting(torch.get_default_device, torch.set_default_device, CPU),
    Setting(
        partial(torch.is_autocast_enabled, "cpu"), partial(torch.set_autocast_enabled, "cpu"), False
    ),
    Setting(torch.get_deterministic_debug_mode, torch.set_deterministic_debug_mode, 0),
    Setting(torch.get_float32_matmul_precision, torch.set_float32_matmul_precision, "highest"),
    Setting(torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly, False),
    Setting(torch.get_num_threads, torch.set_num_threads),
    Setting(lambda: sys.stdout, partial(setattr, sys, "stdout")),
    Setting(lambda: sys.stderr, partial(setattr, sys, "stderr")),
)
_ALL = (*SHARED, RECORDING)


def settings() -> list[Any]:
    """What all settings but the recording of gradients are now."""
    return [setting.read() for setting in SHARED]


def make_plain() -> None:
    """Set every setting to what PyTorch starts with."""
    _write([setting.plain for setting in _ALL])


def _write(values: Sequence[Any]) -> None:
    for setting, value in zip(_ALL, values, strict=True):
        if value is not None and setting.read() != value:
            setting.write(value)


@contextmanager
def _plain_settings() -> Iterator[None]:
    """PyTorch as it starts inside, the caller's settings afterwards; warnings are not shown, since
    most would be about mistakes that the course makes on purpose."""
    before = [setting.read() for setting in _ALL]
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode(False))  # before the recording is switched on
        stack.callback(_write, before)
        make_plain()
        if torch.get_default_device() != CPU:  # a `with torch.device(...)` around the check
            stack.enter_context(CPU)
        stack.enter_context(np.errstate(all="ignore"))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        yield


@contextmanager
def surroundings(seed: int) -> Iterator[None]:
    """Plain settings, and random draws that are a function of `seed`; both are the caller's own
    again afterwards."""
    # Whoever seeds PyTorch seeds the GPU with it, if there is one in use.
    device = torch.device("cuda") if torch.cuda.is_initialized() else CPU
    with _plain_settings(), random_state_from(seed, device):
        yield


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Raise `TimeUp` inside once the process has computed for `seconds`, wherever Python code is
    then; a wait, such as that of a debugger for its user, is no computing.

    The exception comes from another thread, which works in any thread and on any system and costs
    the code inside nothing.
    """
    thread, end = threading.get_ident(), time.process_time() + seconds
    stop, sent = threading.Lock(), threading.Event()
    stop.acquire()

    def watch() -> None:
        while not stop.acquire(timeout=_PATIENCE):
            if time.process_time() > end:
                sent.set()
                _raise_in(thread, TimeUp)

    def leave() -> None:
        if stop.locked():
            stop.release()
        watcher.join()
        if (
            sent.is_set()
        ):  # perhaps in the last moment: a new one takes its place, and is waited for
            # To take it back instead would leave Python 3.11 looking for it at every turn, and a
            # debugger, which turns there too, would never get on.
            with suppress(TimeUp):
                _raise_in(thread, TimeUp)
                while True:
                    time.sleep(0)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        try:
            leave()
        except TimeUp:  # it came just now; the next would be sent only after _PATIENCE
            leave()
            raise


def _raise_in(thread: int, kind: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))
