"""A sheet to draw on, and what one or several models make of the drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor

from gan_course.errors import expect_index, expect_same_shape, expect_shape
from gan_course.explore.controls import Drawing, Pen, View
from gan_course.explore.explorer import Explorer
from gan_course.explore.picture import GAP, Picture, Row, pixels, plate
from gan_course.explore.sketch import PEN, Stroke, drawn
from gan_course.explore.svg import encoded
from gan_course.models import Translator
from gan_course.viz.picture import data_url

SHEETS = 24  # held-out drawings to choose from
PAD, ALL, SMALL = 320, 390, 128  # pixels: widths of one output, of all of them, of the input


class SketchPad(Explorer):
    """Shows what `models`, one or several by name, make of a drawing, on an empty sheet or over one
    of the `inputs` (N, C, H, W), held-out drawings; of those, `truths` (N, C, H, W), where given,
    are what each is meant to become.

    The models are kept as they are now; `pen` is the width of a line as a share of the sheet's.
    Raises `ValueError` where there is no model, or one is for images of another shape.
    """

    def __init__(
        self,
        models: Mapping[str, Translator[Any]] | Translator[Any],
        inputs: Tensor,
        truths: Tensor | None = None,
        pen: float = PEN,
    ) -> None:
        named = models if isinstance(models, Mapping) else {type(models).__name__: models}
        self.models, self.pen = deepcopy(dict(named)), pen
        if not self.models:
            raise ValueError("expected a model, or several by name, got none")
        for name, model in self.models.items():
            expect_shape(f"drawings for {name!r}", inputs, model.config.shape)
        if truths is not None:
            expect_same_shape("drawings and their truths", inputs, truths)
        self.inputs = inputs[:SHEETS].cpu()
        self.truths = None if truths is None else truths[:SHEETS].cpu()

    def translated(self, x: Tensor) -> Tensor:
        """What each model makes of one image (C, H, W): images (models, C, H, W) on the CPU."""
        made = []
        for model in self.models.values():
            with model.evaluating():
                made.append(model.translate(x[None].to(model.device)).float().cpu())
        return torch.cat(made)

    def picture(self, strokes: Sequence[Stroke] = (), image: int | None = None) -> Picture:
        """SVG: what the models make of `strokes` on the held-out drawing of this number, or on an
        empty sheet; below it what they saw and, of a drawing left as it is, the truth."""
        sheet, on = torch.ones(self.inputs.shape[1:]), "an empty sheet"
        if image is not None:
            sheet = self.inputs[expect_index("held-out drawing", image, len(self.inputs))]
            on = f"held-out drawing {image}"
        x, truth, count = drawn(sheet, strokes), None, len(strokes)
        if self.truths is not None and image is not None and not strokes:
            truth = self.truths[image]
        made = self.translated(x)
        said = [
            f"{name} changes a pixel by {_apart(y, x):.1%} of its range on average"
            + ("" if truth is None else f" and is {_apart(y, truth):.1%} from the truth")
            for name, y in zip(self.models, made, strict=True)
        ]
        what = f"{count} stroke{'s' if count > 1 else ''} on {on}" if count else on
        alt = f"What becomes of {what}; below, the input. {'; '.join(said)}."
        return Picture(self._painted(made, x, truth), alt)

    def _painted(self, made: Tensor, x: Tensor, truth: Tensor | None) -> bytes:
        """The models' images `made` side by side, and below them, smaller, `x` and the `truth`."""
        height, width = x.shape[1:]
        scale = max(1, min(PAD, ALL // len(made) - GAP) // width)
        below = {"input": x} if truth is None else {"input": x, "truth": truth}
        size = max(1, SMALL // width) * height
        small = plate([Row("", torch.stack([*below.values()]))], [*below], size=size, label_width=0)
        rows, size = [Row("", made)], scale * height
        painting = plate(rows, list(self.models), size=size, label_width=0, below=small.height)
        painting.place(small, 0, painting.height - small.height)
        return painting.svg()

    def views(self) -> tuple[View, ...]:
        """The sheet, at first with a held-out drawing on it, if there is one."""
        pens = (
            Pen("a pen", self.pen),
            Pen("a broad pen", 2 * self.pen),
            Pen("an eraser", 3 * self.pen, erases=True),
            Pen("a broad eraser", 9 * self.pen, erases=True),
        )
        held_out = ((f"held-out drawing {i}", _address(x)) for i, x in enumerate(self.inputs))
        height, width = self.inputs.shape[-2:]
        drawing = Drawing(
            key="drawing",
            label="your drawing",
            sheets=(("an empty sheet", ""), *held_out),
            pens=pens,
            ratio=width / height,
            value={"sheet": min(1, len(self.inputs)), "strokes": []},
        )
        return (View(key="pad", title="Draw", rows=((drawing,),)),)

    def pictures(self) -> dict[str, Callable[[Mapping[str, Any]], Picture]]:
        """What draws the view."""
        return {"pad": lambda values: self._picture_of(**values["drawing"])}

    def _picture_of(self, sheet: int, strokes: Sequence[Mapping[str, Any]]) -> Picture:
        return self.picture([Stroke(**each) for each in strokes], sheet - 1 if sheet else None)


def _apart(one: Tensor, other: Tensor) -> float:
    """Mean distance of two images' values, as a share of their range."""
    return (one - other).abs().mean().item() / 2


def _address(x: Tensor) -> str:
    """Of the picture of `x` (C, H, W), one pixel for each value."""
    return data_url(encoded(pixels(x[None])[0]))
