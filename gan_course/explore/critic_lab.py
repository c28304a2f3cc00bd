"""A laboratory for the game in the plane with a critic: its height at every place, and how steep it
is along a line."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from gan_course.data import PlaneMixture
from gan_course.explore.controls import Button, Control, Slider
from gan_course.explore.critic_picture import CriticView, in_words, paint
from gan_course.explore.lab import DIVERGED, Lab
from gan_course.explore.picture import Picture
from gan_course.metrics import count_modes
from gan_course.models import WGAN, WGANGP
from gan_course.penalties import slopes
from gan_course.viz.plane import frame, plane_grid

# real and generated samples behind a picture's numbers; the generated ones are its dots
SHOWN = 1000
PLACES = 50  # of the map, along each axis
POINTS = 400  # of the line


class CriticLab(Lab[WGAN | WGANGP, PlaneMixture]):
    """The game in the plane between a copy of `model` and `data`, step by step, as `Lab` plays it;
    `model` itself is never changed.

    Raises `TypeError` for a model that has no critic or data that are no mixture in the plane,
    `ValueError` for a model of other samples than points.
    """

    chosen = ("averaged", "_angle")

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
        """SVG, 700 × 330 pixels: left the critic's height as a map, with real modes and generated
        samples; right its slope along the line."""
        view = self.view()
        return Picture(paint(view), in_words(view))

    def alt(self) -> str:
        """The picture in words."""
        return in_words(self.view())

    def view(self) -> CriticView:
        """The numbers behind the picture. Raises `ValueError` where the game has diverged: then
        only `back` and `rewind` help."""
        model, places = self.model, plane_grid(self.data, PLACES)
        line, distance = self.line()
        with model.evaluating():
            fake = self._shown_samples()
            heights = model.critic(places.flatten(0, 1).to(model.device)).view(PLACES, PLACES).cpu()
            estimate = (model.critic(self._real).mean() - model.critic(fake).mean()).item()
        if not (heights.isfinite().all() and fake.isfinite().all() and math.isfinite(estimate)):
            raise ValueError(DIVERGED)
        steep = slopes(model.critic, line.to(model.device)).detach().cpu()
        if not steep.isfinite().all():
            raise ValueError(DIVERGED)
        return CriticView(
            data=self.data,
            critic_steps=self.critic_steps,
            generator_steps=self.generator_steps,
            averaged=self.averaged,
            rule=self._rule(),
            angle=self.angle,
            places=places,
            heights=heights,
            samples=fake.cpu(),
            line=line,
            distance=distance,
            slopes=steep,
            estimate=estimate,
            modes=count_modes(fake, self.data, at_least=1),
        )

    def _rule(self) -> str:
        model = self.model
        return (
            f"clip {model.config.clip:g}"
            if isinstance(model, WGAN)
            else f"penalty weight {model.config.penalty_weight:g}"
        )

    def _choose(self, values: Mapping[str, Any]) -> None:
        super()._choose(values)
        self.angle = values["angle"]

    def _rows(self) -> tuple[tuple[Control, ...], ...]:
        angle = Slider(
            key="angle",
            label="angle of the line",
            help="against the x axis, anticlockwise",
            low=0,
            high=180,
            step=1,
            value=self.angle,
            unit="°",
        )
        return (
            (
                Button(key="c", label="Step critic", help="one step of the critic"),
                Button(key="g", label="Step G", help="one step of the generator"),
                Button(key="c 10", label="Critic × 10", help="ten steps of the critic"),
            ),
            (angle,),
        )

    def _presses(self) -> dict[str, Callable[[], None]]:
        return {
            "c": self.step_critic,
            "g": self.step_generator,
            "c 10": lambda: self.step_critic(10),
        }

    def _round_in_words(self) -> str:
        return f"{self.steps_in_round} steps of the critic, then one of G"

    def _opponent_step(self, real: Tensor, fake: Tensor) -> None:
        self.model.critic_step(real, fake)
