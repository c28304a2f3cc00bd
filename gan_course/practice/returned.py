"""What a learner's function returned, turned into a tensor or into one clear sentence."""

from __future__ import annotations

from typing import Any

from torch import Tensor


class BadReturn(TypeError):  # noqa: N818
    """A learner's function returned something of the wrong type; the message is meant for the
    learner."""


def tensor(name: str, value: Any) -> Tensor:
    """`value`, returned by the function called `name`; `BadReturn` where it is no real-valued
    tensor."""
    if value is None:
        raise BadReturn(f"`{name}` returned None. Does every path through it end with `return`?")
    if isinstance(value, bool | int | float):
        raise BadReturn(
            f"`{name}` returned the number {value:.6g}, expected a tensor: `.item()` and `float()` "
            "cut the path of the gradients."
        )
    if not isinstance(value, Tensor):
        raise BadReturn(f"`{name}` returned {_a(value)}, expected one tensor.")
    if value.is_complex():
        raise BadReturn(f"`{name}` returned complex numbers ({value.dtype}), expected real ones.")
    return value


def whole_number(name: str, value: Any) -> int:
    """`value`, returned by the function called `name`; `BadReturn` where it is no int."""
    if value is None:
        raise BadReturn(f"`{name}` returned None. Does every path through it end with `return`?")
    if not isinstance(value, int) or isinstance(value, bool):
        shown = f"the float {value:g}" if isinstance(value, float) else _a(value)
        raise BadReturn(
            f"`{name}` returned {shown}, expected an int: a size counts pixels. Which division "
            "gives whole numbers?"
        )
    return value


def _a(value: Any) -> str:
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"
