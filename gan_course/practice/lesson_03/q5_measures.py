"""Question 03.q5: whether what comes is right, varied and new."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import tensor

R, V, D = "share_right", "variety", "nearest_distance"
SAMPLES, CLASSES, FEATURES, TRAINING = 17, 4, 5, 11
SHAPE = (2, 3, 4)  # of an image
COUNTS = (6, 2, 4, 5)  # samples of each class


def readings(seed: int) -> tuple[Tensor, Tensor]:
    """Logits (SAMPLES, CLASSES) of a judge that misreads 5 to 7 of 17 samples, and the labels that
    were asked for (SAMPLES,)."""
    draw = seeded(seed)
    asked = (torch.arange(SAMPLES) % CLASSES)[torch.randperm(SAMPLES, generator=draw)]
    read = asked.clone()
    misread = torch.randperm(SAMPLES, generator=draw)[: 7 - seed % 3]
    read[misread] = (asked[misread] + 1 + misread % (CLASSES - 1)) % CLASSES
    logits = torch.randn(SAMPLES, CLASSES, generator=draw)
    # The largest by a little only: a judge that is never sure tells how sure it is from what it
    # reads.
    logits[torch.arange(SAMPLES), read] = (
        logits.amax(dim=1) + 0.2 + torch.rand(SAMPLES, generator=draw)
    )
    return logits, asked


def samples(seed: int) -> tuple[Tensor, Tensor]:
    """Features (SAMPLES, FEATURES) and labels: classes of different size and spread, far apart; in
    class 0 two are alike, in class 1 all."""
    draw = seeded(seed + 1000)
    labels = torch.repeat_interleave(torch.arange(CLASSES), torch.tensor(COUNTS))
    spread = torch.tensor([1.0, 0.0, 2.0, 0.5])[labels, None]
    features = 4 * torch.randn(CLASSES, FEATURES, generator=draw)[labels] + spread * torch.randn(
        SAMPLES, FEATURES, generator=draw
    )
    features[1] = features[0]
    order = torch.randperm(SAMPLES, generator=draw)
    return features[order], labels[order]


def images(seed: int) -> tuple[Tensor, Tensor]:
    """Generated images (SAMPLES, *SHAPE) and training images (TRAINING, *SHAPE); the first of the
    generated ones is a copy."""
    draw = seeded(seed + 2000)
    made, training = (
        torch.rand(SAMPLES, *SHAPE, generator=draw) * 2 - 1,
        torch.rand(TRAINING, *SHAPE, generator=draw) * 2 - 1,
    )
    made[0] = training[3]
    return made, training


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    share_right, variety, nearest_distance = answers
    return {
        "right": _number(R, share_right(*readings(seed))),
        "varied": tensor(V, variety(*samples(seed), CLASSES)),
        "new": tensor(D, nearest_distance(*images(seed))),
    }


def _number(name: str, value: Any) -> Tensor:
    """A share may be a plain number as well as a tensor, since nothing learns from it."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return torch.tensor(float(value)) if plain else tensor(name, value)


def judge(values: Values, seed: int) -> Verdict:
    shapes = {"right": (), "varied": (CLASSES,), "new": (SAMPLES,)}
    if hint := _varied_shape_hint(values.get("varied", torch.zeros(0))) or unfit(
        values, shapes, {"right": R, "varied": V, "new": D}
    ):
        return wrong(hint)
    hint = (
        _right_hint(values["right"], *readings(seed))
        or _varied_hint(values["varied"], *samples(seed))
        or _new_hint(values["new"], *images(seed))
    )
    return wrong(hint) if hint else RIGHT


def _right_hint(value: Tensor, logits: Tensor, asked: Tensor) -> str:
    # Read as asked: no other class's logit reaches the one that was asked for.
    own = logits.gather(1, asked[:, None])
    hits = (logits >= own).sum(dim=1) == 1
    share = hits.double().mean()
    if close(value, share):
        return ""
    sure = logits.double().softmax(dim=1).gather(1, asked[:, None]).mean()
    return (
        first_match(
            value,
            [
                (
                    hits.sum(),
                    (
                        f"`{R}` counts samples. How many would it count in a thousand? A share "
                        "lies "
                        "between 0 and 1."
                    ),
                ),
                (1 - share, f"`{R}` is the share that was misread."),
                (share * 100, f"`{R}` is a percentage. A share lies between 0 and 1."),
                (
                    sure,
                    (
                        f"`{R}` averages how sure the judge is. The question asks which digit it "
                        "reads: the one with the largest logit."
                    ),
                ),
                (own.double().mean(), f"`{R}` averages logits. Which digit does the judge read?"),
                (
                    hits.sum() / CLASSES,
                    f"`{R}` divides by the number of classes. Of how many samples is it a share?",
                ),
            ],
        )
        or f"`{R}` is another number. Which digit is read in sample i, which was asked for, and "
        "how often do they agree?"
    )


def _varied_shape_hint(value: Tensor) -> str:
    if value.ndim == 0:
        return (
            f"`{V}` returned one number. A class that always gives the same picture could hide "
            "among nine others: one number a class is asked for."
        )
    return ""


