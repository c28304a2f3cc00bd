"""What every model of the course promises. Each function raises `AssertionError`, or what torch
raises, for a model that breaks its word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import signature
from io import BytesIO
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.utils._python_dispatch import TorchDispatchMode

from gan_course.data import Batch, random_generator
from gan_course.models import Model
from gan_course.training import Evaluation, LiveSamples, fit

Build = Callable[[], Model[Any]]


class Noise:
    """Data of any shape, in [-1, 1], with labels of ten classes."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = tuple(shape)

    def batch(self, index: int, size: int, seed: int) -> Batch:
        generator = random_generator(seed, index)
        return Batch(
            2 * torch.rand(size, *self.shape, generator=generator) - 1,
            torch.randint(10, (size,), generator=generator),
        )

    def batches_per_epoch(self, size: int) -> int:
        return 4


def tensors(state: Any) -> Iterator[Tensor]:
    """Every tensor and number in a nested state, as tensors."""
    if isinstance(state, Tensor):
        yield state
    elif isinstance(state, dict):
        for key in state:
            yield from tensors(state[key])
    elif isinstance(state, list | tuple):
        for value in state:
            yield from tensors(value)
    elif isinstance(state, int | float):
        yield torch.tensor(state)


def same(one: Any, other: Any) -> bool:
    """Bit for bit."""
    pairs = list(zip(tensors(one), tensors(other), strict=True))
    return all(torch.equal(a, b) for a, b in pairs)


def copied(state: Any) -> list[Tensor]:
    return [tensor.clone() for tensor in tensors(state)]


def seeded(build: Build, seed: int = 0) -> Model[Any]:
    torch.manual_seed(seed)
    return build()


def steps(model: Model[Any], first: int, last: int, seed: int = 0) -> None:
    """Steps `first` to `last` - 1 of a run."""
    model.train()
    for index in range(first, last):
        model.step(Noise(model.config.shape).batch(index, model.samples_per_step, seed))


def a_step_records_detached_scalars_and_samples_have_the_shape(build: Build) -> None:
    model = seeded(build)
    record = model.step(Noise(model.config.shape).batch(0, model.samples_per_step, seed=0))
    assert record
    for name, value in record.items():
        assert isinstance(value, Tensor), f"{name} is no tensor"
        assert value.shape == (), f"{name} is no scalar"
        assert not value.requires_grad, f"{name} is still tied to its graph"
        assert value.device == model.device, f"{name} left the device"
        assert value.isfinite(), f"{name} is not finite"
    samples = model.sample(3)
    assert samples.shape == (3, *model.config.shape)
    assert samples.isfinite().all()
    if len(model.config.shape) == 3:
        assert samples.abs().max() <= 1


def of_player(model: Model[Any], player: str) -> list[Tensor]:
    """All that a step of the other player must leave alone: parameters, buffers, gradients and the
    optimiser's state."""
    network: nn.Module = getattr(model, player)
    optimizer: Optimizer = getattr(model, f"optimizer_{player[0]}")
    gradients = [p.grad if p.grad is not None else torch.zeros(0) for p in network.parameters()]
    return copied(
        [
            network.state_dict(),
            gradients,
            optimizer.state_dict()["state"],
            [p.requires_grad for p in network.parameters()],
        ]
    )


def each_player_learns_and_leaves_the_other_alone(build: Build) -> None:
    model = seeded(build)
    opponent = "critic" if hasattr(model, "critic") else "discriminator"
    steps(model, 0, 1)  # so that optimisers have a state, and gradients are there to be disturbed
    batch = Noise(model.config.shape).batch(1, model.samples_per_step, seed=0)
    noise = model.noise(len(batch))
    # Some steps must know what the fakes were drawn from, or which class they are of.
    told = (
        (noise,)
        if "latent" in signature(model.generator_step).parameters
        else (batch.labels,)
        if "label" in model.conditions()
        else ()
    )
    fake = model.generator(noise, *(told if "label" in model.conditions() else ()))
    generator, before = of_player(model, "generator"), of_player(model, opponent)
    getattr(model, f"{opponent}_step")(batch.x, fake, *told)
    assert same(of_player(model, "generator"), generator), (
        f"the {opponent}'s step changed the generator"
    )
    assert not same(of_player(model, opponent), before), f"the {opponent}'s step changed nothing"
    before = of_player(model, opponent)
    model.generator_step(fake, *told)
    assert same(of_player(model, opponent), before), f"the generator's step changed the {opponent}"
    assert not same(of_player(model, "generator"), generator), (
        "the generator's step changed nothing"
    )


