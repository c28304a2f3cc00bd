"""From noise to images and back, at any moment on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor

from gan_course.colours import FAKE, REAL
from gan_course.data import Dataset, random_generator
from gan_course.errors import expect_index, expect_positive, expect_shape
from gan_course.explore.controls import Choice, Slider, View
from gan_course.explore.explorer import Explorer
from gan_course.explore.picture import Picture, Row, image_plate
from gan_course.models import DDPM, Flow

COLUMNS = 10  # images side by side
STEPS = (5, 10, 20, 50)  # to choose from


class Timeline(Explorer):
    """Shows held-out images of `data` on their way into noise and images that `model` draws on
    their way out of it, both at one moment, each above what the model takes it for.

    The model is kept as it is now; `seed` chooses the noise. Raises `ValueError` for a model whose
    noise has not the shape of images, for data of another shape, and for data without labels where
    the model knows classes.
    """

    def __init__(self, model: DDPM | Flow, data: Dataset, seed: int = 0) -> None:
        shape = model.config.shape
        if len(shape) != 3 or model.noise_shape != shape:
            raise ValueError(
                "expected a model that takes noise away from images themselves, such as ddpm or "
                f"flow, got one of shape {shape} with noise of {model.noise_shape}"
            )
        held_out = data.held_out.as_batch()
        expect_shape("held-out images", held_out.x, shape)
        self.model = deepcopy(model)
        self.x = held_out.x[:COLUMNS].to(model.device)
        self.labels = held_out.expect_labels()[:COLUMNS] if model.classes else None
        noise = torch.randn(2, *self.x.shape, generator=random_generator(seed))
        self.noise, self.start = noise.to(model.device)
        self._drawn: tuple[Any, Tensor] = None, self.start

    def path(self, steps: int, label: int | None, guidance: float) -> Tensor:
        """All x on the way out of the noise (steps + 1, N, C, H, W); the last way is kept."""
        if self._drawn[0] != (asked := (steps, label, guidance)):
            with self.model.evaluating():
                self._drawn = asked, self.model.path(self.start, label, guidance, steps)
        return self._drawn[1]

    def moment(
        self, step: int, steps: int, label: int | None = None, guidance: float = 1.0
    ) -> tuple[Tensor, ...]:
        """After `step` of `steps`, (N, C, H, W) each: held-out images with the noise of that
        moment, what the model takes them for, images on their way, what it takes those for."""
        expect_index("step", step, expect_positive("steps", steps) + 1)
        drawn = self.path(steps, label, guidance)[step]
        if step == steps:
            return self.x, self.x, drawn, drawn
        t = self.model.times(steps)[step].expand(len(self.x))
        with self.model.evaluating():
            noised = self.model.noised(self.x, self.noise, t)
            guess = self.model.guess(noised, t, self.labels, 1.0)
            return noised, guess, drawn, self.model.guess(drawn, t, label, guidance)

    def picture(
        self, step: int, steps: int = 20, label: int | None = None, guidance: float = 1.0
    ) -> Picture:
        """SVG: the moment after `step` of `steps` from the noise on; `label`, or each class in
        turn, and `guidance` are for what is drawn."""
        seen = self.moment(step, steps, label, guidance)
        words = ("held out,\nwith noise", "taken for", "drawn", "taken for")
        colours = (REAL, REAL, FAKE, FAKE)
        ends = self.x, self.path(steps, label, guidance)[-1]
        misses = [
            f"{(end - guess).square().mean().sqrt():.2f}"
            for end, guess in zip(ends, seen[1::2], strict=True)
        ]
        asked = "" if label is None else f" of class {label}"
        alt = (
            f"After {step} of {steps} steps out of the noise: held-out images with as much noise, "
            f"and what the model takes them for, off by {misses[0]} (root mean square); images"
            f"{asked} on their way, guidance {guidance:g}, and what it takes those for, off by "
            f"{misses[1]} from what becomes of them."
        )
        return Picture(image_plate(list(map(Row, words, seen, colours))), alt)

    def views(self) -> tuple[View, ...]:
        """When on the way, and in how many steps; of which class, where the model knows any."""
        moment = Slider(
            key="moment",
            label="way out of the noise",
            low=0,
            high=100,
            step=1,
            value=100,
            unit=" %",
        )
        steps = Choice(key="steps", label="steps", options=tuple(map(str, STEPS)), value=2)
        rows: tuple[Any, ...] = ((moment,), (steps,))
        if self.model.classes:
            options = ("each in turn", *map(str, range(self.model.classes)))
            rows = (moment,), (steps, Choice(key="label", label="class to draw", options=options))
        if self.model.classes and self.model.config.drop_label:
            weight = Slider(
                key="guidance", label="guidance", low=0, high=6, step=0.5, value=1, digits=1
            )
            rows = (*rows, (weight,))
        return (View(key="way", title="Out of the noise", rows=rows),)

    def pictures(self) -> dict[str, Callable[[Mapping[str, Any]], Picture]]:
        """What draws the view."""
        return {"way": self._at}

    def _at(self, values: Mapping[str, Any]) -> Picture:
        steps, label = STEPS[values["steps"]], values.get("label", 0)
        step = round(values["moment"] / 100 * steps)
        return self.picture(step, steps, label - 1 if label else None, values.get("guidance", 1.0))
