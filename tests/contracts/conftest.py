"""Every entry of the catalogue, small, for each shape of sample that the contracts hold it to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import Any

import pytest

from gan_course.catalogue import catalogue
from gan_course.models import Config, Model

pytest.register_assert_rewrite("tests.contracts.promises")

IMAGES = [(channels, side, side) for channels in (1, 3) for side in (28, 32)]
# Whichever of these a configuration has.
SMALL = {"latent_dim": 5, "width": 4, "hidden": (8,), "n_critic": 2, "batch_size": 6, "steps": 8}


def small(config: Config, **changes: Any) -> Config:
    known = {field.name for field in fields(config)}
    return replace(
        config, **{name: value for name, value in (SMALL | changes).items() if name in known}
    )


def cases(**changes: Any) -> list[Any]:
    found = []
    for entry in catalogue().models.values():
        own = entry.configuration().shape
        for shape in dict.fromkeys([own, *IMAGES]):
            config = small(entry.configuration(), shape=shape, **changes)
            found.append(
                pytest.param(
                    partial(entry.kind, config), id=f"{entry.name}-{'x'.join(map(str, shape))}"
                )
            )
    return found


@pytest.fixture(params=cases())
def build(request: pytest.FixtureRequest) -> Callable[[], Model[Any]]:
    """Builds one model of the catalogue, small, for one shape of sample."""
    return request.param


@pytest.fixture(params=cases(n_critic=1))
def single(request: pytest.FixtureRequest) -> Callable[[], Model[Any]]:
    """As `build`, with one update of each network a step."""
    return request.param


@pytest.fixture(params=[case for case in cases() if hasattr(case.values[0].func, "generator_step")])
def adversary(request: pytest.FixtureRequest) -> Callable[[], Model[Any]]:
    """As `build`, of the models that play a game."""
    return request.param
