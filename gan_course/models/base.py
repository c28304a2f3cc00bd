"""What every model of the course is: a configuration, networks, optimisers, one step and a way to
sample."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, fields
from inspect import signature
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import ParametrizationList
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from gan_course import processes
from gan_course.data.batches import Batch
from gan_course.errors import expect_positive
from gan_course.random_state import random_state_kept


class Config(Protocol):
    """What every configuration has; a frozen dataclass adds the rest."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    @property
    def batch_size(self) -> int:
        """Real samples that one update of a network learns from."""

    @property
    def steps(self) -> int:
        """Length of the whole run, which the schedules are laid over."""


C = TypeVar("C", bound=Config)


class Model(ABC, Generic[C]):
    """One algorithm. A subclass builds its networks and optimisers in `__init__` and writes `step`
    and `sample`.

    Networks are built on the device in force: `with torch.device("cuda"): model = DCGAN()`; models
    are never moved. The state is every attribute that has a `state_dict`: networks, optimisers,
    schedules, averages, pools.
    """

    def __init__(self, config: C) -> None:
        for field in ("batch_size", "steps", "latent_dim", "width", "classes", "embedding_dim"):
            if hasattr(config, field):
                expect_positive(field, getattr(config, field))
        self.config = config

    @abstractmethod
    def step(self, batch: Batch) -> dict[str, Tensor]:
        """One update of every network; returns detached scalars that are still on the device."""

    @abstractmethod
    def sample(self, n: int) -> Tensor:
        """`n` samples of shape (n, *config.shape). What else a model can be asked for are further
        parameters, each with a default."""

    @property
    def samples_per_step(self) -> int:
        """Length of the batch that `step` is given: above `config.batch_size` where one step holds
        several updates, each with samples of its own."""
        return self.config.batch_size

    @classmethod
    def conditions(cls) -> tuple[str, ...]:
        """What `sample` can be asked for besides a number: ("label",) for a conditional GAN, () for
        most."""
        return tuple(signature(cls.sample).parameters)[2:]

    def descend(self, optimizer: Optimizer, loss: Tensor) -> Tensor:
        """One step of `optimizer` down the slope of `loss`; returns the length of the whole
        gradient, a detached scalar.

        Where several processes train together, the gradient is the mean of theirs.
        """
        optimizer.zero_grad()
        loss.backward()
        gradients = [
            p.grad
            for group in optimizer.param_groups
            for p in group["params"]
            if p.grad is not None
        ]
        processes.average_(gradients)
        norm = nn.utils.get_total_norm(gradients)
        optimizer.step()
        return norm

    def learning_rates(self) -> dict[str, float]:
        """The rate of each optimiser in its next step, by the optimiser's name."""
        return {
            name: float(value.param_groups[0]["lr"])
            for name, value in vars(self).items()
            if isinstance(value, Optimizer)
        }

    @property
    def device(self) -> torch.device:
        return next(p.device for network in self.networks().values() for p in network.parameters())

    def networks(self) -> dict[str, nn.Module]:
        """Every network by its attribute's name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, nn.Module)}

    def train(self) -> None:
        for network in self.networks().values():
            network.train()

    def eval(self) -> None:
        for network in self.networks().values():
            network.eval()

    @contextmanager
    def observed(self) -> Iterator[None]:
        """Look without touching: eval mode, no gradients, and the random generators afterwards
        where they were before."""
        modes = {
            module: module.training
            for network in self.networks().values()
            for module in network.modules()
        }
        try:
            self.eval()
            with random_state_kept(self.device), torch.no_grad():
                yield
        finally:
            for module, training in modes.items():
                module.training = training

    def state_dict(self) -> dict[str, dict[str, Any]]:
        """State of every part by its attribute's name."""
        return {
            name: value.state_dict()
            for name, value in vars(self).items()
            if hasattr(value, "state_dict")
        }

    def load_state_dict(self, state: dict[str, dict[str, Any]]) -> None:
        """Take over a `state_dict` of a model of the same class and configuration.

        `ValueError` if a part, a weight's name or its shape, or an optimiser's state differs, and
        then nothing is loaded.
        """
        own = self.state_dict()
        if own.keys() != state.keys():
            raise ValueError(
                f"this state belongs to another model: {type(self).__name__} has the parts "
                f"{sorted(own)}, the state has {sorted(state)}"
            )
        self._expect_weights(
            {
                f"{name}.{key}": tensor
                for name in self.networks()
                for key, tensor in state[name].items()
            }
        )
        before = deepcopy(own)
        try:
            for name, value in state.items():
                # torch takes over the state of another kind of optimiser without a word, and fails
                # in the next step.
                if isinstance(getattr(self, name), Optimizer) and _settings(value) != _settings(
                    own[name]
                ):
                    raise ValueError(f"{name} has other settings")
                getattr(self, name).load_state_dict(value)
        except (ValueError, KeyError, TypeError, RuntimeError) as error:
            for part, value in before.items():
                getattr(self, part).load_state_dict(value)
            kind = type(self).__name__
            raise ValueError(
                f"this state belongs to another model than this {kind}, or another configuration: "
                f"{name} differs"
            ) from error

    def weights(self) -> dict[str, Tensor]:
        """Every network's parameters and buffers under "network.layer.name": what is needed to
        sample."""
        return {
            f"{name}.{key}": tensor
            for name, network in self.networks().items()
            for key, tensor in network.state_dict().items()
        }

    def load_weights(self, weights: dict[str, Tensor]) -> None:
        """Take over the `weights` of a model of the same class and configuration.

        `ValueError` if a weight's name or its shape differs, and then nothing is loaded.
        """
        self._expect_weights(weights)
        with torch.no_grad():
            for key, tensor in self.weights().items():
                tensor.copy_(weights[key])

    def _expect_weights(self, weights: dict[str, Tensor]) -> None:
        own = self.weights()
        for key in sorted(own.keys() | weights.keys()):
            if key not in own or key not in weights or own[key].shape != weights[key].shape:
                raise ValueError(
                    "these weights belong to another model or configuration than this "
                    f"{type(self).__name__}: they differ in {key}"
                )


