"""A laboratory for the game on a line: one move at a time, forwards and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from torch import Tensor
from torch.optim import Optimizer

from gan_course.data import Distribution
from gan_course.explore.lab import Lab
from gan_course.explore.picture import Picture
from gan_course.models import GAN
from gan_course.viz.colours import DISCRIMINATOR, EXACT, FAKE, GENERATOR, QUIET
from gan_course.viz.densities import draw_density, line_grid
from gan_course.viz.picture import png

if TYPE_CHECKING:
    import ipywidgets

SHOWN = 4000  # samples behind a histogram and the losses
ARROWS = 9
# an arrow's greatest length, and the least that is spoken of, in standard deviations of the data
LONGEST, FAINT = 1.5, 0.05


@dataclass(frozen=True)
class View:
    """What a picture shows, on the CPU: a function of the moment alone."""

    x: Tensor  # (points,) places on the line
    answers: Tensor  # (points,) D(x), the probability "real"
    samples: Tensor  # (SHOWN,)
    points: Tensor  # (ARROWS,) evenly spaced quantiles of the samples
    # (ARROWS,) minus the slope of the generator's loss at each point, in loss per unit of x
    pushes: Tensor
    discriminator_loss: float
    generator_loss: float


class GanLab(Lab[GAN, Distribution]):
    """The game on a line between a copy of `model` and `data`, step by step, as `Lab` plays it;
    `model` itself is never changed.

    Raises `ValueError` for a model that does not play on a line, `TypeError` for data that are no
    distribution.
    """

    def __init__(self, model: GAN, data: Distribution, seed: int = 0) -> None:
        if not isinstance(data, Distribution):
            raise TypeError(
                "the lab draws the data's density: expected a Distribution such as "
                f"load('gaussian'), got {type(data).__name__}"
            )
        if tuple(model.config.shape) != (1,):
            raise ValueError(
                "the lab plays on a line: expected a model for samples of shape (1,), got one for "
                f"{tuple(model.config.shape)}"
            )
        super().__init__(model, data, seed, SHOWN)

    @property
    def discriminator_steps(self) -> int:
        """Steps that the discriminator has made."""
        return self.opponent_steps

    def step_discriminator(self, steps: int = 1) -> None:
        """Steps of the discriminator, each on a fresh batch."""
        self.step_opponent(steps)

    def picture(self) -> Picture:
        """PNG, 700 × 320 pixels: density, samples, the discriminator's curve, and arrows where the
        generator's loss pushes its samples."""
        view = self.view()
        return Picture(png(_draw(self, view)), _sentence(self, view))

    def alt(self) -> str:
        """The picture in words."""
        return _sentence(self, self.view())

    def view(self) -> View:
        """The numbers behind the picture."""
        model = self.model
        with model.evaluating():
            fake = self._shown_samples()
            x = line_grid(self.data)
            answers = model.discriminator(x[:, None].float().to(model.device)).sigmoid()
            scores_real, scores_fake = model.discriminator(self._real), model.discriminator(fake)
            order = (torch.arange(ARROWS, device=fake.device) + 0.5) / ARROWS
            points = fake.flatten().quantile(order)
        return View(
            x=x,
            answers=answers.flatten().cpu(),
            samples=fake.flatten().cpu(),
            points=points.cpu(),
            pushes=self.push(points).cpu(),
            discriminator_loss=model.loss.discriminator(scores_real, scores_fake).item(),
            generator_loss=model.loss.generator(scores_fake).item(),
        )

    def push(self, points: Tensor) -> Tensor:
        """Minus the slope of the generator's loss at generated `points` (N,), in loss per unit of
        x: where the discriminator sends them."""
        x = points.detach().clone().to(self.model.device).requires_grad_()
        logits = self.model.discriminator(x[:, None])
        # The loss is a mean; times N, each point has the slope that it would have alone.
        (slope,) = torch.autograd.grad(self.model.loss.generator(logits) * len(x), x)
        return -slope

    def widget(self) -> ipywidgets.Widget:
        """The lab with buttons, for a notebook; needs ipywidgets."""
        from gan_course.explore.lab_faces import gan_lab_widget

        return gan_lab_widget(self)

    def _learning_rates(self) -> list[tuple[Optimizer, float]]:
        return [
            (self.model.optimizer_g, self.model.config.lr_g),
            (self.model.optimizer_d, self.model.config.lr_d),
        ]

    def _opponent_step(self, real: Tensor, fake: Tensor) -> None:
        self.model.discriminator_step(real, fake)


