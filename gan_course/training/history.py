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
    """Columns by name: `history["generator"]` holds what was recorded under that name, and
    `history.steps_of("generator")` at which steps.

    Most values come at every step, but a value may be absent in some steps, such as a penalty that
    is taken every fourth step, or what only one phase of a run records. Values stay on the device
    and come over in one transfer every 100 steps, so that recording never makes a GPU wait. Where
    several processes train together, what comes over is their mean, and all of them must ask for it
    at the same step.
    """

    def __init__(self) -> None:
        self._columns: dict[str, list[float | None]] = {}
        self._waiting: list[tuple[tuple[str, ...], Tensor]] = []
        self._arrived = 0
        self.not_finite: NotFinite | None = None

    def append(self, record: dict[str, Tensor]) -> None:
        """Add a step's scalars; `ValueError` where there are none."""
        if not record:
            raise ValueError("a step must record at least one value, got none")
        for name in record:
            self._columns.setdefault(name, [None] * self._arrived)
        self._waiting.append((tuple(record), torch.stack(list(record.values())).detach().float()))
        if len(self._waiting) >= FLUSH_EVERY:
            self.flush()

    def flush(self) -> None:
        """Bring over the values that are still on the device, and see whether one is not finite."""
        if not self._waiting:
            return
        values = torch.cat([row for _, row in self._waiting])
        processes.average_([values])
        numbers = iter(values.tolist())
        for names, _ in self._waiting:
            row = {name: next(numbers) for name in names}
            for name, column in self._columns.items():
                column.append(row.get(name))
            self._arrived += 1
            if self.not_finite is None:
                self.not_finite = self._first_not_finite(row)
        self._waiting.clear()

    def _first_not_finite(self, row: dict[str, float]) -> NotFinite | None:
        wrong = (name for name in self._columns if not isfinite(row.get(name, 0.0)))
        return next((NotFinite(self._arrived, name, row[name]) for name in wrong), None)

    @property
    def arrived(self) -> int:
        """How many rows have come over from the device."""
        return self._arrived

    def __len__(self) -> int:
        return self._arrived + len(self._waiting)

    def __getitem__(self, name: str) -> list[float]:
        return [value for value in self._column(name) if value is not None]

    def steps_of(self, name: str) -> list[int]:
        """The steps at which `name` was recorded, the first step being number 1."""
        return [step for step, value in enumerate(self._column(name), start=1) if value is not None]

    def _column(self, name: str) -> list[float | None]:
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
        """The latest value of each name, of this process alone; empty before the first step."""
        found: dict[str, float] = {}
        for names, row in reversed(self._waiting):
            if not found.keys() >= set(names):
                found = dict(zip(names, row.tolist(), strict=True)) | found
        for name, column in self._columns.items():
            if name not in found and (values := [value for value in column if value is not None]):
                found[name] = values[-1]
        return {name: found[name] for name in self._columns if name in found}

    def rows(self, first: int, last: int) -> Iterator[tuple[int, dict[str, float]]]:
        """Step and values of the rows from `first` up to, not including, `last`, counted from 0;
        they must have arrived."""
        for index in range(first, last):
            row = {name: values[index] for name, values in self._columns.items()}
            yield index + 1, {name: value for name, value in row.items() if value is not None}

    def state_dict(self) -> dict[str, Any]:
        """Everything recorded: the names; the values, float64 of shape (names, steps); and which of
        them are there, bool of the same shape."""
        self.flush()
        columns = list(self._columns.values())
        return {
            "names": list(self._columns),
            "values": torch.tensor(
                [[0.0 if value is None else value for value in column] for column in columns],
                dtype=torch.float64,
            ),
            "there": torch.tensor([[value is not None for value in column] for column in columns]),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Replace whatever was recorded here by what `state` holds."""
        self._waiting.clear()
        rows = zip(state["names"], state["values"].tolist(), state["there"].tolist(), strict=True)
        self._columns = {
            name: [value if there else None for value, there in zip(values, mask, strict=True)]
            for name, values, mask in rows
        }
        self._arrived = max(map(len, self._columns.values()), default=0)
        self.not_finite = None

    def write_csv(self, path: Path) -> None:
        """One line for each step that has arrived, with an empty cell for what is absent; numbers
        are written so that they read back exactly."""
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["step", *self._columns])
            for step, row in self.rows(0, self._arrived):
                writer.writerow([step, *(row.get(name, "") for name in self._columns)])


def read_csv(path: Path) -> History:
    """The history that `write_csv` has written; `ValueError` where the file is damaged."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            head, *rows = csv.reader(file)
        numbers = [[float(cell) if cell else None for cell in row] for row in rows]
        if head[0] != "step" or [row[0] for row in numbers] != list(range(1, len(rows) + 1)):
            raise ValueError("its steps are not 1, 2, 3 ...")
        history = History()
        columns = zip(*numbers, strict=True) if rows else ()
        history._columns = dict(zip(head, map(list, columns), strict=bool(rows)))
        history._columns.pop("step", None)
        history._arrived = len(rows)
        return history
    except (ValueError, IndexError, csv.Error) as error:
        raise ValueError(f"{path} is damaged ({error})") from error
