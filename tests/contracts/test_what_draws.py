"""The networks that a model says it draws with are those it needs, and all of them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gan_course.models import Model
from tests.contracts.broken_models import CONFIG, Honest
from tests.contracts.promises import Build, Noise, drawn, seeded, steps

# What some models do besides, with images, and with what those give.
READS, WRITES = ("code", "posterior", "read"), "decode"


def shown(model: Model[Any]) -> list[Tensor]:
    """Samples, translations, and what the model reads from images, always with the same noise."""
    with model.evaluating():
        torch.manual_seed(5)
        images, found = Noise(model).batch(0, 4, seed=0).x, [drawn(model, 4)]
        found += [getattr(model, name)(images) for name in model.directions]
        for name in READS:
            if (read := getattr(model, name, None)) is not None:
                torch.manual_seed(5)
                read_out = read(images)
                found += read_out if isinstance(read_out, tuple) else [read_out]
        if (write := getattr(model, WRITES, None)) is not None:
            found.append(write(torch.ones(4, model.config.latent_dim)))
    return [tensor.double() for tensor in found]


def with_networks_of(model: Model[Any], build: Build, names: set[str]) -> list[Tensor]:
    """What a model with other weights shows once it has these networks of `model`."""
    other = seeded(build, seed=77)
    steps(other, 0, 1)
    taken = {key: w for key, w in model.weights().items() if key.partition(".")[0] in names}
    other.load_weights(other.weights() | taken)
    return shown(other)


def draws_with_what_it_declares(build: Build) -> None:
    model = seeded(build)
    steps(model, 0, 2)
    declared, expected = {*model.draws}, shown(model)
    assert declared, "it does not say what it draws with"
    found = with_networks_of(model, build, declared)
    assert all(map(torch.equal, found, expected)), "it draws with other networks too"
    for name in declared:
        without = with_networks_of(model, build, declared - {name})
        assert not all(map(torch.equal, without, expected)), f"it does not draw with {name}"


def test_a_model_draws_with_the_networks_it_declares(build: Build) -> None:
    draws_with_what_it_declares(build)


class DrawsWithMore(Honest):
    def sample(self, n: int) -> Tensor:
        return self.generator(self.noise(n))


class DrawsWithLess(Honest):
    draws = ("ema", "discriminator")


class SaysNothing(Honest):
    draws = ()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (DrawsWithMore, "draws with other networks"),
        (DrawsWithLess, "does not draw with discriminator"),
        (SaysNothing, "does not say"),
    ],
)
def test_a_model_that_declares_others_is_caught(kind: type[Honest], said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        draws_with_what_it_declares(lambda: kind(CONFIG))
