"""Batch number i is a pure function of (seed, i): a run that stops can go on where it was, and two
runs see the same data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any, Self, TypeVar

import numpy as np
import torch
from torch import Tensor

from gan_course.errors import expect_positive, expect_tensor, whole_number

B = TypeVar("B", bound="Batch")


@dataclass(frozen=True)
class Batch:
    """What a step learns from: N samples, and what is known of each.

    `x` of shape (N, *shape), as its modality says; `labels` int64 of shape (N,) where there are
    any; `given` whatever else there is, by name, such as masks, attributes or captions, each of
    length N. `ValueError` where the lengths differ. A subclass adds tensors as further fields.
    """

    x: Tensor
    labels: Tensor | None = None
    given: Mapping[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        expect_tensor("what a batch holds", *self.tensors())
        lengths = {tuple(tensor.shape[:1]) for tensor in self.tensors()}
        if len(lengths) > 1 or lengths == {()}:
            raise ValueError(
                "the tensors of a batch are of one length, got shapes "
                f"{', '.join(str(tuple(tensor.shape)) for tensor in self.tensors())}"
            )

    def tensors(self) -> Iterator[Tensor]:
        """Every tensor in it."""
        for part in fields(self):
            value = getattr(self, part.name)
            if isinstance(value, Mapping):
                yield from value.values()
            elif value is not None or part.default is not None:
                yield value  # None only where it may not be left out, and then it is refused

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, rows: slice) -> Self:
        return self.map(lambda tensor: tensor[rows])

    def map(self, change: Callable[[Tensor], Tensor]) -> Self:
        """The same batch with `change` applied to every tensor in it."""

        def changed(value: Any) -> Any:
            if isinstance(value, Mapping):
                return {name: change(tensor) for name, tensor in value.items()}
            return None if value is None else change(value)

        return replace(
            self, **{part.name: changed(getattr(self, part.name)) for part in fields(self)}
        )

    def expect_labels(self) -> Tensor:
        """The labels; `ValueError` where the data have none."""
        if self.labels is None:
            raise ValueError(
                "this model learns from labelled data, and these have no labels: use data with "
                "classes, such as digits"
            )
        return self.labels

    def as_samples(self) -> Batch:
        """The same as samples of the kind that a model draws."""
        return self

    def expect_y(self) -> Tensor:
        """What the samples are to be turned into; `ValueError` where there is no such thing."""
        raise ValueError(
            "this model turns images into others, and these data hold none to turn them into: use "
            "pairs, such as emoji, or two domains, such as avatars"
        )

    def to(self, device: torch.device) -> Self:
        return self.map(lambda tensor: tensor.to(device))


def joined(parts: Sequence[B]) -> B:
    """Several batches as one, in their order; all must have the same fields."""
    columns = zip(*(part.tensors() for part in parts), strict=True)
    whole = iter([torch.cat(column) for column in columns])
    return parts[0].map(lambda _: next(whole))


@dataclass(frozen=True, kw_only=True)
class Pairs(Batch):
    """Samples `x` and what each is to be turned into, `y` of shape (N, *shape)."""

    y: Tensor

    def as_samples(self) -> Batch:
        """What a model is to draw, `y`, with the input of each under the name "input"."""
        return Batch(self.y, self.labels, {**self.given, "input": self.x})

    def expect_y(self) -> Tensor:
        return self.y


@dataclass(frozen=True, kw_only=True)
class Unpaired(Batch):
    """Samples `x` of one domain and as many of another, `y` (N, *shape), in no order."""

    y: Tensor

    def as_samples(self) -> Batch:
        """What a model is to draw: `y`."""
        return Batch(self.y)

    def expect_y(self) -> Tensor:
        return self.y


def random_generator(*key: int) -> torch.Generator:
    """A CPU generator that is a function of `key`, whole numbers from 0 to 2^32 - 1.

    Keys that differ, even if only in length, give unrelated streams. PyTorch has no more than 2^32
    of them, so among that many pairs of keys about one pair shares a stream. Raises `ValueError`
    for a number outside the range.
    """
    for part in key:
        if whole_number(part) is None or not 0 <= part < 2**32:
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
    whenever all of its rows have been drawn. Raises `ValueError` where `size` is below 1.
    """
    expect_positive("the batch size", size)
    each, over = divmod(size, len(classes))
    chosen = []
    for place, rows in enumerate(classes):
        # What does not divide evenly goes to the classes in turn. This is how many rows the class
        # has had before batch `at`.
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


def batch_rows(count: int, index: int, size: int, seed: int, *key: int) -> Tensor:
    """Row numbers, int64 of shape (size,), of batch `index` when `count` rows are shuffled anew
    each epoch; another `key` gives an unrelated order.

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
    return _order(count, seed, epoch, *key)[position * size : (position + 1) * size]
