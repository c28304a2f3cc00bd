"""Question 03.q3: the best logit of a pair, taken apart into an inner product with the class and
what does not depend on it."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch.nn import functional as F

from gan_course.practice.question import Part, Question, mistakes, seeded

IMAGES, FEATURES, CLASSES = 7, 4, 5
# Features 1000 times as large are such that an exponential of them has no number.
SCALES = {"": 1.0, "far ": 1000.0}


def heads(seed, case):
    draw = seeded(seed)
    real, fake = (torch.randn(CLASSES, FEATURES, generator=draw) for _ in range(2))
    return {"real_head": real, "fake_head": fake}


def images(seed, case):
    draw = seeded(seed, "images")
    features = torch.randn(IMAGES, FEATURES, generator=draw)
    ratio = 2 * torch.randn(IMAGES, generator=draw)
    return {"features": features, **heads(seed, case), "log_ratio": ratio}


def between_classes(call, given):
    """A vector shared by all classes may move between both terms, so that only differences between
    classes are judged."""
    vectors = call(**given).double()
    return {"value": vectors - vectors.mean(dim=0)}


def near_and_far(call, given):
    """What is left of the best logit, and the learner's own class vectors that it was left by."""
    seen = {
        name: call(**{**given, "features": scale * given["features"]})
        for name, scale in SCALES.items()
    }
    own = call.others.get("best_class_vectors")
    return seen | ({"own": own(given["real_head"], given["fake_head"])} if own else {})


def together(values, seed, case):
    """What is left when the vector that the learner's classes share is given back."""
    features, real, fake, _ = images(seed, case).values()
    right = VECTORS.right(real, fake)
    shared, seen = (values.get("own", right) - right).mean(0).double(), {}
    for name, scale in SCALES.items():
        value, back = values[name].double(), (scale * features).double() @ shared
        seen[f"{name}finite"] = value.isfinite().all()
        seen[f"{name}value"] = value + back if value.shape == back.shape else value
    return seen


def of_first_class(features, real_head, fake_head, log_ratio):
    """What is left of the best logit of class 0, from probabilities, after its inner product."""
    features, real, fake = features.double(), real_head.double(), fake_head.double()
    logs = (features @ real.T).log_softmax(dim=1) - (features @ fake.T).log_softmax(dim=1)
    return logs[:, 0] + log_ratio - features @ (real - fake)[0]


def centred(real, fake):
    """A vector that all classes share may as well be given to the looks."""
    return (real - fake) - (real - fake).mean(dim=0)


def by_largest(terms):
    """The sum in logarithms by hand: the largest term is taken out first."""
    top = terms.max(dim=1, keepdim=True).values
    return (top + (terms - top).exp().sum(dim=1, keepdim=True).log()).squeeze(1)


def log_z(terms):
    return terms.logsumexp(1)


def looks(of_fake=log_z, of_real=log_z, more=lambda f, real, fake, r: r):
    """The log ratio, a number of the generated side added and one of the real side subtracted."""
    return lambda f, real, fake, r: (
        more(f, real, fake, r) + of_fake(f @ fake.T) - of_real(f @ real.T)
    )


def both(of):
    return looks(of, of)


def nothing(terms):
    return 0


_V_OTHER = (
    "is another function of both heads. Write log p(y|x) - log q(y|x) out and underline what "
    "depends on y."
)
_APART = (
    "and the class's inner product do not add up to the best logit. Try it with two classes and "
    "one feature."
)
_NAN = "is nan or infinite at ordinary features. Of which number do you take the logarithm?"
_HUGE = (
    "is nan or infinite where features are 1000 times as large: e to that power is no number. "
    "Which function sums in logarithms?"
)
_LEVEL = (
    "levels off where features are 1000 times as large. What limits it: a clamp, a small number "
    "added inside a logarithm?"
)

VECTORS = Part(
    "best_class_vectors",
    heads,
    right=lambda real, fake: real - fake,
    also_right={
        "negative difference": lambda real, fake: -(fake - real),
        "a shared vector less": centred,
        "in float64": lambda real, fake: torch.sub(real.double(), fake),
    },
    probe=between_classes,
    otherwise={"value": _V_OTHER},
    mistakes=mistakes(
        lambda real, fake: fake - real,
        "points away from the data. On which side should a pair score high?",
        torch.add,
        "adds the two sides. What becomes of a ratio under a logarithm?",
        lambda real, fake: real,
        "knows the real side only: a class that is drawn too well would still be rewarded. What is "
        "subtracted?",
        lambda real, fake: fake,
        "knows the generated side only. Where does the real side come in?",
        torch.div,
        "divides number by number. The ratio is of probabilities: what is it in the exponents?",
        lambda real, fake: (real - fake).mean(0).expand_as(real),
        "is the same for every class, so that the label says nothing.",
        lambda real, fake: real.softmax(0) - fake.softmax(0),
        _V_OTHER,
    ),
)

LOOKS = Part(
    "best_looks",
    images,
    of_first_class,
    also_right={
        "logsumexp": looks(),
        "largest term taken out": both(by_largest),
        "softmax of one class": lambda f, real, fake, r: (
            (r + F.log_softmax(f @ real.T, 1)[:, 1] - F.log_softmax(f @ fake.T, 1)[:, 1])
            - f @ (real - fake)[1]
        ),
    },
    probe=near_and_far,
    read=together,
    tolerance={"value": 1e-3, "far value": 1e-3},
    otherwise={"finite": _NAN, "value": _APART, "far finite": _HUGE, "far value": _LEVEL},
    mistakes=mistakes(
        both(nothing),
        "is the ratio of the images alone. The softmax has a denominator on each side: where have "
        "they gone?",
        looks(more=lambda f, real, fake, r: 0),
        "forgets how real the image looks. Which of the inputs says that?",
        both(lambda terms: -log_z(terms)),
        "has the two denominators the wrong way round. With which sign does log Z stand in log "
        "p(y|x)?",
        looks(more=lambda f, real, fake, r: -r),
        "has the image's own ratio with the wrong sign.",
        lambda *given: -looks()(*given),
        "has the right size and the wrong sign. Is it high where an image looks real?",
        looks(of_fake=nothing),
        looks(of_real=nothing),
        "has one denominator of two. Whose is missing?",
        looks(of_real=lambda terms: -log_z(terms)),
        "adds both denominators. One side is subtracted from the other.",
        both(lambda terms: terms.sum(1)),
        "sums the inner products. What does a softmax sum?",
        both(lambda terms: terms.exp().sum(1)),
        "subtracts Z itself. What stands in the formula, Z or its log?",
        both(lambda terms: terms.logsumexp(0)),
        "Each image has a Z of its own, a sum over the classes. Which dimension of the products "
        "holds them?",
        both(lambda terms: terms.amax(1)),
        "takes the largest term for the whole sum. That is near, where one class wins.",
        looks(of_fake=lambda terms: terms.exp().mean(1).log()),
        "averages one side and sums the other.",
        looks(of_fake=lambda terms: terms.log().sum(1)),
        _NAN,
        both(lambda terms: terms.exp().sum(1).log()),
        _HUGE,
        lambda f, real, fake, r: r + looks()(f.clamp(-20, 20), real, fake, 0),
        _LEVEL,
        looks(more=lambda f, real, fake, r: r - f @ (real - fake).mean(0)),
        _APART,
    ),
)

QUESTION = Question("03.q3", "the best score, taken apart", 2, (VECTORS, LOOKS))
