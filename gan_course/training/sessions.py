"""What a run leaves for people to look at later: on which machine, at what cost; and its curves for
TensorBoard."""

from __future__ import annotations

import json
import time
import warnings
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_course import processes
from gan_course.files import expect_folder, read_json, write_atomically
from gan_course.machine import commit, machine, peak_memory, versions
from gan_course.training.hooks import Hook, Run

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

ENDS = ("from_step", "to_step")


class Sessions(Hook):
    """Keeps in `path` one entry for each time the run was started: machine, versions, git commit,
    steps, time and memory.

    It is written with every checkpoint and at the end, so that a killed session leaves what it had
    cost by then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def start(self, run: Run) -> None:
        # What a killed session did after its last checkpoint was lost, and is done again.
        self._before = [
            entry | {end: min(entry[end], run.step) for end in ENDS}
            for entry in read_sessions(self.path)
        ]
        self._session: dict[str, Any] = {
            "began": datetime.now(UTC).isoformat(timespec="seconds"),
            "from_step": run.step,
            "machine": machine(run.model.device),
            "device": run.model.device.type,
            "processes": processes.count(),
            "versions": versions(),
            "commit": commit(),
        }
        self._began, self._began_cpu = time.monotonic(), time.process_time()
        self._checkpoint = run.last_checkpoint
        self._write(run)

    def after_step(self, run: Run) -> None:
        if run.last_checkpoint != self._checkpoint:
            self._checkpoint = run.last_checkpoint
            self._write(run)

    def end(self, run: Run) -> None:
        self._write(run)

    def _write(self, run: Run) -> None:
        if processes.rank():
            return
        self._session |= {
            "to_step": run.step,
            "seconds": round(time.monotonic() - self._began, 1),
            "cpu_seconds": round(time.process_time() - self._began_cpu, 1),
            "peak_memory_mib": peak_memory(run.model.device),
        }
        write_atomically(self.path, json.dumps([*self._before, self._session], indent=2) + "\n")


def read_sessions(path: Path) -> list[dict[str, Any]]:
    """The entries of `Sessions`, oldest first; none where the file is missing or damaged, for
    nothing depends on it."""
    try:
        entries = read_json(path)
    except (OSError, ValueError):
        return []
    if not isinstance(entries, list):
        return []
    return [
        entry
        for entry in entries
        if isinstance(entry, dict) and all(isinstance(entry.get(end), int) for end in ENDS)
    ]


def has_tensorboard() -> bool:
    return find_spec("tensorboard") is not None


class TensorBoard(Hook):
    """Writes what a run records as TensorBoard events into `folder`; look at them with
    `tensorboard --logdir`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, run: Run) -> None:
        # To make the folder again that a run was in, after someone removed it, would help nobody.
        expect_folder(self.folder.parent)
        self._written = run.step
        self._writer = self._open(run.step + 1) if processes.rank() == 0 else None

    def _open(self, step: int) -> SummaryWriter | None:
        from torch.utils.tensorboard import SummaryWriter

        try:
            # Events of steps that a killed run did and this one does again are hidden.
            return SummaryWriter(str(self.folder), purge_step=step)
        except UnicodeEncodeError:
            warnings.warn(
                f"TensorBoard cannot write to {self.folder}, since this system's file names are "
                "not in UTF-8: the run does without; PYTHONUTF8=1 before the command helps",
                stacklevel=2,
            )
            return None

    def after_step(self, run: Run) -> None:
        if run.history.arrived > self._written:
            self._write(run)

    def end(self, run: Run) -> None:
        self._write(run)
        if self._writer is not None:
            self._writer.close()

    def _write(self, run: Run) -> None:
        if self._writer is not None:
            expect_folder(self.folder)  # else a thread of the writer would fail, and nobody hear it
            for step, row in run.history.rows(self._written, run.history.arrived):
                for name, value in row.items():
                    self._writer.add_scalar(name, value, step)
            self._writer.flush()
        self._written = run.history.arrived
