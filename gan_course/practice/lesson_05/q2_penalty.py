"""Question 05.q2: the gradient penalty for samples of any shape, differentiable once more."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import warnings

import torch
from torch.nn import functional as F

from gan_course.penalties import gradient_penalty
from gan_course.practice.hints import REPEATED
from gan_course.practice.lesson_05.quadratic_critic import QuadraticCritic
from gan_course.practice.question import Part, Question, hanging, mistakes, seeded

# As many images as rows and columns of pixels, so that an ε spread along a wrong side goes wrong
# without an error.
SHAPES = {"points": (6, 2), "images": (5, 2, 5, 5), "line": (4, 1), "flat": (3, 2)}


def inputs(seed, case):
    """Slopes on both sides of one: the critic is flat near 0 and steep far from it, and the samples
    are near and far. In the case "flat" it is so everywhere."""
    draw, shape = seeded(seed, case), SHAPES[case]
    size = torch.Size(shape[1:]).numel()
    a, b = torch.randn(2, *shape[1:], generator=draw)
    a, b = 0.5 * a / a.norm(), b.sign() * (0.7 + 0.6 * b.abs().clamp_max(1))
    far = torch.linspace(0.1, 2.5, shape[0]).reshape(-1, *[1] * (len(shape) - 1)) / size**0.5
    real, fake = far * torch.randn(2, *shape, generator=draw)
    # Far from ½, where it makes no difference which of the two ε belongs to.
    epsilon = torch.where(torch.rand(shape[0], generator=draw) < 0.5, 0.05, 0.7)
    epsilon = epsilon + 0.25 * torch.rand(shape[0], generator=draw)
    if case == "flat":
        a, b = 8e-4 * a, 1e-5 * b
    return {
        "critic": QuadraticCritic(a, b),
        "real": real + 0.5 * far,
        "fake": hanging(fake - 0.5 * far),
        "epsilon": epsilon,
    }


def each(x, epsilon):
    return epsilon[(...,) + (None,) * (x.ndim - 1)]


def mixed(real, fake, epsilon):
    return fake + each(real, epsilon) * (real - fake)


def right(critic, real, fake, epsilon):
    """By the slope in closed form, without a gradient of the score."""
    slope = critic.a + critic.b * mixed(real, fake.detach(), epsilon)
    return (slope.square().flatten(1).sum(dim=1).sqrt() - 1).square().mean()


def slopes(critic, x, create_graph=True):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(critic(x).sum(), x, create_graph=create_graph)[0]


def lengths(g):
    return g.flatten(1).norm(dim=1)


def squares(n):
    return (n - 1).square().mean()


def penalty(where=mixed, size=lengths, cost=squares, create_graph=True):
    """The right penalty with one part exchanged."""
    return lambda critic, real, fake, epsilon: cost(
        size(slopes(critic, where(real, fake, epsilon), create_graph))
    )


def with_ones(critic, real, fake, epsilon):
    x = torch.einsum("n,n...->n...", epsilon, real)
    x = (x + torch.einsum("n,n...->n...", 1 - epsilon, fake.detach())).requires_grad_(True)
    score = critic(x)
    (g,) = torch.autograd.grad(score, x, torch.ones_like(score), create_graph=True)
    return ((g.reshape(len(g), -1).square().sum(1) + 1e-12).sqrt() - 1).pow(2).mean()


def sample_by_sample(critic, real, fake, epsilon):
    found = [
        slopes(critic, (e * r + (1 - e) * f)[None]).norm()
        for r, f, e in zip(real, fake, epsilon, strict=True)
    ]
    return F.mse_loss(torch.stack(found), torch.ones(len(found)))


def transformed(critic, real, fake, epsilon):
    x = torch.lerp(fake.detach(), real, each(real, epsilon))
    g = torch.func.vmap(torch.func.grad(lambda one: critic(one[None]).squeeze()))(x)
    return squares(lengths(g))


def by_backward(critic, real, fake, epsilon):
    x = mixed(real, fake, epsilon).detach().requires_grad_()
    with warnings.catch_warnings():  # PyTorch warns of it as well
        warnings.simplefilter("ignore")
        critic(x).sum().backward(create_graph=True)
    return squares(lengths(x.grad))


def attached(total=torch.sum, detach=False, elsewhere=False):
    """The gradient is asked for without a leaf, of another number, or at another tensor."""

    def gradient_penalty(critic, real, fake, epsilon):
        x = mixed(real, fake.detach() if detach else fake, epsilon)
        at = x.clone().requires_grad_() if elsewhere else x
        (g,) = torch.autograd.grad(total(critic(x)), at, create_graph=True)
        return squares(lengths(g))

    return gradient_penalty


_FLAT = "is right, but not where the critic is almost flat. What keeps the cost from growing there?"
_NAN = "is nan or infinite at ordinary samples. What does it divide by, or take the root of?"
_OTHER = (
    "is another function. Work it out by hand for a critic 3x on a line: its slope is 3 everywhere."
)

MISTAKES = mistakes(
    penalty(cost=lambda n: (n - 1).clamp(min=-0.999).square().mean()),
    _FLAT,
    penalty(cost=lambda n: (n - 1).pow(2.5).log().mean()),
    _NAN,
    penalty(cost=lambda n: (n - 1).square().max()),
    _OTHER,
    penalty(where=lambda real, fake, e: real),
    "looks at the slope on the real samples only. Where do the samples lie that the question "
    "asks about?",
    penalty(where=lambda real, fake, e: fake),
    "looks at the slope on the fakes only. Where do the samples lie that the question asks about?",
    penalty(where=lambda real, fake, e: mixed(fake, real, e)),
    penalty(where=lambda real, fake, e: real - e.view(-1, 1) * (real - fake)),
    "is nearer to the fakes where it should be nearer to the real ones. Where is x̂ at ε = 1?",
    penalty(where=lambda real, fake, e: fake + e.view(-1, 1) * (real - fake)),
    "is right for points and not for images: along which side of an image does your ε change, "
    "and should it?",
    penalty(where=lambda real, fake, e: (real + fake) / 2),
    "looks halfway between real and fake, whatever ε is.",
    penalty(where=lambda real, fake, e: fake + e.mean() * (real - fake)),
    penalty(where=lambda real, fake, e: e[0] * real + (1 - e[0]) * fake),
    "uses one ε for the whole batch. How many are given?",
    penalty(where=lambda real, fake, e: fake + each(real, e) * real),
    "leaves the line between real and fake: at ε = 1 only the real sample should be left.",
    penalty(where=lambda real, fake, e: mixed(real, fake, torch.rand(len(e)))),
    penalty(where=lambda real, fake, e: torch.lerp(fake, real, torch.rand_like(real))),
    "gives two values for the same inputs. ε is given, one number for each sample: what else "
    "is drawn in yours?",
    penalty(cost=lambda n: (n - 1).relu().square().mean()),
    "lets slopes below one pass. Which of slopes 0 and 2 costs something in the question?",
    penalty(cost=lambda n: (1 - n).relu().square().mean()),
    "lets slopes above one pass. Which of slopes 0 and 2 costs something in the question?",
    penalty(cost=lambda n: n.square().mean()),
    "wants a slope of 0, as R1 of lesson 1 does. Which slope has a critic that measures a "
    "distance?",
    penalty(cost=torch.mean),
    "is the mean slope. How far is each one from the slope that is wanted?",
    penalty(cost=lambda n: squares(n.square())),
    "compares the square of the norm with one. Where does the root belong?",
    penalty(size=torch.norm),
    "takes one norm over the whole batch. Whose slope is it, one sample's or all samples' "
    "together?",
    penalty(cost=lambda n: squares(n.mean())),
    "averages the slopes before it compares: would a flat sample and a steep one cancel?",
    penalty(size=lambda g: g.norm(dim=1)),
    penalty(size=lambda g: g.norm(dim=-1)),
    "is right for points and not for images: over which dimensions of an image does your norm run?",
    penalty(size=lambda g: g.flatten(1).square().mean(1).sqrt()),
    "averages over the values of a sample inside the root. What is a Euclidean norm?",
    penalty(size=lambda g: g.flatten(1).abs().sum(1)),
    "adds up absolute slopes. Which norm is Euclidean?",
    penalty(size=lambda g: g),
    "wants every partial derivative to be one. What should be one: each, or the length of all "
    "together?",
    penalty(cost=lambda n: (n - 1).abs().mean()),
    "takes the distance from one without squaring it.",
    penalty(cost=lambda n: (n - 1).mean()),
    "is negative where the critic is flat, so that downhill is flatter still. What makes both "
    "sides cost?",
    penalty(cost=lambda n: squares(n / len(n))),
    "sees each slope as many times too small as there are samples. Which one number of the "
    "scores is it of?",
    penalty(cost=lambda n: (n - 1).square().sum()),
    REPEATED,
    penalty(cost=lambda n: 10 * squares(n)),
    "is ten times as large. The weight λ is no part of it here.",
    penalty(cost=lambda n: squares(n) / 2),
    "is half of what is asked for. Which factor stands in the question?",
    penalty(create_graph=False),
    "has the right value, but no gradient of it reaches the critic's weights. What keeps a "
    "slope's graph?",
    by_backward,
    "leaves gradients in the critic's weights, which the next step adds to its own. What "
    "returns them instead?",
    attached(),
    "sends a gradient back into the fakes, to the generator that drew them. Whose slope is the "
    "penalty about?",
    penalty(where=lambda real, fake, e: e * real + (1 - e) * fake),
    "ε holds one number for each sample: which of a sample's dimensions do you let it run along?",
    penalty(where=lambda real, fake, e: fake + e.view(-1, 1, 1, 1) * (real - fake)),
    "How many dimensions has a sample here, and does your ε get one for each of them?",
    attached(total=lambda score: score),
    "Each score depends on its own sample alone. Which one number of the column has all their "
    "gradients?",
    attached(detach=True),
    "The slope is taken at x̂: what must PyTorch know about x̂ before the critic sees it?",
    attached(elsewhere=True),
    "The slope is taken at the tensor that the critic saw. Is yours that one?",
    penalty(size=lambda g: g.norm(dim=(1, 2, 3))),
    "Which dimensions does a sample of shape (N, 2) have? The function should serve any number "
    "of them.",
)

PENALTY = Part(
    "gradient_penalty",
    inputs,
    right,
    MISTAKES,
    also_right={
        "ones for the scores": with_ones,
        "sample by sample": sample_by_sample,
        "by torch.func": transformed,
        "by parts": penalty(),
        "the library's": gradient_penalty,
    },
    cases=tuple(SHAPES),
    words={"critic": "the critic's weights", "fake": "the fakes"},
    only={"flat": _FLAT},
    not_finite=_NAN,
    otherwise={"value": _OTHER},
)

QUESTION = Question("05.q2", "the gradient penalty", 4, (PENALTY,))
