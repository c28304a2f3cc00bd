"""A pool of samples drawn earlier: what a discriminator is shown besides the newest ones."""

from __future__ import annotations

import random
from typing import Any

import torch
from torch import Tensor


class ReplayPool:
    """Keeps `size` samples that a generator drew earlier, none where it is 0: section 2.3 of
    Shrivastava et al. 2016. Python's random generator decides which are taken out."""

    def __init__(self, size: int) -> None:
        if size < 0:
            raise ValueError(f"a pool holds at least 0 samples, got {size}")
        self.size = size
        self.kept: list[Tensor] = []

    def mix(self, samples: Tensor) -> Tensor:
        """N samples for the N given, (N, *shape). Until the pool is full they are the same ones;
        from then on about half are old ones, whose places in the pool the new ones take."""
        chosen = []
        for new in samples.detach():
            if len(self.kept) < self.size:
                self.kept.append(new)
                chosen.append(new)
            elif self.size and random.random() < 0.5:
                place = random.randrange(self.size)
                chosen.append(self.kept[place].to(new.device))
                self.kept[place] = new
            else:
                chosen.append(new)
        return torch.stack(chosen)

    def state_dict(self) -> dict[str, Any]:
        return {"kept": [sample.clone() for sample in self.kept]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.kept = list(state["kept"])
