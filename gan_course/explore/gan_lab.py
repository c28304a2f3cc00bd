"""A laboratory for the game on a line: one move at a time, forwards and back."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.optim import Optimizer

from gan_course.data import Distribution
from gan_course.explore.controls import Button, Control
from gan_course.explore.gan_picture import ARROWS, GanView, in_words, paint
from gan_course.explore.lab import DIVERGED, Lab
from gan_course.explore.picture import Picture
from gan_course.models import GAN
from gan_course.viz.densities import line_grid

SHOWN = 4000  # samples behind a histogram and the losses


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
        return Picture(paint(view), in_words(view))

    def alt(self) -> str:
        """The picture in words."""
        return in_words(self.view())

    def view(self) -> GanView:
        """The numbers behind the picture. Raises `ValueError` where the game has diverged: then
        only `back` and `rewind` help."""
        model = self.model
        with model.evaluating():
            fake = self._shown_samples()
            x = line_grid(self.data)
            answers = model.discriminator(x[:, None].float().to(model.device)).sigmoid()
            scores_real, scores_fake = model.discriminator(self._real), model.discriminator(fake)
            order = (torch.arange(ARROWS, device=fake.device) + 0.5) / ARROWS
            points = fake.flatten().quantile(order)
        view = GanView(
            data=self.data,
            discriminator_steps=self.discriminator_steps,
            generator_steps=self.generator_steps,
            averaged=self.averaged,
            x=x,
            answers=answers.flatten().cpu(),
            samples=fake.flatten().cpu(),
            points=points.cpu(),
            pushes=self.push(points).cpu(),
            discriminator_loss=model.loss.discriminator(scores_real, scores_fake).item(),
            generator_loss=model.loss.generator(scores_fake).item(),
        )
        if not view.is_finite():
            raise ValueError(DIVERGED)
        return view

    def push(self, points: Tensor) -> Tensor:
        """Minus the slope of the generator's loss at generated `points` (N,), in loss per unit of
        x: where the discriminator sends them."""
        x = points.detach().clone().to(self.model.device).requires_grad_()
        logits = self.model.discriminator(x[:, None])
        # The loss is a mean; times N, each point has the slope that it would have alone.
        (slope,) = torch.autograd.grad(self.model.loss.generator(logits) * len(x), x)
        return -slope

    def _rows(self) -> tuple[tuple[Control, ...], ...]:
        return (
            (
                Button(key="d", label="Step D", help="one step of the discriminator"),
                Button(key="g", label="Step G", help="one step of the generator"),
                Button(key="d 10", label="D × 10", help="ten steps of the discriminator"),
                Button(key="g 10", label="G × 10", help="ten steps of the generator"),
            ),
        )

    def _presses(self) -> dict[str, Callable[[], None]]:
        return {
            "d": self.step_discriminator,
            "g": self.step_generator,
            "d 10": lambda: self.step_discriminator(10),
            "g 10": lambda: self.step_generator(10),
        }

    def _round_in_words(self) -> str:
        return "a step of D, then one of G"

    def _learning_rates(self) -> list[tuple[Optimizer, float]]:
        return [
            (self.model.optimizer_g, self.model.config.lr_g),
            (self.model.optimizer_d, self.model.config.lr_d),
        ]

    def _opponent_step(self, real: Tensor, fake: Tensor) -> None:
        self.model.discriminator_step(real, fake)
