"""Known mistakes told apart by what they give in several cases together, since in one case two of
them may agree by chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor

from gan_course.practice.comparing import first_match

Guesses: TypeAlias = list[tuple[Tensor, str]]  # what each mistake gives in one case, and its hint


def matching(found: Tensor, guesses: Sequence[Guesses], tolerance: float = 1e-4) -> str:
    """The hint of the first mistake that gives `found`, one value for each case; "" where none
    does."""
    together = [
        (torch.stack([value for value, _ in row]), row[0][1]) for row in zip(*guesses, strict=True)
    ]
    return first_match(found, together, tolerance)
