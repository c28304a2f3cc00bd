"""One cell: a model with a seed, trained, drawn from and measured, in files that are whole or not
there."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import torch
from torch.nn.modules.module import register_module_forward_hook

from gan_course.data import load
from gan_course.files import read_json, write_atomically
from gan_course.machine import forget_peak_memory
from gan_course.models.base import Model
from gan_course.scoreboard.entrants import count, learned
from gan_course.scoreboard.measures import N, quality
from gan_course.training.checkpoint import Checkpoints, checkpoints, newest_whole
from gan_course.training.fit import fit
from gan_course.training.hooks import DivergenceError
from gan_course.training.run_folder import Ledger, Recipe, RunFolder
from gan_course.training.samples import draw
from gan_course.training.sessions import Sessions, read_sessions

_ONE_AT_A_TIME = Lock()  # a worker of a cluster may have several threads


@dataclass(frozen=True)
class Cell:
    """A place in the scoreboard of the folder `root`."""

    root: Path
    table: str
    model: str
    seed: int

    def __str__(self) -> str:
        return f"{self.table}/{self.model}/{self.seed}"

    @property
    def run(self) -> RunFolder:
        """The run that is trained, as `gan-course train` would leave it."""
        return RunFolder(self.root / str(self))

    @property
    def file(self) -> Path:
        """What was measured; there once the cell is finished."""
        return self.root / f"{self}.json"

    @cached_property
    def config(self) -> dict[str, Any]:
        """As plain values."""
        return dict(read_json(self.root / "scoreboard.json")["rows"][f"{self.table}/{self.model}"])

    @property
    def steps_done(self) -> int:
        """As far as its newest checkpoint."""
        if self.file.is_file():
            return int(self.config["steps"])
        kept = checkpoints(self.run.checkpoints)
        return int(kept[-1].stem.removeprefix("step-")) if kept else 0


def finish(cell: Cell) -> bool:
    """Train the cell from where it stands, measure it and write its file; or, and then return
    false, leave it alone where it is finished or another process has it in hand. A run that
    diverges is a result too."""
    torch.set_num_threads(1)
    with _ONE_AT_A_TIME, suppress(BlockingIOError):
        if not cell.run.config.is_file():
            recipe = (cell.model, cell.config, "digits", "packaged", cell.seed, "lesson", "cpu")
            with suppress(FileExistsError):  # another process was faster
                cell.run.create(Recipe(*recipe))
        with cell.run.held():
            if cell.file.is_file():
                return False
            try:
                record = _measured(cell, _trained(cell.run))
            except DivergenceError as error:
                record = {"diverged": str(error)}
            write_atomically(cell.file, json.dumps(record, indent=2) + "\n")
            return True
    return False


def _trained(run: RunFolder) -> Model[Any]:
    if run.finished:
        return run.load()
    forget_peak_memory()
    recipe, (checkpoint, _) = run.recipe(), newest_whole(run.checkpoints)
    model, saving = recipe.build(), Checkpoints(run.checkpoints, keep=1)
    hooks = [Ledger(run.history), saving, Sessions(run.sessions)]
    fit(model, recipe.dataset(), hooks=hooks, seed=recipe.seed, checkpoint=checkpoint)
    run.write_weights(model, recipe.model)
    return model


def _measured(cell: Cell, model: Model[Any]) -> dict[str, Any]:
    sessions, learns, draws = read_sessions(cell.run.sessions), learned(model), set[Any]()
    hook = register_module_forward_hook(
        lambda module, *_: draws.update(module.parameters(recurse=False))
    )
    draw(model, 1, cell.seed)  # which also takes the time that the first one takes
    hook.remove()
    start = time.process_time()
    images = draw(model, N, cell.seed)
    return {
        "sampling_seconds": round((time.process_time() - start) * 1000 / N, 4),
        "training_seconds": round(sum(session["cpu_seconds"] for session in sessions), 1),
        "memory": max(session["peak_memory_mib"].get("main", 0) for session in sessions),
        "parameters": count(learns),
        "drawing_parameters": count(draws),
        "steps": model.config.steps,
        "networks": sum(not learns.isdisjoint(n.parameters()) for n in model.networks().values()),
        "settings": len(fields(model.config)) - 1,  # the shape is that of the data
        **quality(images, load("digits")),
    }
