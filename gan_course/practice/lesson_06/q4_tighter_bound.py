"""Question 06.q4: the bound of several draws, from log-weights whose weights no float can hold."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math

import torch

from gan_course.likelihood import importance_bound
from gan_course.practice.question import Part, Question, mistakes, seeded

SHAPE = (5, 4)  # draws, images
LEVELS = {"near 0": (0.0, 1.0), "very low": (-1000.0, 300.0), "very high": (400.0, 100.0)}
LOG_K = math.log(SHAPE[0])


def log_weights(seed, case):
    """log p(x, z) - log q(z | x), with images far apart from each other, and draws of one image
    about as far apart as those of a VAE."""
    draw, (level, apart) = seeded(seed, case), LEVELS[case]
    image = level + apart * torch.linspace(-1, 1, SHAPE[1])[torch.randperm(4, generator=draw)]
    return {"log_weights": (image + 2 * torch.randn(SHAPE, generator=draw)).requires_grad_()}


def in_float64(w):
    """By the largest weight of each image, which is taken out and added again."""
    w = w.double()
    top = w.amax(dim=0)
    return top + (w - top).exp().mean(dim=0).log()


def one_by_one(w):
    total = w[0]
    for row in w[1:]:
        total = torch.logaddexp(total, row)
    return total - math.log(len(w))


_FAR = (
    "breaks down where log-weights lie in the hundreds or thousands: exp of them is 0 or infinite "
    "in every float. What can be taken out of the sum first?"
)
_OTHER = (
    "is another number. Work it out by hand for weights of 1 and 3: the logarithm of their mean is "
    "log 2."
)

BOUND = Part(
    "importance_bound",
    log_weights,
    in_float64,
    cases=tuple(LEVELS),
    not_finite=_FAR,
    otherwise={"value": _OTHER},
    also_right={
        "logsumexp": importance_bound,
        "inside": lambda w: (w - math.log(len(w))).logsumexp(dim=0),
        "one by one": one_by_one,
        "by softmax": lambda w: w[0] - w.log_softmax(0)[0] - math.log(len(w)),
    },
    mistakes=mistakes(
        lambda w: w.mean(dim=0),
        "is the mean of the logarithms: the ELBO, however many draws there are. In which order do "
        "the mean and the logarithm stand in the question?",
        lambda w: w.logsumexp(dim=0),
        "grows with the number of draws alone: k equal weights should give one of them. What turns "
        "a sum into a mean, and what becomes of it under a logarithm?",
        lambda w: w.logsumexp(dim=0) + LOG_K,
        "adds log k. A mean is less than a sum: which way does its logarithm move?",
        lambda w: w.logsumexp(dim=0) / len(w),
        "divides the logarithm by k. The mean is taken inside the logarithm: what becomes of a "
        "division there?",
        lambda w: w.logsumexp(dim=0) - math.log(w.numel()),
        lambda w: w.logsumexp(dim=0) - math.log(w.shape[1]),
        "counts images among the draws. Over how many numbers does the mean of one image run?",
        lambda w: w.logsumexp(dim=0) - len(w),
        "subtracts k itself. What becomes of a division by k under a logarithm?",
        lambda w: w.logsumexp(dim=0) - math.log2(len(w)),
        "mixes logarithms: weights come in nats, and log k in bits.",
        lambda w: w.amax(dim=0),
        "keeps the best draw and forgets the others. What is the mean weight when one of k weights "
        "is 1 and the others are 0?",
        lambda w: -importance_bound(w),
        "has the wrong sign. Log-weights of -100 bound log p(x) by about -100.",
        lambda w: w.exp().mean(dim=0),
        lambda w: (w - w.amax(dim=0)).exp().mean(dim=0),
        "is a mean weight, and no logarithm of one.",
        lambda w: (w - w.amax(dim=0)).exp().mean(dim=0).log(),
        "takes the largest log-weight out and does not put it back.",
        lambda w: w.exp().mean(dim=0).log(),
        lambda w: w.exp().sum(dim=0).log() - math.log(len(w)),
        lambda w: w.double().exp().mean(dim=0).log(),
        lambda w: (w.exp().mean(dim=0) + 1e-30).log(),
        lambda w: (w + 2000).exp().mean(dim=0).log() - 2000,
        _FAR,
        lambda w: w.max() + (w - w.max()).exp().mean(dim=0).log(),
        "takes one maximum out for all images. Next to an image that is hundreds of nats better, "
        "the weights of another are 0 again: whose maximum should it be?",
        lambda w: w.double().clamp(min=-700).exp().mean(dim=0).log(),
        lambda w: w.double().exp().mean(dim=0).log().clamp(min=-1e3),
        "limits the log-weights. An image may be less likely than your limit: what can be taken "
        "out of the sum instead?",
        lambda w: w.logsumexp(dim=0) - 1,
        _OTHER,
        lambda w: w.logsumexp(dim=1) - math.log(w.shape[1]),
        lambda w: w.logsumexp(dim=1) - LOG_K,
        "runs along the images, and leaves one number for each draw. Which dimension holds the "
        "draws?",
        lambda w: importance_bound(w).mean(),
        lambda w: w.flatten().logsumexp(dim=0) - math.log(w.numel()),
        "gives one number for all images. Each has a bound of its own.",
    ),
)

QUESTION = Question("06.q4", "the bound of several draws", 2, (BOUND,))
