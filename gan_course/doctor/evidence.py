"""What the doctor's findings rest on: what a run has recorded, and what its model draws."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import Any

from gan_course.catalogue import catalogue
from gan_course.doctor.measures import Accuracy, Variety, accuracy, variety
from gan_course.doctor.thresholds import EXPLODED, FIRST, IDLE, LATE, SETTLED, SURE, USELESS
from gan_course.models.base import Model
from gan_course.models.config import as_config, plain
from gan_course.models.declarations import Adversary, Player
from gan_course.training.checkpoint import newest_whole
from gan_course.training.history import History, read_csv
from gan_course.training.run_folder import Recipe, RunFolder
from gan_course.training.samples import draw_batch

SAMPLES = 1000  # real ones, where there are so many, and as many fresh ones
NOT_FINITE = "fresh samples are NaN or infinite"


@dataclass(frozen=True)
class Evidence:
    """What the doctor knows of a run."""

    folder: RunFolder
    recipe: Recipe
    kind: type[Model[Any]]
    config: Any
    columns: dict[str, dict[int, float]]  # what was recorded, by name and step
    damaged: list[str]  # a sentence for each file that could not be read
    weights_damaged: str  # why the final weights cannot be used; empty where they can or are not
    kept: int  # step of the newest whole checkpoint; 0 where there is none
    step: int  # of the weights that were looked at; 0 where there are none
    model: Model[Any] | None
    accuracy: Accuracy | None
    variety: Variety | None
    lacking: str  # why there are no samples

    @property
    def total(self) -> int:
        """Steps that the run was to have."""
        return int(self.config.steps)

    @property
    def adversary(self) -> Adversary | None:
        return None if self.model is None else self.model.adversary()

    @property
    def recorded(self) -> int:
        return max((step for column in self.columns.values() for step in column), default=0)

    @property
    def settled(self) -> int:
        """The first step whose samples and scores can be judged."""
        return round(SETTLED / (1 - plain(self.config).get("ema_decay", 0.99)))

    @property
    def not_finite(self) -> tuple[int, str, float] | None:
        """Step, column and value of the first value that is NaN or infinite."""
        found = (
            (step, name, v)
            for name, values in self.columns.items()
            for step, v in values.items()
            if not math.isfinite(v)
        )
        return min(found, key=lambda one: one[0], default=None)

    @property
    def largest(self) -> tuple[int, str, float]:
        """Step, column and value of the finite value that is farthest from 0."""
        finite = (
            (step, name, v)
            for name, values in self.columns.items()
            for step, v in values.items()
            if math.isfinite(v)
        )
        return max(finite, key=lambda one: abs(one[2]), default=(0, "", 0.0))

    def lately(self, name: str) -> float:
        """Median of a column's last finite values."""
        finite = [v for v in self.columns[name].values() if math.isfinite(v)]
        return median(finite[-LATE:] or [math.nan])

    def at_first(self, name: str) -> float:
        """Median of a column's first values."""
        return median(list(self.columns[name].values())[:FIRST])

    @property
    def learner(self) -> Player:
        """Who draws the samples."""
        return self.kind.players[0]

    @property
    def opponent(self) -> Player | None:
        """Who plays against it, if anyone does."""
        return next((player for player in self.kind.players if player.opposes), None)

    @property
    def cost(self) -> float:
        """The discriminator's recent loss as a share of what guessing costs; NaN where one of the
        two is not known."""
        guessing = self.adversary.loss.guessing if self.adversary else None
        if guessing is None or self.opponent is None or self.opponent.loss not in self.columns:
            return math.nan
        return self.lately(self.opponent.loss) / guessing

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
    """Read the run in `folder`, draw from its model and measure the samples; raises what `examine`
    raises."""
    recipe = folder.recipe()
    kind = catalogue().model(recipe.model).kind
    config = as_config(type(catalogue().model(recipe.model).configuration()), recipe.config)
    newest, damaged = newest_whole(folder.checkpoints)
    history = History()
    if newest is not None:
        history.load_state_dict(newest.history)
    try:
        # A run that broke off has written its last steps into history.csv and nowhere else; one
        # that was killed has not.
        written = read_csv(folder.history) if folder.history.is_file() else History()
        history = max(history, written, key=len)
    except ValueError as error:
        damaged.append(str(error))
    kept = newest.step if newest is not None else 0
    final, weights_damaged = None, ""
    try:
        final = folder.load() if folder.finished else None
    except ValueError as error:
        if newest is None:
            raise
        weights_damaged = str(error)
    model = final if newest is None else folder.load("cpu", newest)
    accurate, varied, lacking = (
        (None, None, "there is no checkpoint to draw samples from")
        if model is None
        else _measured(model, recipe)
    )
    return Evidence(
        folder,
        recipe,
        kind,
        config,
        {
            name: dict(zip(history.steps_of(name), history[name], strict=True))
            for name in history.names
        },
        damaged,
        weights_damaged,
        kept,
        0 if model is None else kept or config.steps,
        model,
        accurate,
        varied,
        lacking,
    )


def _measured(model: Model[Any], recipe: Recipe) -> tuple[Accuracy | None, Variety | None, str]:
    """Both measures, on real samples that the model has not seen and on fresh ones; where there are
    no samples, the reason."""
    try:
        data = recipe.dataset()
    except (OSError, ValueError) as error:
        return None, None, str(error)
    real = data.reference(SAMPLES)
    real = real[: data.modality.distinct(data, len(real))]
    if len(real) < 2 or (real.x == real.x[:1]).all():
        return None, None, "the data hold out no two samples that differ, to compare others with"
    asked = data.modality.asked(data, len(real))
    fake = draw_batch(model, len(real), recipe.seed, asked)
    if not fake.x.isfinite().all():
        return None, None, NOT_FINITE
    adversary = model.adversary()
    judged = adversary is not None and adversary.loss.boundary is not None
    right = accuracy(model, adversary, real, fake) if adversary is not None and judged else None
    return right, variety(fake.x, real.x, data), ""
