"""Which layers a network runs, whether they are modules or functions, and what is between them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from gan_course.practice.returned import BadReturn

NORM, LAYER, TRANSPOSED = 0, 1, 2  # kinds, as they are recorded
_KINDS = dict.fromkeys(("linear", "conv1d", "conv2d", "conv3d"), LAYER)
_KINDS |= dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), TRANSPOSED)
_KINDS |= dict.fromkeys(
    ("batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm", "local_response_norm"),
    NORM,
)


def network(_name: str, value: Any) -> nn.Module:
    """`value` itself, which must be a network; else `BadReturn`."""
    if not isinstance(value, nn.Module):
        raise BadReturn(
            f"`build_generator` returned {type(value).__name__}, expected an nn.Module that maps "
            "noise to images."
        )
    return value


class LayersSeen(TorchFunctionMode):
    """Notes the kinds of the layers that run while it is entered, and of each whether what it is
    given is straight: what the one before it gave, but for a factor and a shift."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[int] = []
        self.straight: list[bool] = []
        self._last = torch.zeros(0)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kind = _KINDS.get(getattr(func, "__name__", ""))
        if kind is None:
            return func(*args, **(kwargs or {}))
        self.kinds.append(kind)
        self.straight.append(_straight(self._last, (*args, *(kwargs or {}).values())[0]))
        value = func(*args, **(kwargs or {}))
        self._last = value.clone()  # an activation may write into it
        return value


def _straight(before: Tensor, after: Tensor) -> bool:
    if before.numel() != after.numel():
        return False
    pair = torch.stack([before.flatten()[:2000], after.flatten()[:2000]]).double()
    return bool(torch.corrcoef(pair)[0, 1].abs() > 1 - 1e-6)
