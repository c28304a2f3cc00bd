"""What probes of questions about training share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from gan_course.practice.question import Answer, Computed, Given


def weights_of(networks: Iterable[nn.Module]) -> Tensor:
    """All numbers of `networks` in one row."""
    weights = [weight for network in networks for weight in network.parameters()]
    return nn.utils.parameters_to_vector(weights).detach()


def is_stale(call: Answer, given: Given, networks: Iterable[str]) -> Tensor:
    """Whether a call, with copies of `given`, depends on what stood in the gradients of `networks`
    before."""
    after = []
    for standing in (0.0, 1e3):
        copies = deepcopy(given)
        own = [copies[name] for name in networks]
        for weight in (weight for network in own for weight in network.parameters()):
            weight.grad = torch.full_like(weight, standing)
        torch.manual_seed(0)
        call(**copies)
        after.append(weights_of(own))
    return torch.tensor(not torch.equal(*after))


def facts(found: dict[str, Any], **numbers: float | Tensor) -> dict[str, Tensor]:
    """What `found` says went wrong, each as true or false, and last the `numbers` for hints, which
    are nothing where all is right."""
    wrong = any(found.values())
    named = found | {name: float(x) if wrong else -1.0 for name, x in numbers.items()}
    return {name: torch.as_tensor(value) for name, value in named.items()}


def told(text: str) -> Computed:
    """A hint that names numbers of `facts`."""
    hint: Callable[..., str] = lambda found, _: text.format(  # noqa: E731
        **{name: x.item() for name, x in found.items() if name.isidentifier()}
    )
    return Computed(hint)
