"""What watches a run. Watching does not change it: whatever looks at the model does so in eval
mode, with the random state put back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_course.data.source import Source
from gan_course.errors import expect_positive
from gan_course.models.base import Model
from gan_course.training.history import FLUSH_EVERY, History


class DivergenceError(FloatingPointError):
    """A loss or a gradient became NaN or infinite."""


@dataclass
class Run:
    """A training run as its hooks see it."""

    model: Model[Any]
    data: Source
    total: int  # steps this run will have
    seed: int
    history: History
    step: int = 0  # steps done
    stopping: bool = False  # the user has asked to stop: this step is the last
    last_checkpoint: Path | None = None
    # The learning rates of the latest steps, as far back as a value can have waited on the device.
    rates: deque[tuple[int, dict[str, float]]] = field(
        default_factory=lambda: deque(maxlen=FLUSH_EVERY)
    )

    def expect_finite(self) -> None:
        """Raise `DivergenceError` if anything that was brought over from the device is NaN or
        infinite."""
        found = self.history.not_finite
        if found is None:
            return
        rates = (
            ", ".join(
                f"{name} {rate:.3g}" for name, rate in dict(self.rates).get(found.step, {}).items()
            )
            or "not known any more"
        )
        kept = (
            f"the last good checkpoint is {self.last_checkpoint}"
            if self.last_checkpoint
            else "there is no checkpoint before it"
        )
        raise DivergenceError(
            f"{found.name} became {found.value} at step {found.step} (learning rates: {rates}); "
            f"{kept}"
        )


class Hook:
    """Does nothing; a hook overrides what it needs."""

    def start(self, run: Run) -> None: ...

    def after_step(self, run: Run) -> None: ...

    def end(self, run: Run) -> None: ...


class Look(Hook):
    """A hook that looks at the model every `every` steps, after the last and those in `also` (0:
    before the first); subclasses write `look`."""

    def __init__(self, every: int, also: Collection[int] = ()) -> None:
        self.every, self.also = expect_positive("every", every), frozenset(also)

    def start(self, run: Run) -> None:
        if run.step == 0 and 0 in self.also:
            with run.model.evaluating():
                self.look(run)

    def after_step(self, run: Run) -> None:
        if run.step % self.every == 0 or run.step == run.total or run.step in self.also:
            with run.model.evaluating():
                self.look(run)

    def look(self, run: Run) -> None:
        raise NotImplementedError


class Evaluation(Look):
    """Measures the model every `every` steps, and after those in `also`: `values[i]` is
    `measure(model)` after step `steps[i]`."""

    def __init__(
        self, measure: Callable[[Any], float], every: int, also: Collection[int] = ()
    ) -> None:
        super().__init__(every, also)
        self.measure = measure
        self.steps: list[int] = []
        self.values: list[float] = []

    def look(self, run: Run) -> None:
        self.steps.append(run.step)
        self.values.append(float(self.measure(run.model)))


class LiveSamples(Look):
    """Keeps `n` samples every `every` steps, and after those in `also`, always from the same noise,
    so that one can watch each become what it is.

    `frames[i]` holds those after step `steps[i]`, on the CPU. `show`, where given, is called with
    the latest and the step.
    """

    def __init__(
        self,
        every: int,
        n: int = 40,
        show: Callable[[Tensor, int], None] | None = None,
        also: Collection[int] = (),
    ) -> None:
        super().__init__(every, also)
        self.n = expect_positive("n", n)
        self.show = show
        self.steps: list[int] = []
        self.frames: list[Tensor] = []

    def look(self, run: Run) -> None:
        torch.manual_seed(run.seed)  # put back by `evaluating`
        asked = run.data.modality.asked(run.data, self.n)
        self.steps.append(run.step)
        self.frames.append(run.model.sample(self.n, **asked).cpu())
        if self.show is not None:
            self.show(self.frames[-1], run.step)


class Snapshots(Look):
    """Keeps the model's weights in memory every `every` steps, and after those in `also`:
    `weights[i]` are those after step `steps[i]`, on the CPU, as `load_weights` takes them."""

    def __init__(self, every: int, also: Collection[int] = ()) -> None:
        super().__init__(every, also)
        self.steps: list[int] = []
        self.weights: list[dict[str, Tensor]] = []

    def look(self, run: Run) -> None:
        self.steps.append(run.step)
        weights = run.model.weights().items()
        self.weights.append({name: weight.to("cpu", copy=True) for name, weight in weights})
