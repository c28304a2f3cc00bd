"""Question 03.q2: the score of a projection discriminator."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch.nn import functional as F

from gan_course.practice.question import Part, Question, hanging, mistakes, seeded

BATCH, FEATURES, CLASSES = 8, 6, 5


def inputs(seed, case):
    draw = seeded(seed)
    shapes = (BATCH, FEATURES), (1, FEATURES), (1,), (CLASSES, FEATURES)
    features, weight, bias, vectors = (torch.randn(shape, generator=draw) for shape in shapes)
    return {
        "features": hanging(features),
        "labels": (torch.arange(BATCH) % CLASSES)[torch.randperm(BATCH, generator=draw)],
        "weight": weight.requires_grad_(),
        # never so small that it may be forgotten
        "bias": (bias.sign() * (1 + bias.abs())).requires_grad_(),
        "class_vectors": vectors.requires_grad_(),
    }


def linear(f, w, b):
    return f @ w.T + b


def inner(f, y, v):
    return (f * v[y]).sum(1, keepdim=True)


def score(looks=linear, fits=inner):
    """The right score with one part exchanged."""
    return lambda f, y, w, b, v: looks(f, w, b) + fits(f, y, v)


def scaled(scale):
    """The inner product as it would be if it were `scale`d by features and class vectors."""
    return score(fits=lambda f, y, v: inner(f, y, v) * scale(f, v[y]))


def cut(name):
    return (
        f"has the right values, but not the gradient at `{name}`. What cuts the path: `detach`, "
        "`.data`, a new tensor?"
    )


_OTHER = (
    "is another function. Work it out by hand for two features and two classes: a product with the "
    "layer, one with a class."
)

SCORE = Part(
    "projection_score",
    inputs,
    # every class, then one
    right=lambda f, y, w, b, v: (
        torch.einsum("nf,of->no", f, w) + b + torch.einsum("nf,kf->nk", f, v).gather(1, y[:, None])
    ),
    also_right={
        # the last layer is linear as well, so that both vectors may be added first
        "one vector": lambda f, y, w, b, v: torch.einsum("nf,nf->n", f, w + v[y])[:, None] + b,
        "batched product": lambda f, y, w, b, v: torch.baddbmm(
            F.linear(f, w, b)[:, None], f[:, None], F.embedding(y, v)[:, :, None]
        )[:, 0],
        "in float64": lambda f, y, *weights: score()(f.double(), y, *(w.double() for w in weights)),
    },
    otherwise={"value": _OTHER},
    mistakes=mistakes(
        score(fits=lambda f, y, v: 0),
        "says how real an image looks, and nothing of its class. Where do the labels come in?",
        score(looks=lambda f, w, b: 0),
        "says how well an image fits its class, and nothing of how real it looks. Where does the "
        "last layer come in?",
        score(looks=lambda f, w, b: f @ w.T),
        "leaves a part of the last layer out. What does a linear layer do after its product?",
        scaled(lambda f, v: -1),
        "is low where image and class fit. Which sign has the inner product?",
        lambda f, y, w, b, v: linear(f, w, b) * inner(f, y, v),
        "multiplies how real with how fitting. The best logit is a sum of two logarithms: why a "
        "sum?",
        lambda f, y, w, b, v: linear(f * v[y], w, b),
        "sends the class vector through the last layer, so that each feature is weighed twice. "
        "Which product has the layer to itself?",
        lambda *given: score()(*given).sigmoid(),
        "squashes the score. It is a logit, any real number: who takes the sigmoid?",
        scaled(lambda f, v: 1 / FEATURES),
        "averages over the features. What does an inner product do?",
        scaled(lambda f, v: FEATURES**-0.5),
        "scales the inner product, as attention does. The question asks for it as it is.",
        scaled(lambda f, v: 1 / (f.norm(dim=1) * v.norm(dim=1))[:, None]),
        "takes the cosine. The inner product also says how much: vectors keep their lengths.",
        score(fits=lambda f, y, v: (f @ v.T).sum(1, keepdim=True)),
        "adds up all classes. Which class was asked for?",
        score(fits=lambda f, y, v: (f @ v.T).amax(1, keepdim=True)),
        "takes the class that fits best. Which class was asked for?",
        score(fits=lambda f, y, v: (f @ v.T).log_softmax(1).gather(1, y[:, None])),
        "takes a softmax over the classes. Which term of the derivation holds what does not depend "
        "on the class?",
        score(fits=lambda f, y, v: (f * v[y]).sum()),
        "adds every sample's inner product to each. Over which dimension does it run?",
        score(fits=lambda f, y, v: inner(f.relu(), y, v)),
        _OTHER,
        score(fits=lambda f, y, v: inner(f.detach(), y, v)),
        cut("features"),
        score(looks=lambda f, w, b: linear(f, w.detach(), b)),
        cut("weight"),
        score(looks=lambda f, w, b: linear(f, w, b.data)),
        cut("bias"),
        score(fits=lambda f, y, v: inner(f, y, v.data)),
        cut("class_vectors"),
        score(fits=lambda f, y, v: (f * v[y]).sum(1)),
        score(fits=lambda f, y, v: f @ v[y].T),
        "returned shape (8, 8), a score for every pair of samples. Which of your terms is a "
        "column, and which a row or a table?",
        score(fits=lambda f, y, v: f @ v.T),
        "returned shape (8, 5), a score for every class. Each sample was asked for as one class: "
        "which score is that?",
        score(fits=lambda f, y, v: f * v[y]),
        "returned shape (8, 6): products, not yet inner products. What happens to them along the "
        "features?",
        lambda *given: score()(*given).squeeze(1),
        "returned shape (8,), expected (8, 1), a column as the layer's own output. Which reduction "
        "keeps its dimension?",
        score(fits=lambda f, y, v: (f @ v).gather(1, y[:, None])),
        "Both `weight` and `class_vectors` hold their vectors as rows. Which side of the product "
        "must be turned?",
        score(fits=lambda f, y, v: (f * v).sum(1, keepdim=True)),
        "One of the terms has no row for each sample. How do labels choose rows of "
        "`class_vectors`?",
    ),
)

QUESTION = Question("03.q2", "the projection's score", 3, (SCORE,))
