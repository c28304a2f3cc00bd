"""The contracts, for every model of the catalogue; a later model joins by being in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from gan_course.models import DCGAN, DCGANConfig
from gan_course.models.config import plain
from tests.contracts import promises
from tests.contracts.conftest import MODELS, small
from tests.contracts.promises import Build


def test_a_step_records_detached_scalars_and_samples_have_the_shape(build: Build) -> None:
    promises.a_step_records_detached_scalars_and_samples_have_the_shape(build)


def test_each_method_moves_what_it_declares_and_nothing_else(build: Build) -> None:
    promises.each_method_moves_what_it_declares_and_nothing_else(build)


def test_a_fixed_network_never_learns(build: Build) -> None:
    promises.a_fixed_network_never_learns(build)


def test_what_is_declared_is_there(build: Build) -> None:
    promises.what_is_declared_is_there(build)


def test_a_run_is_a_function_of_its_seed(build: Build) -> None:
    promises.a_run_is_a_function_of_its_seed(build)


def test_a_loaded_model_goes_on_bit_for_bit(build: Build) -> None:
    promises.a_loaded_model_goes_on_bit_for_bit(build)


def test_all_that_a_step_changes_is_in_the_state(build: Build) -> None:
    promises.all_that_a_step_changes_is_in_the_state(build)


def test_weights_are_all_that_sampling_needs(build: Build) -> None:
    promises.weights_are_all_that_sampling_needs(build)


def test_a_look_leaves_no_trace(build: Build) -> None:
    promises.a_look_leaves_no_trace(build)


def test_watching_a_run_does_not_change_it(build: Build) -> None:
    promises.watching_a_run_does_not_change_it(build)


def test_a_step_stays_on_the_device(build: Build) -> None:
    promises.a_step_stays_on_the_device(build)


def test_a_step_runs_in_bf16(single: Build) -> None:
    # The first update of a normalised gradient is as long in directions that hardly matter, and
    # there its sign is what bf16 rounds: a loss after it says nothing about the precision of the
    # loss.
    promises.a_step_runs_in_bf16(single)


@pytest.mark.gpu
def test_a_model_learns_and_samples_on_a_gpu(build: Build) -> None:
    cuda = torch.device("cuda")
    with cuda:
        model = build()
    batch = promises.Noise(model).batch(0, model.samples_per_step, seed=0)
    record = model.step(batch.to(cuda))
    assert {value.device.type for value in record.values()} == {"cuda"}
    assert promises.drawn(model, 3).device.type == "cuda"
    assert all(value.isfinite() for value in record.values())


def neighbours(model: Any) -> dict[str, Any]:
    """Two models that are not like `model`: the next of another class, and one of its own class
    that was made wider."""
    kinds = [entry.kind for entry in MODELS.values()]
    entry = list(MODELS.values())[(kinds.index(type(model)) + 1) % len(kinds)]
    wider = {
        name: value * 2 if isinstance(value, int) else tuple(2 * width for width in value)
        for name, value in plain(model.config).items()
        if name in ("latent_dim", "width", "hidden")
    }
    return {
        entry.name: entry.kind(small(entry.configuration())),
        "a wider one": type(model)(replace(model.config, **wider)),
    }


def layout(model: Any) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in model.weights().items()}


def test_state_and_weights_of_another_model_are_refused_and_nothing_is_loaded(build: Build) -> None:
    model = build()
    promises.steps(model, 0, 1)
    before = promises.copied(model.state_dict())
    for name, other in neighbours(model).items():
        promises.steps(other, 0, 1)
        pairs: list[tuple[Any, Any]] = [(model.load_state_dict, other.state_dict())]
        # Two papers may share their networks, and then either model can draw with the other's
        # weights.
        if layout(other) != layout(model):
            pairs.append((model.load_weights, other.weights()))
        for load, foreign in pairs:
            with pytest.raises(ValueError, match="another model"):
                load(foreign)
            assert promises.same(model.state_dict(), before), f"part of {name} was loaded"


def test_a_state_in_which_a_part_is_missing_is_refused(build: Build) -> None:
    model = build()
    state = model.state_dict()
    del state[next(name for name in reversed(state) if name != "fixed")]
    with pytest.raises(ValueError, match="this state belongs to another model"):
        model.load_state_dict(state)


def test_a_state_whose_optimiser_does_not_fit_is_refused_and_nothing_is_loaded(
    build: Build,
) -> None:
    model, other = build(), build()
    promises.steps(model, 0, 1)
    promises.steps(other, 0, 2)
    before = promises.copied(model.state_dict())
    state = other.state_dict()
    name = next(name for name in reversed(list(state)) if name.startswith("optimizer"))
    state[name] = {"state": {}, "param_groups": []}
    with pytest.raises(
        ValueError,
        match=f"this state belongs to another model than this .*, or another configuration: {name} "
        "differs",
    ):
        model.load_state_dict(state)
    assert promises.same(model.state_dict(), before)


def test_the_discriminator_answers_the_same_before_and_after_the_generators_step() -> None:
    torch.manual_seed(0)
    model = DCGAN(small(DCGANConfig()))
    model.discriminator.eval()  # so that asking does not improve its estimates
    x = torch.rand(4, 1, 28, 28)
    before = model.discriminator(x)
    model.discriminator.train()
    model.generator_step(model.generator(model.noise(4)))
    assert model.discriminator.training
    model.discriminator.eval()
    assert torch.equal(model.discriminator(x), before)
