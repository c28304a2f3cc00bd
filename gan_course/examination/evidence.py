"""What findings rest on: what a run has recorded, and what its model draws."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from gan_course.catalogue import catalogue
from gan_course.data import Dataset, load, random_generator
from gan_course.examination.measures import GUESSING, Accuracy, Variety, accuracy, variety
from gan_course.examination.thresholds import EXPLODED, IDLE, LATE, SETTLED, SURE, USELESS
from gan_course.models.base import Model, as_config
from gan_course.training.checkpoint import newest_whole, read_checkpoint
from gan_course.training.run_folder import Recipe, RunFolder
from gan_course.training.samples import draw

SAMPLES = 1000  # real ones, and as many fresh ones
NOT_FINITE = "fresh samples are NaN or infinite"


def read_history(path: Path) -> dict[str, list[float]]:
    """Columns of a history.csv by name, without "step". `FileNotFoundError` where there is none,
    `ValueError` where it is damaged."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            names, *rows = csv.reader(file)
        numbers = [[float(cell) for cell in row] for row in rows]
        if names[0] != "step" or [row[0] for row in numbers] != list(range(1, len(rows) + 1)):
            raise ValueError("its steps are not 1, 2, 3 ...")
        return {
            name: [row[index] for row in numbers]
            for index, name in enumerate(names)
            if index and rows
        }
    except (ValueError, IndexError, csv.Error) as error:
        raise ValueError(f"{path} is damaged ({error})") from error


@dataclass(frozen=True)
class Evidence:
    """What findings rest on."""

    folder: RunFolder
    recipe: Recipe
    config: Any
    total: int
    columns: dict[str, list[float]]
    damaged: list[str]  # a sentence for each file that could not be read
    kept: int  # step of the newest whole checkpoint; 0 where there is none
    step: int  # of the weights that were looked at; 0 where there are none
    model: Model[Any] | None
    accuracy: Accuracy | None
    variety: Variety | None
    lacking: str  # why there are no samples

    @property
    def recorded(self) -> int:
        return max(map(len, self.columns.values()), default=0)

    @property
    def settled(self) -> int:
        """From this step on samples and scores tell."""
        return round(SETTLED / (1 - getattr(self.config, "average_decay", 0.99)))

    @property
    def not_finite(self) -> tuple[int, str, float] | None:
        """Step, column and value of the first value that is NaN or infinite."""
        found = (
            (step, name, v)
            for name, values in self.columns.items()
            for step, v in enumerate(values, start=1)
            if not math.isfinite(v)
        )
        return min(found, key=lambda one: one[0], default=None)

    @property
    def largest(self) -> tuple[int, str, float]:
        """Step, column and value of the finite value that is farthest from 0."""
        finite = (
            (step, name, v)
            for name, values in self.columns.items()
            for step, v in enumerate(values, start=1)
            if math.isfinite(v)
        )
        return max(finite, key=lambda one: abs(one[2]), default=(0, "", 0.0))

    def lately(self, name: str) -> float:
        """Median of a column's last finite values."""
        return median([v for v in self.columns[name] if math.isfinite(v)][-LATE:] or [math.nan])

    @property
    def cost(self) -> float:
        """The discriminator's loss, lately, as a share of what guessing costs; NaN where it cannot
        be said."""
        if (
            getattr(self.config, "loss", None) not in GUESSING
            or "discriminator" not in self.columns
        ):
            return math.nan
        return self.lately("discriminator") / GUESSING[self.config.loss][1]

    @property
    def too_strong(self) -> bool:
        """Whether the discriminator is right so often, and so idle or so wild, that the generator
        learns nothing from it."""
        return self.sure and (self.cost < IDLE or abs(self.largest[2]) > EXPLODED)

    @property
    def too_weak(self) -> bool:
        return not self.sure and self.cost > USELESS

    @property
    def sure(self) -> bool:
        return self.accuracy is not None and min(self.accuracy.real, self.accuracy.fake) >= SURE


def gathered(folder: RunFolder) -> Evidence:
    """Read the run in `folder`, draw from its model and measure; raises what `examine` raises."""
    recipe = folder.recipe()
    config = as_config(type(catalogue().model(recipe.model).configuration()), recipe.config)
    total = config.steps
    newest, damaged = newest_whole(folder.checkpoints)
    kept, columns = 0, {}
    if newest is not None:
        checkpoint = read_checkpoint(newest)
        kept, state = checkpoint.step, checkpoint.history
        columns = dict(zip(state["names"], state["values"].tolist(), strict=True))
    try:
        # A run that broke off has written its last steps there and nowhere else; one that was
        # killed has not.
        written = read_history(folder.history) if folder.history.is_file() else {}
        columns = max(columns, written, key=lambda found: max(map(len, found.values()), default=0))
    except ValueError as error:
        damaged.append(str(error))
    model = folder.load("cpu", str(kept) if kept else None) if kept or folder.finished else None
    accurate, varied, lacking = (
        (None, None, "there is no checkpoint to draw samples from")
        if model is None
        else _measured(model, recipe)
    )
    step = 0 if model is None else kept or total
    return Evidence(
        folder,
        recipe,
        config,
        total,
        columns,
        damaged,
        kept,
        step,
        model,
        accurate,
        varied,
        lacking,
    )


def _measured(model: Model[Any], recipe: Recipe) -> tuple[Accuracy | None, Variety | None, str]:
    """Both measures on held-out samples and fresh ones; or, where there are none, why."""
    try:
        data = load(recipe.data, recipe.source)
    except OSError as error:
        return None, None, str(error)
    # A key of three numbers: no batch of a run is drawn from it.
    real = (
        data.held_out.x[:SAMPLES]
        if isinstance(data, Dataset)
        else data.sample(SAMPLES, random_generator(recipe.seed, 0, 0))
    )
    fake = draw(model, SAMPLES, recipe.seed)
    if not fake.isfinite().all():
        return None, None, NOT_FINITE
    judged = hasattr(model, "discriminator") and getattr(model.config, "loss", None) in GUESSING
    return accuracy(model, real, fake) if judged else None, variety(fake, real, data), ""
