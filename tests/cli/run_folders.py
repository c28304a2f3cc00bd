"""Run folders that nothing was trained in, and the rows in which `gan-course runs` shows them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from gan_course.models import GANConfig
from gan_course.models.config import plain
from gan_course.training.run_folder import Recipe, RunFolder
from tests.command import Outcome

CONFIG = plain(GANConfig(hidden=(4,), batch_size=8, steps=4000))
RECIPE = Recipe("gan", CONFIG, "mixture", "packaged", 17, "lesson", "cpu")
SESSION = {
    "began": "2026-01-02T03:04:05+00:00",
    "from_step": 0,
    "to_step": 30,
    "machine": {"processor": "Abacus 9"},
    "commit": "0123456789abcdef0123456789abcdef01234567",
    "cpu_seconds": 70.4,
    "peak_memory_mib": {"main": 1500},
}


def row(outcome: Outcome, folder: str) -> list[str]:
    """The cells of a run's row, which are two spaces apart."""
    (line,) = [line for line in outcome.out.splitlines() if line.startswith(f"{folder} ")]
    return re.split(r" {2,}", line.strip())


def make(
    path: str | Path,
    checkpoints: tuple[int, ...] = (),
    finished: bool = False,
    sessions: object = None,
) -> RunFolder:
    """A run's folder, with what `gan-course runs` looks at."""
    folder = RunFolder(Path(path))
    folder.create(RECIPE)
    folder.checkpoints.mkdir()
    for step in checkpoints:
        (folder.checkpoints / f"step-{step:09d}.pt").touch()
    if finished:
        folder.write_weights(RECIPE.build(), "gan")
    if sessions is not None:
        folder.sessions.write_text(json.dumps(sessions))
    return folder
