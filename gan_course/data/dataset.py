"""Data that fits in memory: one tensor, so that a batch is an index operation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gan_course.data.batches import Batch, balanced_rows, batch_rows
from gan_course.errors import expect_range


@dataclass(frozen=True)
class Split:
    """`x` float32 of shape (N, C, H, W) in [-1, 1], N of at least 1; `labels` int64 of shape (N,).
    Anything else is a `ValueError` or `TypeError`."""

    x: Tensor
    labels: Tensor

    def __post_init__(self) -> None:
        if self.x.ndim != 4:
            raise ValueError(f"expected images of shape (N, C, H, W), got {tuple(self.x.shape)}")
        if not self.x.numel():
            raise ValueError(
                "expected at least one image of at least one pixel, got shape "
                f"{tuple(self.x.shape)}: look where the split was cut"
            )
        if self.x.dtype != torch.float32:
            raise TypeError(
                f"expected float32 images, got {self.x.dtype}: convert and scale them first, for "
                "8-bit images x.float() / 127.5 - 1"
            )
        expect_range("images", self.x)
        if self.labels.shape != (len(self.x),) or self.labels.dtype != torch.int64:
            raise ValueError(
                f"expected int64 labels of shape ({len(self.x)},), one for each image, got "
                f"{self.labels.dtype} of {tuple(self.labels.shape)}"
            )

    def __len__(self) -> int:
        return len(self.x)

    @cached_property
    def classes(self) -> tuple[Tensor, ...]:
        """The row numbers of each class that is there, in the order of the labels, each int64 of
        shape (N_c,)."""
        return tuple(
            (self.labels == label).nonzero().flatten().cpu() for label in self.labels.unique()
        )


@dataclass(frozen=True)
class Dataset:
    """Labelled images with a fixed split: models learn from `train` only, evidence is taken on
    `held_out`.

    Where it is `balanced`, a batch holds every class as often as every other, or once more.
    """

    name: str
    train: Split
    held_out: Split
    credit: str
    balanced: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.train.x.shape[1:])

    def batch(self, index: int, size: int, seed: int) -> Batch:
        """Batch `index` of the training split in the order that `seed` gives."""
        draw = (
            balanced_rows(self.train.classes, index, size, seed)
            if self.balanced
            else batch_rows(len(self.train), index, size, seed)
        )
        rows = draw.to(self.train.x.device)
        return Batch(self.train.x[rows], self.train.labels[rows])

    def batches_per_epoch(self, size: int) -> int:
        return len(self.train) // size
