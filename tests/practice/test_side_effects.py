"""A right answer that changes something besides is told what, in every question that does not ask
for it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_course.practice.collecting import run
from gan_course.practice.hints import SIDE_EFFECTS
from gan_course.practice.judging import judge
from gan_course.practice.question import Part
from gan_course.practice.returned import tensor
from tests.practice.test_questions import PARTS

SEEDS = (0,)


def own(kind: type, also: Callable[[Any], bool] = lambda x: True) -> Callable[[Any], bool]:
    return lambda x: isinstance(x, kind) and also(x)


def replace_first(network: nn.Module) -> None:
    name, weight = next(iter(network.named_parameters()))
    *path, last = name.split(".")
    new = nn.Parameter(weight.detach().clone())
    new.grad = weight.grad
    setattr(network.get_submodule(".".join(path)), last, new)


def other_gradients(network: nn.Module) -> None:
    for weight in network.parameters():
        weight.grad = torch.ones_like(weight) if weight.grad is None else weight.grad + 1


def first(network: nn.Module) -> nn.Parameter:
    return next(network.parameters())


a_leaf = own(Tensor, lambda x: x.is_leaf and x.is_floating_point())
hangs = own(Tensor, lambda x: not x.is_leaf)
a_network = own(nn.Module, lambda x: any(True for _ in x.parameters()))
learns = own(nn.Module, lambda x: all(p.requires_grad for p in x.parameters()) and a_network(x))
# what is done: its kind, what it can be done to, and the deed
DEEDS: dict[str, tuple[str, Callable[[Any], bool], Callable[[Any], object]]] = {
    "zero_": ("written", own(Tensor), lambda x: x.data.zero_().sub_(7)),
    "data": ("written", own(Tensor), lambda x: x.data.add_(1)),
    "in place, with the same numbers": ("written", own(Tensor), lambda x: x.detach().mul_(1)),
    "requires_grad_": ("flag", a_leaf, lambda x: x.requires_grad_(not x.requires_grad)),
    "detach_": ("graph", hangs, lambda x: x.detach_()),
    "grad": ("grad", a_leaf, lambda x: setattr(x, "grad", torch.ones_like(x))),
    "backward": ("behind", hangs, lambda x: x.sum().backward(retain_graph=True)),
    "hook": ("hooks", hangs, lambda x: x.register_hook(lambda slope: None)),
    "eval": ("mode", own(nn.Module), lambda x: x.train(not x.training)),
    "zero_grad": (
        "cleared",
        own(nn.Module, lambda x: any(p.grad is not None for p in x.parameters())),
        lambda x: x.zero_grad(),
    ),
    "gradients": ("gradients", a_network, other_gradients),
    "weights": ("weights", a_network, lambda x: first(x).data.add_(1)),
    "freeze": ("learning", learns, lambda x: x.requires_grad_(False)),
    "replace": ("replaced", a_network, replace_first),
    "freeze one": ("learning", learns, lambda x: first(x).requires_grad_(False)),
    "buffers": (
        "buffers",
        own(nn.Module, lambda x: any(True for _ in x.buffers())),
        lambda x: next(x.buffers()).add_(1),
    ),
    "hook of a module": (
        "module hooks",
        own(nn.Module),
        lambda x: x.register_forward_hook(lambda *_: None),
    ),
    "learning rate": (
        "settings",
        own(Optimizer),
        lambda x: x.param_groups[0].update(lr=x.param_groups[0]["lr"] / 2),
    ),
    "array": ("written", own(np.ndarray), lambda x: x.__iadd__(1)),
    "list": ("written", own(list), lambda x: x.append(0)),
}
GLOBAL: dict[str, tuple[str, Callable[[], object]]] = {
    "torch.rand": ("torch", lambda: torch.rand(1)),
    "manual_seed": ("torch", lambda: torch.manual_seed(123)),
    "np.random": ("numpy", np.random.rand),
    "random.random": ("python", random.random),
    "set_grad_enabled": ("switch", lambda: torch.set_grad_enabled(False)),
    "set_default_dtype": ("defaults", lambda: torch.set_default_dtype(torch.float64)),
    "set_default_device": ("defaults", lambda: torch.set_default_device("meta")),
}


def arguments(part: Part) -> dict[str, Any]:
    """What the function is called with first, by name."""
    seen: list[Any] = []

    def spying(*given: Any) -> Any:
        seen.append(given)
        return part.right(*given)

    ((_, values),) = list(run(part, spying, SEEDS).values.items())[:1]
    names = [name.removeprefix("changed ") for name in values if name.startswith("changed ")]
    return dict(zip(filter(None, names), seen[0], strict=True))


def told(part: Part, deed: Callable[[tuple[Any, ...]], object]) -> Any:
    """The verdict on the right answer, with `deed` done to its arguments afterwards."""

    def sloppy(*given: Any) -> Any:
        value = part.right(*given)
        deed(given)
        return value

    return judge(part, run(part, sloppy, SEEDS), SEEDS)


ALL = [
    pytest.param(part, place, name, deed, id=f"{part.name}-{name}-{deed}")
    for part in PARTS
    for place, (name, thing) in enumerate(arguments(part).items())
    for deed, (kind, applies, _) in DEEDS.items()
    if applies(thing) and f"{name}.{kind}".replace("cleared", "gradients") not in part.may_change
]


@pytest.mark.parametrize(("part", "place", "name", "deed"), ALL)
def test_answer_that_changes_an_input_is_told_what_it_changed(
    part: Part, place: int, name: str, deed: str
) -> None:
    kind, _, do = DEEDS[deed]
    found = told(part, lambda given: do(given[place]))
    assert not found.passed
    assert found.hint == SIDE_EFFECTS[kind].format(f=part.name, x=name) or found.known


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
@pytest.mark.parametrize("deed", GLOBAL)
def test_answer_that_changes_what_all_share_is_told_what_it_changed(part: Part, deed: str) -> None:
    kind, do = GLOBAL[deed]
    if kind in part.may_change:
        return
    found = told(part, lambda given: do())
    assert found.hint == SIDE_EFFECTS[kind].format(f=part.name, x="") or found.known


@pytest.mark.parametrize(
    "part", [part for part in PARTS if part.returns is tensor], ids=lambda part: part.name
)
@pytest.mark.parametrize("clear", [False, True])
def test_answer_that_runs_backward_itself_does_not_pass(part: Part, clear: bool) -> None:
    def eager(*given: Any) -> Any:
        value = part.right(*given)
        if not value.requires_grad:
            return None
        value.sum().backward(retain_graph=True)
        for x in given if clear else ():
            if isinstance(x, nn.Module):
                x.zero_grad()
        return value

    assert not judge(part, run(part, eager, SEEDS), SEEDS).passed
