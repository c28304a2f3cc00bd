"""What a run recorded: one row of numbers a step."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_course import processes

FLUSH_EVERY = 100


@dataclass(frozen=True)
class NotFinite:
    """The first value of a history that is NaN or infinite, and the step it was recorded at."""

    step: int
    name: str
    value: float


class History:
    """Columns by name, one value a step: `history["generator"][i]` is the generator's loss at step
    `history.steps[i]`.

    Values stay on the device and come over in one transfer every 100 steps, so that recording never
    makes a GPU wait. Where several processes train together, what comes over is their mean, and all
    of them must ask for it at the same step.
    """

    def __init__(self) -> None:
        self._columns: dict[str, list[float]] = {}
        self._waiting: list[Tensor] = []
        self.not_finite: NotFinite | None = None

    def append(self, record: dict[str, Tensor]) -> None:
        """Add a step's scalars; raises `ValueError` if they are not those of the steps before."""
        if not self._columns:
            self._columns = {name: [] for name in record}
        elif record.keys() != self._columns.keys():
            raise ValueError(
                f"a step must record the same names every time: {sorted(self._columns)} before, "
                f"{sorted(record)} now"
            )
        self._waiting.append(torch.stack([record[name] for name in self._columns]).detach().float())
        if len(self._waiting) >= FLUSH_EVERY:
            self.flush()

    def flush(self) -> None:
        """Bring over the values that are still on the device, and see whether one is not finite."""
        if not self._waiting:
            return
        rows = torch.stack(self._waiting)
        self._waiting.clear()
        processes.average_([rows])
        if self.not_finite is None and not all(map(isfinite, rows.sum(dim=1).tolist())):
            self.not_finite = self._first_not_finite(rows)
        for values, column in zip(self._columns.values(), rows.T.tolist(), strict=True):
            values.extend(column)

    def _first_not_finite(self, rows: Tensor) -> NotFinite | None:
        for number, row in enumerate(rows.tolist(), start=self.arrived + 1):
            for name, value in zip(self._columns, row, strict=True):
                if not isfinite(value):
                    return NotFinite(number, name, value)
        return None

    @property
    def arrived(self) -> int:
        """How many rows have come over from the device."""
        return len(next(iter(self._columns.values()), []))

    def __len__(self) -> int:
        return self.arrived + len(self._waiting)

    def __getitem__(self, name: str) -> list[float]:
        self.flush()
        if name not in self._columns:
            raise KeyError(f"this run recorded no {name!r}; it recorded {', '.join(self._columns)}")
        return self._columns[name]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._columns)

    @property
    def steps(self) -> range:
        """The steps' numbers, the first step being number 1."""
        return range(1, 1 + len(self))

    def last(self) -> dict[str, float]:
        """The latest row, of this process alone; empty before the first step."""
        if self._waiting:
            return dict(zip(self._columns, self._waiting[-1].tolist(), strict=True))
        return {name: values[-1] for name, values in self._columns.items() if values}

    def rows(self, first: int, last: int) -> Iterator[tuple[int, dict[str, float]]]:
        """Step and values of the rows from `first` up to, not including, `last`, counted from 0;
        they must have arrived."""
        for index in range(first, last):
            yield index + 1, {name: values[index] for name, values in self._columns.items()}

    def state_dict(self) -> dict[str, Any]:
        """Everything recorded, as plain values and one float64 tensor of shape (names, steps)."""
        self.flush()
        return {
            "names": list(self._columns),
            "values": torch.tensor(list(self._columns.values()), dtype=torch.float64),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take the place of what was recorded before."""
        self._waiting.clear()
        self._columns = dict(zip(state["names"], state["values"].tolist(), strict=True))
        self.not_finite = None

    def write_csv(self, path: Path) -> None:
        """One line for each step that has arrived; numbers are written so that they read back
        exactly."""
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["step", *self._columns])
            writer.writerows([step, *row.values()] for step, row in self.rows(0, self.arrived))
