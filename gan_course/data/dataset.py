"""Data that fits in memory: one tensor, so that a batch is an index operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from gan_course.augmentation import disturbed
from gan_course.data.batches import Batch, balanced_rows, batch_rows, random_generator
from gan_course.modalities.base import Modality
from gan_course.modalities.images import IMAGES

# A disturbed digit is still what a person might have written: pixels, radians, and the logarithm of
# a factor.
SHIFT, TURN, STRETCH = 1.0, 0.1, 0.08
# Last part of the key of its random numbers; the rows of a batch have a key that ends in 0.
FOR_DISTURBING = 1


@dataclass(frozen=True)
class Split:
    """Samples `x` (N, *shape), N at least 1, as their `modality` expects them; `labels` int64 of
    shape (N,) where there are classes; `given`, whatever else is known of each sample, by name, of
    length N. Arrays and lists become tensors, other whole numbers int64. Anything else is a
    `ValueError` or `TypeError`."""

    x: Tensor
    labels: Tensor | None = None
    given: Mapping[str, Tensor] = field(default_factory=dict)
    modality: Modality = IMAGES

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", as_tensor("samples", self.x))
        self.modality.expect(self.x)
        if self.labels is not None:
            object.__setattr__(self, "labels", _labels(self.labels, len(self.x)))
        given = {name: as_tensor(name, values) for name, values in self.given.items()}
        object.__setattr__(self, "given", given)
        for name, tensor in given.items():
            if tensor.shape[:1] != self.x.shape[:1]:
                raise ValueError(
                    f"expected {len(self.x)} {name}, one for each sample, got "
                    f"{len(tensor) if tensor.ndim else 'a single number'}"
                )

    def __len__(self) -> int:
        return len(self.x)

    def as_batch(self) -> Batch:
        """All of it as one batch."""
        return Batch(self.x, self.labels, self.given)

    def as_samples(self) -> Batch:
        """All of it as samples of the kind that a model draws."""
        return self.as_batch().as_samples()

    @cached_property
    def classes(self) -> tuple[Tensor, ...]:
        """The row numbers of each class that is there, in the order of the labels, each int64 of
        shape (N_c,); `ValueError` where there are no labels."""
        if self.labels is None:
            raise ValueError("these samples have no labels, so there are no classes to balance")
        labels = self.labels
        return tuple((labels == label).nonzero().flatten().cpu() for label in labels.unique())


def as_tensor(what: str, values: Any) -> Tensor:
    """`values` as a tensor; `TypeError` where they hold no numbers."""
    if isinstance(values, Tensor):  # which as_tensor would carry to the default device
        return values
    try:
        return torch.as_tensor(values)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(
            f"expected {what} as a tensor, or numbers that torch.as_tensor makes one of, got "
            f"{type(values).__name__}: torch.stack joins a list of tensors"
        ) from None


def _labels(values: Any, n: int) -> Tensor:
    labels = as_tensor("labels", values)
    if labels.shape == (n,) and not labels.is_floating_point() and not labels.is_complex():
        return labels.long()
    way = "labels.argmax(1) makes numbers of one-hot labels" if labels.ndim == 2 else ""
    if labels.shape == (n,):
        way = "labels.long() makes whole numbers of them"
    raise ValueError(
        f"expected int64 labels of shape ({n},), one for each sample, got {labels.dtype} of "
        f"{tuple(labels.shape)}{': ' if way else ''}{way}"
    )


@dataclass(frozen=True)
class Dataset:
    """Samples with a fixed split: models learn from `train` only, evidence is taken on `held_out`.

    Where it is `balanced`, a batch holds all classes equally often, give or take one sample. Where
    it is `disturbed`, its images are moved, turned and stretched a little, anew in each batch. It
    is `judged` where the course's judge knows its classes.
    """

    name: str
    train: Split
    held_out: Split
    credit: str
    balanced: bool = False
    disturbed: bool = False
    judged: bool = False

    def __post_init__(self) -> None:
        for part in (self.train, self.held_out):
            if not isinstance(part, Split):
                raise TypeError(
                    "a data set has two splits, one to learn from and one held out, got a "
                    f"{type(part).__name__}: Split(x, labels) makes one"
                )
        if self.train.x.shape[1:] != self.held_out.x.shape[1:]:
            raise ValueError(
                "both splits hold samples of one shape, got "
                f"{tuple(self.train.x.shape)} and {tuple(self.held_out.x.shape)}"
            )

    def __str__(self) -> str:
        sizes = f"{len(self.train):,} to learn from, {len(self.held_out):,} held out"
        return f"{self.name}: {sizes}, {self.shape} each"

    @property
    def modality(self) -> Modality:
        return self.train.modality

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.train.x.shape[1:])

    @property
    def classes(self) -> int | None:
        """How many classes the labels tell apart, numbered from 0; None where there are none."""
        labels = [part.labels for part in (self.train, self.held_out) if part.labels is not None]
        return max(int(one.max()) for one in labels) + 1 if labels else None

    def batch(self, index: int, size: int, seed: int) -> Batch:
        """Batch `index` of the training split in the order that `seed` gives."""
        draw = (
            balanced_rows(self.train.classes, index, size, seed)
            if self.balanced
            else batch_rows(len(self.train), index, size, seed)
        )
        rows = draw.to(self.train.x.device)
        batch = self.train.as_batch().map(lambda tensor: tensor[rows])
        if not self.disturbed:
            return batch
        generator = random_generator(seed, index, 0, FOR_DISTURBING)
        return replace(batch, x=disturbed(batch.x, SHIFT, TURN, STRETCH, generator=generator))

    def batches_per_epoch(self, size: int) -> int:
        return len(self.train) // size

    def reference(self, n: int) -> Batch:
        """Up to `n` real samples that no model has learned from, always the same ones."""
        return self.held_out.as_samples()[:n]
