"""Metrics stay on the device of their input: with another default device they say the same.

Whatever a function makes without naming a device lands on the default one. Here that is `meta`,
where nothing has a value, so that it cannot be mixed with tensors that have one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_course import metrics
from gan_course.data import load
from tests.test_bad_tensors import GOOD, raised

REAL = {
    "read_shapes": (metrics.read_shapes, (load("shapes").held_out.x[:9],)),
    "wasserstein_1d of a mixture": (
        lambda x: metrics.wasserstein_1d(x, load("mixture")),
        (torch.linspace(-2, 2, 9),),
    ),
    "ladder": (lambda seed: metrics.ladder(load("digits"), 100, int(seed)), (torch.tensor(0),)),
}
ALL: dict[str, tuple[Callable[..., Any], tuple[Tensor, ...]]] = {
    **{name: entry for name, entry in GOOD.items() if "plot" not in name},
    **REAL,
}


def same(one: Any, other: Any) -> bool:
    """Whether two results hold the same values, on one device."""
    if isinstance(one, Tensor):
        return one.device == other.device and torch.equal(one, other)
    if isinstance(one, tuple):
        return all(same(*pair) for pair in zip(one, other, strict=True))
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return type(one) is type(other)


@pytest.mark.parametrize("name", ALL)
def test_a_function_of_tensors_makes_nothing_on_the_default_device(name: str) -> None:
    function, tensors = ALL[name]
    usual = function(*tensors)
    with torch.device("meta"):
        elsewhere = function(*tensors)
    assert same(usual, elsewhere)


def test_what_is_made_on_the_default_device_is_found() -> None:
    def on_the_cpu_only(x: Tensor) -> Tensor:
        return x * torch.arange(len(x))

    with torch.device("meta"):
        error = raised(lambda: on_the_cpu_only(torch.ones(3, device="cpu")).item())
    assert error is not None
