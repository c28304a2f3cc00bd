"""Every model of the catalogue and of the families, small, for each shape of sample that the
modalities it learns are tried with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import Any

import pytest

from gan_course.catalogue import ModelEntry, catalogue
from gan_course.models import Config, Model
from tests import families

pytest.register_assert_rewrite("tests.contracts.promises", "tests.contracts.watching")

MODELS: dict[str, ModelEntry] = catalogue().models | families.MODELS
# Whichever of these a configuration has.
SMALL = {"latent_dim": 5, "width": 4, "hidden": (8,), "n_critic": 2, "batch_size": 6, "steps": 8}


def small(config: Config, **changes: Any) -> Config:
    known = {field.name for field in fields(config)}
    return replace(
        config, **{name: value for name, value in (SMALL | changes).items() if name in known}
    )


def cases(**changes: Any) -> list[Any]:
    return [
        pytest.param(
            partial(entry.kind, small(entry.configuration(), shape=shape, **changes)),
            id=f"{entry.name}-{'x'.join(map(str, shape))}",
        )
        for entry in MODELS.values()
        for modality in entry.kind.modalities
        for shape in modality.shapes
    ]


@pytest.fixture(params=cases())
def build(request: pytest.FixtureRequest) -> Callable[[], Model[Any]]:
    """Builds one model, small, for one shape of sample."""
    return request.param


@pytest.fixture(params=cases(n_critic=1))
def single(request: pytest.FixtureRequest) -> Callable[[], Model[Any]]:
    """As `build`, with one update of each network a step."""
    return request.param
