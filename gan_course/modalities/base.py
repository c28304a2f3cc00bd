"""What a kind of sample says of itself: how it is checked, pictured, saved, scored and tried."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from gan_course.errors import unknown_name
from gan_course.files import replacing

if TYPE_CHECKING:
    from gan_course.data.batches import Batch

Shape = tuple[int, ...]
# Writes samples (N, *shape) into the file at a path; last come the data their model learned.
Writer = Callable[[Path, Tensor, Any], None]
# Writes samples in rows of so many columns.
GridWriter = Callable[[Path, Tensor, int], None]
# Writes sets of samples by title, one after the other; last come the data their model learned.
Animator = Callable[[Path, Mapping[str, Tensor], Any], None]


@dataclass(frozen=True)
class Score:
    """How samples are judged by one number: `measure` takes that many `samples`; lower is
    better."""

    samples: int
    measure: Callable[[Tensor], float]


@dataclass(frozen=True)
class Balance:
    """How often each class comes, as shares that sum to 1: `drawn` among samples, `due` in the
    data; float64 (K,) each. `remedy` says in words what a surplus sample would have to do."""

    drawn: Tensor
    due: Tensor
    remedy: str


class Modality(ABC):
    """A kind of sample, such as points on a line or images.

    There is one object for each kind. Data sets and models name it, and whatever depends on the
    kind of sample asks it. A new kind is one file here and nothing elsewhere.
    """

    name: ClassVar[str]
    shapes: ClassVar[tuple[Shape, ...]]  # of one sample, as the contracts try them
    picture: ClassVar[str] = ".png"  # suffix of the file in which people look at samples
    shown: ClassVar[int] = 100  # samples in the picture that a run leaves
    most: ClassVar[int | None] = None  # samples that fit into one picture; None for any number
    # Whether a picture shows samples over the data their model learned, so that it needs these.
    over_data: ClassVar[bool] = False
    # Whether a small distance shows that two samples are nearly alike, as it does where each sample
    # has many values.
    neighbours_tell: ClassVar[bool] = True

    @abstractmethod
    def expect(self, x: Tensor) -> None:
        """Raise `ValueError` or `TypeError` unless `x` (N, *shape) holds such samples, at least
        one."""

    def random(self, n: int, shape: Shape, generator: torch.Generator) -> Tensor:
        """`n` samples of `shape` that mean nothing, enough to try a model on: values in [-1, 1],
        unless the modality has others."""
        return 2 * torch.rand(n, *shape, generator=generator) - 1

    @abstractmethod
    def writers(self) -> Mapping[str, Writer]:
        """The functions that write samples, by the suffix of the file."""

    def grids(self) -> Mapping[str, GridWriter]:
        """The functions that write samples in rows and columns, by the suffix of the file; none
        where samples do not stand side by side."""
        return {}

    def animations(self) -> Mapping[str, Animator]:
        """The functions that write how samples changed, by the suffix of the file."""
        return {}

    def in_a_frame(self, shape: Shape) -> int:  # noqa: ARG002
        """How many samples of `shape` a run keeps now and then, to show how they changed."""
        return 36

    def random_batch(self, n: int, shape: Shape, generator: torch.Generator) -> Batch:
        """A batch of such samples, with labels of ten classes."""
        from gan_course.data.batches import Batch

        x = self.random(n, shape, generator)
        return Batch(x, torch.randint(10, (n,), generator=generator))

    def asked(self, data: Any, n: int) -> Mapping[str, Any]:  # noqa: ARG002
        """What a model of `data` is to be asked for besides a number, so that it draws `n` samples:
        nothing, unless it makes them of others."""
        return {}

    def distinct(self, data: Any, n: int) -> int:  # noqa: ARG002
        """How many of `n` samples of a model of `data` are made of something of their own: all,
        unless it makes them of others, of which there may be fewer."""
        return n

    def scores(self, data: Any) -> Mapping[str, Score]:  # noqa: ARG002
        """The scores that fit `data`, by name."""
        return {}

    def balance(self, samples: Tensor, data: Any) -> Balance | None:  # noqa: ARG002
        """How the classes of `samples` are spread; None where no one can tell a sample's class."""
        return None

    def expect_writable(self, path: Path, n: int) -> None:
        """Raise `ValueError` where `n` samples cannot be written into a file with the suffix of
        `path`."""
        known = self.writers()
        if path.suffix not in known:
            moving = "".join(f", how they changed as {suffix}" for suffix in self.animations())
            raise ValueError(
                f"{self.name} are written as {' or '.join(known)}{moving}, got --out {path}"
            )
        if path.suffix == self.picture and self.most is not None and n > self.most:
            others = [suffix for suffix in known if suffix != self.picture]
            raise ValueError(
                f"a picture shows at most {self.most} {self.name}, got n = {n}: lower it, or "
                f"write {' or '.join(others)}"
            )

    def expect_grid(self, path: Path, n: int) -> None:
        """Raise `ValueError` where `n` samples cannot be written in rows and columns into a file
        with the suffix of `path`."""
        known = self.grids()
        if path.suffix not in known:
            way = f"written as {' or '.join(known)}, got --out {path}" if known else "left out"
            raise ValueError(f"rows and columns of {self.name} are to be {way}")
        self.expect_writable(path, n)

    def write(self, path: Path, samples: Tensor, data: Any) -> None:
        """Write `samples` (N, *shape) as the suffix of `path` says, whole or not at all; raises
        what `expect_writable` raises."""
        self.expect_writable(path, len(samples))
        self.writers()[path.suffix](path, samples, data)

    def score(self, name: str, data: Any) -> Score:
        """The score with that name; `ValueError` where it does not fit `data`."""
        fitting = self.scores(data)
        if not fitting:
            raise ValueError(f"no score fits these {self.name}, so {name!r} does not: leave it out")
        if name not in fitting:
            raise ValueError(f"{unknown_name('score', name, fitting)}, for {self.name}")
        return fitting[name]


def write_arrays(path: Path, **arrays: Any) -> None:
    """Write an .npz. The same arrays give the same bytes."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def write_samples(path: Path, samples: Tensor, _data: Any) -> None:
    """Write `samples` unchanged into an .npz, under the name `samples`."""
    write_arrays(path, samples=samples.numpy())
