"""A sandbox that several tests share: each question has a process of its own in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gan_course.grading.sandbox import MIB, Limits, Sandbox

LIMITS = Limits(seconds=20, computing=2, memory=1024 * MIB, files=8 * MIB)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS) as own:
        yield own
