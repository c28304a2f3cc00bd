"""Sequences of tokens: whole numbers, each standing for a letter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_course.files import write_atomically
from gan_course.modalities.base import Modality, Shape, Writer, write_samples

LETTERS = "abcdefgh"


class Tokens(Modality):
    """Sequences, int64 of shape (N, L), in which a number stands for a letter; a text file shows
    one sequence a line."""

    name = "token sequences"
    shapes = ((6,), (9,))
    picture = ".txt"
    neighbours_tell = False

    def expect(self, x: Tensor) -> None:
        if x.ndim != 2 or x.dtype != torch.int64:
            raise ValueError(f"expected int64 (N, L), got {x.dtype} of {tuple(x.shape)}")
        if x.min() < 0 or x.max() >= len(LETTERS):
            raise ValueError(f"expected tokens from 0 to {len(LETTERS) - 1}")

    def random(self, n: int, shape: Shape, generator: torch.Generator) -> Tensor:
        return torch.randint(len(LETTERS), (n, *shape), generator=generator)

    def writers(self) -> Mapping[str, Writer]:
        return {".txt": _text, ".npz": write_samples}


def _text(path: Path, samples: Tensor, _data: Any) -> None:
    lines = ("".join(LETTERS[token] for token in row) for row in samples.tolist())
    write_atomically(path, "\n".join(lines) + "\n")


TOKENS = Tokens()
