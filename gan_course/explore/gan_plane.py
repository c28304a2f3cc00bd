"""A game in the plane: its target, modes that one draws, and the best opponent field by field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor

from gan_course.data import PlaneMixture
from gan_course.explore.controls import Choice, Drawing, Pen, Rows, Value
from gan_course.explore.gan_failures import IN_THE_PLANE
from gan_course.explore.gan_ground import GIVEN, Ground
from gan_course.explore.gan_line import best_answer
from gan_course.explore.gan_plane_picture import in_words, paint
from gan_course.explore.gan_view import GameView, Layers
from gan_course.explore.rules import LAWS, Law
from gan_course.metrics import wasserstein_samples
from gan_course.viz.plane import frame, plane_grid

PLACES = 40  # of the map, and fields of the histogram, along each axis
ARROWS = 36
COMPARED = 128  # samples whose best pairing is found, in a few milliseconds
MOST = 25  # modes that are drawn
APART = 0.05  # at least, of two modes on one stroke, as a share of the sheet
NARROW = 0.012  # standard deviation of a mode, as a share of the sheet

# Smears both histograms alike by a Gaussian, one field wide, before they are compared.
BLUR = torch.exp(-0.5 * (torch.arange(PLACES)[:, None] - torch.arange(PLACES)).double().square())
BLUR /= math.sqrt(2 * math.pi)

# Centres on a sheet from 0 to 1.
LAYOUTS = {
    "ring of 8": [
        (0.5 + 0.35 * math.cos(math.pi * i / 4), 0.5 + 0.35 * math.sin(math.pi * i / 4))
        for i in range(8)
    ],
    "grid of 25": [(0.1 + 0.2 * i, 0.1 + 0.2 * j) for i in range(5) for j in range(5)],
    "two modes": [(0.3, 0.5), (0.7, 0.5)],
}
NAMES = (GIVEN, *LAYOUTS)
EMPTY = {"sheet": 0, "strokes": []}


class PlaneGround(Ground[PlaneMixture]):
    """The plane, as far as the given data reach; every target lies there."""

    where: ClassVar = "in the plane"
    length: ClassVar = "units of the plane"
    shown: ClassVar = 1000
    layers: ClassVar = Layers(best=True)
    failures: ClassVar = IN_THE_PLANE

    def __init__(self, given: PlaneMixture) -> None:
        super().__init__(given)
        self.frame = frame(given)
        self._places = plane_grid(given, PLACES)  # the middles of the fields
        self._x, self._y = (
            _edges(middles.double()) for middles in (self._places[0, :, 0], self._places[:, 0, 1])
        )

    @property
    def presets(self) -> Mapping[str, Mapping[str, Value]]:
        return {name: {"modes": i, "drawn": EMPTY} for i, name in enumerate(NAMES)}

    def controls(self, now: Mapping[str, Any]) -> Rows:
        left, right, low, high = self.frame
        sheet = Drawing(
            key="drawn",
            label="modes of your own",
            help="a dot is a mode, a stroke several; they replace the modes chosen above",
            sheets=(("empty sheet", ""),),
            pens=(Pen("a mode", 0.03),),
            ratio=(right - left) / (high - low),
            value=now["drawn"],
        )
        options = tuple(name.capitalize() for name in NAMES)
        choice = Choice(key="modes", label="real modes", options=options, value=now["modes"])
        return ((choice,), (sheet,))

    def target(self, values: Mapping[str, Any]) -> PlaneMixture:
        strokes = values["drawn"]["strokes"]
        if not strokes and values["modes"] == 0:
            return self.given
        name = NAMES[values["modes"]]
        places = modes_of(strokes) if strokes else [(x, 1 - y) for x, y in LAYOUTS[name]]
        left, right, low, high = self.frame
        centres = tuple((left + x * (right - left), high - y * (high - low)) for x, y in places)
        return PlaneMixture(centres, NARROW * max(right - left, high - low))

    def places(self) -> Tensor:
        return self._places.flatten(0, 1)

    def points(self, samples: Tensor) -> Tensor:
        return samples[:ARROWS]

    def shares(self, samples: Tensor) -> Tensor:
        return (self._counts(samples) + 1 / PLACES**2) / (len(samples) + 1)

    def _counts(self, samples: Tensor) -> Tensor:
        """Of samples in each field, those outside in the nearest: float64 (fields,)."""
        columns, rows = (
            (torch.bucketize(part.double().contiguous(), edges) - 1).clamp(0, PLACES - 1)
            for part, edges in zip(samples.unbind(1), (self._x, self._y), strict=True)
        )
        return torch.bincount(rows * PLACES + columns, minlength=PLACES**2).double()

    def exact_shares(self, data: PlaneMixture) -> Tensor:
        columns, rows = (
            torch.special.ndtr((edges - data.places[:, i, None]) / data.std)
            for i, edges in enumerate((self._x, self._y))
        )
        for below in (columns, rows):  # what lies outside is counted at the edge
            below[:, 0], below[:, -1] = 0.0, 1.0
        return torch.einsum("ky,kx->yx", rows.diff(), columns.diff()).flatten() / len(data.places)

    def wasserstein(self, samples: Tensor, data: PlaneMixture) -> float:
        """Between samples, which are never 0 apart."""
        real = data.reference(COMPARED).x
        return wasserstein_samples(samples[:COMPARED], real)

    def best(self, law: Law, view: GameView[PlaneMixture]) -> Tensor | None:
        if law.loss.boundary is None:
            return None
        p, q = (
            (BLUR @ shares.view(PLACES, PLACES) @ BLUR).flatten()
            for shares in (
                self.exact_shares(view.data),
                self._counts(view.samples) / len(view.samples),
            )
        )
        return best_answer(p, q) if law is not LAWS["hinge"] else torch.sign(p - q)

    def paint(self, view: GameView[PlaneMixture]) -> bytes:
        return paint(view, self.frame)

    def in_words(self, view: GameView[PlaneMixture]) -> str:
        return in_words(view)


def _edges(middles: Tensor) -> Tensor:
    """Edges (P + 1,) of fields around evenly spaced `middles` (P,)."""
    half = (middles[1] - middles[0]) / 2
    return torch.cat([middles - half, middles[-1:] + half])


def modes_of(strokes: list[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Places on the sheet, from its upper left corner, of the first 25 modes that the strokes stand
    for: where each begins, and along it wherever it is far enough from its last one."""
    places: list[tuple[float, float]] = []
    for stroke in strokes:
        last = (math.inf, math.inf)
        for x, y in stroke["points"]:
            inside = 0 <= x <= 1 and 0 <= y <= 1
            if inside and not math.dist((x, y), last) < APART:
                last = (x, y)
                places.append(last)
    if not places:
        raise ValueError("a mode lies on the sheet: draw at least one dot inside its edges")
    return places[:MOST]