def _draw(lab: GanLab, view: View) -> Figure:
    # Places are given by hand: a layout engine would take longer than all the rest, and let the
    # picture jump from move to move.
    figure = Figure(figsize=(7.0, 3.2))
    panel = figure.add_axes((0.075, 0.375, 0.845, 0.43))
    draw_density(panel, lab.data, view.samples, view.x)
    panel.set_xlabel("")
    panel.set_xlim(float(view.x[0]), float(view.x[-1]))
    # A scale that stays: an untrained generator's spike may leave it, the real density always fills
    # the same half.
    panel.set_ylim(0, 2.1 * float(lab.data.density(view.x).max()))
    panel.tick_params(labelbottom=False)
    scale = panel.twinx()
    scale.plot(view.x, view.answers, color=DISCRIMINATOR, label="discriminator D(x)")
    scale.axhline(0.5, color=QUIET, linewidth=0.8, linestyle=":")
    scale.set_ylim(0, 1.05)
    scale.set_yticks([0, 0.5, 1])
    scale.set_ylabel("probability of real")
    strip = figure.add_axes((0.075, 0.14, 0.845, 0.185), sharex=panel)
    _draw_pushes(strip, lab, view)
    for part in (panel, scale, strip):
        part.spines[["top"] if part is scale else ["top", "right"]].set_visible(False)
        part.tick_params(labelsize=8)
        part.xaxis.label.set_fontsize(9)
        part.yaxis.label.set_fontsize(9)
    arrow = Line2D([], [], color=GENERATOR, marker=">", markersize=5, label="push of G's loss")
    handles = [*panel.get_legend_handles_labels()[0], *scale.get_legend_handles_labels()[0], arrow]
    figure.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.4975, 0.93),
        ncols=4,
        fontsize=8,
        frameon=False,
        columnspacing=1.4,
    )
    figure.text(0.075, 0.945, _title(lab, view), fontsize=9.5, color=EXACT)
    return figure


def _draw_pushes(strip: Axes, lab: GanLab, view: View) -> None:
    # σ² times a slope in loss per unit of x is a length in units of x, and the same picture results
    # when the data are scaled.
    sigma = lab.data.std
    lengths = (sigma**2 * view.pushes).clamp(-LONGEST * sigma, LONGEST * sigma)
    # one below the other, since many points may lie at almost one place
    heights = torch.linspace(0.8, -0.8, ARROWS)
    strip.plot(view.points, heights, "o", color=FAKE, markersize=2.5)
    strip.quiver(
        view.points,
        heights,
        lengths,
        torch.zeros(ARROWS),
        color=GENERATOR,
        angles="xy",
        scale_units="xy",
        scale=1,
        units="inches",
        width=0.016,
        headwidth=5,
        headlength=5.5,
        headaxislength=5,
        minlength=0,
        zorder=3,
    )
    strip.set_ylim(-1, 1)
    strip.set_yticks([])
    strip.spines["left"].set_visible(False)
    strip.set_xlabel("x")


def _title(lab: GanLab, view: View) -> str:
    steps = (
        f"{lab.discriminator_steps} D steps, {lab.generator_steps} G "
        f"steps{' (G averaged)' if lab.averaged else ''}"
    )
    return (
        f"{steps}      loss of D {view.discriminator_loss:.3f}      loss of G "
        f"{view.generator_loss:.3f}"
    )


def _sentence(lab: GanLab, view: View) -> str:
    lengths = lab.data.std * view.pushes
    right, left = int((lengths > FAINT).sum()), int((lengths < -FAINT).sum())
    return (
        f"After {lab.discriminator_steps} discriminator and {lab.generator_steps} generator steps, "
        "samples of the "
        f"{'averaged ' if lab.averaged else ''}generator have mean {view.samples.mean():.2f} and "
        f"standard deviation {view.samples.std():.2f} "
        f"(real: {lab.data.mean:.2f} and {lab.data.std:.2f}). The discriminator's answer lies "
        f"between {view.answers.min():.2f} and "
        f"{view.answers.max():.2f} and is highest at x = {view.x[view.answers.argmax()]:.1f}. "
        f"Of {ARROWS} generated points the generator's loss pushes {right} to the right, {left} to "
        f"the left, {ARROWS - right - left} hardly at all."
    )