def _settings(state: dict[str, Any]) -> list[set[str]]:
    """What the optimiser whose state this is can be set to, for each group of parameters: tells one
    kind of optimiser from another."""
    return [set(group) for group in state["param_groups"]]


@contextmanager
def frozen(network: nn.Module) -> Iterator[None]:
    """While it is not `network` that learns: gradients pass through it, but none are computed for
    its weights, and what it answers stays as it is."""
    learning = [p for p in network.parameters() if p.requires_grad]
    # Spectral norm in training mode improves its estimate of a layer's gain at every call, and
    # divides by it.
    estimating = [m for m in network.modules() if isinstance(m, ParametrizationList) and m.training]
    try:
        for p in learning:
            p.requires_grad_(False)
        for m in estimating:
            m.eval()
        yield
    finally:
        for p in learning:
            p.requires_grad_(True)
        for m in estimating:
            m.train()


def linear_decay(optimizer: Optimizer, steps: int, start: float = 0.5) -> LambdaLR:
    """A schedule that keeps the learning rate up to `start` of `steps`, then lowers it in a
    straight line to zero at the end; at 1 it stays.

    `start` outside [0, 1] is a `ValueError`. The schedule raises `RuntimeError` when stepped
    further: training would go on without learning.
    """
    if not 0 <= start <= 1:
        raise ValueError(
            f"the rates begin to fall after a share of the run from 0 to 1, got {start}"
        )
    falling = steps * (1 - start)

    def factor(step: int) -> float:
        if step > steps:
            raise RuntimeError(
                f"the learning rate's schedule was laid over {steps} steps and they are done: "
                "build the model anew, with more `steps`"
            )
        return min(1.0, (steps - step) / falling) if falling else 1.0

    return LambdaLR(optimizer, factor)


def as_config(kind: type[C], values: dict[str, Any]) -> C:
    """A configuration of `kind` from plain values, as JSON holds them: lists become tuples;
    `ValueError` names fields that `kind` has not."""
    known = {field.name for field in fields(kind)}
    if unknown := sorted(values.keys() - known):
        raise ValueError(
            f"{kind.__name__} has no field {unknown[0]!r}; it has {', '.join(sorted(known))}"
        )
    return kind(
        **{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    )


def plain(config: Config) -> dict[str, Any]:
    """A configuration as plain values for JSON."""
    return asdict(config)
