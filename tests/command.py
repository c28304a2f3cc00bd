"""`gan-course` as a test calls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """How a command left, and what it said on standard output and standard error."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]
