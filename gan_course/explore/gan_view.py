"""What the picture of a game shows, whatever it is played on, and the part of it that all share."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Generic, NamedTuple, TypeVar

from torch import Tensor

from gan_course.colours import EXACT, QUIET
from gan_course.data import Distribution, PlaneMixture
from gan_course.explore.controls import Switch
from gan_course.explore.paint import Painting, Plot, ticks
from gan_course.explore.rules import names

D = TypeVar("D", bound=Distribution | PlaneMixture)

STRIP = 92  # pixels below a picture, for the distances over the steps
NEWEST = 200  # points of a curve, at most


@dataclass(frozen=True)
class Layers:
    """What of the game is drawn."""

    samples: bool = True
    answers: bool = True
    arrows: bool = True
    best: bool = False
    distances: bool = True

    def switches(self, law: str) -> tuple[Switch, ...]:
        """A control for each, as it is called under this law."""
        words = {
            "samples": ("where they lie", "real and generated samples"),
            "answers": ("at every place of the picture", "answer of D", "answer of the critic"),
            "arrows": ("where it would move generated samples", "push of G's loss"),
            "best": (
                "for the samples as they are now, under this loss",
                "best possible D",
                "best possible critic",
            ),
            "distances": (
                "Jensen-Shannon, KL(data || samples) and Wasserstein",
                "distances over the steps",
            ),
        }
        return tuple(
            Switch(key=each.name, help=told, value=getattr(self, each.name), **names(law, *labels))
            for each in fields(self)
            for told, *labels in (words[each.name],)
        )


class Distances(NamedTuple):
    """How far generated samples q are from the data p, after so many steps of the generator."""

    steps: int
    js: float  # nats, from 0 to log 2
    kl: float  # KL(p || q), nats
    wasserstein: float  # in the view's `length`


@dataclass(frozen=True)
class GameView(Generic[D]):
    """What the picture shows, on the CPU. On a line a point is a number, in the plane a pair."""

    data: D
    opponent: str  # "discriminator" or "critic"
    probability: bool  # whether its answer is one, that a sample is real
    discriminator_steps: int  # or the critic's
    generator_steps: int
    averaged: bool  # whether the samples are those of the averaged generator
    layers: Layers
    x: Tensor  # (P,) or (P, 2) places
    answers: Tensor  # (P,) the opponent's there
    best: Tensor | None  # (P,) the best possible opponent's there, where it is known
    real: Tensor  # (N,) or (N, 2) samples of the data
    samples: Tensor  # (N,) or (N, 2), generated
    points: Tensor  # (A,) or (A, 2) of them, which have an arrow
    # (A,) or (A, 2) minus the slope of the generator's loss at each, in loss per unit of length
    pushes: Tensor
    discriminator_loss: float  # on fresh samples; or the critic's
    generator_loss: float
    kept: int  # real samples that the opponent learns from, all the time; 0 where they are fresh
    kept_loss: float  # the opponent's loss on those
    trail: tuple[Distances, ...]  # every ten steps of the generator, and now
    length: str  # the unit of their Wasserstein distance
    news: str  # of what the last change of rules did, where it is worth telling

    @property
    def letter(self) -> str:
        """The opponent's short name."""
        return "D" if self.opponent == "discriminator" else "critic"

    def is_finite(self) -> bool:
        """Whether all of it can be drawn and put in words."""
        tensors = (self.answers, self.samples, self.points, self.pushes, self.samples.std())
        numbers = (self.discriminator_loss, self.generator_loss, self.kept_loss)
        return all(bool(each.isfinite().all()) for each in tensors) and all(
            math.isfinite(number) for number in numbers
        )

    def title(self) -> str:
        """Steps and losses, in a line."""
        averaged = " (G averaged)" if self.averaged else ""
        kept = f" ({self.kept_loss:.3f} on its {self.kept})" if self.kept else ""
        return (
            f"{self.discriminator_steps} {self.letter} and "
            f"{self.generator_steps} G steps{averaged}    loss of {self.letter} "
            f"{self.discriminator_loss:.3f}{kept}    loss of G {self.generator_loss:.3f}"
        )

    def ending(self) -> str:
        """The last sentences of the picture's words, as in every game."""
        now = self.trail[-1]
        said = (
            f"Between data and samples the Jensen-Shannon divergence is {now.js:.3f} nats, "
            f"KL(data || samples) is {now.kl:.2f} nats and the Wasserstein distance is "
            f"{now.wasserstein:.3f} {self.length}."
        )
        if self.kept:
            said += (
                f" The {self.opponent}'s loss is {self.kept_loss:.3f} on the {self.kept} real "
                f"samples that it learns from and {self.discriminator_loss:.3f} on fresh ones."
            )
        return f"{said} {self.news}".rstrip()


def scale_of(view: GameView[D]) -> tuple[float, float, list[float]]:
    """Lower and upper end of the scale of the opponent's answers, and the marks on it."""
    if view.probability:
        return 0.0, 1.05, [0.0, 0.5, 1.0]
    best = view.answers if view.best is None else view.best
    low, high = (
        min(view.answers.min().item(), best.min().item()),
        max(view.answers.max().item(), best.max().item()),
    )
    room = max(0.1 * (high - low), 1e-3 * max(abs(low), abs(high), 1e-3))
    return low - room, high + room, ticks(low - room, high + room, 5)


def paint_distances(painting: Painting, view: GameView[D], top: int) -> None:
    """The three distances over the steps of the generator, side by side from `top` downwards."""
    trail = view.trail[-NEWEST:]
    steps = [point.steps for point in trail]
    across = (steps[0], max(steps[-1], steps[0] + 1))
    for i, (name, values, most) in enumerate(
        (
            ("Jensen-Shannon, nats", [point.js for point in trail], 1.05 * math.log(2)),
            ("KL(data || samples), nats", [point.kl for point in trail], 0.0),
            (f"Wasserstein, {view.length}", [point.wasserstein for point in trail], 0.0),
        )
    ):
        highest = most or 1.1 * max(*values, 0.01)
        plot = Plot(painting, (58 + 212 * i, top + 20, 156, 44), across, (0, highest))
        plot.line(across, [values[-1]] * 2, QUIET, 1, 4)
        plot.line(steps, values, EXACT, 1.6)
        plot.put()
        plot.axis_below([across[0], steps[-1]])
        painting.text(136 + 212 * i, top + 76, "steps of G", anchor="mm")
        plot.axis_beside(ticks(0, highest, 4))
        painting.text(58 + 212 * i, top + 10, f"{name}: {values[-1]:.3g}")
