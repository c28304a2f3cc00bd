"""Locks of the operating system on files: whatever ends the process that holds one, ends the lock
too, and no file is left behind for it."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Who only looks whether a file is held holds it for an instant, in which it must not be refused.
PATIENCE = 0.5  # seconds
HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)

if sys.platform == "win32":
    import msvcrt

    # Windows keeps others from reading the bytes that are locked, so this one lies behind all.
    PLACE = 2**30

    def _lock(descriptor: int, shared: bool) -> None:  # noqa: ARG001
        os.lseek(descriptor, PLACE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int, shared: bool) -> None:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold the file at `path`, and say whether that is so: it is not where another process, or
    another place in this one, holds it. A file system that knows no locks lets everyone pass."""
    # Over a network, a file can be held only by those who may write it.
    with path.open("r+b" if os.access(path, os.W_OK) else "rb") as file:
        yield _taken(file.fileno(), time.monotonic() + PATIENCE)


def _taken(descriptor: int, until: float) -> bool:
    while not _free(descriptor, shared=False):
        if time.monotonic() > until:
            return False
        time.sleep(PATIENCE / 10)
    return True


def is_held(path: Path) -> bool:
    """Whether someone holds the file at `path`; not where it cannot be read or is not there."""
    try:
        with path.open("rb") as file:
            return not _free(file.fileno(), shared=True)
    except OSError:
        return False


def _free(descriptor: int, shared: bool) -> bool:
    """Take the lock if nobody else has it; closing the file gives it back."""
    try:
        _lock(descriptor, shared)
    except OSError as error:
        return error.errno not in HELD
    return True
