"""Question 07.q2: how unlike two images are in a network's features, and whom that may teach."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from gan_course.practice.hints import REPEATED
from gan_course.practice.question import Part, Question, hanging, mistakes, seeded

BATCH, SIDE = 5, 6
FEATURES = {"maps": (nn.Tanh(),), "row": (nn.Tanh(), nn.Flatten())}


def images(seed, case):
    """Features that are maps (N, C, H, W), or a row for each image, and images to compare, of which
    both hang on what they came from."""
    draw = seeded(seed, case)
    features = nn.Sequential(nn.Conv2d(1, 3, 3, stride=2), *FEATURES[case])
    for weight in features.parameters():
        weight.data = 0.5 * torch.randn(weight.shape, generator=draw)
    real, again = torch.randn(2, BATCH, 1, SIDE, SIDE, generator=draw)
    return {
        "features": features.requires_grad_(False),
        "again": hanging(again),
        "real": hanging(real),
    }


def in_float64(features, again, real):
    """As |a|² - 2ab + |b|², in one batch."""
    a, b = features(torch.cat([again, real.detach()])).double().flatten(1).chunk(2)
    return ((a * a).sum() - 2 * (a * b).sum() + (b * b).sum()) / (2 * len(real))


def without_recording(features, again, real):
    with torch.no_grad():
        target = features(real)
    return 0.5 * F.mse_loss(features(again), target, reduction="sum") / len(target)


def image_by_image(features, again, real):
    found = [
        (features(a[None]) - features(r[None]).data).norm() ** 2 / 2
        for a, r in zip(again, real, strict=True)
    ]
    return torch.stack(found).mean()


def each(difference):
    return difference.square().flatten(1).sum(dim=1)


def unlike(
    cost=each, mean=torch.mean, half=0.5, seen=lambda f, x: f(x), target=lambda f, x: f(x).detach()
):
    """The right error with one part exchanged."""
    return lambda features, again, real: (
        half * mean(cost(seen(features, again) - target(features, real)))
    )


_OTHER = (
    "is another number. Take features that differ by 2 in three places of the only image: then it "
    "is ½ · 3 · 4 = 6."
)

ERROR = Part(
    "feature_error",
    images,
    in_float64,
    cases=tuple(FEATURES),
    words={"again": "the decoder", "real": "the real images"},
    otherwise={"value": _OTHER},
    also_right={
        "by parts": unlike(),
        "no recording": without_recording,
        "image by image": image_by_image,
    },
    mistakes=mistakes(
        *[
            unlike(half=half, seen=lambda f, x: x, target=lambda f, x: x.detach())
            for half in (1, 0.5, 1 / SIDE**2)
        ],
        "compares pixels, as the VAE of lesson 6 does. What should `features` be asked?",
        lambda f, again, real: each(f(again - real.detach())).mean() / 2,
        "asks for the features of the difference. A network that is not linear sees another thing "
        "in it than the difference of what it sees in both.",
        unlike(cost=lambda d: d.square().flatten(1).mean(1)),
        unlike(cost=lambda d: d.square().flatten(1).mean(1), half=1),
        "averages over the features: the more of them there are, the less each counts. A squared "
        "distance is a sum.",
        unlike(cost=lambda d: d.square().sum(dim=1).reshape(len(d), -1).mean(1)),
        "is right for rows and not for maps: over which dimensions of a map does your sum run?",
        unlike(cost=lambda d: d.square().sum(dim=(1, 2, 3))),
        "Features may be maps or a single row for each image. How does one add up everything but "
        "the first dimension, however many there are?",
        unlike(half=1),
        "is twice too large. The log-density of a Gaussian has a ½ before the square.",
        unlike(half=-0.5),
        "is lowest where the images differ most.",
        unlike(mean=torch.sum),
        REPEATED,
        unlike(cost=lambda d: d.flatten(1).norm(dim=1)),
        unlike(cost=lambda d: d.flatten(1).norm(dim=1), half=1),
        "is the distance and not its square. Which of the two does a Gaussian have?",
        unlike(cost=lambda d: d.norm()),
        "takes one norm of the whole batch.",
        unlike(cost=lambda d: d.abs().flatten(1).sum(dim=1)),
        unlike(cost=lambda d: d.abs().flatten(1).sum(dim=1), half=1),
        "adds up absolute differences. What does a squared distance add up?",
        unlike(cost=lambda d: d.flatten(1).sum(dim=1).square()),
        "adds up the differences before it squares them, so that they cancel.",
        unlike(cost=lambda d: each(d.mean(dim=0, keepdim=True))),
        "compares the mean features of both batches, so that any image could stand for any other. "
        "Which image was drawn again from which?",
        unlike(half=0.4),
        _OTHER,
        unlike(mean=lambda c: c),
        "gives one number for each image. Over what is the mean taken?",
        unlike(target=lambda f, x: f(x)),
        "has the right value, but its gradient runs on into the real images too. They are the "
        "target: who may move?",
        unlike(seen=lambda f, x: f(x).detach()),
        unlike(seen=lambda f, x: f(x.detach()), target=lambda f, x: f(x)),
        "has the right value, but no gradient reaches `again`. Which of the two is the target, and "
        "which one must move?",
    ),
)

QUESTION = Question("07.q2", "unlike in features", 2, (ERROR,))
