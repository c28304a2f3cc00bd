"""What every model of the course is: a configuration, networks, optimisers, one step and a way to
sample."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Generic, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.utils.parametrize import ParametrizationList
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from gan_course import processes
from gan_course.data.batches import Batch
from gan_course.modalities.base import Modality
from gan_course.models.config import C, plain
from gan_course.models.declarations import Adversary, Condition, Latent, Player
from gan_course.models.states import copied, digest, expect_weights, settings_here
from gan_course.random_state import random_state_kept


@runtime_checkable
class Stateful(Protocol):
    """What a checkpoint can hold: a network, an optimiser, a schedule, a pool."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> Any: ...


class Model(ABC, Generic[C]):
    """One algorithm. A subclass builds its networks and optimisers in `__init__`, writes `step` and
    `sample`, and declares what others need to know of it.

    Networks are built on the device in force: `with torch.device("cuda"): model = DCGAN()`; models
    are never moved. The state is every attribute that has a `state_dict`, and every entry of a list
    that has one: networks, optimisers, schedules, averages, pools.
    """

    # The kinds of sample it can learn; an empty tuple leaves that open.
    modalities: ClassVar[tuple[Modality, ...]] = ()
    # Which networks each of its methods may change. Every descent lies inside one of these methods.
    moves: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    # Who learns; the one that draws samples comes first.
    players: ClassVar[tuple[Player, ...]] = ()
    # What `sample` can be asked for, by the name of its parameter.
    conditions: ClassVar[Mapping[str, Condition]] = {}
    classes: int = 0  # that "label" of the conditions can ask for
    directions: ClassVar[tuple[str, ...]] = ()  # its methods that turn images into others
    # Keys of `gan_course.explore.EXPLORERS` that can show it, the best first.
    explorers: ClassVar[tuple[str, ...]] = ()
    draws: ClassVar[tuple[str, ...]] = ()  # networks that sampling, translating and coding need
    # Networks that never learn, the same whenever the model is built: checkpoints leave them out.
    fixed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, config: C) -> None:
        self.config = config

    @abstractmethod
    def step(self, batch: Batch) -> dict[str, Tensor]:
        """One update of every network; returns detached scalars that are still on the device."""

    @abstractmethod
    def sample(self, n: int) -> Tensor:
        """`n` samples, shape (n, *config.shape). Whatever else a model can be asked for is a
        further parameter with a default."""

    def sampled(self, n: int) -> Batch:
        """`n` samples with what is known of each, such as the class that was asked for."""
        return Batch(self.sample(n))

    @property
    def samples_per_step(self) -> int:
        """Length of the batch that `step` is given: above `config.batch_size` where one step holds
        several updates, each with samples of its own."""
        return self.config.batch_size

    @property
    def sample_chunk(self) -> int:
        """How many samples are drawn at once where many are wanted: 250, unless the configuration
        has a field of this name."""
        return int(plain(self.config).get("sample_chunk", 250))

    def adversary(self) -> Adversary | None:
        """The network that tells real samples from drawn ones; None where there is none."""
        return None

    def latent(self) -> Latent | None:
        """The space of vectors that it draws from; None where there is none, or where a sample
        takes more than its vector."""
        return None

    def descend(self, optimizer: Optimizer, loss: Tensor, clip: float | None = None) -> Tensor:
        """One step of `optimizer` down the slope of `loss`; returns the norm of the whole gradient,
        a detached scalar.

        With `clip`, a gradient of a larger norm is scaled down to that norm; what is returned is
        the norm before. Where several processes train together, the gradient is the mean of theirs.
        """
        optimizer.zero_grad()
        loss.backward()
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        learning = [p for p in parameters if p.grad is not None]
        gradients = [p.grad for p in learning]
        processes.average_(gradients)
        norm = nn.utils.get_total_norm(gradients)
        if clip is not None:
            nn.utils.clip_grads_with_norm_(learning, clip, norm)
        optimizer.step()
        return norm

    def optimizers(self) -> dict[str, Optimizer]:
        """Every optimiser by its attribute's name."""
        return {name: part for name, part in self._parts().items() if isinstance(part, Optimizer)}

    def learning_rates(self) -> dict[str, float]:
        """The rate of each optimiser in its next step, by the optimiser's name."""
        return {
            name: float(optimizer.param_groups[0]["lr"])
            for name, optimizer in self.optimizers().items()
        }

    @property
    def device(self) -> torch.device:
        return next(p.device for network in self.networks().values() for p in network.parameters())

    def networks(self) -> dict[str, nn.Module]:
        """Every network by its attribute's name."""
        return {name: part for name, part in self._parts().items() if isinstance(part, nn.Module)}

    def _parts(self) -> dict[str, Stateful]:
        """Everything that has a state, by its attribute's name: "ema", or in a list "pools.0"."""
        found: dict[str, Stateful] = {}
        for name, value in vars(self).items():
            entries = enumerate(value) if isinstance(value, list) else ()
            found |= {f"{name}.{i}": entry for i, entry in entries if isinstance(entry, Stateful)}
            if isinstance(value, Stateful):
                found[name] = value
        return found

    def train(self) -> None:
        for name, network in self.networks().items():
            network.train(name not in self.fixed)

    def eval(self) -> None:
        for network in self.networks().values():
            network.eval()

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """Look without touching: eval mode, no gradients, and afterwards every module's mode and
        the random generators are as before."""
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
        """State of every part by its name, and a digest of each network that is fixed."""
        state = {
            name: part.state_dict()
            for name, part in self._parts().items()
            if name not in self.fixed
        }
        return state | ({"fixed": self._digests()} if self.fixed else {})

    def _digests(self) -> dict[str, str]:
        networks = self.networks()
        return {name: digest(networks[name].state_dict()) for name in self.fixed}

    def load_state_dict(self, state: dict[str, dict[str, Any]]) -> None:
        """Take over a `state_dict` of a model of the same class and configuration.

        `ValueError` if a part, a weight's name, kind or shape, an optimiser's state or a fixed
        network differs or a weight is NaN or infinite, and then nothing is loaded.
        """
        own = self.state_dict()
        if own.keys() != state.keys() or own.get("fixed") != state.get("fixed"):
            raise ValueError(
                f"this state belongs to another model: {type(self).__name__} has the parts "
                f"{sorted(own)}, the state has {sorted(state)}"
                + (", and fixed networks may differ" if own.keys() == state.keys() else "")
            )
        parts = {name: self._parts()[name] for name in own if name != "fixed"}
        expect_weights(type(self).__name__, self._learned(state), self._learned(own))
        before = copied(own)
        try:
            for name, part in parts.items():
                part.load_state_dict(
                    settings_here(state[name], own[name])
                    if isinstance(part, Optimizer)
                    else state[name]
                )
        except (ValueError, KeyError, TypeError, RuntimeError) as error:
            for earlier, part in parts.items():
                part.load_state_dict(before[earlier])
            kind = type(self).__name__
            raise ValueError(
                f"this state belongs to another model than this {kind}, or another "
                f"configuration: {name} differs"
            ) from error

    def load_networks(self, state: dict[str, dict[str, Any]]) -> None:
        """Take over the networks of a `state_dict`, which is all that sampling needs, and leave
        optimisers, schedules and pools as they are. Raises as `load_weights` does, and `ValueError`
        where a fixed network differs.
        """
        if state.get("fixed", {}) != self._digests():
            raise ValueError(f"this state has other fixed networks than this {type(self).__name__}")
        fixed = {key: w for key, w in self.weights().items() if key.split(".")[0] in self.fixed}
        self.load_weights(fixed | self._learned(state))

    def _learned(self, state: dict[str, dict[str, Any]]) -> dict[str, Tensor]:
        """The weights of the networks that learn, from a `state_dict`, as `weights` names them."""
        return {
            f"{name}.{key}": tensor
            for name in self.networks()
            if name not in self.fixed
            for key, tensor in state.get(name, {}).items()
        }

    def weights(self) -> dict[str, Tensor]:
        """Every network's parameters and buffers, by "network.layer.name": all that sampling
        needs."""
        return {
            f"{name}.{key}": tensor
            for name, network in self.networks().items()
            for key, tensor in network.state_dict().items()
        }

    def load_weights(self, weights: dict[str, Tensor]) -> None:
        """Take over the `weights` of a model of the same class and configuration.

        `ValueError` if a weight's name, kind or shape differs or one of them is NaN or infinite,
        and then nothing is loaded.
        """
        expect_weights(type(self).__name__, weights, self.weights())
        with torch.no_grad():
            for key, tensor in self.weights().items():
                tensor.copy_(weights[key])


@contextmanager
def frozen(network: nn.Module) -> Iterator[None]:
    """Use `network` while another one learns: gradients pass through it, but none are computed for
    its weights, and spectral norm and batch norm leave their estimates alone."""
    held: list[tuple[Any, str]] = [(p, "requires_grad") for p in network.parameters()]
    for module in network.modules():
        if isinstance(module, ParametrizationList):
            # Spectral norm in training mode improves its estimate of a layer's gain at every call,
            # and divides by it.
            held += [(part, "training") for part in module.modules()]
        elif isinstance(module, _NormBase):
            held.append((module, "track_running_stats"))
    held = [(part, flag) for part, flag in held if getattr(part, flag)]
    try:
        for part, flag in held:
            setattr(part, flag, False)
        yield
    finally:
        for part, flag in held:
            setattr(part, flag, True)


def linear_decay(optimizer: Optimizer, steps: int, start: float = 0.5) -> LambdaLR:
    """A schedule that holds the learning rate for the share `start` of `steps`, then lowers it in a
    straight line to zero at the end; with `start` = 1 it never falls.

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
