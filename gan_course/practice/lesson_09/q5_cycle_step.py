"""Question 09.q5: a step of two maps down their cycle loss, judged by what comes back."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from gan_course.practice.question import Part, Question, mistakes, seeded
from gan_course.practice.returned import anything
from gan_course.practice.stepping import facts, is_stale, told, weights_of

STEPS, BATCH, HELD_OUT = 100, 32, 8
MAPS = ("to_y", "to_x")
# Under 40 seeds right answers end with errors of at most 0.05, and others that are not told sooner
# with 0.25 and more; those that climb, with 20 and more.
CLOSE, ASTRAY = 0.12, 8.0


def lines(seed, case):
    """Points of both domains (2, batches, BATCH, 3), each along a line of its own in space."""
    draw = seeded(seed, case + "lines")
    along, place = torch.randn(2, 2, 1, 1, 3, generator=draw)
    places = torch.randn(2, STEPS + HELD_OUT, BATCH, 1, generator=draw)
    return place + places * F.normalize(along, dim=-1)


def two_maps(seed, case):
    """Points for each step, two maps of space that turn and shrink it, one optimiser for both."""
    draw, maps = seeded(seed, case), [nn.Linear(3, 3) for _ in MAPS]
    for one in maps:
        one.weight.data.copy_(0.7 * torch.linalg.qr(torch.randn(3, 3, generator=draw))[0])
        one.bias.data = 0.3 * torch.randn(3, generator=draw)
    x, y = lines(seed, case)[:, :STEPS].clone()
    weights = [weight for one in maps for weight in one.parameters()]
    optimizer = torch.optim.Adam(weights, 0.04, betas=(0.9, 0.9))
    return {"x": x, "y": y, **dict(zip(MAPS, maps, strict=True)), "optimizer": optimizer}


def stirred(call, *matrices):
    """Which of two maps, given by their `matrices`, one step moves: points x lie along the first
    axis, points y along the second."""
    maps = [nn.Linear(3, 3, bias=False) for _ in MAPS]
    for one, matrix in zip(maps, matrices, strict=True):
        one.weight.data = matrix.clone()
    x, y = (torch.tensor([[1.0], [2.0], [-1.0]]) * torch.eye(3)[axis] for axis in (0, 1))
    optimizer = torch.optim.SGD([one.weight for one in maps], 0.1)
    call(x=x, y=2 * y.flip(0), **dict(zip(MAPS, maps, strict=True)), optimizer=optimizer)
    pairs = zip(maps, matrices, strict=True)
    return torch.tensor([not torch.equal(one.weight, matrix) for one, matrix in pairs])


def trained(call, given):
    """What one step moves, and the maps after all of them."""
    begun, same = [weights_of([given[one]]) for one in MAPS], torch.eye(3)
    there, back = same.roll(1, 0), torch.zeros(3, 3)
    back[0, 1] = back[2, 2] = 1.0  # undoes `there` for the points x and y, not for others
    one = given | {"x": given["x"][0], "y": given["y"][0]}
    found = {
        "stale": is_stale(call, one, MAPS),
        "x astray": ~stirred(call, same, torch.diag(torch.tensor([2.0, 1.0, 1.0]))),
        "y astray": ~stirred(call, torch.diag(torch.tensor([1.0, 2.0, 1.0])), same),
        "at the goal": stirred(call, there, back),
    }
    for x, y in () if found["stale"] else zip(given["x"], given["y"], strict=True):
        call(**{**given, "x": x.clone(), "y": y.clone()})
    maps = torch.stack([weights_of([given[one]]) for one in MAPS])
    return found | {"still": (maps == torch.stack(begun)).all(dim=1), "maps": maps}


def read(values, seed, case):
    """What came of it, in words; the two errors last, for hints."""
    of_y, of_x = values["maps"].float().split(1)
    points = lines(seed, case)[:, STEPS:].flatten(1, 2)

    def error(first, second=None):
        """How far points (x, y) are from where they began, after one map or two: of x, of y."""
        ends = points
        for maps in (first,) if second is None else (first, second):
            ends = ends @ maps[:, :9].unflatten(1, (3, 3)).mT + maps[:, None, 9:]
        return (ends - points).abs().mean(dim=(1, 2))

    out, home = torch.cat([of_y, of_x]), torch.cat([of_x, of_y])  # the map out of a domain, into it
    back, (stirred_y, stirred_x) = error(out, home), values["at the goal"]
    still_y, still_x = values["still"]
    (left_y, left_x), (late_y, late_x) = values["x astray"], values["y astray"]  # not moved then
    found = {
        "stale": values["stale"],
        "stand still": still_y and still_x,
        "one stands still": still_y or still_x,
        "astray": not back.max() < ASTRAY,
        "at home": error(home).max() < CLOSE,
        "twice": error(out, out).max() < CLOSE,
        "restless": stirred_y or stirred_x,
        "x alone": late_y and late_x,
        "y alone": left_y and left_x,
        "deaf": left_y or left_x or late_y or late_x,
        "off": not back.max() < CLOSE,
    }
    return facts(found, x=back[0], y=back[1])


def down(
    way=lambda x, y, to_y, to_x: F.l1_loss(to_x(to_y(x)), x),
    total=lambda of_x, of_y: of_x + of_y,
    order="zero back step",
):
    """The right step with one part exchanged: `way` is the loss of x, and of y with all names
    exchanged."""

    def cycle_step(x, y, to_y, to_x, optimizer):
        loss = total(way(x, y, to_y, to_x), way(y, x, to_x, to_y))
        for act in order.split():
            {"zero": optimizer.zero_grad, "back": loss.backward, "step": optimizer.step}[act]()

    return cycle_step


def in_two_passes(x, y, to_y, to_x, optimizer):
    for one in (to_x, to_y):
        one.zero_grad(set_to_none=False)
    (to_y(to_x(y)) - y).abs().mean().backward()
    (to_x(to_y(x)) - x).abs().mean().backward()
    optimizer.step()


BACK = f"After {STEPS} steps what comes back is {{x:.2g}} (x) and {{y:.2g}} (y) from where it began"

STEP = Part(
    "cycle_step",
    two_maps,
    in_two_passes,
    also_right={
        "by parts": down(),
        "squares": down(lambda x, y, to_y, to_x: F.mse_loss(to_x(to_y(x)), x)),
    },
    probe=trained,
    read=read,
    returns=anything,
    may_change=tuple(f"{name}.{kind}" for name in MAPS for kind in ("weights", "gradients")),
    mistakes=mistakes(
        lambda *given: None,
        down(order="zero back"),
        down(order="back zero step"),
        "Both maps stand still. Are their gradients there when the optimiser steps?",
        down(order="back step"),
        "is moved by gradients that stood there before it began. Who clears them, and when?",
        down(lambda x, y, to_y, to_x: F.l1_loss(to_x(to_y(x).detach()), x), lambda a, b: a),
        "Only one of the maps learns: the other is where it began.",
        down(total=lambda of_x, of_y: -of_x - of_y),
        down(lambda x, y, to_y, to_x: (to_x(to_y(x)) - x).mean()),
        told(BACK + ", and ever further. Is your loss least where nothing has changed?"),
        down(lambda x, y, to_y, to_x: F.l1_loss(to_x(x), x)),
        "keeps points at home where they are: the identity loss. Where does a cycle begin?",
        down(lambda x, y, to_y, to_x: F.l1_loss(to_y(to_y(x)), x)),
        "takes one map twice. Which map leads back from where `to_y` leads?",
        down(lambda x, y, to_y, to_x: F.l1_loss(to_y(x), y)),
        down(lambda x, y, to_y, to_x: F.l1_loss(to_x(to_y(x)), y)),
        down(lambda x, y, to_y, to_x: F.l1_loss(to_x(to_y(y)), y)),
        "moves even two maps that bring every point back. For `x` and for `y`: which map comes "
        "first, and with what is the end compared?",
        down(total=lambda of_x, of_y: of_x),
        "learns nothing from points `y` that come back changed.",
        down(total=lambda of_x, of_y: of_y),
        "learns nothing from points `x` that come back changed.",
        down(lambda x, y, to_y, to_x: F.l1_loss(to_x(to_y(x).detach()), x)),
        "teaches only the way back. What cuts the path to the map of the way there?",
        down(lambda x, y, to_y, to_x: (to_x(to_y(x)).mean() - x.mean()).abs()),
        told(BACK + ". Does your loss compare each point with itself?"),
    ),
)

QUESTION = Question("09.q5", "a step down the cycle loss", 3, (STEP,))
