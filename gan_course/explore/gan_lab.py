"""A laboratory for the game on a line or in the plane: one move at a time, forwards and back, under
rules that change while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeAlias

import torch
from torch import Tensor

from gan_course.data import Distribution, PlaneMixture
from gan_course.errors import unknown_name
from gan_course.explore.controls import Button, Control, Fold, Press
from gan_course.explore.gan_ground import GIVEN, Failure, Ground
from gan_course.explore.gan_line import LineGround
from gan_course.explore.gan_plane import PlaneGround
from gan_course.explore.gan_view import Distances, GameView, Layers
from gan_course.explore.lab import DIVERGED, FOR_PICTURES, PART
from gan_course.explore.picture import Picture
from gan_course.explore.ruled_lab import RuledLab
from gan_course.explore.rules import (
    NETWORKS,
    PLAY,
    Game,
    Rules,
    chosen,
    names,
    rules_of,
    values_of,
)
from gan_course.modalities import LINE, PLANE, Modality

NOTED = 10  # generator steps between two points of the curves of distances

Points: TypeAlias = Distribution | PlaneMixture
GROUNDS: dict[Modality, Callable[[Any], Ground[Any]]] = {LINE: LineGround, PLANE: PlaneGround}


class GanLab(RuledLab[Points]):
    """The game on a line or in the plane between a copy of `model` and `data`, step by step, as
    `Lab` plays it; `model` itself is never changed.

    `change` gives the game other rules, `aim` another target, `fail` shows how it goes wrong.
    Rules, target and the `layers` of the picture are no moves: `back` and `rewind` leave them as
    they are.

    Raises `TypeError` for a model that plays no such game and for data that are no distribution on
    a line and no mixture in the plane, `ValueError` for a model of other samples.
    """

    chosen = ("averaged", "layers", "news", "data", "_real", "_target")

    def __init__(self, model: Game, data: Points, seed: int = 0) -> None:
        if not isinstance(data, Distribution | PlaneMixture):
            raise TypeError(
                "the lab draws the data's density: expected a Distribution such as "
                "load('gaussian') or a PlaneMixture such as load('ring'), got "
                f"{type(data).__name__}"
            )
        self.ground = GROUNDS[data.modality](data)
        rules_of(model)  # refuses one that plays no such game
        if tuple(model.config.shape) != data.shape:
            raise ValueError(
                f"the lab plays {self.ground.where}: expected a model for samples of shape "
                f"{data.shape}, got one for {tuple(model.config.shape)}"
            )
        self.layers = self.ground.layers
        self._target = dict(self.ground.presets[GIVEN])
        super().__init__(model, data, seed, self.ground.shown)

    @property
    def discriminator_steps(self) -> int:
        """Steps that the discriminator, or critic, has made."""
        return self.opponent_steps

    def step_discriminator(self, steps: int = 1) -> None:
        """Steps of the discriminator, or critic, each on a fresh batch."""
        self.step_opponent(steps)

    def aim(self, target: str) -> None:
        """Change the data for one of the ground's presets, by its name."""
        if target not in self.ground.presets:
            raise unknown_name("target", target, self.ground.presets)
        self._aim(self.ground.presets[target])

    def fail(self, name: str) -> None:
        """Play the failure of this name, from new networks to its end."""
        failures = self._failures()
        if name not in failures:
            raise unknown_name("failure", name, failures)
        failure = failures[name]
        with self.all_or_nothing(), self._move():
            self._begin(failure)
            self._rounds(failure.rounds)

    def picture(self) -> Picture:
        """SVG, 700 pixels wide: real and generated samples, the discriminator's answer everywhere,
        arrows where the generator's loss pushes its samples, and how far apart the two are."""
        view = self.view()
        return Picture(self.ground.paint(view), self.ground.in_words(view))

    def alt(self) -> str:
        """The picture in words."""
        return self.ground.in_words(self.view())

    def view(self) -> GameView[Any]:
        """The numbers behind the picture. Raises `ValueError` where the game has diverged: then
        only `back` and `rewind` help."""
        loss, x = self.law.loss, self.ground.places()
        with self.model.evaluating():
            fake = self._shown_samples()
            on_grid = self._opponent(x.float().to(self.model.device)).flatten().cpu()
            on_real, on_fake = self._opponent(self._real), self._opponent(fake)
            on_kept = self._opponent(self._kept()) if self.rules.kept else on_real
        samples = fake.squeeze(-1)
        points = self.ground.points(samples)
        view = GameView(
            data=self.data,
            opponent=self.law.opponent,
            probability=self.law.probability,
            discriminator_steps=self.opponent_steps,
            generator_steps=self.generator_steps,
            averaged=self.averaged,
            layers=self.layers,
            x=x.squeeze(-1),
            answers=on_grid.sigmoid() if self.law.probability else on_grid,
            best=None,
            real=self._real.squeeze(-1).cpu(),
            samples=samples.cpu(),
            points=points.cpu(),
            pushes=self.push(points).cpu(),
            discriminator_loss=loss.discriminator(on_real, on_fake).item(),
            generator_loss=loss.generator(on_fake).item(),
            kept=self.rules.kept,
            kept_loss=loss.discriminator(on_kept, on_fake).item(),
            trail=tuple(noted[self.averaged] for noted in self._trail),
            length=self.ground.length,
            news=self.news,
        )
        if not view.is_finite():
            raise ValueError(DIVERGED)
        best = self.ground.best(self.law, view) if self.layers.best else None
        now = self._distances(view.samples)
        return replace(view, best=best, trail=(*view.trail, now))

    def push(self, points: Tensor) -> Tensor:
        """Minus the slope of the generator's loss at generated `points` (N,) or (N, 2), in loss per
        unit of length: where the discriminator sends them."""
        x = points.detach().clone().to(self.model.device).requires_grad_()
        # The loss is a mean; times N, each point has the slope that it would have alone.
        logits = self._opponent(x.view(-1, *self.data.shape))
        (slope,) = torch.autograd.grad(self.law.loss.generator(logits) * len(x), x)
        return -slope

    def make(self, press: Press) -> None:
        """The move of a button; a failure is played in parts, and is one move to `back`."""
        failure = self._failures().get(press.key)
        if failure is None:
            super().make(press)
            return
        with self._move(again=press.again):
            if not press.again:
                self._begin(failure)
            self._rounds(PART)

    def _rows(self) -> tuple[tuple[Control, ...], ...]:
        one, ten = (
            names(self.rules.law, *labels)
            for labels in (("Step D", "Step critic"), ("D × 10", "Critic × 10"))
        )
        return (
            (
                Button(key="d", help="one step of the discriminator or critic", **one),
                Button(key="g", label="Step G", help="one step of the generator"),
                Button(key="d 10", help="ten steps of the discriminator or critic", **ten),
                Button(key="g 10", label="G × 10", help="ten steps of the generator"),
            ),
        )

    def _folds(self) -> tuple[Fold, ...]:
        play, networks = (
            tuple(menu.control(self._given, self.rules) for menu in menus)
            for menus in (PLAY, NETWORKS)
        )
        failures = tuple(
            Button(
                key=failure.key,
                label=failure.label,
                help=failure.help,
                times=failure.rounds // PART,
                sets={
                    **values_of(failure.rules, self._given),
                    **self.ground.presets[failure.target],
                },
                goes_on=True,
            )
            for failure in self.ground.failures
        )
        return (
            Fold("Loss, steps and rates", (play,)),
            Fold("Networks and data", (networks,)),
            Fold("Real data to learn from", self.ground.controls(self._target)),
            Fold("What the picture shows", (self.layers.switches(self.rules.law),)),
            Fold("Watch it fail", (failures,)),
        )

    def _presses(self) -> dict[str, Callable[[], None]]:
        return {
            "d": self.step_discriminator,
            "g": self.step_generator,
            "d 10": lambda: self.step_discriminator(10),
            "g 10": lambda: self.step_generator(10),
        }

    def _round_in_words(self) -> str:
        return "the steps of D or the critic, then one of G"

    def _choose(self, values: Mapping[str, Any]) -> None:
        super()._choose(values)
        self.layers = Layers(**{each.name: values[each.name] for each in fields(Layers)})
        self._aim({name: values[name] for name in self._target})
        self.change(**vars(chosen(values, self._given)))

    def _failures(self) -> dict[str, Failure]:
        return {failure.key: failure for failure in self.ground.failures}

    def _begin(self, failure: Failure) -> None:
        self._begin_by(Rules(**failure.rules))
        self._aim(self.ground.presets[failure.target])

    def _aim(self, values: Mapping[str, Any]) -> None:
        data = self.ground.target(values)
        self._target = dict(values)
        if data != self.data:
            # Distances from other data do not belong on the same curve.
            self.data, self._trail = data, ()
            self._real = self._real_samples(self.ground.shown, 0, FOR_PICTURES)

    def _generator_move(self) -> None:
        super()._generator_move()
        if self.generator_steps % NOTED:
            return
        with self.model.evaluating():
            drawn = [network(self._noise) for network in (self.model.generator, self.model.ema)]
        if all(bool(samples.isfinite().all()) for samples in drawn):
            noted = (self._distances(samples.squeeze(-1).cpu()) for samples in drawn)
            self._trail = (*self._trail, tuple(noted))

    def _distances(self, samples: Tensor) -> Distances:
        return self.ground.distances(self.generator_steps, samples, self.data)
