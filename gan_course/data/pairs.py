"""Data for models that turn samples into others: pairs, or two domains without pairs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from torch import Tensor

from gan_course.data.batches import Batch, Pairs, Unpaired, batch_rows
from gan_course.data.dataset import Dataset, Split, as_tensor
from gan_course.modalities.base import Modality
from gan_course.modalities.translation import PAIRS, UNPAIRED


@dataclass(frozen=True)
class UnpairedSplit(Split):
    """Samples `x` (N, *shape) of one domain and `y` (M, *shape) of another, in no order."""

    modality: Modality = UNPAIRED
    y: Tensor = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "y", as_tensor("samples", self.y))
        self.modality.expect(self.y)
        if self.x.shape[1:] != self.y.shape[1:]:
            raise ValueError(
                "expected samples of one shape on both sides, got x of "
                f"{tuple(self.x.shape)} and y of {tuple(self.y.shape)}"
            )

    def as_batch(self) -> Unpaired | Pairs:
        """As many of each domain as the smaller one has."""
        n = min(len(self.x), len(self.y))
        return Unpaired(self.x[:n], y=self.y[:n])

    def as_samples(self) -> Batch:
        """What a model is to draw: `y`."""
        return Batch(self.y)


@dataclass(frozen=True)
class PairSplit(UnpairedSplit):
    """Samples `x` (N, *shape) and what each is to be turned into, `y` (N, *shape)."""

    modality: Modality = PAIRS

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.x) != len(self.y):
            raise ValueError(
                f"expected a partner for each of {len(self.x)} samples, got {len(self.y)}: "
                "UnpairedSplit is for samples without one"
            )

    def as_batch(self) -> Pairs:
        return Pairs(self.x, self.labels, self.given, y=self.y)

    def as_samples(self) -> Batch:
        return self.as_batch().as_samples()


@dataclass(frozen=True)
class PairSet(Dataset):
    """Samples of which each has one that it is to become."""

    train: PairSplit
    held_out: PairSplit

    def swapped(self) -> Self:
        """The same pairs in the other direction."""
        train, held_out = (
            replace(part, x=part.y, y=part.x) for part in (self.train, self.held_out)
        )
        return replace(self, name=f"swapped {self.name}", train=train, held_out=held_out)


@dataclass(frozen=True)
class Domains(Dataset):
    """Two domains, each in an order of its own, whose samples are called as `sides` says; an epoch
    ends with the smaller one.

    What is held out may be pairs, by which one can measure what was learned without any.
    """

    train: UnpairedSplit
    held_out: UnpairedSplit
    sides: tuple[str, str] = ("x", "y")

    def batch(self, index: int, size: int, seed: int) -> Unpaired:
        x, y = self.train.x, self.train.y
        # The key is longer for y, so that its order has nothing to do with that of x.
        rows = batch_rows(len(x), index, size, seed), batch_rows(len(y), index, size, seed, 1)
        return Unpaired(x[rows[0].to(x.device)], y=y[rows[1].to(y.device)])

    def batches_per_epoch(self, size: int) -> int:
        return min(len(self.train.x), len(self.train.y)) // size
