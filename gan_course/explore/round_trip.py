"""There and back: images translated into another domain and back again, at any moment of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor

from gan_course.errors import expect_index, expect_shape
from gan_course.explore.controls import Slider, View
from gan_course.explore.explorer import Explorer
from gan_course.explore.picture import Picture, Row, image_plate
from gan_course.models import CycleGAN
from gan_course.training import Snapshots

SIZE = 128  # pixels: an image's height


class RoundTrip(Explorer):
    """Shows held-out images `x` (N, C, H, W) and `y` (M, C, H, W) of the two domains, called
    `names`, on their way to the other domain and back, as `model` was at each of the `snapshots` of
    its run, or without any as it is now.

    The model is left as it is. Raises `ValueError` where there are fewer than two snapshots or
    images of a domain, or these have another shape than the model's.
    """

    def __init__(
        self,
        model: CycleGAN,
        snapshots: Snapshots | None,
        x: Tensor,
        y: Tensor,
        names: tuple[str, str] = ("x", "y"),
    ) -> None:
        for name, images in zip(names, (x, y), strict=True):
            expect_shape(f"images of {name}", images, model.config.shape)
        moments = 2 if snapshots is None else len(snapshots.steps)
        if min(moments, len(x), len(y)) < 2:
            raise ValueError(
                "expected at least 2 snapshots and 2 images of each domain, got "
                f"{moments}, {len(x)} and {len(y)}"
            )
        self.model, self.x, self.y, self.names = deepcopy(model), x.cpu(), y.cpu(), names
        self.steps = [] if snapshots is None else list(snapshots.steps)
        self.weights = [self.model.weights()] if snapshots is None else list(snapshots.weights)

    def trips(self, image: int, moment: int) -> tuple[Tensor, Tensor]:
        """The ways of image `image` of x, over y, and of y, over x, at this snapshot: each the
        image, its translation, and what becomes of that (3, C, H, W), on the CPU."""
        model = self.model
        model.load_weights(self.weights[moment])
        x, y = (images[image, None].to(model.device) for images in (self.x, self.y))
        with model.evaluating():
            fake_y, fake_x = model.translate(x), model.back(y)
            by_y = torch.cat([x, fake_y, model.back(fake_y)])
            by_x = torch.cat([y, fake_x, model.translate(fake_x)])
        return by_y.float().cpu(), by_x.float().cpu()

    def picture(self, image: int, moment: int) -> Picture:
        """SVG: both ways of the held-out images of this number at this snapshot, both counted
        from 0."""
        expect_index("held-out image", image, min(len(self.x), len(self.y)))
        expect_index("snapshot", moment, len(self.weights))
        one, other = self.names
        trips = self.trips(image, moment)
        labels = (f"{one} to {other}\nand back", f"{other} to {one}\nand back")
        rows = [Row(label, trip) for label, trip in zip(labels, trips, strict=True)]
        there, back = (f"{(trip[2] - trip[0]).abs().mean():.3f}" for trip in trips)
        begin = f"After {self.steps[moment]:,} steps: held-out" if self.steps else "Held-out"
        alt = (
            f"{begin} {one} {image} as {other} and back, which misses it by {there} (L1); below, "
            f"{other} {image} as {one} and back, which misses it by {back}."
        )
        headers = ("held out", "there", "and back")
        return Picture(image_plate(rows, headers, size=SIZE), alt)

    def views(self) -> tuple[View, ...]:
        """Which images and, of a run, when; at first as the model was last."""
        last, latest = min(len(self.x), len(self.y)) - 1, len(self.weights) - 1
        image = Slider(key="image", label="held-out image", low=0, high=last, step=1, value=0)
        rows: tuple[tuple[Slider], ...] = ((image,),)
        if self.steps:
            label = f"snapshot, step {self.steps[0]:,} to {self.steps[-1]:,}"
            moment = Slider(key="moment", label=label, low=0, high=latest, step=1, value=latest)
            rows = (moment,), (image,)
        return (View(key="trip", title="There and back", rows=rows),)

    def pictures(self) -> dict[str, Callable[[Mapping[str, Any]], Picture]]:
        """What draws the view."""
        return {"trip": lambda values: self.picture(values["image"], values.get("moment", 0))}