def _varied_hint(value: Tensor, features: Tensor, labels: Tensor) -> str:
    members = [features[labels == label].double() for label in range(CLASSES)]
    pairs = [torch.pdist(own) for own in members]
    right = torch.stack([distance.mean() for distance in pairs])
    if close(value, right, tolerance=2e-3):
        return ""
    if not value.isfinite().all():
        return (
            f"`{V}` is nan or infinite. A class of two equal samples has a distance, and it is 0."
        )
    n = torch.tensor([len(own) for own in members], dtype=torch.float64)
    centre = torch.stack([(own - own.mean(dim=0)).norm(dim=1).mean() for own in members])
    spread = torch.stack([own.std(dim=0).mean() for own in members])
    apart = torch.stack(
        [
            distance[distance > 0].mean() if (distance > 0).any() else distance.sum()
            for distance in pairs
        ]
    )
    return (
        first_match(
            value,
            [
                (
                    right * (n - 1) / n,
                    (
                        f"`{V}` counts the distance of a sample to itself. Which pairs are two "
                        "different samples?"
                    ),
                ),
                (
                    torch.stack([(d**2).mean() for d in pairs]),
                    f"`{V}` averages squared distances. Where does the root belong?",
                ),
                (
                    torch.stack([(d**2).mean() ** 0.5 for d in pairs]),
                    f"`{V}` takes the root of a mean. The question asks for the mean of distances.",
                ),
                (
                    torch.stack([d.sum() for d in pairs]),
                    f"`{V}` adds the distances up, so that it grows with the number of samples.",
                ),
                (
                    right * (n - 1),
                    f"`{V}` divides by the number of samples. How many pairs are there?",
                ),
                (
                    right * 2,
                    (
                        f"`{V}` is twice too large. Is each pair counted twice, and how many then "
                        "are "
                        "there?"
                    ),
                ),
                (
                    right / 2,
                    (
                        f"`{V}` is half too small. Is each pair counted once, and how many then "
                        "are "
                        "there?"
                    ),
                ),
                (
                    apart,
                    (
                        f"`{V}` leaves out distances of 0. Two samples that are the same picture "
                        "are a "
                        "pair too: which zeros do you mean to drop?"
                    ),
                ),
                (
                    torch.stack([d.amax() for d in pairs]),
                    f"`{V}` takes the two samples that are farthest apart. One outlier would do.",
                ),
                (
                    torch.stack([torch.pdist(own, 1.0).mean() for own in members]),
                    f"`{V}` adds up absolute differences. Which distance is Euclidean?",
                ),
                (
                    centre,
                    (
                        f"`{V}` measures distances from the middle of the class. The question asks "
                        "for "
                        "those between samples."
                    ),
                ),
                (
                    spread,
                    (
                        f"`{V}` is a standard deviation. The question asks for a distance between "
                        "samples."
                    ),
                ),
                (
                    torch.pdist(features.double()).mean().expand(CLASSES),
                    f"`{V}` is the same for every class. Which samples belong to class y?",
                ),
            ],
            tolerance=2e-3,
        )
        or f"`{V}` is another function. Work it out by hand for a class of three samples on a "
        "line, at 0, 0 and 3."
    )


def _new_hint(value: Tensor, made: Tensor, training: Tensor) -> str:
    gap = (made.double()[:, None] - training.double()[None]).flatten(2)
    distance = gap.norm(dim=2)
    right = distance.amin(dim=1)
    if close(value, right, tolerance=2e-3):
        return ""
    return (
        first_match(
            value,
            [
                (right**2, f"`{D}` is a squared distance."),
                (
                    distance.argmin(dim=1),
                    f"`{D}` says which training image is nearest. How far away is it?",
                ),
                (
                    distance.mean(dim=1),
                    (
                        f"`{D}` is a mean over the training images. A copy of one of them would "
                        "not "
                        "stand out."
                    ),
                ),
                (
                    distance.amax(dim=1),
                    f"`{D}` is the distance to the training image farthest away.",
                ),
                (
                    gap.abs().sum(dim=2).amin(dim=1),
                    f"`{D}` adds up absolute differences. Which distance is Euclidean?",
                ),
                (
                    (gap**2).mean(dim=2).amin(dim=1),
                    f"`{D}` is a mean square over pixels. Which distance is Euclidean?",
                ),
                (
                    (gap**2).mean(dim=2).sqrt().amin(dim=1),
                    f"`{D}` averages over pixels before the root. Which distance is Euclidean?",
                ),
            ],
            tolerance=2e-3,
        )
        or f"`{D}` is another function. Is an image one vector of all its pixels in yours? Put a "
        "training image in: it should give 0."
    )


KNOWN_ERRORS = (
    (
        "must match the size of tensor",
        (
            "Which two sets are compared, each of one with each of the other? Give them dimensions "
            "of "
            "their own."
        ),
    ),
)

QUESTION = Question("03.q5", "right, varied, new", 4, (R, V, D), probe, judge, KNOWN_ERRORS)
