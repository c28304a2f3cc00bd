"""Copies of a model's state, and what a state must be before a model takes it over."""

from __future__ import annotations

import hashlib
from typing import Any

import torch
from torch import Tensor


def copied(state: Any) -> Any:
    """A copy of a `state`, dictionaries and lists within each other, that shares no tensor with it;
    `deepcopy` takes seven times as long."""
    if isinstance(state, Tensor):
        return state.detach().clone()
    if isinstance(state, dict):
        return {key: copied(value) for key, value in state.items()}
    return [copied(value) for value in state] if isinstance(state, list) else state


def expect_weights(model: str, weights: dict[str, Tensor], own: dict[str, Tensor]) -> None:
    """Raise `ValueError` unless `weights` have the names, kinds and shapes of those that a `model`
    has of its `own`, and are all finite."""
    for key in sorted(own.keys() | weights.keys()):
        if key not in own or key not in weights or _kind(own[key]) != _kind(weights[key]):
            raise ValueError(
                f"these weights belong to another model or configuration than this {model}: they "
                f"differ in {key}"
            )
        if not weights[key].isfinite().all():
            raise ValueError(f"these weights cannot be used: {key} holds NaN or infinite values")


def _kind(tensor: Tensor) -> tuple[torch.dtype, torch.Size]:
    return tensor.dtype, tensor.shape


def digest(weights: dict[str, Tensor]) -> str:
    """SHA-256 of the names and values of `weights`."""
    digest = hashlib.sha256()
    for name, tensor in weights.items():
        digest.update(name.encode() + tensor.cpu().numpy().tobytes())
    return digest.hexdigest()


def settings_here(state: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """An optimiser's `state` with the settings of each group that this PyTorch knows, as in `own`:
    one version has a setting that another lacks.

    `ValueError` where it is of another kind of optimiser, which has settings of its own; PyTorch
    would load it without a word, and fail in the next step.
    """
    groups = list(zip(state["param_groups"], own["param_groups"], strict=True))
    if not all(
        there.keys() <= here.keys() or there.keys() >= here.keys() for there, here in groups
    ):
        raise ValueError("this state is of another kind of optimiser")
    return state | {
        "param_groups": [{key: there.get(key, here[key]) for key in here} for there, here in groups]
    }
