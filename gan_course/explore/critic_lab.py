"""A laboratory for the game in the plane with a critic: its height at every place, and how steep it
is along a line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from torch import Tensor
from torch.optim import Optimizer

from gan_course.data import PlaneMixture
from gan_course.explore.lab import Lab
from gan_course.explore.picture import Picture
from gan_course.metrics import Modes, count_modes
from gan_course.models import WGAN, WGANGP
from gan_course.penalties import slopes
from gan_course.viz.colours import DISCRIMINATOR, EXACT, FAKE, QUIET, REAL
from gan_course.viz.picture import png
from gan_course.viz.plane import (
    draw_heights,
    draw_points,
    draw_real_data_on_a_line,
    frame,
    plane_grid,
)

if TYPE_CHECKING:
    import ipywidgets

# real and generated samples behind a picture's numbers; the generated ones are its dots
SHOWN = 1000
PLACES = 50  # of the map, along each axis
POINTS = 400  # of the line
# upper ends of the scale of slopes, times powers of ten: it jumps seldom
TOPS = (1.5, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class CriticView:
    """What a picture shows, on the CPU: a function of the moment, the angle and `averaged`
    alone."""

    places: Tensor  # (PLACES, PLACES, 2), as of `plane_grid`
    heights: Tensor  # (PLACES, PLACES) the critic's scores there
    samples: Tensor  # (SHOWN, 2), generated
    line: Tensor  # (POINTS, 2) places on the line
    distance: Tensor  # (POINTS,) from the middle of the picture, negative at the line's beginning
    slopes: Tensor  # (POINTS,) ‖∇critic‖ on the line, in score per unit of length
    estimate: float  # mean score of real samples less that of generated ones
    modes: Modes  # found by the samples, a mode by one that is good


class CriticLab(Lab[WGAN | WGANGP, PlaneMixture]):
    """The game in the plane between a copy of `model` and `data`, step by step, as `Lab` plays it;
    `model` itself is never changed.

    Raises `TypeError` for a model that has no critic or data that are no mixture in the plane,
    `ValueError` for a model of other samples than points.
    """

    def __init__(self, model: WGAN | WGANGP, data: PlaneMixture, seed: int = 0) -> None:
        if not isinstance(model, WGAN | WGANGP):
            raise TypeError(
                f"the lab shows a critic: expected a WGAN or a WGANGP, got {type(model).__name__}"
            )
        if not isinstance(data, PlaneMixture):
            raise TypeError(
                "the lab draws the data's modes: expected a PlaneMixture such as load('grid'), "
                f"got {type(data).__name__}"
            )
        if tuple(model.config.shape) != (2,):
            raise ValueError(
                "the lab plays in the plane: expected a model for samples of shape (2,), got one "
                f"for {tuple(model.config.shape)}"
            )
        self._angle = 0.0
        super().__init__(model, data, seed, SHOWN)

    @property
    def critic_steps(self) -> int:
        """Steps that the critic has made."""
        return self.opponent_steps

    @property
    def steps_in_round(self) -> int:
        """Steps of the critic for one of the generator, in `play`: `n_critic`."""
        return self.model.config.n_critic

    def step_critic(self, steps: int = 1) -> None:
        """Steps of the critic, each on a fresh batch."""
        self.step_opponent(steps)

    @property
    def angle(self) -> float:
        """Of the line through the middle of the picture against the x axis: degrees from 0 to 180,
        anticlockwise. It can be set."""
        return self._angle

    @angle.setter
    def angle(self, degrees: float) -> None:
        if isinstance(degrees, bool) or not isinstance(degrees, int | float):
            raise TypeError(f"the line's angle is a number of degrees, got {degrees!r}")
        if not 0 <= degrees <= 180:  # written so that NaN fails too
            raise ValueError(f"the line's angle lies between 0 and 180 degrees, got {degrees}")
        self._angle = float(degrees)

    def line(self) -> tuple[Tensor, Tensor]:
        """Places (400, 2) on the line from edge to edge of the picture, and their distances (400,)
        from its middle, negative at the beginning."""
        left, right, low, high = frame(self.data)
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        half = min(
            side / max(abs(part), 1e-9)
            for side, part in (((right - left) / 2, cos), ((high - low) / 2, sin))
        )
        distance = torch.linspace(-half, half, POINTS)
        middle = torch.tensor([(left + right) / 2, (low + high) / 2])
        return middle + distance[:, None] * torch.tensor([cos, sin]), distance

    def picture(self) -> Picture:
        """PNG, 700 × 330 pixels: left the critic's height as a map, with real modes and generated
        samples; right its slope along the line."""
        view = self.view()
        return Picture(png(_draw(self, view)), _sentence(self, view))

    def alt(self) -> str:
        """The picture in words."""
        return _sentence(self, self.view())

    def view(self) -> CriticView:
        """The numbers behind the picture. Raises `ValueError` where the game has diverged: then
        only `back` and `rewind` help."""
        model, places = self.model, plane_grid(self.data, PLACES)
        line, distance = self.line()
        with model.evaluating():
            fake = self._shown_samples()
            heights = model.critic(places.flatten(0, 1).to(model.device)).view(PLACES, PLACES).cpu()
            estimate = (model.critic(self._real).mean() - model.critic(fake).mean()).item()
        if not (heights.isfinite().all() and fake.isfinite().all()):
            raise ValueError(
                "the game has diverged, its numbers are no longer finite: go back, then try lower "
                "learning rates"
            )
        return CriticView(
            places=places,
            heights=heights,
            samples=fake.cpu(),
            line=line,
            distance=distance,
            slopes=slopes(model.critic, line.to(model.device)).detach().cpu(),
            estimate=estimate,
            modes=count_modes(fake, self.data, at_least=1),
        )

    def widget(self) -> ipywidgets.Widget:
        """The lab with buttons, for a notebook; needs ipywidgets."""
        from gan_course.explore.lab_faces import critic_lab_widget

        return critic_lab_widget(self)

    def _learning_rates(self) -> list[tuple[Optimizer, float]]:
        return [
            (self.model.optimizer_g, self.model.config.lr_g),
            (self.model.optimizer_c, self.model.config.lr_c),
        ]

    def _opponent_step(self, real: Tensor, fake: Tensor) -> None:
        self.model.critic_step(real, fake)


def _draw(lab: CriticLab, view: CriticView) -> Figure:
    # Places are given by hand: a layout engine would take longer than all the rest, and let the
    # picture jump from move to move.
    figure = Figure(figsize=(7.0, 3.3))
    height, along = (
        figure.add_axes((0.068, 0.13, 0.36, 0.66)),
        figure.add_axes((0.51, 0.13, 0.465, 0.66)),
    )
    lines = list(draw_heights(height, view.places, view.heights, levels=10).levels)
    draw_points(height, lab.data, view.samples)
    height.plot(*view.line[[0, -1]].T, color=EXACT, linewidth=1, linestyle=(0, (4, 2)))
    height.set_title(
        f"critic's height, lines {lines[1] - lines[0]:.2g} apart", fontsize=8.5, color=EXACT, pad=4
    )
    _draw_slopes(along, lab, view)
    for panel in (height, along):
        panel.spines[["top", "right"]].set_visible(False)
        panel.tick_params(labelsize=8)
        panel.xaxis.label.set_fontsize(9)
        panel.yaxis.label.set_fontsize(9)
        panel.xaxis.labelpad = panel.yaxis.labelpad = 1
    handles = [
        Line2D([], [], color=REAL, marker="o", linestyle="", markersize=5, label="real modes"),
        Line2D(
            [], [], color=FAKE, marker="o", linestyle="", markersize=4, label="generated samples"
        ),
        Line2D([], [], color=EXACT, linewidth=1, linestyle=(0, (4, 2)), label="line"),
        Line2D([], [], color=DISCRIMINATOR, label="critic's slope"),
        Line2D([], [], color=QUIET, linewidth=1, linestyle="--", label="slope one"),
    ]
    figure.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.945),
        ncols=5,
        fontsize=8,
        frameon=False,
        columnspacing=1.4,
    )
    figure.text(0.068, 0.95, _title(lab, view), fontsize=9.5, color=EXACT)
    return figure


def _draw_slopes(panel: Axes, lab: CriticLab, view: CriticView) -> None:
    draw_real_data_on_a_line(panel, lab.data, view.line, view.distance)
    panel.axhline(1, color=QUIET, linestyle="--", linewidth=1)
    panel.plot(view.distance, view.slopes, color=DISCRIMINATOR)
    panel.set_xlim(float(view.distance[0]), float(view.distance[-1]))
    panel.set_ylim(0, _top(float(view.slopes.max())))
    panel.set_title(
        f"gradient norm along the line at {lab.angle:g}°", fontsize=8.5, color=EXACT, pad=4
    )
    panel.set_xlabel("distance from the middle")
    panel.set_ylabel("‖∇critic‖")


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


def _rule(lab: CriticLab) -> str:
    model = lab.model
    return (
        f"clip {model.config.clip:g}"
        if isinstance(model, WGAN)
        else f"penalty weight {model.config.penalty_weight:g}"
    )


def _title(lab: CriticLab, view: CriticView) -> str:
    steps = (
        f"{lab.critic_steps} critic steps, {lab.generator_steps} G "
        f"steps{' (G averaged)' if lab.averaged else ''}"
    )
    return f"{steps}      estimate of the distance {_number(view.estimate)}      {_rule(lab)}"


def _sentence(lab: CriticLab, view: CriticView) -> str:
    crossed = int(
        (torch.cdist(view.line.double(), lab.data.places).amin(dim=0) <= 3 * lab.data.std).sum()
    )
    return (
        f"After {lab.critic_steps} critic and {lab.generator_steps} generator steps, "
        f"{view.modes.found} of {view.modes.of} modes have good samples "
        f"of the {'averaged ' if lab.averaged else ''}generator, and {view.modes.good:.0%} of "
        f"{len(view.samples)} samples are good. "
        "The critic's estimate of the distance, the mean score of real samples less that of "
        f"generated ones, is {_number(view.estimate)}, "
        f"with {_rule(lab)}. Along the line at {lab.angle:g} degrees through the middle, with "
        f"{crossed} of the real modes on it, its gradient norm "
        f"lies between {view.slopes.min():.3g} and {view.slopes.max():.3g}, "
        f"{view.slopes.mean():.3g} on average."
    )
