"""Short runs that are healthy or ill in one known way, and what tests ask of their examination."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from gan_course.data import load
from gan_course.doctor.report import Examination, Finding
from gan_course.models.config import plain
from gan_course.models.gan import PROFILES, GANConfig
from gan_course.training import fit
from gan_course.training.checkpoint import Checkpoints
from gan_course.training.run_folder import Ledger, Recipe, RunFolder

LESSON = PROFILES["lesson"]
# Samples are averaged over 50 steps instead of 200, so that they can be judged from step 150 on.
QUICK = replace(LESSON, ema_decay=0.98, batch_size=128)


def trained(
    path: Path, data: str, seed: int, config: GANConfig, steps: int | None = None, every: int = 1000
) -> RunFolder:
    """A run folder as `gan-course train` leaves it, but for the picture; after `steps` as a run
    that was killed leaves it."""
    folder, source = RunFolder(path), load(data)
    config = replace(config, shape=tuple(source.shape))
    recipe = Recipe("gan", plain(config), data, "packaged", seed, "lesson", "cpu")
    model = recipe.build()
    folder.create(recipe)
    saving = Checkpoints(folder.checkpoints, every)
    hooks = [saving] if steps else [Ledger(folder.history), saving]
    fit(model, source, steps, hooks=hooks, seed=seed)
    if steps is None:
        folder.write_weights(model, "gan")
    return folder


def copied(folder: RunFolder, path: Path, without: tuple[str, ...] = ()) -> RunFolder:
    shutil.copytree(folder.path, path, ignore=shutil.ignore_patterns(*without))
    return RunFolder(path)


KINDS: dict[str, tuple[str, int, GANConfig]] = {
    "healthy": ("gaussian", 0, replace(QUICK, steps=300, lr_g=1e-3)),
    "one bell only": ("mixture", 2, replace(QUICK, steps=300, r1_weight=0.0)),
    "too strong": ("mixture", 0, replace(QUICK, steps=150, lr_g=1e-8)),
    "too strong on digits": ("digits", 0, replace(QUICK, steps=150, batch_size=64, hidden=(32,))),
    "too weak": ("mixture", 1, replace(QUICK, steps=150, lr_g=2e-2, lr_d=1e-6)),
    "short": ("gaussian", 0, replace(LESSON, hidden=(4,), batch_size=8, steps=3)),
}


def states(report: Examination) -> dict[str, str]:
    return {finding.what: finding.state for finding in report.findings}


def the(report: Examination, what: str) -> Finding:
    (found,) = (finding for finding in report.findings if finding.what == what)
    return found


def rewritten(folder: RunFolder, column: str, step: int, value: float) -> None:
    """Put another value into a history.csv, from `step` on."""
    head, *rows = [line.split(",") for line in folder.history.read_text().splitlines()]
    for row in rows[step - 1 :]:
        row[head.index(column)] = repr(value)
    folder.history.write_text("".join(",".join(row) + "\n" for row in [head, *rows]))