def a_run_is_a_function_of_its_seed(build: Build) -> None:
    def run(seed: int) -> tuple[list[Tensor], Tensor]:
        model = seeded(build)  # equal weights at the start, so that only the run's seed can tell
        fit(model, Noise(model.config.shape), steps=3, seed=seed)
        return copied(model.state_dict()), model.sample(4).clone()

    assert same(run(1), run(1)), "two runs with one seed differ"
    assert not same(run(1), run(2)), "the seed changes nothing"


def a_loaded_model_goes_on_bit_for_bit(build: Build) -> None:
    whole = seeded(build)
    steps(whole, 0, 6)
    first = seeded(build)
    steps(first, 0, 3)
    file = BytesIO()
    torch.save({"model": first.state_dict(), "random": torch.get_rng_state()}, file)
    steps(first, 3, 4)  # what is saved must not follow the model it came from
    file.seek(0)
    saved = torch.load(file, weights_only=True)
    resumed = seeded(build, seed=77)
    resumed.load_state_dict(saved["model"])
    torch.set_rng_state(saved["random"])
    steps(resumed, 3, 6)
    assert same(resumed.state_dict(), whole.state_dict()), "a resumed run ends elsewhere"
    torch.manual_seed(5)
    expected = whole.sample(4)
    torch.manual_seed(5)
    assert torch.equal(resumed.sample(4), expected), "a resumed model draws other samples"


def loose_parts(value: Any) -> dict[str, Any]:
    """What `value` holds besides what its `state_dict` covers, by name."""
    if isinstance(value, Optimizer | LRScheduler) or (
        callable(value) and not isinstance(value, nn.Module)
    ):
        return {}  # torch's own keep all they have in their state
    if isinstance(value, nn.Module):
        buffers = {name: value._buffers[name] for name in value._non_persistent_buffers_set}
        return (
            buffers
            | value._modules
            | {
                name: part
                for name, part in vars(value).items()
                if not name.startswith("_") and name != "training"
            }
        )
    if isinstance(value, dict):
        return {str(name): part for name, part in value.items()}
    if isinstance(value, list | tuple | set):
        return {"length": len(value)} | {str(i): part for i, part in enumerate(value)}
    covered = (
        value.state_dict() if hasattr(value, "state_dict") and not isinstance(value, Model) else {}
    )
    return {
        name: part for name, part in getattr(value, "__dict__", {}).items() if name not in covered
    }


def outside_the_state(value: Any, path: str, seen: set[int]) -> dict[str, Any]:
    """Every number, text, tensor and random generator that can be reached from `value` and is in no
    `state_dict`, by path."""
    if isinstance(value, Tensor):
        return {path: value.detach().clone()}
    if isinstance(value, torch.Generator):
        return {path: value.get_state()}
    if isinstance(value, int | float | str):
        return {path: value}
    if id(value) in seen:
        return {}
    seen.add(id(value))
    found: dict[str, Any] = {}
    for name, part in loose_parts(value).items():
        found |= outside_the_state(part, f"{path}.{name}", seen)
    return found


def all_that_a_step_changes_is_in_the_state(build: Build) -> None:
    model = seeded(build)
    steps(model, 0, 1)
    before = outside_the_state(model, "model", set())
    steps(model, 1, 3)
    after = outside_the_state(model, "model", set())
    changed = [
        path
        for path in sorted(before.keys() | after.keys())
        if not equal(before.get(path), after.get(path))
    ]
    assert not changed, f"a step changed {changed}, which state_dict does not hold"


