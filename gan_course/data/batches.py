"""Batch number i is a pure function of (seed, i): a run that stops can go on where it was, and two
runs see the same data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from gan_course.errors import expect_positive


@dataclass(frozen=True)
class Batch:
    """What a step learns from: `x` of shape (N, *shape), float32, images in [-1, 1]; `labels` int64
    of shape (N,) where there are any."""

    x: Tensor
    labels: Tensor | None = None

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, rows: slice) -> Batch:
        return Batch(self.x[rows], None if self.labels is None else self.labels[rows])

    def expect_labels(self) -> Tensor:
        """The labels; `ValueError` where the data have none."""
        if self.labels is None:
            raise ValueError(
                "this model learns from labelled data, and these have no labels: use data with "
                "classes, such as digits"
            )
        return self.labels

    def to(self, device: torch.device) -> Batch:
        return Batch(self.x.to(device), None if self.labels is None else self.labels.to(device))


class Source(Protocol):
    """Anything `training.fit` can draw from."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    def batch(self, index: int, size: int, seed: int) -> Batch:
        """Batch `index` of `size` samples, the same for the same arguments."""

    def batches_per_epoch(self, size: int) -> int: ...


def random_generator(*key: int) -> torch.Generator:
    """A CPU generator that is a function of `key`, whole numbers from 0 to 2^32 - 1.

    Keys that differ, be it in length alone, give unrelated streams, but PyTorch has no more than
    2^32 of them: of so many pairs of keys, about one shares a stream. Raises `ValueError` for a
    number outside the range.
    """
    for part in key:
        if not 0 <= part < 2**32:
            raise ValueError(
                "seeds, and the numbers beside them in a key, are whole numbers from 0 to 2^32 - "
                f"1, got {part}: choose one of those"
            )
    # The length comes first, since numpy takes (1,) and (1, 0) for the same key, as it takes 2^32
    # and the pair (0, 1).
    state = np.random.SeedSequence((len(key), *key)).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state))


@lru_cache(maxsize=64)
def _order(count: int, *key: int) -> Tensor:
    return torch.randperm(count, generator=random_generator(*key))


def balanced_rows(classes: Sequence[Tensor], index: int, size: int, seed: int) -> Tensor:
    """Row numbers, int64 of shape (size,), of batch `index` in which no class has more than one row
    more than another.

    `classes` holds the row numbers of each class, int64 of shape (N_c,). A class is shuffled anew
    each time all of its rows were drawn. Raises `ValueError` where `size` is below 1.
    """
    expect_positive("the batch size", size)
    each, over = divmod(size, len(classes))
    chosen = []
    for place, rows in enumerate(classes):
        # What does not divide evenly goes to the classes in turn: so many rows had this one before
        # batch `at`.
        first, last = (
            at * each + -((place - at * over) // len(classes)) for at in (index, index + 1)
        )
        chosen.append(rows[_endless_order(len(rows), first, last, seed, place)])
    return torch.cat(chosen)[torch.randperm(size, generator=random_generator(seed, index, 0, 0))]


def _endless_order(count: int, first: int, last: int, seed: int, place: int) -> Tensor:
    """Entries `first` to `last` - 1 of a sequence without end: `count` numbers shuffled, then
    shuffled anew, and so on."""
    epochs = range(first // count, -(-last // count))
    order = [_order(count, seed, epoch, place) for epoch in epochs]
    return torch.cat([torch.empty(0, dtype=torch.int64), *order])[
        first - epochs.start * count : last - epochs.start * count
    ]


def batch_rows(count: int, index: int, size: int, seed: int) -> Tensor:
    """Row numbers, int64 of shape (size,), of batch `index` when `count` rows are shuffled anew
    each epoch.

    The last rows of an epoch that do not fill a batch are left out; another epoch's shuffle brings
    them in. Raises `ValueError` where a batch is larger than the data.
    """
    expect_positive("the batch size", size)
    if size > count:
        raise ValueError(
            f"a batch of {size} cannot be drawn from {count} rows: choose a batch size of at most "
            f"{count}"
        )
    epoch, position = divmod(index, count // size)
    return _order(count, seed, epoch)[position * size : (position + 1) * size]
