"""The old form of a question, with a judge of its own. Goes when lessons 01-04 are ported to
`question.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gan_course.practice.question import RIGHT, Verdict

# the learner's functions, in the order the question asks for them
Answers = tuple[Callable[..., Any], ...]
# what the learner's functions gave: plain tensors, since they may cross a process border
Values = Mapping[str, Tensor]


def wrong(hint: str) -> Verdict:
    """The verdict that an answer is not right yet."""
    return Verdict(passed=False, hint=hint)


@dataclass(frozen=True)
class Question:
    """One graded question.

    `probe(answers, seed)` builds inputs from `seed`, calls the learner's functions and returns
    tensors; it never decides. `judge(values, seed)` builds the same inputs again and decides on
    `values` alone, which may come from anywhere: it raises on nothing that `values` holds.
    """

    id: str
    title: str
    points: int
    asks: tuple[str, ...]  # names of the learner's functions
    probe: Callable[[Answers, int], dict[str, Tensor]]
    judge: Callable[[Values, int], Verdict]
    # (part of an exception's message, what it points at)
    known_errors: tuple[tuple[str, str], ...] = ()

    def values(self, answers: Answers, seed: int) -> dict[str, Tensor]:
        """What `answers` give for `seed`. The learner's own draws are seeded too, and the caller's
        random state is left as it was."""
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.manual_seed(seed)
            return {
                name: value.detach().clone() for name, value in self.probe(answers, seed).items()
            }

    def verdict(self, values: Values, seed: int) -> Verdict:
        """Whether `values` are what a right answer gives for `seed`."""
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            return self.judge(values, seed)


def seeded(seed: int) -> torch.Generator:
    """The generator that probe and judge draw the same inputs from, apart from the one the
    learner's code draws from."""
    return torch.Generator().manual_seed(seed)


def pulled_back(output: Tensor, weights: Tensor, inputs: Sequence[Tensor]) -> list[Tensor]:
    """The gradient of (weights · output).sum() at each of `inputs`; an empty tensor where none
    arrives, or where the shapes do not fit."""
    nothing = torch.zeros(0)
    if not output.requires_grad or output.shape != weights.shape:
        return [nothing for _ in inputs]
    found = torch.autograd.grad((weights * output).sum(), list(inputs), allow_unused=True)
    return [nothing if gradient is None else gradient for gradient in found]


__all__ = ["RIGHT", "Answers", "Question", "Values", "Verdict", "pulled_back", "seeded", "wrong"]
