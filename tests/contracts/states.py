"""The state of a model as tensors, compared bit for bit, and what a model keeps outside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from gan_course.models import Model


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


def equal(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return torch.equal(one, other)
    return type(one) is type(other) and one == other


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
