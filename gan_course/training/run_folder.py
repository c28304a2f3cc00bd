"""A run on disk: what was asked for, what was recorded, and the weights it ended with."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, TypeVar

import torch
from torch import nn

from gan_course import processes
from gan_course.catalogue import SOURCES, catalogue
from gan_course.data import Source, load
from gan_course.files import (
    LEFTOVER,
    expect_folder,
    read_json,
    replacing,
    writable_folder,
    write_atomically,
)
from gan_course.locks import held, is_held
from gan_course.machine import expect_not_newer, versions
from gan_course.models.base import Model
from gan_course.models.config import as_config
from gan_course.models.kinds import Checked, Count, OneOf, Seed, Size, Text
from gan_course.random_state import random_state_kept, seed_everything
from gan_course.training.checkpoint import Checkpoint, checkpoints, load_networks
from gan_course.training.hooks import Hook, Run
from gan_course.training.launch import DEVICES, PRECISIONS, expect_room
from gan_course.training.weights import expect_whole, load_weights, write_weights

T = TypeVar("T")


def threads() -> int:
    """How many threads PyTorch computes with: sums in another number of parts round differently."""
    return torch.get_num_threads()


@dataclass(frozen=True)
class Recipe(Checked):
    """What decides a run: the same recipe on the same machine gives the same weights, on a CPU bit
    for bit."""

    model: str  # its name in the catalogue
    config: dict[str, Any]  # plain values
    data: str
    source: Annotated[str, OneOf("source", SOURCES)]
    seed: Seed
    profile: str
    accelerator: Annotated[str, OneOf("accelerator", DEVICES)]
    devices: Size = 1  # processes, each on a device of its own
    precision: Annotated[str, OneOf("precision", PRECISIONS)] = "32"
    sync_batch_norm: bool = False
    threads: Count = field(default_factory=threads)
    versions: dict[str, str] = field(default_factory=versions)

    def dataset(self) -> Source:
        """What the run learns from; raises what `load` raises, for example where a folder of
        pictures is gone."""
        return load(self.data, self.source, shape=self.config["shape"])

    def build(self, device: torch.device | str | None = None) -> Model[Any]:
        """The model as it was before the first step, on `device` (default: the one it was trained
        on); the random state is left as it was."""
        entry = catalogue().model(self.model)
        config = as_config(type(entry.configuration()), self.config)
        place = torch.device(device or self.accelerator)
        if place.type != "meta":
            expect_room(self.build("meta"), place.type)
        with random_state_kept(place), place:
            seed_everything(self.seed)
            model = entry.kind(config)
        if self.sync_batch_norm:
            for network in model.networks().values():
                nn.SyncBatchNorm.convert_sync_batchnorm(network)  # its layers, in place
        return model


class RunFolder:
    """The files of one run: config.json, history.csv, checkpoints/, final.safetensors, samples.png
    or what else shows such samples, frames.npz, which shows how they changed, and what does not
    repeat, sessions.json."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.json"
        self.history = path / "history.csv"
        self.checkpoints = path / "checkpoints"
        self.weights = path / "final.safetensors"
        self.sessions = path / "sessions.json"
        self.frames = path / "frames.npz"
        self.tensorboard = path / "tensorboard"

    def samples(self, suffix: str = ".png") -> Path:
        """The file in which people look at what was learned."""
        return self.path / f"samples{suffix}"

    @property
    def finished(self) -> bool:
        """Whether the run reached its end, where the weights are written."""
        return self.weights.is_file()

    @property
    def training(self) -> bool:
        """Whether a process holds the run at this moment."""
        return is_held(self.config)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from training here; `BlockingIOError` where one does so already."""
        with held(self.config) as alone:
            if not alone:
                raise BlockingIOError(
                    f"another process trains in {self.path} at this moment: wait for its end, or "
                    "choose another --out"
                )
            yield

    def again(self, model: str) -> str:
        """The command that goes on with this run of `model`, also where its weights are
        damaged."""
        return f"gan-course train {model} --out {shlex.quote(self.path.as_posix())} --resume"

    def expect_new(self) -> None:
        """Raise `FileExistsError` where the folder holds a run already."""
        for part in (
            self.config,
            self.history,
            self.checkpoints,
            self.weights,
            *self.path.glob("samples.*"),
            self.sessions,
            self.frames,
            self.tensorboard,
        ):
            if part.exists():
                raise FileExistsError(
                    f"{self.path} holds a run already ({part.name}): go on with it by --resume, "
                    "choose another folder with --out, or remove it first"
                )

    def create(self, recipe: Recipe) -> None:
        """Make the folder and write the recipe.

        Raises what `expect_new` raises, also where another process was faster, and
        `PermissionError` where the folder cannot be written.
        """
        self.expect_new()
        writable_folder(self.path)
        content = json.dumps(asdict(recipe), indent=2, sort_keys=True) + "\n"
        try:
            write_atomically(self.config, content, new=True)
        except FileExistsError:
            self.expect_new()

    def recipe(self) -> Recipe:
        """Read what was asked for; `FileNotFoundError` where there is no run, `ValueError` where
        its config.json is damaged."""
        if self.config.is_dir():
            raise ValueError(f"{self.config} is a folder, where a run has a file: remove it")
        if not self.config.is_file():
            raise FileNotFoundError(
                f"there is no run at {self.path}: it has no {self.config.name}; train one with "
                "`gan-course train`"
            )
        try:
            values = read_json(self.config)
            written_with = {
                "gan_course": Text().expect("version", values["versions"]["gan_course"])
            }
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(
                f"{self.config} is damaged or not that of a run: it names no versions"
            ) from error
        # First, because a newer version may have fields that this one does not know.
        expect_not_newer(self.config, written_with)
        try:
            recipe = Recipe(**values)
            as_config(type(catalogue().model(recipe.model).configuration()), recipe.config)
            if missing := sorted({field.name for field in fields(Recipe)} - values.keys()):
                raise ValueError(f"it lacks {missing[0]}")
            return recipe
        except (ValueError, TypeError) as error:
            raise ValueError(
                f"{self.config} is damaged or not that of a run: {_first_line(error)}"
            ) from error

    def write_weights(self, model: Model[Any], name: str) -> None:
        """Write every network's weights; raises what `training.weights.write_weights` raises."""
        write_weights(self.weights, model, name)

    def clear_leftovers(self) -> None:
        """Remove what a process that was killed while it wrote has left."""
        for folder in (self.path, self.checkpoints):
            for leftover in folder.glob(".*"):
                if LEFTOVER.fullmatch(leftover.name):
                    leftover.unlink()

    def expect_whole_weights(self, model: str) -> None:
        """Raise `ValueError` where the weights of this run of `model` are damaged."""
        with self._or_written_anew(model):
            expect_whole(self.weights)

    @contextmanager
    def _or_written_anew(self, model: str) -> Iterator[None]:
        """Say of weights that cannot be used how to get others."""
        try:
            yield
        except ValueError as error:
            raise ValueError(
                f"{error}: write it anew, from the newest whole checkpoint, with: "
                f"{self.again(model)}"
            ) from error

    def load(self, device: str = "cpu", checkpoint: str | Checkpoint | None = None) -> Model[Any]:
        """The trained model, or that of a checkpoint: one that was read, "best", or the number of a
        step. Its networks are those of then; of its optimisers nothing is read.

        Raises `FileNotFoundError` where the run did not reach its end or the checkpoint is not
        there, and `ValueError` where a file is damaged or belongs to another model.
        """
        recipe = self.recipe()
        if checkpoint is None and not self.finished:
            raise FileNotFoundError(
                f"there is no {self.weights}: the run did not reach its end; go on with it by "
                "--resume, or name a --checkpoint"
            )
        try:
            model = recipe.build(device)
        except (ValueError, TypeError, RuntimeError) as error:
            raise ValueError(
                f"{self.config} does not describe a model: {_first_line(error)}"
            ) from error
        if checkpoint is not None:
            named = checkpoint
            load_networks(self._checkpoint(named) if isinstance(named, str) else named, model)
            return model
        with self._or_written_anew(recipe.model):
            load_weights(self.weights, model)
        return model

    def _checkpoint(self, name: str) -> Path:
        """The file of a checkpoint by "best" or a step's number."""
        kept = {
            str(int(path.stem.removeprefix("step-"))): path
            for path in checkpoints(self.checkpoints)
        }
        if (best := self.checkpoints / "best.pt").is_file():
            kept["best"] = best
        if name not in kept:
            raise FileNotFoundError(
                f"{self.path} has no checkpoint {name!r}; it has {', '.join(kept) or 'none'}"
            )
        return kept[name]


class Ledger(Hook):
    """Writes a run's history into `path` at the end, also when it ends early, and every `every`
    steps before."""

    def __init__(self, path: Path, every: int = 5000) -> None:
        self.path = path
        self.every = every

    def start(self, run: Run) -> None:  # noqa: ARG002
        expect_folder(self.path.parent)

    def after_step(self, run: Run) -> None:
        if run.step % self.every == 0 and run.step != run.total:
            run.history.flush()
            self._write(run)

    def end(self, run: Run) -> None:
        # Of several processes one may have failed alone; asking the others for their values would
        # wait for ever.
        if processes.count() == 1 or run.step == run.total or run.stopping:
            run.history.flush()
        self._write(run)

    def _write(self, run: Run) -> None:
        if processes.rank() == 0:
            with replacing(self.path) as temporary:
                run.history.write_csv(temporary)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
