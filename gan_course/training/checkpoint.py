"""Checkpoints: the whole state of a run at a step, written so that a crash never leaves half of one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from io import BytesIO
from pathlib import Path
from typing import Any

import torch

from gan_course.errors import expect_positive
from gan_course.files import replacing
from gan_course.models.base import Model, plain
from gan_course.training.hooks import Hook, Run

FORMAT = 1  # raised when a reader of today could no longer read what is written


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds."""

    model: str  # name of the model's class
    config: dict[str, Any]  # plain values
    step: int  # steps done
    state: dict[str, dict[str, Any]]  # the model's `state_dict`
    random: dict[str, Any]  # states of the random generators: "torch" and, on a GPU, "cuda"


def write_checkpoint(path: Path, model: Model[Any], step: int) -> None:
    """Write the whole state of `model` after `step` steps, together with that of the random generators."""
    content = {
        "format": FORMAT,
        "model": type(model).__name__,
        "config": plain(model.config),
        "step": step,
        "state": model.state_dict(),
        "random": random_states(model.device),
    }
    with replacing(path) as temporary:
        torch.save(content, temporary)


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint; nothing in the file is executed.

    Raises `FileNotFoundError` where there is none, `ValueError` where the file is damaged or something else.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no checkpoint at {path}")
    # Read first, so that what torch raises is about the content and what the operating system raises is not.
    stored = BytesIO(path.read_bytes())
    try:
        content = torch.load(stored, map_location="cpu", weights_only=True)
    # Of damaged bytes the unpickler makes errors of any kind.
    except Exception as error:
        raise ValueError(f"{path} is damaged or no checkpoint: use an older one, or train again") from error
    parts = [field.name for field in fields(Checkpoint)]
    if not isinstance(content, dict) or content.get("format") != FORMAT or not content.keys() >= set(parts):
        raise ValueError(f"{path} is no checkpoint of this version of the course: train again, or install the version that wrote it")
    return Checkpoint(**{part: content[part] for part in parts})


def load_checkpoint(path: Path, model: Model[Any]) -> int:
    """Take the state in `path` over into `model` and return the step it was taken after; the random generators are left alone.

    Raises `ValueError`, with `model` unchanged, where the checkpoint is of another model or configuration.
    """
    checkpoint = read_checkpoint(path)
    name, config = type(model).__name__, plain(model.config)
    if checkpoint.model != name:
        raise ValueError(f"{path} is a checkpoint of {checkpoint.model}, not of {name}: load it into a {checkpoint.model}")
    for key in sorted(config.keys() | checkpoint.config.keys()):
        there, here = checkpoint.config.get(key), config.get(key)
        if there != here:
            raise ValueError(f"{path} is a checkpoint of a {name} with {key} = {there!r}, this one has {here!r}: give it the same configuration")
    model.load_state_dict(checkpoint.state)
    return checkpoint.step


def random_states(device: torch.device) -> dict[str, Any]:
    """State of every random generator that a step on `device` may draw from."""
    states: dict[str, Any] = {"torch": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def checkpoints(folder: Path) -> list[Path]:
    """The checkpoints in `folder`, oldest first."""
    return sorted(folder.glob("step-*.pt"))


class Checkpoints(Hook):
    """Writes a checkpoint into `folder` every `every` steps (default: an epoch) and after the last, and keeps the newest `keep`."""

    def __init__(self, folder: Path, every: int | None = None, keep: int = 3) -> None:
        self.folder = folder
        self.every = None if every is None else expect_positive("checkpoint-every", every)
        self.keep = expect_positive("keep", keep)

    def start(self, run: Run) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._every = self.every or max(1, run.data.batches_per_epoch(run.model.config.batch_size))

    def after_step(self, run: Run) -> None:
        if run.step % self._every == 0 or run.step == run.total:
            # Nine digits, so that names in order are steps in order.
            write_checkpoint(self.folder / f"step-{run.step:09d}.pt", run.model, run.step)
            for old in checkpoints(self.folder)[: -self.keep]:
                old.unlink()
