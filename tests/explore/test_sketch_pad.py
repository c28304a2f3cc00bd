"""The pad: strokes become the picture that models see, and what they make of it stands beside."""

from __future__ import annotations

import time
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from gan_course.data.svg import as_images, raster
from gan_course.explore import SketchPad, Stroke
from gan_course.explore.sketch import drawn
from gan_course.models import Pix2Pix
from tests.explore.conftest import picture_size

TURN = torch.arange(0, 6.3, 0.1)
CIRCLE = (0.5 + 0.3 * torch.stack([TURN.cos(), TURN.sin()], 1)).tolist()
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72">
    <circle cx="36" cy="36" r="21.6" fill="none" stroke="black" stroke-width="2"/></svg>"""
INPUTS = torch.stack([torch.full((3, 8, 8), grey) for grey in (-1.0, 0.5, 1.0)])


def times(gain: float, shape: tuple[int, ...] = (3, 8, 8)) -> Any:
    """A model that multiplies."""
    return SimpleNamespace(
        config=SimpleNamespace(shape=shape),
        device=torch.device("cpu"),
        evaluating=nullcontext,
        translate=lambda x: gain * x,
    )


@pytest.fixture
def pad() -> SketchPad:
    return SketchPad({"same": times(1), "negative": times(-1)}, INPUTS, -INPUTS)


@pytest.mark.parametrize("side", [32, 64])
def test_a_line_of_the_pen_looks_like_a_line_that_was_learned_from(side: int) -> None:
    line = drawn(torch.ones(3, side, side), [Stroke(CIRCLE)])
    learned = as_images(raster(SVG, side)[None].copy())[0]
    ink = (1 - learned).mean().item()
    # A line thinner than a pixel, as at 32, is drawn a little fainter there.
    assert (line - learned).abs().mean() < 0.2 * ink
    assert (1 - line).mean().item() == pytest.approx(ink, rel=0.12)


def test_strokes_are_drawn_in_their_order_where_their_points_say() -> None:
    across = Stroke([(0.0, 0.25), (1.0, 0.25)], 0.5)
    up = Stroke([(0.25, 0.0), (0.25, 1.0)], 0.5, erases=True)
    sheet = torch.full((1, 8, 8), 0.2)
    there = drawn(sheet, [across, up])
    assert there[0, 1].tolist() == [1, 1, 1, 1, -1, -1, -1, -1]
    assert drawn(sheet, [up, across])[0, 1].tolist() == [-1] * 8
    assert there[0, 7, 7].item() == pytest.approx(0.2, abs=1 / 255)
    assert drawn(sheet, [Stroke([(0.75, 0.75)], 0.25)])[0, 5:7, 5:7].max() < -0.5  # a dot
    oblong = drawn(torch.ones(3, 4, 8), [Stroke([(-1, 0.5), (2, 0.5)], 1 / 4)])
    assert oblong[:, :, 0].tolist() == [[1, -1, -1, 1]] * 3


def test_the_truth_stands_beside_a_drawing_only_while_it_is_untouched(pad: SketchPad) -> None:
    without, dot = SketchPad(pad.models, INPUTS), [Stroke([(0.5, 0.5)])]
    assert pad.picture(image=1).alt == (
        "What becomes of held-out drawing 1; below, the input. same changes a pixel by 0.0% of its "
        "range on average and is 50.0% from the truth; negative changes a pixel by 50.0% of its "
        "range on average and is 0.0% from the truth."
    )
    assert pad.picture(image=1) != without.picture(image=1)
    assert "1 stroke on held-out drawing 1;" in pad.picture(dot, 1).alt
    assert pad.picture(dot, 1) == without.picture(dot, 1)
    assert "truth" not in pad.picture(dot, 1).alt + without.picture(image=1).alt
    assert picture_size(pad.picture(dot, 1)) == picture_size(pad.picture(image=1))


def test_what_the_page_sends_reaches_the_picture(pad: SketchPad) -> None:
    stroke = {"points": [[0.1, 0.2], [0.3, 0.4]], "width": 0.1, "erases": True}
    sent = {"drawing": {"sheet": 2, "strokes": [stroke]}}
    assert pad.show("pad", sent) == pad.picture([Stroke(**stroke)], 1)
    assert pad.show("pad", pad.views()[0].values) == pad.picture(image=0)
    empty = pad.show("pad", {"drawing": {"sheet": 0, "strokes": []}})
    assert empty == pad.picture()
    assert "of an empty sheet; below" in empty.alt
    assert "negative changes a pixel by 100.0% of its range" in empty.alt


@pytest.mark.parametrize("shape", [(1, 32, 32), (3, 64, 64), (3, 12, 20)])
def test_pictures_of_any_shape_are_painted_in_20_ms_besides_the_network(
    shape: tuple[int, int, int],
) -> None:
    pad = SketchPad(times(1, shape), torch.rand(2, *shape), torch.rand(2, *shape))
    spent = []
    for _ in range(5):
        start = time.process_time()
        picture = pad.picture(10 * [Stroke(CIRCLE)], 1)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.02
    assert picture_size(picture)[0] == 322


def test_one_model_is_kept_as_it_was_under_the_name_of_its_class() -> None:
    torch.manual_seed(0)
    model, x = Pix2Pix(), torch.rand(2, 3, 32, 32)
    random, pad = torch.get_rng_state(), SketchPad(model, x)
    before = pad.picture(image=0)
    assert torch.equal(torch.get_rng_state(), random)
    with torch.no_grad():
        for weight in model.ema.parameters():
            weight.add_(1)
    assert pad.picture(image=0) == before
    assert "Pix2Pix changes a pixel" in before.alt


def test_bad_input_gets_one_clear_sentence(pad: SketchPad) -> None:
    with pytest.raises(ValueError, match="expected a model, or several by name, got none"):
        SketchPad({}, INPUTS)
    with pytest.raises(ValueError, match=r"drawings for 'wide' of shape \(N, 3, 9, 9\), got \(3, "):
        SketchPad({"wide": times(1, (3, 9, 9))}, INPUTS)
    with pytest.raises(ValueError, match="expected drawings and their truths of one shape"):
        SketchPad(times(1), INPUTS, INPUTS[:2])
    with pytest.raises(ValueError, match="held-out drawing, a whole number from 0 to 2, got 3"):
        pad.picture(image=3)
    for points in ([], [(0.5,)], [(0.5, 3.0)], [(0.5, float("nan"))]):
        with pytest.raises(ValueError, match=r"points \(x, y\) from -1 to 2, at least one, got \["):
            Stroke(points)
    with pytest.raises(ValueError, match="a share of the sheet's, got 0"):
        Stroke(CIRCLE, 0)
