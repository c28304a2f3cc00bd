"""What a run recorded: one row of numbers a step."""

from __future__ import annotations

import csv
from pathlib import Path

import torch
from torch import Tensor

FLUSH_EVERY = 100


class History:
    """Columns by name, one value a step: `history["generator"][i]` is the generator's loss at step `history.steps[i]`.

    Values stay on the device and come over in one transfer every 100 steps, so that recording never makes a GPU wait.
    """

    def __init__(self) -> None:
        self._columns: dict[str, list[float]] = {}
        self._waiting: list[Tensor] = []
        self.first = 0  # steps that had been done before the first row

    def append(self, record: dict[str, Tensor]) -> None:
        """Add a step's scalars; raises `ValueError` if they are not those of the steps before."""
        if not self._columns:
            self._columns = {name: [] for name in record}
        elif record.keys() != self._columns.keys():
            raise ValueError(f"a step must record the same names every time: {sorted(self._columns)} before, {sorted(record)} now")
        self._waiting.append(torch.stack([record[name].detach() for name in self._columns]))
        if len(self._waiting) >= FLUSH_EVERY:
            self.flush()

    def flush(self) -> None:
        """Bring over the values that are still on the device."""
        if self._waiting:
            rows = torch.stack(self._waiting).T.tolist()
            for values, row in zip(self._columns.values(), rows, strict=True):
                values.extend(row)
            self._waiting.clear()

    def __len__(self) -> int:
        self.flush()
        return len(next(iter(self._columns.values()), []))

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
        return range(self.first + 1, self.first + 1 + len(self))

    def last(self) -> dict[str, float]:
        """The latest row; empty before the first step."""
        self.flush()
        return {name: values[-1] for name, values in self._columns.items() if values}

    def write_csv(self, path: Path) -> None:
        """One line a step; numbers are written so that they read back exactly."""
        self.flush()
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["step", *self._columns])
            writer.writerows(zip(self.steps, *self._columns.values(), strict=True))
