"""A run on disk: what was asked for, what was recorded, and the weights it ended with."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gan_course import __version__
from gan_course.catalogue import catalogue
from gan_course.files import replacing, writable_folder, write_atomically
from gan_course.models.base import Model, as_config
from gan_course.random_state import random_state_kept, seed_everything
from gan_course.training.hooks import Hook, Run


def versions() -> dict[str, str]:
    """Of everything that numbers may depend on."""
    return {"gan_course": __version__, "python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}


@dataclass(frozen=True)
class Recipe:
    """What decides a run: the same recipe on the same machine gives the same weights, bit for bit."""

    model: str  # its name in the catalogue
    config: dict[str, Any]  # plain values
    data: str
    source: str
    seed: int
    profile: str
    device: str
    threads: int = field(default_factory=torch.get_num_threads)
    versions: dict[str, str] = field(default_factory=versions)

    def build(self, device: str | None = None) -> Model[Any]:
        """The model as it was before the first step, on `device` (default: the one it was trained on); the random state is left as it was."""
        entry = catalogue().model(self.model)
        config = as_config(type(entry.configuration()), self.config)
        place = torch.device(device or self.device)
        with random_state_kept(place), place:
            seed_everything(self.seed)
            return entry.kind(config)


class RunFolder:
    """The files of one run: config.json, history.csv, checkpoints/, final.safetensors, samples.png."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.json"
        self.history = path / "history.csv"
        self.checkpoints = path / "checkpoints"
        self.weights = path / "final.safetensors"
        self.samples = path / "samples.png"

    def create(self, recipe: Recipe) -> None:
        """Make the folder and write the recipe.

        Raises `FileExistsError` where it holds a run already and `PermissionError` where it cannot be written.
        """
        for part in (self.config, self.history, self.checkpoints, self.weights, self.samples):
            if part.exists():
                raise FileExistsError(f"{self.path} holds a run already ({part.name}): choose another folder with --out, or remove it first")
        writable_folder(self.path)
        write_atomically(self.config, json.dumps(asdict(recipe), indent=2, sort_keys=True) + "\n")

    def recipe(self) -> Recipe:
        """Read what was asked for; `FileNotFoundError` where there is no run, `ValueError` where its config.json is damaged."""
        if not self.config.is_file():
            raise FileNotFoundError(f"there is no run at {self.path}: it has no {self.config.name}; train one with `gan-course train`")
        try:
            recipe = Recipe(**json.loads(self.config.read_text(encoding="utf-8")))
            catalogue().model(recipe.model)
            as_config(type(catalogue().model(recipe.model).configuration()), recipe.config)
            return recipe
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{self.config} is damaged or not that of a run: {_first_line(error)}") from error

    def write_weights(self, model: Model[Any], name: str) -> None:
        """Write every network's weights. The same weights give the same bytes."""
        from safetensors.torch import save

        tensors = {key: tensor.detach().cpu().contiguous() for key, tensor in model.weights().items()}
        # One key: the order of several in the file's header would change from process to process.
        write_atomically(self.weights, save(tensors, metadata={"model": name}))

    def load(self, device: str = "cpu") -> Model[Any]:
        """The trained model.

        Raises `FileNotFoundError` where the run did not reach its end and `ValueError` where a file is damaged or belongs to another model.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load

        recipe = self.recipe()
        if not self.weights.is_file():
            raise FileNotFoundError(f"there is no {self.weights}: the run did not reach its end; train it again, into another folder")
        try:
            model = recipe.build(device)
        except (ValueError, TypeError, RuntimeError) as error:
            raise ValueError(f"{self.config} does not describe a model: {_first_line(error)}") from error
        try:
            model.load_weights(load(self.weights.read_bytes()))
        except SafetensorError as error:
            raise ValueError(f"{self.weights} is damaged or no safetensors file: train again, into another folder") from error
        except ValueError as error:
            raise ValueError(f"{self.weights}: {error}") from error
        return model


class Ledger(Hook):
    """Writes a run's history into `path` at the end, also when it ends early, and every `every` steps before."""

    def __init__(self, path: Path, every: int = 5000) -> None:
        self.path = path
        self.every = every

    def after_step(self, run: Run) -> None:
        if run.step % self.every == 0 and run.step != run.total:
            self._write(run)

    def end(self, run: Run) -> None:
        self._write(run)

    def _write(self, run: Run) -> None:
        with replacing(self.path) as temporary:
            run.history.write_csv(temporary)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
