"""Question 03.q2: the score of a projection discriminator."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.judged import (
    RIGHT,
    Answers,
    Question,
    Values,
    Verdict,
    pulled_back,
    seeded,
    wrong,
)
from gan_course.practice.returned import tensor

NAME = "projection_score"
BATCH, FEATURES, CLASSES = 8, 6, 5
INPUTS = ("features", "weight", "bias", "class_vectors")


def inputs(seed: int) -> tuple[dict[str, Tensor], Tensor]:
    """What the score is made of: `features` (BATCH, FEATURES), `weight` (1, FEATURES), `bias` (1,),
    `class_vectors`; and labels (BATCH,)."""
    draw = seeded(seed)
    shapes = ((BATCH, FEATURES), (1, FEATURES), (1,), (CLASSES, FEATURES))
    made = {
        name: torch.randn(shape, generator=draw) for name, shape in zip(INPUTS, shapes, strict=True)
    }
    # never so small that it may be forgotten
    made["bias"] = made["bias"].sign() * (1 + made["bias"].abs())
    return made, (torch.arange(BATCH) % CLASSES)[torch.randperm(BATCH, generator=draw)]


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    (projection_score,) = answers
    made, labels = inputs(seed)
    for value in made.values():
        value.requires_grad_()
    score = tensor(
        NAME,
        projection_score(
            made["features"], labels, made["weight"], made["bias"], made["class_vectors"]
        ),
    )
    slopes = pulled_back(score, torch.ones(BATCH, 1), [made[name] for name in INPUTS])
    return {"score": score} | {
        f"slope_{name}": slope for name, slope in zip(INPUTS, slopes, strict=True)
    }


def judge(values: Values, seed: int) -> Verdict:
    made, labels = inputs(seed)
    score = values.get("score", torch.zeros(0))
    hint = (
        _shape_hint(score)
        or unfit({"score": score}, {"score": (BATCH, 1)}, NAME)
        or _value_hint(score, made, labels)
    )
    if hint:
        return wrong(hint)
    # One sample more of class y moves v_y along its features, and the features along the layer's
    # weights and v_y.
    member = (labels[:, None] == torch.arange(CLASSES)).float()
    expected = {
        "features": made["weight"] + member @ made["class_vectors"],
        "weight": made["features"].sum(dim=0, keepdim=True),
        "bias": torch.tensor([float(BATCH)]),
        "class_vectors": member.T @ made["features"],
    }
    for name, slope in expected.items():
        if not close(values.get(f"slope_{name}", torch.zeros(0)), slope):
            return wrong(
                f"`{NAME}` has the right values, but not the gradient at `{name}`. What cuts the "
                "path: `detach`, `.data`, a new tensor?"
            )
    return RIGHT


def _shape_hint(score: Tensor) -> str:
    shape = tuple(score.shape)
    if shape == (BATCH, BATCH):
        return (
            f"`{NAME}` returned shape {shape}, a score for every pair of samples. Which of "
            "your "
            "terms is a column, and which a row or a table?"
        )
    if shape == (BATCH, CLASSES):
        return (
            f"`{NAME}` returned shape {shape}, a score for every class. Each sample was asked "
            "for as one class: which score is that?"
        )
    if shape == (BATCH, FEATURES):
        return (
            f"`{NAME}` returned shape {shape}: products, not yet inner products. What happens "
            "to them along the features?"
        )
    if shape == (BATCH,):
        return (
            f"`{NAME}` returned shape {shape}, expected {(BATCH, 1)}, a column as the layer's "
            "own output. Which reduction keeps its dimension?"
        )
    return ""


def _value_hint(score: Tensor, made: dict[str, Tensor], labels: Tensor) -> str:
    phi, weight, bias, vectors = (made[name].double() for name in INPUTS)
    table = torch.einsum("nf,kf->nk", phi, vectors)  # of every sample with every class
    own = table.gather(1, labels[:, None])
    looks = torch.einsum("nf,of->no", phi, weight) + bias
    if close(score, looks + own):
        return ""
    length = phi.norm(dim=1, keepdim=True) * vectors[labels].norm(dim=1, keepdim=True)
    return (
        first_match(
            score,
            [
                (
                    looks,
                    (
                        f"`{NAME}` says how real an image looks, and nothing of its class. Where "
                        "do "
                        "the labels come in?"
                    ),
                ),
                (
                    own,
                    (
                        f"`{NAME}` says how well an image fits its class, and nothing of how real "
                        "it "
                        "looks. Where does the last layer come in?"
                    ),
                ),
                (
                    looks - bias + own,
                    (
                        f"`{NAME}` leaves a part of the last layer out. What does a linear layer "
                        "do "
                        "after its product?"
                    ),
                ),
                (
                    looks - own,
                    f"`{NAME}` is low where image and class fit. Which sign has the inner product?",
                ),
                (
                    looks * own,
                    (
                        f"`{NAME}` multiplies how real with how fitting. The best logit is a sum "
                        "of "
                        "two logarithms: why a sum?"
                    ),
                ),
                (
                    looks + own / FEATURES,
                    f"`{NAME}` averages over the features. What does an inner product do?",
                ),
                (
                    looks + own / FEATURES**0.5,
                    (
                        f"`{NAME}` scales the inner product, as attention does. The question asks "
                        "for "
                        "it as it is."
                    ),
                ),
                (
                    looks + own / length,
                    (
                        f"`{NAME}` takes the cosine. The inner product also says how much: vectors "
                        "keep their lengths."
                    ),
                ),
                (
                    looks + table.sum(dim=1, keepdim=True),
                    f"`{NAME}` adds up all classes. Which class was asked for?",
                ),
                (
                    looks + table.amax(dim=1, keepdim=True),
                    f"`{NAME}` takes the class that fits best. Which class was asked for?",
                ),
                (
                    looks + table.log_softmax(dim=1).gather(1, labels[:, None]),
                    (
                        f"`{NAME}` takes a softmax over the classes. Which term of the derivation "
                        "holds what does not depend on the class?"
                    ),
                ),
                (
                    looks + own.sum(),
                    (
                        f"`{NAME}` adds every sample's inner product to each. Over which dimension "
                        "does it run?"
                    ),
                ),
            ],
        )
        or f"`{NAME}` is another function. Work it out by hand for two features and two classes: a "
        "product with the layer, one with a class."
    )


KNOWN_ERRORS = (
    (
        "shapes cannot be multiplied",
        (
            "Both `weight` and `class_vectors` hold their vectors as rows. Which side of the "
            "product "
            "must be turned?"
        ),
    ),
    (
        "must match the size of tensor",
        (
            "One of the terms has no row for each sample. How do labels choose rows of "
            "`class_vectors`?"
        ),
    ),
)

QUESTION = Question("03.q2", "the projection's score", 3, (NAME,), probe, judge, KNOWN_ERRORS)
