"""Question 09.q1: what a translation must keep: there and back again, and its own domain."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from gan_course.practice.question import Part, Question, mistakes, seeded

BATCH, CHANNELS, SIDES = 3, 2, (4, 5)


def domains(seed, case):
    """Pictures of both domains, the two generators between them, and a weight."""
    draw = seeded(seed, case)
    to_y, to_x = (nn.Sequential(nn.Conv2d(CHANNELS, CHANNELS, 1), nn.Tanh()) for _ in range(2))
    for weight in (*to_y.parameters(), *to_x.parameters()):
        weight.data = torch.randn(weight.shape, generator=draw)
        weight.grad = torch.ones_like(weight)  # left from the step before
    x, y = (2 * torch.rand(BATCH, CHANNELS, *SIDES, generator=draw) - 1 for _ in "xy")
    factor = 2 + 3 * torch.rand((), generator=draw).item()
    return {"x": x, "y": y, "to_y": to_y, "to_x": to_x, "weight": factor}


def mean_distance(a, b):
    """In float64, as the larger one less the smaller one."""
    a, b = a.double(), b.double()
    return (torch.maximum(a, b) - torch.minimum(a, b)).sum() / a.numel()


def kept(
    there,
    of_x=lambda x, y, to_y, to_x: x,
    distance=F.l1_loss,
    total=lambda of_x, of_y, weight: weight * (of_x + of_y),
):
    """A loss with one part exchanged: `there` is what becomes of `x`, which is compared with
    `of_x`; the other direction is the same with the domains exchanged."""

    def loss(x, y, to_y, to_x, weight):
        one, other = (x, y, to_y, to_x), (y, x, to_x, to_y)
        return total(
            distance(there(*one), of_x(*one)),
            distance(there(*other), of_x(*other)),
            weight,
        )

    return loss


def there_and_back(x, y, to_y, to_x):
    return to_x(to_y(x))


def at_home(x, y, to_y, to_x):
    """The generator *into* a picture's domain."""
    return to_x(x)


def in_one_batch(x, y, to_y, to_x, weight):
    """Both directions at once, of as many pictures each: twice the mean over both."""
    found = torch.cat([to_x(to_y(x)), to_y(to_x(y))])
    return 2 * weight * (found - torch.cat([x, y])).abs().mean()


def picture_by_picture(x, y, to_y, to_x, weight):
    apart = [(to_x(one[None]) - one).abs().mean() for one in x]
    apart += [(to_y(one[None]) - one).abs().mean() for one in y]
    return weight * torch.stack(apart).sum() / len(x)


def shared(there):
    """Mistakes that both losses invite."""
    return (
        kept(there, total=lambda of_x, of_y, weight: weight * of_x),
        kept(there, total=lambda of_x, of_y, weight: weight * of_y),
        "looks at one domain only. Which of the two generators may then do as it likes?",
        kept(there, total=lambda of_x, of_y, weight: of_x + of_y),
        "does not use `weight`: beside the adversarial losses, nobody says how much this counts.",
        kept(there, total=lambda of_x, of_y, weight: weight * of_x + of_y),
        kept(there, total=lambda of_x, of_y, weight: of_x + weight * of_y),
        "weighs one of its two terms only.",
        kept(there, total=lambda of_x, of_y, weight: weight * (of_x + of_y) / 2),
        "is half of what is asked for. Are the two domains added, or averaged?",
        kept(there, distance=F.mse_loss),
        "squares the differences. The question asks for them without their sign.",
        kept(there, distance=lambda a, b: (a - b).abs().sum()),
        kept(there, distance=lambda a, b: (a - b).abs().sum() / BATCH),
        "adds up the differences of all pixels, so that `weight` means less in a small picture.",
        kept(there, distance=lambda a, b: (a - b).mean()),
        "lets differences of opposite sign cancel.",
    )


CYCLE = Part(
    "cycle_loss",
    domains,
    right=kept(there_and_back, distance=mean_distance),
    also_right={"in one batch": in_one_batch, "by parts": kept(there_and_back)},
    mistakes=mistakes(
        kept(lambda x, y, to_y, to_x: to_y(to_x(x))),
        "begins with the wrong generator: `to_x` is given a picture that is in its own domain "
        "already. Where does `x` go first?",
        kept(lambda x, y, to_y, to_x: to_y(x)),
        "compares a picture with its translation, which may look quite different. With what "
        "should it be compared after which way?",
        kept(there_and_back, of_x=lambda x, y, to_y, to_x: to_y(x)),
        "compares what comes back with what it came back from. What was there at first?",
        kept(there_and_back, of_x=lambda x, y, to_y, to_x: y),
        kept(lambda x, y, to_y, to_x: to_y(x), of_x=lambda x, y, to_y, to_x: y),
        "compares pictures of `x` and of `y` that stand in the same row. They are not pairs: the "
        "rows are in no order.",
        kept(at_home),
        "is the identity loss, in which each generator is shown its own domain.",
        *shared(there_and_back),
        kept(lambda x, y, to_y, to_x: to_x(to_y(x).detach())),
        "has the right value, but only the second of the two generators on each way learns from "
        "it. What cuts the first one off?",
    ),
)

IDENTITY = Part(
    "identity_loss",
    domains,
    right=kept(at_home, distance=mean_distance),
    also_right={"picture by picture": picture_by_picture, "by parts": kept(at_home)},
    mistakes=mistakes(
        kept(lambda x, y, to_y, to_x: to_y(x)),
        "asks a generator to leave alone what it is there to translate. Which pictures are in the "
        "domain that `to_y` leads to?",
        kept(there_and_back),
        "is the cycle loss, in which both generators have a hand.",
        kept(at_home, of_x=lambda x, y, to_y, to_x: y),
        kept(lambda x, y, to_y, to_x: to_y(x), of_x=lambda x, y, to_y, to_x: y),
        "compares pictures of `x` and of `y` that stand in the same row. They are not pairs: the "
        "rows are in no order.",
        *shared(at_home),
    ),
)

QUESTION = Question("09.q1", "what a translation keeps", 3, (CYCLE, IDENTITY))
