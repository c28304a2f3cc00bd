"""The functions that the notebooks of exercises define."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

SOLUTIONS = Path(__file__).parents[2] / "solutions"


def functions_of(source: Path, *, stub: bool) -> dict[str, Any]:
    """What a notebook's cells define: the solution's, or the stub's that a learner starts from."""
    cells = re.split(r"^# %% ?", source.read_text(encoding="utf-8"), flags=re.M)[1:]
    names: dict[str, Any] = {}
    for cell in cells:
        header, _, code = cell.partition("\n")
        if header.startswith("[markdown]") or any(
            mark in header for mark in ('"install"', '"payoff"', '"grade": true', '"total"')
        ):
            continue
        if stub:
            code = re.sub(
                r"### BEGIN SOLUTION.*?### END SOLUTION",
                "raise NotImplementedError()",
                code,
                flags=re.S,
            )
        exec(compile(code, f"<{source.stem}>", "exec"), names)
    return names


@pytest.fixture(scope="session")
def written() -> dict[bool, dict[str, dict[str, Any]]]:
    """Functions of every notebook by its lesson's number, by whether they are stubs."""
    sources = {source.name[:2]: source for source in sorted(SOLUTIONS.glob("[0-9][0-9]_*.py"))}
    return {
        stub: {lesson: functions_of(source, stub=stub) for lesson, source in sources.items()}
        for stub in (False, True)
    }
