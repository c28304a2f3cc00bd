"""Question 03.q3: the best logit of a pair, taken apart into an inner product with the class and
what does not depend on it."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import tensor

V, PSI = "best_class_vectors", "best_looks"
IMAGES, FEATURES, CLASSES = 7, 4, 5
FAR = 1000.0  # features so large that an exponential of them has no number


def inputs(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Heads of both sides (CLASSES, FEATURES), features (IMAGES, FEATURES) and log p(x) - log q(x)
    of shape (IMAGES,)."""
    draw = seeded(seed)
    heads = torch.randn(2, CLASSES, FEATURES, generator=draw)
    return (
        heads[0],
        heads[1],
        torch.randn(IMAGES, FEATURES, generator=draw),
        2 * torch.randn(IMAGES, generator=draw),
    )


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    best_class_vectors, best_looks = answers
    real_head, fake_head, features, log_ratio = inputs(seed)
    return {
        "vectors": tensor(V, best_class_vectors(real_head.clone(), fake_head.clone())),
        "looks": tensor(PSI, best_looks(features, real_head, fake_head, log_ratio)),
        "far": tensor(PSI, best_looks(FAR * features, real_head, fake_head, log_ratio)),
    }


def judge(values: Values, seed: int) -> Verdict:
    shapes = {"vectors": (CLASSES, FEATURES), "looks": (IMAGES,), "far": (IMAGES,)}
    if problem := unfit(values, shapes, {"vectors": V, "looks": PSI, "far": PSI}):
        return wrong(problem)
    real_head, fake_head, features, log_ratio = (x.double() for x in inputs(seed))
    vectors, looks, far = (values[key].double() for key in shapes)
    hint = _vectors_hint(vectors, real_head, fake_head)
    if hint:
        return wrong(hint)
    # The best logit of every image with every class, from probabilities: whatever both terms are,
    # they have to add up to it.
    best = (
        (features @ real_head.T).softmax(dim=1).log()
        - (features @ fake_head.T).softmax(dim=1).log()
        + log_ratio[:, None]
    )
    missing = best - features @ vectors.T
    if not close(looks, missing[:, 0], tolerance=1e-3):
        return wrong(
            _looks_hint(
                looks, missing[:, 0], features @ real_head.T, features @ fake_head.T, log_ratio
            )
        )
    if not far.isfinite().all():
        return wrong(
            f"`{PSI}` is nan or infinite where features are {FAR:g} times as large: e to that "
            "power is no number. Which function sums in logarithms?"
        )
    reals, fakes = FAR * features @ real_head.T, FAR * features @ fake_head.T
    missing = (
        reals.log_softmax(dim=1)
        - fakes.log_softmax(dim=1)
        + log_ratio[:, None]
        - FAR * features @ vectors.T
    )
    if not close(far, missing[:, 0], tolerance=1e-3):
        return wrong(
            f"`{PSI}` levels off where features are {FAR:g} times as large. What limits it: a "
            "clamp, a small number added inside a logarithm?"
        )
    return RIGHT


def _vectors_hint(vectors: Tensor, real_head: Tensor, fake_head: Tensor) -> str:
    """A vector shared by all classes may move between both terms, so only differences between
    classes are judged."""
    right = real_head - fake_head

    def apart(v: Tensor) -> Tensor:
        return v[1:] - v[:1]

    if close(apart(vectors), apart(right)):
        return ""
    return (
        first_match(
            apart(vectors),
            [
                (
                    apart(-right),
                    f"`{V}` points away from the data. On which side should a pair score high?",
                ),
                (
                    apart(real_head + fake_head),
                    f"`{V}` adds the two sides. What becomes of a ratio under a logarithm?",
                ),
                (
                    apart(real_head),
                    (
                        f"`{V}` knows the real side only: a class that is drawn too well would "
                        "still "
                        "be rewarded. What is subtracted?"
                    ),
                ),
                (
                    apart(fake_head),
                    f"`{V}` knows the generated side only. Where does the real side come in?",
                ),
                (
                    apart(real_head / fake_head),
                    (
                        f"`{V}` divides number by number. The ratio is of probabilities: what is "
                        "it in "
                        "the exponents?"
                    ),
                ),
                (
                    torch.zeros_like(apart(right)),
                    f"`{V}` is the same for every class, so that the label says nothing.",
                ),
            ],
        )
        or f"`{V}` is another function of both heads. Write log p(y|x) - log q(y|x) out and "
        "underline what depends on y."
    )


def _looks_hint(
    looks: Tensor, right: Tensor, reals: Tensor, fakes: Tensor, log_ratio: Tensor
) -> str:
    if not looks.isfinite().all():
        return (
            f"`{PSI}` is nan or infinite at ordinary features. Of which number do you take the "
            "logarithm?"
        )
    z_real, z_fake = reals.logsumexp(dim=1), fakes.logsumexp(dim=1)
    return (
        first_match(
            looks,
            [
                (
                    log_ratio,
                    (
                        f"`{PSI}` is the ratio of the images alone. The softmax has a denominator "
                        "on "
                        "each side: where have they gone?"
                    ),
                ),
                (
                    right - log_ratio,
                    f"`{PSI}` forgets how real the image looks. Which of the inputs says that?",
                ),
                (
                    log_ratio + z_real - z_fake,
                    (
                        f"`{PSI}` has the two denominators the wrong way round. With which sign "
                        "does "
                        "log Z stand in log p(y|x)?"
                    ),
                ),
                (right - 2 * log_ratio, f"`{PSI}` has the image's own ratio with the wrong sign."),
                (
                    -right,
                    (
                        f"`{PSI}` has the right size and the wrong sign. Is it high where an image "
                        "looks real?"
                    ),
                ),
                (log_ratio - z_real, f"`{PSI}` has one denominator of two. Whose is missing?"),
                (log_ratio + z_fake, f"`{PSI}` has one denominator of two. Whose is missing?"),
                (
                    log_ratio + z_real + z_fake,
                    f"`{PSI}` adds both denominators. One side is subtracted from the other.",
                ),
                (
                    log_ratio + fakes.sum(dim=1) - reals.sum(dim=1),
                    f"`{PSI}` sums the inner products. What does a softmax sum?",
                ),
                (
                    log_ratio + fakes.exp().sum(dim=1) - reals.exp().sum(dim=1),
                    f"`{PSI}` subtracts Z itself. What stands in the formula, Z or its log?",
                ),
                (
                    log_ratio + fakes.amax(dim=1) - reals.amax(dim=1),
                    (
                        f"`{PSI}` takes the largest term for the whole sum. That is near, where "
                        "one "
                        "class wins."
                    ),
                ),
                (
                    log_ratio + fakes.exp().mean(dim=1).log() - reals.exp().sum(dim=1).log(),
                    f"`{PSI}` averages one side and sums the other.",
                ),
            ],
        )
        or f"`{PSI}` and the class's inner product do not add up to the best logit. Try it with "
        "two classes and one feature."
    )


QUESTION = Question("03.q3", "the best score, taken apart", 2, (V, PSI), probe, judge)
