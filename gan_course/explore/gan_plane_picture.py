"""The picture of the game in the plane, and the same in words."""

from __future__ import annotations

import math
from typing import TypeAlias

from torch import Tensor

from gan_course.colours import DISCRIMINATOR, FAKE, GENERATOR, REAL
from gan_course.data import PlaneMixture
from gan_course.explore.critic_picture import levels
from gan_course.explore.gan_view import STRIP, GameView, paint_distances
from gan_course.explore.paint import NORMAL, Painting, Plot, ticks
from gan_course.metrics import count_modes

WIDTH, HEIGHT = 700, 330  # pixels, without the distances
LEFT, RIGHT = (48, 72, 252, 216), (388, 72, 252, 216)  # left, top, width and height of the maps
DOTS = 400  # generated samples that are drawn, and a fifth as many real ones
LONGEST, FAINT = 0.12, 0.005  # an arrow's length, at most and where it is spoken of: of the frame
HEAD = 6  # pixels, of an arrow
HEIGHTS = 8  # of a map of probabilities or of one that is flat

Frame: TypeAlias = tuple[float, float, float, float]
View: TypeAlias = GameView[PlaneMixture]


def paint(view: View, frame: Frame) -> bytes:
    """SVG, 700 × 330 pixels: left the opponent's answer as a map, with real modes, samples and
    arrows where the generator's loss pushes them; right the best possible answer; and under them,
    92 pixels more for the distances."""
    layers = view.layers
    painting = Painting(WIDTH, HEIGHT + STRIP * layers.distances)
    painting.text(LEFT[0], 14, view.title(), size=NORMAL)
    entries = (
        (True, ("dot", REAL, "real modes")),
        (layers.samples, ("dot", FAKE, "generated samples")),
        (layers.arrows, ("arrow", GENERATOR, "push of G's loss")),
    )
    painting.legend(LEFT[0], 36, [entry for drawn, entry in entries if drawn])
    _paint_map(painting, LEFT, view, frame, view.answers if layers.answers else None)
    _caption(painting, LEFT, _answer_label(view) if layers.answers else "samples")
    if view.best is not None:
        _paint_map(painting, RIGHT, view, frame, view.best)
        _caption(painting, RIGHT, "the best possible answer")
    elif layers.best:
        _caption(painting, RIGHT, "the best critic in the plane has no formula")
    if layers.distances:
        paint_distances(painting, view, HEIGHT)
    return painting.svg()


def _answer_label(view: View) -> str:
    return "D(x), probability of real" if view.probability else f"score of the {view.opponent}"


def _caption(painting: Painting, box: tuple[int, int, int, int], words: str) -> None:
    painting.text(box[0] + box[2] / 2, box[1] - 10, words, anchor="mm")


def _paint_map(
    painting: Painting,
    room: tuple[int, int, int, int],
    view: View,
    frame: Frame,
    answers: Tensor | None,
) -> None:
    left, right, low, high = frame
    x0, y0, width, height = room
    # A unit is as long across as upwards.
    scale = min(width / (right - left), height / (high - low))
    wide, tall = round(scale * (right - left)), round(scale * (high - low))
    box = (x0 + (width - wide) // 2, y0 + (height - tall) // 2, wide, tall)
    plot = Plot(painting, box, (left, right), (low, high))
    if answers is not None:
        side = math.isqrt(len(answers))
        at = _levels(view, answers)
        plot.heights(answers.float().view(side, side).numpy(), at, DISCRIMINATOR)
    x, y = view.data.places.unbind(1)
    plot.dots(x, y, REAL, max(3 * view.data.std * scale, 1.5))
    if view.layers.samples and answers is not view.best:
        for points, colour in ((view.real[: DOTS // 5], REAL), (view.samples[:DOTS], FAKE)):
            x, y = points.double().unbind(1)
            # Those outside lie on the edge.
            plot.dots(x.clamp(left, right), y.clamp(low, high), colour, 0.9)
    if view.layers.arrows and answers is not view.best:
        _paint_arrows(plot, view, 1 / scale)
    plot.put()
    plot.axis_below(ticks(left, right, 6), "x")
    plot.axis_beside(ticks(low, high, 6), "y")


def _levels(view: View, answers: Tensor) -> list[float]:
    if view.probability:
        return [i / HEIGHTS for i in range(HEIGHTS + 1)]
    return levels(answers.min().item(), answers.max().item())


def _pushes(view: View) -> Tensor:
    """Lengths of the arrows, (A, 2), in units of the plane. As on a line, the data's variance times
    a slope is a length, and the same picture results when the data are scaled."""
    places = view.data.places
    variance = view.data.std**2 + places.var(dim=0, correction=0).mean().item()
    return variance * view.pushes.double()


def _paint_arrows(plot: Plot, view: View, pixel: float) -> None:
    lengths = _pushes(view)
    most = LONGEST * (plot.across[1] - plot.across[0])
    norms = lengths.norm(dim=1, keepdim=True)
    lengths = lengths * (most / norms.clamp_min(most))
    for (x, y), (dx, dy) in zip(view.points.tolist(), lengths.tolist(), strict=True):
        length = math.hypot(dx, dy)
        if length < pixel:
            continue
        head = min(HEAD * pixel, length) / length
        tip, foot = (x + dx, y + dy), (x + dx * (1 - head), y + dy * (1 - head))
        side = (-dy * head * 0.4, dx * head * 0.4)
        plot.line([x, foot[0]], [y, foot[1]], GENERATOR, 1.4)
        plot.polygon(
            [tip, (foot[0] + side[0], foot[1] + side[1]), (foot[0] - side[0], foot[1] - side[1])],
            GENERATOR,
        )


def in_words(view: View) -> str:
    """The picture in words."""
    modes = count_modes(view.samples, view.data, at_least=1)
    spread = _pushes(view).norm(dim=1)
    across = float(view.x[:, 0].max() - view.x[:, 0].min())
    pushed = int((spread > FAINT * across).sum())
    return (
        f"After {view.discriminator_steps} {view.opponent} and {view.generator_steps} generator "
        f"steps, {modes.found} of {modes.of} modes have good samples of the "
        f"{'averaged ' if view.averaged else ''}generator, and {modes.good:.0%} of "
        f"{len(view.samples)} samples are good. The {view.opponent}'s answer lies between "
        f"{view.answers.min():.2f} and {view.answers.max():.2f}. Of {len(view.points)} generated "
        f"points the generator's loss pushes {pushed}, and {len(view.points) - pushed} hardly at "
        f"all. {view.ending()}"
    )
