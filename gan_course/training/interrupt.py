"""Ctrl-C that waits for the step in progress, so that what is saved is whole."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether the user has asked to stop."""

    asked = False


@contextmanager
def interruptible_between_steps() -> Iterator[Stop]:
    """Inside, the first Ctrl-C is noted in what this yields, and the second interrupts at once.

    Python tells only its main thread of Ctrl-C; in another thread nothing is ever noted.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def note(_number: int, _frame: FrameType | None) -> None:
        if stop.asked:
            raise KeyboardInterrupt
        stop.asked = True

    before = signal.signal(signal.SIGINT, note)
    try:
        yield stop
    finally:
        # None stands for a handler that was not set from Python, and which Python cannot set again.
        signal.signal(signal.SIGINT, before if before is not None else signal.default_int_handler)
