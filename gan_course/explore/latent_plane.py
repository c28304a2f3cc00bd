"""The latent space of two dimensions of one or several models: what each draws at a place, and a
held-out image encoded and moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from copy import deepcopy
from functools import partial
from io import BytesIO
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gan_course.colours import EXACT, FAKE, QUIET, REAL
from gan_course.data import Dataset
from gan_course.errors import expect_index, expect_shape
from gan_course.explore.controls import Button, Pad, Slider, View
from gan_course.explore.explorer import Explorer
from gan_course.explore.paint import Painting
from gan_course.explore.picture import GAP, Picture, Row, plate
from gan_course.viz.codes import REACH, code_map
from gan_course.viz.picture import data_url, png

DOTS = 2000  # held-out images whose codes are shown
IMAGE, PAD, LABEL_WIDTH = 112, 280, 84  # pixels: an image's height, the pad's side
FINER = 2  # maps have so many times more pixels, for pages that are zoomed in


class Autoencoder(Protocol):
    """What a plane asks of a model: `code` puts images in [-1, 1] (N, C, H, W) into its latent
    space, (N, latent_dim), and `decode` draws images from there."""

    @property
    def device(self) -> torch.device: ...

    def evaluating(self) -> AbstractContextManager[None]: ...

    def code(self, x: Tensor) -> Tensor: ...

    def decode(self, z: Tensor) -> Tensor: ...


class LatentPlane(Explorer):
    """Shows `models` by name, each with a latent space of two dimensions, side by side: at one
    place z, and at each one's own code of a held-out image of `data`.

    The models are kept as they are now. `read`, where given, says which class it sees in each of N
    images, int64 (N,). Raises `ValueError` where there is no model or fewer than two held-out
    images, for codes that have not two dimensions, and for a model of images of another shape.
    """

    def __init__(
        self,
        models: Mapping[str, Autoencoder],
        data: Dataset,
        read: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self.models, self.read = deepcopy(dict(models)), read
        self.x = data.held_out.x[:DOTS].cpu()
        labels = data.held_out.labels
        self.labels = None if labels is None else labels[:DOTS].cpu()
        if not self.models or len(self.x) < 2:
            raise ValueError(
                f"expected a model and 2 held-out images, got {len(self.models)} and {len(self.x)}"
            )
        self.codes = {name: self._code(name) for name in self.models}
        _, height, width = self.x.shape[1:]
        self.side = max(1, round(IMAGE / height)) * width  # of a map: as wide as an image
        self.maps = [self._map(codes) for codes in self.codes.values()]

    def _code(self, name: str) -> Tensor:
        model = self.models[name]
        with model.evaluating():
            codes = model.code(self.x.to(model.device)).float().cpu()
            if codes.shape != (len(self.x), 2):
                raise ValueError(
                    f"expected codes of shape (N, 2) from {name!r}, got {tuple(codes.shape)}: a "
                    "plane shows a whole latent space, so train the model with latent_dim=2"
                )
            images = model.decode(codes[:1].to(model.device))
        expect_shape(f"images of {name!r}", images, self.x.shape[1:])
        return codes

    def _map(self, codes: Tensor) -> Painting:
        painting = Painting(self.side, self.side)
        drawn = png(code_map(codes, self.labels, FINER * self.side))
        painting.paste(np.asarray(Image.open(BytesIO(drawn))), 0, 0, 1 / FINER, on_paper=True)
        return painting

    def images(self, places: Tensor) -> Tensor:
        """What each model draws at its own of the `places` (models, 2): images (models, C, H, W) on
        the CPU."""
        drawn = []
        for model, z in zip(self.models.values(), places, strict=True):
            with model.evaluating():
                drawn.append(model.decode(z[None].to(model.device)))
        return torch.cat(drawn).float().cpu()

    def at(self, z: Sequence[float]) -> Picture:
        """SVG: what every model draws at the one place `z`, two numbers from -4 to 4, above a map
        of its codes with z under the cross."""
        places = _place("z", z).expand(len(self.models), 2)
        images = self.images(places)
        alt = (
            f"Images drawn at z = {_written(places[0])}, each above a map of its model's codes of "
            f"{len(self.x)} held-out images, where the cross is z. {self._words(places, images)}."
        )
        return Picture(self._painted([Row("drawn at z", images, FAKE)], places), alt)

    def moved(self, image: int, by: Sequence[float] = (0.0, 0.0)) -> Picture:
        """SVG: the held-out image of this number, what every model draws at its own code of it, and
        what it draws after a move `by` two numbers from -4 to 4, the same for all."""
        expect_index("held-out image", image, len(self.x))
        step = _place("a move", by)
        starts = torch.stack([codes[image] for codes in self.codes.values()])
        ends = starts + step
        redrawn, images = self.images(starts), self.images(ends)
        rows = [
            Row(f"image {image}", self.x[image].expand(len(starts), -1, -1, -1), REAL),
            Row("drawn at\nits code", redrawn, FAKE),
            Row("after\nthe move", images, FAKE),
        ]
        shown = "" if self.labels is None else f" of class {self.labels[image]}"
        alt = (
            f"Held-out image {image}{shown}; below it what each model draws at its own code, and "
            f"after a move by {_written(step)}; at the bottom a map of all codes, with a square "
            f"where the move starts and a cross where it ends. {self._words(ends, images)}."
        )
        return Picture(self._painted(rows, ends, starts), alt)

    def _painted(self, rows: list[Row], places: Tensor, starts: Tensor | None = None) -> bytes:
        """`rows` with a column for each model, and below them its map: a cross at each of the
        `places` (models, 2), a small square at each of the `starts`."""
        painting = plate(
            rows, list(self.models), size=IMAGE, label_width=LABEL_WIDTH, below=self.side
        )
        top = painting.height - self.side
        painting.text(4, top + self.side / 2, "codes", colour=REAL)
        for i, drawn in enumerate(self.maps):
            left = LABEL_WIDTH + i * (self.side + GAP)
            painting.place(drawn, left, top)
            x, y = self._pixel(places[i])
            painting.rectangle(left + x, top, left + x + 1, top + self.side, EXACT)
            painting.rectangle(left, top + y, left + self.side, top + y + 1, EXACT)
            if starts is not None:
                x, y = self._pixel(starts[i])
                painting.rectangle(left + x - 3, top + y - 3, left + x + 3, top + y + 3, QUIET)
        return painting.svg()

    def _pixel(self, place: Tensor) -> tuple[int, int]:
        """Where a place is on a map, from its left and from its top; on the edge if outside."""
        x, y = (place.clamp(-REACH, REACH) / REACH).tolist()
        return round((1 + x) / 2 * (self.side - 1)), round((1 - y) / 2 * (self.side - 1))

    def _words(self, places: Tensor, images: Tensor) -> str:
        """Of each model: where it draws, what is read there, and whose code is nearest."""
        said = []
        for i, (name, codes) in enumerate(self.codes.items()):
            said.append(f"{name} at {_written(places[i])}")
            if self.read is not None:
                said[i] += f", read as {self.read(images[i : i + 1]).item()}"
            if self.labels is not None:
                nearest = (codes - places[i]).norm(dim=1).argmin()
                said[i] += f", nearest code of class {self.labels[nearest]}"
        return "; ".join(said)

    def views(self) -> tuple[View, ...]:
        """One place for all models, over the first one's codes; and a held-out image to move."""
        name, codes = next(iter(self.codes.items()))
        beneath = data_url(png(code_map(codes, self.labels, FINER * PAD)))
        note = f"A dot is the code of a held-out image by {name}, in the colour of its class."
        pad = partial(Pad, low=(-REACH, -REACH), high=(REACH, REACH), axes=("z₁", "z₂"))
        z = pad(key="z", label="latent vector z", beneath=beneath)
        last = len(self.x) - 1
        image = Slider(key="image", label="held-out image", low=0, high=last, step=1, value=0)
        by = pad(key="by", label="move by")
        back = Button(
            key="back", label="Back to its code", help="take the move back", sets={"by": (0.0, 0.0)}
        )
        alike = "Every model starts at its own code of the image, and all are moved alike."
        return (
            View(key="plane", title="One z", rows=((z,),), note=note),
            View(key="digit", title="Encode and move", rows=((image, back), (by,)), note=alike),
        )

    def pictures(self) -> dict[str, Callable[[Mapping[str, Any]], Picture]]:
        """What draws each view."""
        return {
            "plane": lambda values: self.at(values["z"]),
            "digit": lambda values: self.moved(values["image"], values["by"]),
        }


def _place(what: str, place: Sequence[float]) -> Tensor:
    """A place as a tensor (2,); `ValueError` unless it is two numbers on the plane."""
    if len(place) != 2 or not all(abs(part) <= REACH for part in place):  # so that NaN fails too
        raise ValueError(f"{what} has two numbers from -{REACH:g} to {REACH:g}, got {tuple(place)}")
    return torch.tensor(place, dtype=torch.float32)


def _written(place: Tensor) -> str:
    x, y = place.tolist()
    return f"({x:z.1f}, {y:z.1f})"
