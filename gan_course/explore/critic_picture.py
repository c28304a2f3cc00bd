"""The picture of the game in the plane with a critic, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gan_course.colours import DISCRIMINATOR, EXACT, FAKE, QUIET, REAL
from gan_course.data import PlaneMixture
from gan_course.explore.paint import NORMAL, Painting, Plot, level, ticks
from gan_course.metrics import Modes
from gan_course.viz.plane import frame

# upper ends of the scale of slopes, times powers of ten: it jumps seldom
TOPS = (1.5, 2.5, 5.0, 10.0)
LINES = 11  # of equal height, at most
WIDTH, HEIGHT = 700, 330  # pixels
MAP = (48, 72, 252, 216)  # left, top, width and height, in pixels, of the room for the map
ALONG = (366, 72, 318, 216)  # and of the slopes


@dataclass(frozen=True)
class CriticView:
    """What the picture shows, on the CPU."""

    data: PlaneMixture
    critic_steps: int
    generator_steps: int
    averaged: bool  # whether the samples are those of the averaged generator
    rule: str  # what keeps the critic's slope in check
    angle: float  # of the line against the x axis, in degrees
    places: Tensor  # (PLACES, PLACES, 2), as of `plane_grid`
    heights: Tensor  # (PLACES, PLACES) the critic's scores there
    samples: Tensor  # (SHOWN, 2), generated
    line: Tensor  # (POINTS, 2) places on the line
    distance: Tensor  # (POINTS,) from the middle of the picture, negative at the line's beginning
    slopes: Tensor  # (POINTS,) ‖∇critic‖ on the line, in score per unit of length
    estimate: float  # mean score of real samples less that of generated ones
    modes: Modes  # found by the samples, a mode by one that is good


def paint(view: CriticView) -> bytes:
    """SVG, 700 × 330 pixels: left the critic's height as a map, with real modes and generated
    samples; right its slope along the line."""
    painting = Painting(WIDTH, HEIGHT)
    painting.text(MAP[0], 14, _title(view), size=NORMAL)
    painting.legend(
        MAP[0],
        36,
        (
            ("dot", REAL, "real modes"),
            ("dot", FAKE, "generated samples"),
            ("dashes", EXACT, "line"),
            ("line", DISCRIMINATOR, "critic's slope"),
            ("dashes", QUIET, "slope one"),
        ),
        gap=12,
    )
    _paint_map(painting, view)
    _paint_slopes(painting, view)
    return painting.svg()


def _paint_map(painting: Painting, view: CriticView) -> None:
    left, right, low, high = frame(view.data)
    x0, y0, width, height = MAP
    # A unit is as long across as upwards.
    scale = min(width / (right - left), height / (high - low))
    wide, tall = round(scale * (right - left)), round(scale * (high - low))
    box = (x0 + (width - wide) // 2, y0 + (height - tall) // 2, wide, tall)
    plot = Plot(painting, box, (left, right), (low, high))
    heights = view.heights.double()
    least, most = float(heights.min()), float(heights.max())
    at = levels(least, most)
    plot.heights(heights.float().numpy(), at, DISCRIMINATOR)
    x, y = view.data.places.unbind(1)
    plot.dots(x, y, REAL, max(3 * view.data.std * scale, 1.5))
    x, y = view.samples.double().unbind(1)
    # Those outside lie on the edge.
    plot.dots(x.clamp(left, right), y.clamp(low, high), FAKE, 0.9)
    x, y = view.line[[0, -1]].unbind(1)
    plot.line(x, y, EXACT, 1.2, dash=5)
    plot.put()
    plot.axis_below(ticks(left, right, 6), "x")
    plot.axis_beside(ticks(low, high, 6), "y")
    title = f"critic's height, lines {at[1] - at[0]:.2g} apart"
    painting.text(x0 + width / 2, y0 - 10, title, anchor="mm")


def levels(least: float, most: float) -> list[float]:
    """Evenly spaced round heights that take in everything from `least` to `most`."""
    # An untrained critic is nearly as high everywhere; one that is flat has one field.
    room = max(most - least, 1e-6 * max(abs(most), abs(least), 1e-6))
    between = ticks(least - 0.5 * room, most + 0.5 * room, 2 * LINES)
    step = between[1] - between[0]
    return [height for height in between if least - step <= height <= most + step]


def _paint_slopes(painting: Painting, view: CriticView) -> None:
    distance, top = view.distance, _top(float(view.slopes.max()))
    across = (float(distance[0]), float(distance[-1]))
    plot = Plot(painting, ALONG, across, (0, top))
    near = torch.cdist(view.line.double(), view.data.places).amin(dim=1) <= 3 * view.data.std
    half = float(distance[1] - distance[0]) / 2
    for place in distance[near].tolist():
        plot.strip(place - half, place + half, REAL, 0.18)
    level(plot, 1, QUIET, 5)
    plot.line(distance, view.slopes, DISCRIMINATOR, 1.8)
    plot.put()
    plot.axis_below(ticks(*across, 8), "distance from the middle")
    plot.axis_beside(ticks(0, top, 7), "‖∇critic‖")
    x0, y0, width, _ = ALONG
    title = f"gradient norm along the line at {view.angle:g}°"
    painting.text(x0 + width / 2, y0 - 10, title, anchor="mm")


def _title(view: CriticView) -> str:
    averaged = " (G averaged)" if view.averaged else ""
    return (
        f"{view.critic_steps} critic steps, {view.generator_steps} G steps{averaged}      "
        f"estimate of the distance {_number(view.estimate)}      {view.rule}"
    )


def _top(most: float) -> float:
    """The first step of the scale above `most`."""
    power = 1.0
    while True:
        for top in TOPS:
            if most < power * top:
                return power * top
        power *= 10


def _number(value: float) -> str:
    return f"{round(value, 3) + 0.0:.3f}"  # adding 0 makes of "-0.000" a plain 0.000


def in_words(view: CriticView) -> str:
    """The picture in words."""
    crossed = int(
        (torch.cdist(view.line.double(), view.data.places).amin(dim=0) <= 3 * view.data.std).sum()
    )
    return (
        f"After {view.critic_steps} critic and {view.generator_steps} generator steps, "
        f"{view.modes.found} of {view.modes.of} modes have good samples "
        f"of the {'averaged ' if view.averaged else ''}generator, and {view.modes.good:.0%} of "
        f"{len(view.samples)} samples are good. "
        "The critic's estimate of the distance, the mean score of real samples less that of "
        f"generated ones, is {_number(view.estimate)}, "
        f"with {view.rule}. Along the line at {view.angle:g} degrees through the middle, with "
        f"{crossed} of the real modes on it, its gradient norm "
        f"lies between {view.slopes.min():.3g} and {view.slopes.max():.3g}, "
        f"{view.slopes.mean():.3g} on average."
    )
