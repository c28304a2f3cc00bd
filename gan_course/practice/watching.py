"""What a learner's function changed besides what it returned: inputs, networks, the random state.

A `Watch` takes note of things before a call and says afterwards how each has changed. A thing is an
input, by its name, or "" for what the whole process shares. The kinds of change are the keys of
`hints.SIDE_EFFECTS`. In a question's `may_change`, "critic.weights" names a kind of change to an
input, and "torch" one of those that belong to the process; whoever may change gradients may clear
them.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_course.practice.hints import SIDE_EFFECTS
from gan_course.practice.surroundings import settings

KINDS = tuple(SIDE_EFFECTS)
State = dict[str, list[Any]]  # kind of change -> what must stay equal
_PROCESS = object()


class Watch:
    """Notes the state of things when it is built, and compares it with the state later."""

    def __init__(self, things: Mapping[str, Any]) -> None:
        self._things = {**things, "": _PROCESS}
        self._before = {name: _state(thing) for name, thing in self._things.items()}

    def changed(self) -> dict[str, Tensor]:
        """For each thing a row of 0 and 1, one for each of KINDS."""
        rows = {}
        for name, thing in self._things.items():
            before, after = self._before[name], _state_if_any(thing)
            rows[name] = torch.tensor(
                [
                    kind in before and _differs(kind, before[kind], after.get(kind))
                    for kind in KINDS
                ],
                dtype=torch.int32,
                device="cpu",  # whatever default the function has left
            )
        return rows


def _state_if_any(thing: Any) -> State:
    """The state of something that a learner's code had in its hands; empty where it is no longer
    a thing that has one, such as a network moved to the meta device."""
    try:
        return _state(thing)
    except Exception:
        return {}


def _state(thing: Any) -> State:
    if isinstance(thing, Tensor):
        return _of_tensor(thing)
    if isinstance(thing, nn.Module):
        return _of_module(thing)
    if isinstance(thing, Optimizer):
        return {"settings": [_settings(group) for group in thing.param_groups]}
    if isinstance(thing, np.ndarray):
        return {"written": [thing.tobytes(), thing.shape]}
    if isinstance(thing, list | tuple):
        return {"written": [len(thing), [_state(item) or item for item in thing]]}
    return _of_process() if thing is _PROCESS else {}


def _of_tensor(x: Tensor) -> State:
    return {
        "written": [_copy(x), x._version],
        # The object, not its id: a new object could get the id of one that is gone.
        "graph": [x.is_leaf, x.grad_fn],
        "flag": [x.requires_grad],
        "grad": [_copy(x.grad) if x.is_leaf and x.grad is not None else None],
        "behind": [None if leaf.grad is None else _copy(leaf.grad) for leaf in _leaves(x)],
        "hooks": [len(x._backward_hooks or ()), x.retains_grad],
    }


def _of_module(module: nn.Module) -> State:
    weights, buffers = list(module.parameters()), list(module.buffers())
    states = [_of_tensor(weight) for weight in weights]
    modules = list(module.modules())
    return {
        "weights": [state["written"] for state in states],
        "history": [state["graph"] for state in states],
        "learning": [state["flag"] for state in states],
        "gradients": [state["grad"] for state in states],
        "cleared": [weight.grad is None or not weight.grad.any() for weight in weights],
        "replaced": [*weights, *buffers],
        "buffers": [_copy(buffer) for buffer in buffers],
        "mode": [one.training for one in modules],
        "module hooks": [
            [state["hooks"] for state in states],
            [
                (len(one._forward_hooks), len(one._forward_pre_hooks), len(one._backward_hooks))
                for one in modules
            ],
        ],
    }


def _settings(group: dict[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, list) else value for name, value in group.items()
    }


def _of_process() -> State:
    return {
        "torch": [torch.get_rng_state()],
        "numpy": [np.random.get_state(legacy=False)],  # noqa: NPY002
        "python": [hash(random.getstate())],
        "switch": [torch.is_grad_enabled()],
        "defaults": settings(),
    }


def _copy(x: Tensor) -> Tensor:
    return x.detach().clone()


def _leaves(x: Tensor) -> list[Tensor]:
    """The leaves that `x` was made from, in a fixed order."""
    found, waiting, seen = [], [x.grad_fn], set()
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            found.append(node.variable)
        waiting += [before for before, _ in node.next_functions]
    return found


def _differs(kind: str, before: list[Any], after: list[Any] | None) -> bool:
    if after is None:
        return True
    if kind == "cleared":  # gradients that come where none stood clear nothing
        return any(now and not then for then, now in zip(before, after, strict=False))
    return not _same(before, after)


def _same(one: Any, other: Any) -> bool:
    """Whether two notes of one kind agree: tensors by their numbers, parameters by identity."""
    if one is other:
        return True
    if isinstance(one, nn.Parameter) or isinstance(other, nn.Parameter):
        return False
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return (
            one.dtype == other.dtype
            and one.device == other.device
            and one.layout == other.layout
            and one.shape == other.shape
            and torch.equal(one.nan_to_num(), other.nan_to_num())
        )
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)
