"""Question 03.q5: whether what comes is right, varied and new."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch.nn import functional as F

from gan_course.metrics import variety_within_classes
from gan_course.practice.question import Part, Question, mistakes, seeded
from gan_course.practice.returned import number

SAMPLES, CLASSES, FEATURES, TRAINING = 17, 4, 5, 11
SHAPE = (2, 3, 4)  # of an image
COUNTS = (6, 2, 4, 5)  # samples of each class


def readings(seed, case):
    """Logits of a judge that misreads 5 to 7 of 17 samples, and the labels that were asked for."""
    draw = seeded(seed, "readings")
    asked = (torch.arange(SAMPLES) % CLASSES)[torch.randperm(SAMPLES, generator=draw)]
    read, misread = asked.clone(), torch.randperm(SAMPLES, generator=draw)[: 7 - seed % 3]
    read[misread] = (asked[misread] + 1 + misread % (CLASSES - 1)) % CLASSES
    logits = torch.randn(SAMPLES, CLASSES, generator=draw)
    # The largest by a little only: a judge that is never sure tells how sure it is from what it
    # reads.
    most = logits.amax(dim=1) + 0.2 + torch.rand(SAMPLES, generator=draw)
    logits[torch.arange(SAMPLES), read] = most
    return {"logits": logits, "asked": asked}


def samples(seed, case):
    """Classes of different size and spread, far apart; in class 0 two samples are alike, in class 1
    all."""
    draw = seeded(seed, "samples")
    labels = torch.arange(CLASSES).repeat_interleave(torch.tensor(COUNTS))
    spread = torch.tensor([1.0, 0.0, 2.0, 0.5])[labels, None]
    features = 4 * torch.randn(CLASSES, FEATURES, generator=draw)[labels]
    features += spread * torch.randn(SAMPLES, FEATURES, generator=draw)
    features[1] = features[0]
    order = torch.randperm(SAMPLES, generator=draw)
    return {"features": features[order], "labels": labels[order], "classes": CLASSES}


def images(seed, case):
    """The first of the generated images is a copy of a training image."""
    draw = seeded(seed, "images")
    made = torch.rand(SAMPLES, *SHAPE, generator=draw) * 2 - 1
    training = torch.rand(TRAINING, *SHAPE, generator=draw) * 2 - 1
    made[0] = training[3]
    return {"samples": made, "training": training}


def right_by_order(logits, asked):
    """Read as asked: no other class's logit reaches the one that was asked for."""
    own = logits.gather(1, asked[:, None])
    return ((logits >= own).sum(dim=1) == 1).double().mean()


def hits(logits, asked):
    return logits.argmax(1) == asked


def of_asked(logits, asked):
    return logits.gather(1, asked[:, None]).mean()


def per_class(of):
    """A number for the samples of each class."""
    return lambda features, labels, classes: torch.stack(
        [of(features[labels == label]) for label in range(classes)]
    )


def of_pairs(of):
    return per_class(lambda own: of(torch.pdist(own)))


def by_loops(own):
    pairs = [(own[i] - own[j]).norm() for i in range(len(own)) for j in range(i)]
    return torch.stack(pairs).double().mean()


def table(own):
    return (own[:, None] - own[None]).norm(dim=2)


def by_table(features, labels, classes):
    member = F.one_hot(labels, classes).T
    same = (member[:, :, None] * member[:, None]).bool() & ~torch.eye(len(labels)).bool()
    return (table(features) * same).sum((1, 2)) / same.sum((1, 2))


def nonzero_mean(distances):
    return distances[distances > 0].mean() if (distances > 0).any() else distances.sum()


def apart(samples, training):
    return torch.cdist(samples.flatten(1), training.flatten(1))


def nearest(of):
    """Of all differences of a sample and a training image, (N, M, C, H, W), the least `of` them."""
    return lambda a, b: of(a[:, None] - b[None]).amin(1)


_SAMPLE = (
    "is another number. Which digit is read in sample i, which was asked for, and how often do "
    "they agree?"
)
_SETS = (
    "Which two sets are compared, each of one with each of the other? Give them dimensions of "
    "their own."
)
_NAN = "is nan or infinite. A class of two equal samples has a distance, and it is 0."
_LINE = (
    "is another function. Work it out by hand for a class of three samples on a line, at 0, 0 and "
    "3."
)
_PIXELS = (
    "is another function. Is an image one vector of all its pixels in yours? Put a training image "
    "in: it should give 0."
)

RIGHT = Part(
    "share_right",
    readings,
    right_by_order,
    also_right={
        "counted": lambda logits, asked: (
            torch.count_nonzero(logits.max(1).indices == asked) / len(asked)
        ),
        "plain number": lambda logits, asked: sum(hits(logits, asked).tolist()) / len(asked),
        "NumPy's number": lambda logits, asked: hits(logits, asked).numpy().mean(),
    },
    returns=number,
    otherwise={"value": _SAMPLE},
    mistakes=mistakes(
        lambda logits, asked: hits(logits, asked).sum(),
        "counts samples. How many would it count in a thousand? A share lies between 0 and 1.",
        lambda logits, asked: (~hits(logits, asked)).float().mean(),
        "is the share that was misread.",
        lambda logits, asked: 100 * hits(logits, asked).float().mean(),
        "is a percentage. A share lies between 0 and 1.",
        lambda logits, asked: of_asked(logits.softmax(1), asked),
        "averages how sure the judge is. The question asks which digit it reads: the one with the "
        "largest logit.",
        of_asked,
        "averages logits. Which digit does the judge read?",
        lambda logits, asked: hits(logits, asked).sum() / CLASSES,
        "divides by the number of classes. Of how many samples is it a share?",
        lambda logits, asked: 1,
        _SAMPLE,
    ),
)

