"""What a model declares about itself, for those who must not guess: the doctor, the contracts and
the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gan_course.data.batches import Batch
from gan_course.errors import expect_index
from gan_course.losses import AdversarialLoss
from gan_course.models.kinds import number_in


@dataclass(frozen=True)
class Player:
    """One of those who learn, and where its learning rate, its loss, its gradient's norm and its
    optimiser stand."""

    name: str
    rate: str  # the field of the configuration that holds its learning rate
    loss: str  # the history's column of its loss
    norm: str  # the history's column of its gradient's norm
    optimizer: str  # the model's attribute that holds its optimiser
    opposes: bool = False  # the one that draws


GENERATOR = Player(
    "generator",
    rate="lr_g",
    loss="generator",
    norm="gradient_norm_g",
    optimizer="optimizer_g",
)
DISCRIMINATOR = Player(
    "discriminator", "lr_d", "discriminator", "gradient_norm_d", "optimizer_d", opposes=True
)
CRITIC = Player("critic", "lr_c", "critic", "gradient_norm_c", "optimizer_c", opposes=True)


@dataclass(frozen=True)
class Adversary:
    """The network that tells real samples from drawn ones: the loss it learns by, and its logits
    (N,) or (N, 1) of a batch."""

    loss: AdversarialLoss
    logits: Callable[[Batch], Tensor]


@dataclass(frozen=True)
class Latent:
    """The space from which a model draws: `draw` turns vectors z (N, dim), in training from
    N(0, I), into samples (N, *shape), the same ones for the same z.

    Where `kinds` is above 0, `draw` is also told which of so many each sample is to be, int64 (N,);
    `what` says what they are, such as "class".
    """

    dim: int
    draw: Callable[..., Tensor]
    what: str = ""
    kinds: int = 0


@dataclass(frozen=True)
class Condition:
    """What `sample` can be asked for besides a number, as `--given NAME=VALUE` asks for it."""

    help: str  # a phrase: "the class of every sample, by default each in turn"
    # The value in the text; `ValueError` says what is expected. None where no text could say it.
    read: Callable[[str], Any] | None = None
    example: str = ""  # a text that `read` understands


def whole(text: str) -> int | list[int]:
    """A whole number in `text`, or several, such as "0,1,2"."""
    numbers = []
    for part in text.split(","):
        number = number_in(part.strip(), int)
        if not isinstance(number, int):
            raise ValueError(f"expected a whole number, such as 7, got {part!r}")
        numbers.append(number)
    return numbers if len(numbers) > 1 else numbers[0]


def number(text: str) -> float:
    """The number in `text`."""
    value = number_in(text, float)
    if not isinstance(value, float):
        raise ValueError(f"expected a number, such as 1.5, got {text!r}")
    return value


def as_numbers(what: str, value: Any) -> Tensor:
    """`value` as a tensor; `TypeError` where it holds no numbers."""
    try:
        return torch.as_tensor(value)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        raise TypeError(f"expected the number of a {what}, or several, got {value!r}") from None


def numbers(what: str, value: Any, n: int) -> Tensor:
    """The number that each of `n` samples is asked for, (n,): one for all, or `n` of them, in a
    tensor, an array or a list; raises as `as_numbers` does, and `ValueError` for another length."""
    given = as_numbers(what, value)
    if given.ndim and given.shape != (n,):
        raise ValueError(
            f"expected one {what} for all samples, or one for each of {n}, got shape "
            f"{tuple(given.shape)}"
        )
    return given.expand(n)


def choices(what: str, value: Any, n: int, count: int) -> Tensor:
    """Which of `count` things each of `n` samples is asked to be, int64 (n,); raises as `numbers`
    does, and `ValueError` for one that is not there."""
    given = numbers(what, value, n)
    if given.is_floating_point() or given.is_complex() or given.dtype == torch.bool:
        raise TypeError(f"expected the number of a {what}, a whole one, got {value!r}")
    wrong = given[(given < 0) | (given >= count)]
    if len(wrong):
        expect_index(what, int(wrong[0]), count)
    return given.long()


def numbered(text: str) -> dict[int, float]:
    """Values by number from a text such as "0:1.5,1:-1"; `ValueError` for another form, and for a
    number given twice."""
    values: dict[int, float] = {}
    for part in text.split(","):
        number, _, value = part.partition(":")
        position, parsed = number_in(number, int), number_in(value, float)
        if position is number or parsed is value:
            raise ValueError(f"expected numbers and their values, such as 0:1.5,1:-1, got {text!r}")
        if position in values:
            raise ValueError(f"{position} is given twice: leave one of them out")
        values[position] = parsed
    return values
