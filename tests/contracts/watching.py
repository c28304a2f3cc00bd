"""The spies of the contracts: one sees which networks each method of a model changes, and which
optimisers descend; the other, on which device results are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.utils._python_dispatch import TorchDispatchMode

from gan_course.models import Model
from tests.contracts.states import copied, same


def of_network(model: Model[Any], name: str) -> list[Tensor]:
    """All that belongs to a network: parameters, buffers, gradients, which of them learn, modes and
    what optimisers keep of them."""
    network = model.networks()[name]
    parameters = list(network.parameters())
    return copied(
        [
            network.state_dict(),
            [p.grad if p.grad is not None else torch.zeros(0) for p in parameters],
            [o.state.get(p, {}) for o in model.optimizers().values() for p in parameters],
            [p.requires_grad for p in parameters],
            [module.training for module in network.modules()],
        ]
    )


class Watch:
    """Looks on while a model trains: what each method that `moves` names changes, and inside which
    of them each optimiser descends."""

    def __init__(self, model: Model[Any]) -> None:
        self.model = model
        self.inside: list[str] = []
        self.descended: set[int] = set()
        self.changed: set[tuple[str, str]] = set()
        for method in model.moves:
            setattr(model, method, self.watched(method, getattr(model, method)))
        descend = model.descend

        def watched_descend(optimizer: Optimizer, *arguments: Any, **options: Any) -> Tensor:
            assert self.inside, "a descent lies outside every method that `moves` names"
            self.descended.add(id(optimizer))
            return descend(optimizer, *arguments, **options)

        model.descend = watched_descend  # type: ignore[method-assign]

    def watched(self, method: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watching(*arguments: Any, **options: Any) -> Any:
            before = {name: of_network(self.model, name) for name in self.model.networks()}
            self.inside.append(method)
            returned = call(*arguments, **options)
            self.inside.pop()
            for name, state in before.items():
                if not same(of_network(self.model, name), state):
                    assert name in self.model.moves[method], f"{method} changed {name}"
                    self.changed.add((method, name))
            return returned

        return watching


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
