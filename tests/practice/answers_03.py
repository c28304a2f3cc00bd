"""Right answers to exercise 03, written in other ways than the solution, and wrong ones with the
words that tell their hint from others."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from gan_course.metrics import variety_within_classes

# Question 1


# Question 2


# Question 3


# Question 5


def right_by_count(logits, asked):
    return torch.count_nonzero(logits.max(1).indices == asked) / len(asked)


def right_as_number(logits, asked):
    return sum(
        int(row.argmax()) == int(wish) for row, wish in zip(logits, asked, strict=True)
    ) / len(asked)


def variety_by_loops(features, labels, classes):
    found = []
    for label in range(classes):
        own = features[labels == label]
        found.append(
            torch.stack(
                [(own[i] - own[j]).norm() for i in range(len(own)) for j in range(i)]
            ).mean()
        )
    return torch.stack(found)


def variety_by_table(features, labels, classes):
    same = (
        F.one_hot(labels, classes).T[:, :, None] * F.one_hot(labels, classes).T[:, None]
    ).bool() & ~torch.eye(len(labels), dtype=torch.bool)
    distance = torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist")
    return (distance * same).sum((1, 2)) / same.sum((1, 2))


def nearest_by_difference(samples, training):
    return (samples[:, None] - training[None]).pow(2).sum((2, 3, 4)).sqrt().min(1).values


def nearest_one_by_one(samples, training):
    return torch.stack(
        [torch.stack([torch.dist(sample, image) for image in training]).min() for sample in samples]
    )


def per_class(of):
    return lambda features, labels, classes: torch.stack(
        [of(features[labels == label]) for label in range(classes)]
    )


def table(own):
    return (own[:, None] - own[None]).norm(dim=2)


def nonzero_mean(distances):
    return distances[distances > 0].mean() if (distances > 0).any() else distances.sum()


def apart(samples, training):
    return torch.cdist(samples.flatten(1), training.flatten(1))


RIGHT = {
    "03.q5": {
        "counted": (right_by_count, variety_by_loops, nearest_by_difference),
        "plain number": (right_as_number, variety_by_table, nearest_one_by_one),
        "the library's": (
            right_by_count,
            variety_within_classes,
            lambda samples, training: apart(training, samples).T.amin(1),
        ),
    },
}

WRONG = {
    "03.q5": {
        "count": (
            (
                lambda logits, asked: (logits.argmax(1) == asked).sum(),
                variety_by_loops,
                nearest_by_difference,
            ),
            "counts samples",
        ),
        "misread": (
            (
                lambda logits, asked: 1 - right_by_count(logits, asked),
                variety_by_loops,
                nearest_by_difference,
            ),
            "the share that was misread",
        ),
        "percent": (
            (
                lambda logits, asked: 100 * right_by_count(logits, asked),
                variety_by_loops,
                nearest_by_difference,
            ),
            "is a percentage",
        ),
        "sureness": (
            (
                lambda logits, asked: logits.softmax(1).gather(1, asked[:, None]).mean(),
                variety_by_loops,
                nearest_by_difference,
            ),
            "how sure the judge is",
        ),
        "mean logit": (
            (
                lambda logits, asked: logits.gather(1, asked[:, None]).mean(),
                variety_by_loops,
                nearest_by_difference,
            ),
            "averages logits",
        ),
        "over classes": (
            (
                lambda logits, asked: (logits.argmax(1) == asked).sum() / 4,
                variety_by_loops,
                nearest_by_difference,
            ),
            "divides by the number of classes",
        ),
        "always right": (
            (lambda logits, asked: 1, variety_by_loops, nearest_by_difference),
            "Which digit is read in sample i",
        ),
        "one by one": (
            (
                lambda logits, asked: logits.argmax(1) == asked,
                variety_by_loops,
                nearest_by_difference,
            ),
            "expected a scalar",
        ),
        "one number": (
            (
                right_by_count,
                lambda f, y, k: variety_by_loops(f, y, k).mean(),
                nearest_by_difference,
            ),
            "could hide among nine others",
        ),
        "to itself": (
            (right_by_count, per_class(lambda own: table(own).mean()), nearest_by_difference),
            "distance of a sample to itself",
        ),
        "squared": (
            (
                right_by_count,
                per_class(lambda own: torch.pdist(own).pow(2).mean()),
                nearest_by_difference,
            ),
            "averages squared distances",
        ),
        "root of a mean": (
            (
                right_by_count,
                per_class(lambda own: torch.pdist(own).pow(2).mean().sqrt()),
                nearest_by_difference,
            ),
            "root of a mean",
        ),
        "sum": (
            (right_by_count, per_class(lambda own: torch.pdist(own).sum()), nearest_by_difference),
            "grows with the number of samples",
        ),
        "over samples": (
            (
                right_by_count,
                per_class(lambda own: table(own).sum() / len(own)),
                nearest_by_difference,
            ),
            "divides by the number of samples",
        ),
        "twice": (
            (right_by_count, lambda f, y, k: 2 * variety_by_loops(f, y, k), nearest_by_difference),
            "twice too large",
        ),
        "half": (
            (right_by_count, lambda f, y, k: variety_by_loops(f, y, k) / 2, nearest_by_difference),
            "half too small",
        ),
        "zeros dropped": (
            (
                right_by_count,
                per_class(lambda own: nonzero_mean(table(own))),
                nearest_by_difference,
            ),
            "leaves out distances of 0",
        ),
        "zeros alone": (
            (
                right_by_count,
                per_class(lambda own: table(own)[table(own) > 0].mean()),
                nearest_by_difference,
            ),
            "and it is 0",
        ),
        "farthest": (
            (right_by_count, per_class(lambda own: torch.pdist(own).max()), nearest_by_difference),
            "farthest apart",
        ),
        "absolute": (
            (
                right_by_count,
                per_class(lambda own: torch.pdist(own, 1).mean()),
                nearest_by_difference,
            ),
            "`variety` adds up absolute",
        ),
        "from the middle": (
            (
                right_by_count,
                per_class(lambda own: (own - own.mean(0)).norm(dim=1).mean()),
                nearest_by_difference,
            ),
            "from the middle of the class",
        ),
        "deviation": (
            (right_by_count, per_class(lambda own: own.std(0).mean()), nearest_by_difference),
            "a standard deviation",
        ),
        "all classes": (
            (
                right_by_count,
                lambda f, y, k: torch.pdist(f).mean().expand(k),
                nearest_by_difference,
            ),
            "the same for every class",
        ),
        "neighbours": (
            (
                right_by_count,
                per_class(lambda own: (own[1:] - own[:-1]).norm(dim=1).mean()),
                nearest_by_difference,
            ),
            "at 0, 0 and 3",
        ),
        "squared distance": (
            (right_by_count, variety_by_loops, lambda *sets: nearest_by_difference(*sets) ** 2),
            "is a squared distance",
        ),
        "which": (
            (right_by_count, variety_by_loops, lambda *sets: apart(*sets).argmin(1)),
            "which training image is nearest",
        ),
        "mean distance": (
            (right_by_count, variety_by_loops, lambda *sets: apart(*sets).mean(1)),
            "a mean over the training images",
        ),
        "farthest image": (
            (right_by_count, variety_by_loops, lambda *sets: apart(*sets).amax(1)),
            "training image farthest away",
        ),
        "absolute differences": (
            (
                right_by_count,
                variety_by_loops,
                lambda a, b: torch.cdist(a.flatten(1), b.flatten(1), p=1).amin(1),
            ),
            "`nearest_distance` adds up absolute",
        ),
        "mean square": (
            (
                right_by_count,
                variety_by_loops,
                lambda a, b: ((a[:, None] - b) ** 2).mean((2, 3, 4)).amin(1),
            ),
            "a mean square over pixels",
        ),
        "root of a mean square": (
            (
                right_by_count,
                variety_by_loops,
                lambda a, b: ((a[:, None] - b) ** 2).mean((2, 3, 4)).sqrt().amin(1),
            ),
            "averages over pixels before the root",
        ),
        "rows of pixels": (
            (
                right_by_count,
                variety_by_loops,
                lambda a, b: (a[:, None] - b).norm(dim=4).amin((1, 2, 3)),
            ),
            "one vector of all its pixels",
        ),
        "other way round": (
            (right_by_count, variety_by_loops, lambda *sets: apart(*sets).amin(0)),
            "`nearest_distance` returned shape (11,)",
        ),
        "not crossed": (
            (right_by_count, variety_by_loops, lambda a, b: (a - b).flatten(1).norm(dim=1)),
            "dimensions of their own",
        ),
    },
}