VARIED = Part(
    "variety",
    samples,
    per_class(by_loops),
    also_right={
        "pdist": of_pairs(torch.mean),
        "by one table": by_table,
        "the library's": variety_within_classes,
    },
    tolerance={"value": 2e-3},
    not_finite=_NAN,
    otherwise={"value": _LINE},
    mistakes=mistakes(
        lambda *given: per_class(by_loops)(*given).mean(),
        "returned one number. A class that always gives the same picture could hide among nine "
        "others: one number a class is asked for.",
        per_class(lambda own: table(own).mean()),
        "counts the distance of a sample to itself. Which pairs are two different samples?",
        of_pairs(lambda d: d.square().mean()),
        "averages squared distances. Where does the root belong?",
        of_pairs(lambda d: d.square().mean().sqrt()),
        "takes the root of a mean. The question asks for the mean of distances.",
        of_pairs(torch.sum),
        "adds the distances up, so that it grows with the number of samples.",
        per_class(lambda own: table(own).sum() / len(own)),
        "divides by the number of samples. How many pairs are there?",
        of_pairs(lambda d: 2 * d.mean()),
        "is twice too large. Is each pair counted twice, and how many then are there?",
        of_pairs(lambda d: d.mean() / 2),
        "is half too small. Is each pair counted once, and how many then are there?",
        per_class(lambda own: nonzero_mean(table(own))),
        "leaves out distances of 0. Two samples that are the same picture are a pair too: which "
        "zeros do you mean to drop?",
        of_pairs(torch.amax),
        "takes the two samples that are farthest apart. One outlier would do.",
        per_class(lambda own: torch.pdist(own, 1).mean()),
        "adds up absolute differences. Which distance is Euclidean?",
        per_class(lambda own: (own - own.mean(0)).norm(dim=1).mean()),
        "measures distances from the middle of the class. The question asks for those between "
        "samples.",
        per_class(lambda own: own.std(0).mean()),
        "is a standard deviation. The question asks for a distance between samples.",
        lambda features, labels, classes: torch.pdist(features).mean().expand(classes),
        "is the same for every class. Which samples belong to class y?",
        per_class(lambda own: (own[1:] - own[:-1]).norm(dim=1).mean()),
        _LINE,
        per_class(lambda own: table(own)[table(own) > 0].mean()),
        _NAN,
        per_class(lambda own: (own - own.T).norm()),
        _SETS,
    ),
)

NEW = Part(
    "nearest_distance",
    images,
    lambda a, b: (a.double()[:, None] - b.double()[None]).square().sum((2, 3, 4)).sqrt().amin(1),
    also_right={
        "by differences": lambda a, b: (
            (a[:, None] - b).pow(2).flatten(2).sum(2).sqrt().min(1).values
        ),
        "one by one": lambda a, b: torch.stack(
            [torch.stack([torch.dist(one, other) for other in b]).min() for one in a]
        ),
        "the other table": lambda a, b: apart(b, a).T.amin(1),
    },
    tolerance={"value": 2e-3},
    otherwise={"value": _PIXELS},
    mistakes=mistakes(
        lambda a, b: apart(a, b).amin(1).square(),
        "is a squared distance.",
        lambda a, b: apart(a, b).argmin(1),
        "says which training image is nearest. How far away is it?",
        lambda a, b: apart(a, b).amin(0),
        "returned a number for each training image. Whose nearest is asked for: a sample's, or a "
        "training image's?",
        lambda a, b: apart(a, b).min(1),
        "Which of `.values` and `.indices` is asked for?",
        lambda a, b: apart(a, b).mean(1),
        "is a mean over the training images. A copy of one of them would not stand out.",
        lambda a, b: apart(a, b).amax(1),
        "is the distance to the training image farthest away.",
        nearest(lambda gap: gap.abs().sum((2, 3, 4))),
        "adds up absolute differences. Which distance is Euclidean?",
        nearest(lambda gap: gap.square().mean((2, 3, 4))),
        "is a mean square over pixels. Which distance is Euclidean?",
        nearest(lambda gap: gap.square().mean((2, 3, 4)).sqrt()),
        "averages over pixels before the root. Which distance is Euclidean?",
        nearest(lambda gap: gap.norm(dim=4).amin((2, 3))),
        _PIXELS,
        lambda a, b: (a - b).flatten(1).norm(dim=1),
        _SETS,
    ),
)

QUESTION = Question("03.q5", "right, varied, new", 4, (RIGHT, VARIED, NEW))
