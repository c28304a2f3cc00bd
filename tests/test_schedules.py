"""How a learning rate falls over a run."""

from __future__ import annotations

import pytest
import torch
from torch.optim import SGD

from gan_course.models.base import linear_decay


def rates(start: float, steps: int = 8) -> list[float]:
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = linear_decay(optimizer, steps, start)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return [*found, optimizer.param_groups[0]["lr"]]


def test_a_rate_stays_and_then_falls_in_a_straight_line_to_zero() -> None:
    assert rates(0.5) == [1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0]
    assert rates(0.0) == [1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0]
    assert rates(1.0) == [1] * 9


@pytest.mark.parametrize("start", [-0.1, 1.1])
def test_a_rate_that_falls_before_or_after_the_run_is_refused(start: float) -> None:
    with pytest.raises(
        ValueError,
        match=f"the rates begin to fall after a share of the run from 0 to 1, got {start}",
    ):
        rates(start)
