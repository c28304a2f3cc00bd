"""The picture of the game on a line, and the same in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gan_course.colours import DISCRIMINATOR, FAKE, GENERATOR, REAL
from gan_course.data import Distribution
from gan_course.explore.paint import NORMAL, Painting, Plot, level, ticks

ARROWS = 9
# an arrow's greatest length, and the least that is spoken of, in standard deviations of the data
LONGEST, FAINT = 1.5, 0.05
BINS = 80
WIDTH, HEIGHT = 700, 320  # pixels
LEFT, ACROSS = 58, 580  # pixels: where the plots begin, and how wide they are
HEAD = 7  # pixels, of an arrow


@dataclass(frozen=True)
class GanView:
    """What the picture shows, on the CPU."""

    data: Distribution
    discriminator_steps: int
    generator_steps: int
    averaged: bool  # whether the samples are those of the averaged generator
    x: Tensor  # (points,) places on the line
    answers: Tensor  # (points,) D(x), the probability "real"
    samples: Tensor  # (SHOWN,)
    points: Tensor  # (ARROWS,) evenly spaced quantiles of the samples
    # (ARROWS,) minus the slope of the generator's loss at each point, in loss per unit of x
    pushes: Tensor
    discriminator_loss: float
    generator_loss: float

    def is_finite(self) -> bool:
        """Whether all of it can be drawn and put in words."""
        tensors = (self.answers, self.samples, self.points, self.pushes, self.samples.std())
        numbers = (self.discriminator_loss, self.generator_loss)
        return all(bool(each.isfinite().all()) for each in tensors) and all(
            math.isfinite(number) for number in numbers
        )


def paint(view: GanView) -> bytes:
    """PNG, 700 × 320 pixels: above the density, the samples and the discriminator's curve; below,
    arrows where the generator's loss pushes its samples."""
    painting = Painting(WIDTH, HEIGHT)
    painting.text(LEFT, 14, _title(view), size=NORMAL)
    painting.legend(
        LEFT + 6,
        40,
        (
            ("line", REAL, "real density p"),
            ("line", FAKE, "generated samples"),
            ("line", DISCRIMINATOR, "discriminator D(x)"),
            ("arrow", GENERATOR, "push of G's loss"),
        ),
    )
    _paint_densities(painting, view)
    _paint_pushes(painting, view)
    return painting.png()


def _paint_densities(painting: Painting, view: GanView) -> None:
    x, density = view.x.numpy(), view.data.density(view.x).numpy()
    across = (float(x[0]), float(x[-1]))
    # A scale that stays: an untrained generator's spike may leave it, the real density always fills
    # the same half.
    highest = 2.1 * float(density.max())
    plot = Plot(painting, (LEFT, 58, ACROSS, 142), across, (0, highest))
    plot.area(x, density, REAL, 0.18)
    # The same box with a scale of its own on the right.
    answers = plot.on_scale((0, 1.05))
    level(answers, 0.5)
    plot.line(x, density, REAL, 1.6)
    edges, heights = _histogram(view)
    plot.line(edges, heights, FAKE, 1.4)
    answers.line(x, view.answers.numpy(), DISCRIMINATOR, 1.8)
    plot.put()
    plot.axis_below(())
    plot.axis_beside(ticks(0, highest, 5), "density")
    answers.axis_beside((0, 0.5, 1), "probability of real", right=True)


def _histogram(view: GanView) -> tuple[np.ndarray, np.ndarray]:
    """Outline of the samples' density, (2 · BINS + 2,) places and heights; those outside are
    counted at the edge."""
    low, high = float(view.x[0]), float(view.x[-1])
    values = view.samples.double().clamp(low, high).numpy()
    heights, edges = np.histogram(values, BINS, (low, high), density=True)
    return edges.repeat(2), np.concatenate([[0.0], heights.repeat(2), [0.0]])


def _paint_pushes(painting: Painting, view: GanView) -> None:
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


def _title(view: GanView) -> str:
    averaged = " (G averaged)" if view.averaged else ""
    return (
        f"{view.discriminator_steps} D steps, {view.generator_steps} G steps{averaged}      "
        f"loss of D {view.discriminator_loss:.3f}      loss of G {view.generator_loss:.3f}"
    )


def in_words(view: GanView) -> str:
    """The picture in words."""
    lengths = view.data.std * view.pushes
    right, left = int((lengths > FAINT).sum()), int((lengths < -FAINT).sum())
    return (
        f"After {view.discriminator_steps} discriminator and {view.generator_steps} generator "
        "steps, samples of the "
        f"{'averaged ' if view.averaged else ''}generator have mean {view.samples.mean():.2f} and "
        f"standard deviation {view.samples.std():.2f} "
        f"(real: {view.data.mean:.2f} and {view.data.std:.2f}). The discriminator's answer lies "
        f"between {view.answers.min():.2f} and "
        f"{view.answers.max():.2f} and is highest at x = {view.x[view.answers.argmax()]:.1f}. "
        f"Of {ARROWS} generated points the generator's loss pushes {right} to the right, {left} to "
        f"the left, {ARROWS - right - left} hardly at all."
    )
