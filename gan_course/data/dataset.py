"""Data that fits in memory: one tensor, so that a batch is an index operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from gan_course.data.batches import Batch, balanced_rows, batch_rows
from gan_course.modalities.base import Modality
from gan_course.modalities.images import IMAGES


@dataclass(frozen=True)
class Split:
    """Samples `x` (N, *shape), N at least 1, as their `modality` expects them; `labels` int64 of
    shape (N,) where there are classes; `given`, whatever else is known of each sample, by name, of
    length N. Anything else is a `ValueError` or `TypeError`."""

    x: Tensor
    labels: Tensor | None = None
    given: Mapping[str, Tensor] = field(default_factory=dict)
    modality: Modality = IMAGES

    def __post_init__(self) -> None:
        self.modality.expect(self.x)
        if self.labels is not None and (
            self.labels.shape != (len(self.x),) or self.labels.dtype != torch.int64
        ):
            raise ValueError(
                f"expected int64 labels of shape ({len(self.x)},), one for each sample, got "
                f"{self.labels.dtype} of {tuple(self.labels.shape)}"
            )
        for name, tensor in self.given.items():
            if len(tensor) != len(self.x):
                raise ValueError(
                    f"expected {len(self.x)} {name}, one for each sample, got {len(tensor)}"
                )

    def __len__(self) -> int:
        return len(self.x)

    def as_batch(self) -> Batch:
        """All of it as one batch."""
        return Batch(self.x, self.labels, self.given)

    @cached_property
    def classes(self) -> tuple[Tensor, ...]:
        """The row numbers of each class that is there, in the order of the labels, each int64 of
        shape (N_c,); `ValueError` where there are no labels."""
        if self.labels is None:
            raise ValueError("these samples have no labels, so there are no classes to balance")
        labels = self.labels
        return tuple((labels == label).nonzero().flatten().cpu() for label in labels.unique())


@dataclass(frozen=True)
class Dataset:
    """Samples with a fixed split: models learn from `train` only, evidence is taken on `held_out`.

    Where it is `balanced`, a batch holds all classes equally often, give or take one sample. It is
    `judged` where the course's judge knows its classes.
    """

    name: str
    train: Split
    held_out: Split
    credit: str
    balanced: bool = False
    judged: bool = False

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
        return self.train.as_batch().map(lambda tensor: tensor[rows])

    def batches_per_epoch(self, size: int) -> int:
        return len(self.train) // size

    def reference(self, n: int) -> Batch:
        """Up to `n` real samples that no model has learned from, always the same ones."""
        return self.held_out.as_batch()[:n]
