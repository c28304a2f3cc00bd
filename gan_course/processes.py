"""Several processes that train one model together: which this one is, and how they agree. A single
process agrees with itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, distributed


def count() -> int:
    """How many processes train together."""
    return (
        distributed.get_world_size()
        if distributed.is_available() and distributed.is_initialized()
        else 1
    )


def rank() -> int:
    """This process's number, from 0; the one with number 0 writes files and speaks."""
    return distributed.get_rank() if count() > 1 else 0


def share(size: int) -> slice:
    """This process's part of a batch of `size` rows; `ValueError` where it cannot be divided
    evenly."""
    if size % count():
        raise ValueError(
            f"a batch of {size} cannot be shared evenly by {count()} processes: choose a batch "
            f"size that {count()} divides"
        )
    part = size // count()
    return slice(rank() * part, (rank() + 1) * part)


def average_(tensors: Sequence[Tensor]) -> None:
    """Replace each tensor by its mean over the processes, in place: one message for all of them."""
    if count() == 1 or not tensors:
        return
    flat = torch.cat([tensor.detach().reshape(-1) for tensor in tensors])
    distributed.all_reduce(flat)
    flat /= count()
    for tensor, mean in zip(
        tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True
    ):
        tensor.detach().copy_(mean.view_as(tensor))


def any_of(flag: bool, device: torch.device) -> bool:
    """Whether `flag` is set in any process."""
    if count() == 1:
        return flag
    asked = torch.tensor(float(flag), device=device)
    distributed.all_reduce(asked, distributed.ReduceOp.MAX)
    return bool(asked.item())


def gather(thing: Any) -> list[Any]:
    """What every process holds, by rank, in every process."""
    if count() == 1:
        return [thing]
    things: list[Any] = [None] * count()
    distributed.all_gather_object(things, thing)
    return things


def from_first(thing: Any) -> Any:
    """What process 0 holds, in every process."""
    if count() == 1:
        return thing
    things = [thing]
    distributed.broadcast_object_list(things, src=0)
    return things[0]
