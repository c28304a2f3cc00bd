"""What a game is played on: the places to look at, the target, the distances and the picture."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from torch import Tensor

from gan_course.explore.controls import Rows, Value
from gan_course.explore.gan_view import D, Distances, GameView, Layers
from gan_course.explore.rules import Law
from gan_course.metrics import jensen_shannon, kl_divergence

GIVEN = "as given"  # the target that a lab begins with


@dataclass(frozen=True)
class Failure:
    """A way in which a game goes wrong: what its button says, the rules and the `target`, one of
    the ground's presets, that lead there, and after how many rounds."""

    key: str
    label: str
    help: str
    rules: Mapping[str, Any]  # each by its field
    target: str
    rounds: int = 300


class Ground(ABC, Generic[D]):
    """A line or a plane, with `given` data to begin with."""

    where: ClassVar[str]  # "on a line"
    length: ClassVar[str]  # the unit of its Wasserstein distance
    shown: ClassVar[int]  # samples behind a picture and its numbers
    layers: ClassVar[Layers]  # that a lab begins with
    failures: ClassVar[tuple[Failure, ...]]

    def __init__(self, given: D) -> None:
        self.given = given

    @property
    @abstractmethod
    def presets(self) -> Mapping[str, Mapping[str, Value]]:
        """Targets by their names, each the values of the controls that stand for it."""

    @abstractmethod
    def controls(self, now: Mapping[str, Any]) -> Rows:
        """What chooses the target, where it stands now."""

    @abstractmethod
    def target(self, values: Mapping[str, Any]) -> D:
        """The data that these values of the controls stand for; `ValueError` for what are none."""

    @abstractmethod
    def places(self) -> Tensor:
        """(P, 1) or (P, 2), where the opponent is asked."""

    @abstractmethod
    def points(self, samples: Tensor) -> Tensor:
        """Those of generated `samples` that have an arrow."""

    @abstractmethod
    def shares(self, samples: Tensor) -> Tensor:
        """Share of `samples` in each of K fields: float64 (K,). One sample more is spread over all
        of them, or the Kullback-Leibler divergence of any finite number would be infinite."""

    @abstractmethod
    def exact_shares(self, data: D) -> Tensor:
        """What `data` have in each field: float64 (K,)."""

    @abstractmethod
    def wasserstein(self, samples: Tensor, data: D) -> float:
        """The distance of `samples` from `data`, in units of `length`."""

    def distances(self, steps: int, samples: Tensor, data: D) -> Distances:
        """All three, of `samples` that were drawn after so many steps of the generator."""
        p, q = self.exact_shares(data), self.shares(samples)
        return Distances(
            steps, jensen_shannon(p, q), kl_divergence(p, q), self.wasserstein(samples, data)
        )

    @abstractmethod
    def best(self, law: Law, view: GameView[D]) -> Tensor | None:
        """What the best possible opponent of the view's samples would answer at the places, (P,);
        None where there is no formula for it."""

    @abstractmethod
    def paint(self, view: GameView[D]) -> bytes:
        """The picture, an SVG file."""

    @abstractmethod
    def in_words(self, view: GameView[D]) -> str:
        """The picture in words."""
