"""What is reported of a run: its curves, and findings in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One line of the report: "ok", "advice" (it may come right), "problem" (it will not by itself)
    or "unknown" (it cannot be judged, and why)."""

    what: str
    state: Literal["ok", "advice", "problem", "unknown"]
    detail: str
    remedy: str = ""


@dataclass(frozen=True)
class Curve:
    """A recorded column: one value for each step that recorded it, at least one; NaN or infinite
    where it became so."""

    name: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Of the finite values; NaN where there is none."""
        return median([value for value in self.values if math.isfinite(value)] or [math.nan])


@dataclass(frozen=True)
class Examination:
    """The report: curves in the order they were recorded in, findings in the order they are best
    read in."""

    curves: tuple[Curve, ...]
    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether everything could be judged and nothing is wrong; how far the run came does not
        matter."""
        return all(
            finding.state == "ok"
            for finding in self.findings
            if finding.what not in ("progress", "files")
        )