def equal(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return torch.equal(one, other)
    return type(one) is type(other) and one == other


def weights_are_all_that_sampling_needs(build: Build) -> None:
    model, other = seeded(build), seeded(build, seed=77)
    steps(model, 0, 2)
    torch.manual_seed(5)
    expected = model.sample(4)
    weights = {name: tensor.clone() for name, tensor in model.weights().items()}
    other.load_weights(weights)
    torch.manual_seed(5)
    assert torch.equal(other.sample(4), expected), "the same weights draw other samples"
    torch.manual_seed(5)
    assert not torch.equal(seeded(build, seed=77).sample(4), expected), (
        "samples do not depend on the weights"
    )


def a_look_leaves_no_trace(build: Build) -> None:
    model = seeded(build)
    modules = [module for network in model.networks().values() for module in network.modules()]
    model.train()
    modules[1].eval()  # a mode of its own, which must come back too
    modes, random_state, state = (
        [module.training for module in modules],
        torch.get_rng_state(),
        copied(model.state_dict()),
    )
    try:
        with model.observed():
            assert not any(module.training for module in modules), (
                "a look is taken in training mode"
            )
            assert not torch.is_grad_enabled(), "a look records gradients"
            model.sample(3)
            raise InterruptedError  # a look may end in any way
    except InterruptedError:
        pass
    assert [module.training for module in modules] == modes, "a look changed a mode"
    assert torch.equal(torch.get_rng_state(), random_state), (
        "a look drew from the run's random numbers"
    )
    assert same(model.state_dict(), state), "a look changed the state"


def watching_a_run_does_not_change_it(build: Build) -> None:
    def run(watched: bool) -> tuple[list[Tensor], list[Tensor]]:
        model = seeded(build)
        hooks = (
            [LiveSamples(every=2, n=3), Evaluation(lambda m: m.sample(5).mean(), every=1)]
            if watched
            else []
        )
        history = fit(model, Noise(model.config.shape), steps=4, hooks=hooks, seed=3)
        return copied(model.state_dict()), copied([history[name] for name in history.names])

    assert same(run(watched=True), run(watched=False)), "a watched run ends elsewhere"


class OnlyOn(TorchDispatchMode):
    """Raises when an operation returns a tensor of one dimension or more on another device: meta
    alone lets such a one into a matrix product."""

    def __init__(self, device: str) -> None:
        super().__init__()
        self.device = device

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        returned = function(*args, **(kwargs or {}))
        for value in returned if isinstance(returned, list | tuple) else [returned]:
            if isinstance(value, Tensor) and value.ndim >= 1:
                assert value.device.type == self.device, (
                    f"{function} returned a tensor on {value.device}, the model is on {self.device}"
                )
        return returned


def a_step_stays_on_the_device(build: Build) -> None:
    """On meta, where nothing has a value: `.item()`, `.cpu()` and branching on a tensor raise by
    themselves."""
    with torch.device("meta"):
        model = build()
    batch = (
        Noise(model.config.shape).batch(0, model.samples_per_step, seed=0).to(torch.device("meta"))
    )
    with OnlyOn("meta"):
        for _ in range(2):  # optimisers do more in their second step than in their first
            record = model.step(batch)
        samples = model.sample(3)
    assert all(value.device.type == "meta" for value in record.values())
    assert samples.device.type == "meta"
    assert samples.shape == (3, *model.config.shape)


def a_step_runs_in_bf16(build: Build) -> None:
    """Under autocast, as `--precision bf16` runs it: weights stay float32, and losses are about
    what they are in float32."""
    model = seeded(build)
    batch = Noise(model.config.shape).batch(0, model.samples_per_step, seed=0)
    expected = model.step(batch)
    model = seeded(build)
    with torch.autocast("cpu", torch.bfloat16):
        record = model.step(batch)
        steps(model, 1, 3)
    assert all(
        p.dtype == torch.float32
        for network in model.networks().values()
        for p in network.parameters()
    ), "a weight is no float32"
    assert all(
        p.isfinite().all() for network in model.networks().values() for p in network.parameters()
    ), "a weight is not finite"
    for name, value in record.items():
        assert value.isfinite(), f"{name} is not finite in bf16"
        difference = (value.float() - expected[name]).abs()
        # bf16 keeps eight bits of a number. Over GAN, DCGAN, every shape here and 5 seeds the
        # difference was at most 0.036 of this scale.
        assert difference <= 0.1 * (0.1 + expected[name].abs()), (
            f"{name} is {value:.3g} in bf16, {expected[name]:.3g} in float32"
        )
