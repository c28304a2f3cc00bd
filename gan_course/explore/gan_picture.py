"""The picture of the game on a line, and the same in words."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import torch

from gan_course.colours import DISCRIMINATOR, EXACT, FAKE, GENERATOR, REAL
from gan_course.data import Distribution
from gan_course.explore.gan_view import STRIP, GameView, paint_distances, scale_of
from gan_course.explore.paint import NORMAL, Painting, Plot, level, ticks

ARROWS = 9
# an arrow's greatest length, and the least that is spoken of, in standard deviations of the data
LONGEST, FAINT = 1.5, 0.05
BINS = 80
WIDTH, HEIGHT = 700, 320  # pixels, without the distances
LEFT, ACROSS = 58, 580  # pixels: where the plots begin, and how wide they are
HEAD = 7  # pixels, of an arrow

View: TypeAlias = GameView[Distribution]


def paint(view: View) -> bytes:
    """SVG, 700 × 320 pixels: above the density, the samples and the opponent's curve; below, arrows
    where the generator's loss pushes its samples; and under them, 92 pixels more for the
    distances."""
    layers = view.layers
    painting = Painting(WIDTH, HEIGHT + STRIP * layers.distances)
    painting.text(LEFT, 14, view.title(), size=NORMAL)
    entries = (
        (True, ("line", REAL, "real density p")),
        (layers.samples, ("line", FAKE, "generated samples")),
        (layers.answers, ("line", DISCRIMINATOR, _answer_label(view))),
        (view.best is not None, ("dashes", EXACT, f"best {view.letter}")),
        (layers.arrows, ("arrow", GENERATOR, "push of G's loss")),
    )
    marks = [entry for drawn, entry in entries if drawn]
    painting.legend(LEFT + 6, 40, marks, gap=18 if len(marks) < 5 else 10)
    _paint_densities(painting, view)
    if layers.arrows:
        _paint_pushes(painting, view)
    if layers.distances:
        paint_distances(painting, view, HEIGHT)
    return painting.svg()


def _answer_label(view: View) -> str:
    return "discriminator D(x)" if view.letter == "D" else "critic f(x)"


def _paint_densities(painting: Painting, view: View) -> None:
    x, density = view.x.numpy(), view.data.density(view.x).numpy()
    across = (float(x[0]), float(x[-1]))
    # A scale that stays: an untrained generator's spike may leave it, the real density always fills
    # the same half.
    highest = 2.1 * float(density.max())
    plot = Plot(painting, (LEFT, 58, ACROSS, 142), across, (0, highest))
    plot.area(x, density, REAL, 0.18)
    # The same box with a scale of its own on the right.
    low, high, marks = scale_of(view)
    answers = plot.on_scale((low, high))
    if view.probability:
        level(answers, 0.5)
    plot.line(x, density, REAL, 1.6)
    if view.layers.samples:
        plot.line(*_histogram(view), FAKE, 1.4)
    if view.best is not None:
        answers.line(view.x.numpy(), view.best.numpy(), EXACT, 1.4, dash=5)
    if view.layers.answers:
        answers.line(x, view.answers.numpy(), DISCRIMINATOR, 1.8)
    plot.put()
    # Above the arrows the numbers of the axis below are theirs too.
    plot.axis_below(() if view.layers.arrows else ticks(*across, 9))
    plot.axis_beside(ticks(0, highest, 5), "density")
    if view.layers.answers or view.best is not None:
        label = "probability of real" if view.probability else "score"
        answers.axis_beside(marks, label, right=True)


def _histogram(view: View) -> tuple[np.ndarray, np.ndarray]:
    """Outline of the samples' density, (2 · BINS + 2,) places and heights; those outside are
    counted at the edge."""
    low, high = float(view.x[0]), float(view.x[-1])
    values = view.samples.double().clamp(low, high).numpy()
    heights, edges = np.histogram(values, BINS, (low, high), density=True)
    return edges.repeat(2), np.concatenate([[0.0], heights.repeat(2), [0.0]])


def _paint_pushes(painting: Painting, view: View) -> None:
    # σ² times a slope in loss per unit of x is a length in units of x, and the same picture results
    # when the data are scaled.
    sigma = view.data.std
    lengths = (sigma**2 * view.pushes).clamp(-LONGEST * sigma, LONGEST * sigma)
    # one below the other, since many points may lie at almost one place
    heights = torch.linspace(0.8, -0.8, ARROWS).tolist()
    across = (float(view.x[0]), float(view.x[-1]))
    plot = Plot(painting, (LEFT, 208, ACROSS, 66), across, (-1, 1))
    pixel_x, pixel_y = (across[1] - across[0]) / ACROSS, 2 / 66
    plot.dots(view.points, heights, FAKE, 1.8)
    for x, y, length in zip(view.points.tolist(), heights, lengths.tolist(), strict=True):
        tip, head = x + length, math.copysign(min(HEAD * pixel_x, abs(length)), length)
        plot.line([x, tip - head / 2], [y, y], GENERATOR, 1.6)
        half = 3 * pixel_y * abs(head) / (HEAD * pixel_x)
        plot.polygon([(tip, y), (tip - head, y + half), (tip - head, y - half)], GENERATOR)
    plot.put()
    plot.axis_below(ticks(*across, 9), "x")


def in_words(view: View) -> str:
    """The picture in words."""
    lengths = view.data.std * view.pushes
    right, left = int((lengths > FAINT).sum()), int((lengths < -FAINT).sum())
    return (
        f"After {view.discriminator_steps} {view.opponent} and {view.generator_steps} generator "
        "steps, samples of the "
        f"{'averaged ' if view.averaged else ''}generator have mean {view.samples.mean():.2f} and "
        f"standard deviation {view.samples.std():.2f} "
        f"(real: {view.data.mean:.2f} and {view.data.std:.2f}). The {view.opponent}'s answer lies "
        f"between {view.answers.min():.2f} and "
        f"{view.answers.max():.2f} and is highest at x = {view.x[view.answers.argmax()]:.1f}. "
        f"Of {ARROWS} generated points the generator's loss pushes {right} to the right, {left} to "
        f"the left, {ARROWS - right - left} hardly at all. {view.ending()}"
    )
