"""Every generator that a step may draw from is taken, put back and seeded."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
import torch

from gan_course.random_state import (
    random_state,
    random_state_from,
    random_state_kept,
    seed_everything,
    set_random_state,
)

CPU = torch.device("cpu")
DRAWS: list[Callable[[], float]] = [
    random.random,
    lambda: random.gauss(0, 1),  # keeps a second value for the next call
    lambda: float(np.random.rand()),
    lambda: float(np.random.randn()),  # as well
    lambda: torch.rand(()).item(),
]
GENERATORS = pytest.mark.parametrize(
    "draw", DRAWS, ids=["python", "python gauss", "numpy", "numpy gauss", "torch"]
)


@GENERATORS
def test_a_state_that_was_stored_gives_the_same_draws_again(draw: Callable[[], float]) -> None:
    draw()
    stored = BytesIO()
    torch.save(random_state(CPU), stored)
    expected = [draw() for _ in range(3)]
    draw()
    stored.seek(0)
    set_random_state(torch.load(stored, weights_only=True), CPU)
    assert [draw() for _ in range(3)] == expected


@GENERATORS
def test_what_is_drawn_inside_leaves_no_trace_however_it_ends(draw: Callable[[], float]) -> None:
    seed_everything(5)
    expected = [draw(), draw()]
    seed_everything(5)
    first = draw()
    with suppress(InterruptedError), random_state_kept(CPU):
        draw()
        raise InterruptedError
    assert [first, draw()] == expected


@GENERATORS
def test_what_is_drawn_inside_from_a_seed_is_decided_by_it_and_leaves_no_trace(
    draw: Callable[[], float],
) -> None:
    seed_everything(5)
    expected = draw()
    drawn = []
    for seed in (1, 1, 2**64 - 1):
        seed_everything(5)
        with random_state_from(seed, CPU):
            drawn.append(draw())
        assert draw() == expected
    assert drawn[0] == drawn[1] != drawn[2]
    assert expected not in drawn


@GENERATORS
def test_a_seed_decides_every_draw(draw: Callable[[], float]) -> None:
    drawn = []
    for seed in (1, 1, 2**32 - 1):
        seed_everything(seed)
        drawn.append(draw())
    assert drawn[0] == drawn[1] != drawn[2]
