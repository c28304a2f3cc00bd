"""What every source of training data offers."""

from __future__ import annotations

from inspect import getattr_static
from typing import Protocol

from gan_course.data.batches import Batch
from gan_course.modalities.base import Modality


class Source(Protocol):
    """Anything `training.fit` can draw from."""

    @property
    def modality(self) -> Modality:
        """What kind of sample it holds."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    @property
    def classes(self) -> int | None:
        """How many classes the labels tell apart, numbered from 0; None where there are no labels.
        Only models that are told a class ask for it."""

    def batch(self, index: int, size: int, seed: int) -> Batch:
        """Batch `index` of `size` samples, the same for the same arguments."""

    def batches_per_epoch(self, size: int) -> int:
        """How many batches of that size make an epoch, none where there are fewer samples; a fixed
        number where data never repeat."""

    def reference(self, n: int) -> Batch:
        """Up to `n` real samples that no model has learned from, always the same ones."""


def expect_source(data: object) -> None:
    """Raise `TypeError` unless `data` offers what every source does; it names the way there."""
    offered = (name for name in vars(Source) if not name.startswith("_"))
    nothing = object()
    # Statically: what is looked for is not asked for its value, which might raise.
    if any(getattr_static(data, name, nothing) is nothing for name in offered):
        raise TypeError(
            f"expected a Dataset, or points that are drawn afresh, got a {type(data).__name__}: "
            'Dataset("mine", Split(x, labels), Split(held_out_x), "credit") makes one of tensors '
            '(a DataLoader\'s are torch.cat([x for x, _ in loader])), load("folder:PATH") of '
            "pictures"
        )
