"""Question 04.q1: how many nats a reader tells about a category."""

from __future__ import annotations

import math

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

NAME = "category_bound"
BATCH, CATEGORIES = 9, 5  # no multiple, so that no batch holds every category equally often
# in one batch only these come, of so many categories: their number, their largest and all say
# different things
MORE, CAME = 8, (0, 2, 3, 5)
FAR = 1000.0  # logits so large that an exponential of them has no number


def readings(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Logits (BATCH, CATEGORIES) of a reader that is often right, those of one that is always
    wrong, and the true categories (BATCH,)."""
    draw = seeded(seed)
    category = (torch.arange(BATCH) % CATEGORIES)[torch.randperm(BATCH, generator=draw)]
    member = _indicator(category)
    logits = torch.randn(BATCH, CATEGORIES, generator=draw) + 1.4 * member
    logits[0, (category[0] + 1) % CATEGORIES] = logits[0].max() + 0.5  # one error at least
    worse = torch.randn(BATCH, CATEGORIES, generator=draw)
    return logits, worse - 5 * member, category


def partial_readings(seed: int) -> tuple[Tensor, Tensor]:
    """Logits (BATCH, MORE) and the true categories (BATCH,), of which some never come, the last one
    among them."""
    draw = seeded(seed + 1000)
    category = torch.tensor(CAME)[torch.arange(BATCH) % len(CAME)][
        torch.randperm(BATCH, generator=draw)
    ]
    return torch.randn(BATCH, MORE, generator=draw), category


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    (category_bound,) = answers
    logits, misread, category = readings(seed)
    logits.requires_grad_()
    bound = tensor(NAME, category_bound(logits, category))
    (slope,) = pulled_back(bound, torch.ones(()), [logits])
    return {
        "bound": bound,
        "slope": slope,
        "misread": tensor(NAME, category_bound(misread, category)),
        "far": tensor(NAME, category_bound(FAR * logits.detach(), category)),
        "partial": tensor(NAME, category_bound(*partial_readings(seed))),
    }


def judge(values: Values, seed: int) -> Verdict:
    if problem := unfit(values, {"bound": (), "misread": (), "far": (), "partial": ()}, NAME):
        return wrong(problem)
    logits, misread, category = readings(seed)
    hint = _value_hint(values["bound"], logits.double(), category) or _misread_hint(
        values["misread"], misread.double(), category
    )
    if hint:
        return wrong(hint)
    if not values["far"].isfinite():
        return wrong(
            f"`{NAME}` is nan or infinite where logits are {FAR:g} times as large: e to that power "
            "is no number. What stays in logarithms?"
        )
    if not close(values["far"], _right(FAR * logits.double(), category), tolerance=1e-3):
        return wrong(
            f"`{NAME}` levels off where logits are {FAR:g} times as large. What limits it: a "
            "clamp, a small number added in a logarithm?"
        )
    if hint := _partial_hint(values["partial"], *partial_readings(seed)):
        return wrong(hint)
    # One nat more of the true category's logit raises the bound by what its probability falls short
    # of 1.
    slope = (_indicator(category) - logits.exp() / logits.exp().sum(dim=1, keepdim=True)) / BATCH
    if not close(values.get("slope", torch.zeros(0)), slope):
        return wrong(
            f"`{NAME}` has the right value, but not the gradient at the logits, and Q could not "
            "learn from it. What cuts the path?"
        )
    return RIGHT


def _indicator(category: Tensor, categories: int = CATEGORIES) -> Tensor:
    return (category[:, None] == torch.arange(categories)).float()


def _surprise(logits: Tensor, category: Tensor) -> Tensor:
    """-log Q of the true category of each sample, (N,)."""
    own = (logits * _indicator(category, logits.shape[1])).sum(dim=1)
    return logits.logsumexp(dim=1) - own


def _right(logits: Tensor, category: Tensor) -> Tensor:
    return math.log(logits.shape[1]) - _surprise(logits, category).mean()


def _value_hint(value: Tensor, logits: Tensor, category: Tensor) -> str:
    right, surprise, entropy = (
        _right(logits, category),
        _surprise(logits, category),
        math.log(CATEGORIES),
    )
    if close(value, right):
        return ""
    member, cross = _indicator(category).double(), surprise.mean()
    q = logits.softmax(dim=1)
    own, over_batch = (q * member).sum(dim=1), (logits.log_softmax(dim=0) * member).sum(dim=1)
    share = member.mean(dim=0)
    return (
        first_match(
            value,
            [
                (
                    -right,
                    (
                        f"`{NAME}` has the right size and the wrong sign. Should it rise or fall "
                        "as Q "
                        "reads better?"
                    ),
                ),
                (
                    -cross,
                    (
                        f"`{NAME}` is never above 0. How much is there to know about a category "
                        "before "
                        "anything is read?"
                    ),
                ),
                (
                    cross,
                    (
                        f"`{NAME}` is a loss: low where Q reads well. The question asks what was "
                        "told, "
                        "and told of how much?"
                    ),
                ),
                (
                    entropy + cross,
                    f"`{NAME}` grows as Q reads worse. With which sign does the surprise enter?",
                ),
                (
                    right / math.log(2),
                    f"`{NAME}` counts in bits. In which logarithm does a nat count?",
                ),
                (
                    entropy / math.log(2) - cross,
                    f"`{NAME}` subtracts nats from bits. Do both terms use the same logarithm?",
                ),
                (
                    _right(q, category),
                    (
                        f"`{NAME}` takes a softmax twice. Does what you call expect logits or "
                        "probabilities?"
                    ),
                ),
                (
                    entropy + own.mean(),
                    f"`{NAME}` averages probabilities. Of what does the formula take the mean?",
                ),
                (
                    entropy + own.mean().log(),
                    (
                        f"`{NAME}` takes the logarithm of a mean. In which order does the formula "
                        "put "
                        "the two?"
                    ),
                ),
                (
                    entropy + (logits * member).sum(dim=1).mean(),
                    f"`{NAME}` averages logits. What turns a row of logits into probabilities?",
                ),
                (
                    entropy + over_batch.mean(),
                    (
                        f"`{NAME}` shares the probability out among the samples. Over which "
                        "dimension "
                        "does Q sum to 1?"
                    ),
                ),
                (
                    (logits.argmax(dim=1) == category).double().mean(),
                    f"`{NAME}` is the share of samples read right. How sure Q was must count too.",
                ),
                (
                    BATCH * right,
                    (
                        f"`{NAME}` grows when the batch is repeated. Which reduction makes it "
                        "independent of the batch size?"
                    ),
                ),
                (
                    entropy - surprise.sum(),
                    (
                        f"`{NAME}` grows when the batch is repeated. Which reduction makes it "
                        "independent of the batch size?"
                    ),
                ),
                (
                    entropy - cross / CATEGORIES,
                    (
                        f"`{NAME}` averages over the columns as well. How many surprises has a "
                        "batch "
                        f"of {BATCH}?"
                    ),
                ),
                (
                    math.log(BATCH) - cross,
                    (
                        f"`{NAME}` takes the batch size for the number of categories. Which side "
                        "of "
                        "`logits` is which?"
                    ),
                ),
                (
                    math.log(10) - cross,
                    f"`{NAME}` counts on ten categories. Where does it say how many there are?",
                ),
                (
                    -(share * share.log()).sum() - cross,
                    (
                        f"`{NAME}` takes the entropy of the categories that came in this batch. "
                        "From "
                        "what are they drawn?"
                    ),
                ),
                (
                    entropy + (q * q.log()).sum(dim=1).mean(),
                    (
                        f"`{NAME}` says how sure Q is, right or wrong. Where does the true "
                        "category "
                        "come in?"
                    ),
                ),
                (
                    right / entropy,
                    f"`{NAME}` is a share of all that could be told. The question asks for nats.",
                ),
            ],
        )
        or f"`{NAME}` is another function. Work it out by hand for one sample and two categories, "
        "once with equal logits and once with log 3 and 0."
    )


def _misread_hint(value: Tensor, logits: Tensor, category: Tensor) -> str:
    if close(value, _right(logits, category), tolerance=1e-3):
        return ""
    if close(value, torch.zeros(())):
        return (
            f"`{NAME}` is 0 for a Q that is sure and wrong. What a picture tells is never "
            "below "
            "0; may a bound from below be?"
        )
    return (
        f"`{NAME}` is right for a Q that reads well and wrong for one that reads badly. What "
        "treats the two differently?"
    )


def _partial_hint(value: Tensor, logits: Tensor, category: Tensor) -> str:
    right, cross = _right(logits.double(), category), _surprise(logits.double(), category).mean()
    if close(value, right):
        return ""
    largest = (
        f"`{NAME}` counts the categories up to the largest that came. Which side of "
        "`logits` "
        "knows of those that did not come?"
    )
    return (
        first_match(
            value,
            [
                (
                    math.log(len(CAME)) - cross,
                    f"`{NAME}` counts the categories that came. How many could have come?",
                ),
                (math.log(max(CAME) + 1) - cross, largest),
                (
                    math.log(CATEGORIES) - cross,
                    (
                        f"`{NAME}` counts on {CATEGORIES} categories where there are {MORE}. Where "
                        "does it say how many there are?"
                    ),
                ),
            ],
        )
        or f"`{NAME}` is right where every category comes, and wrong for a batch in which some of "
        "them do not. What do you read from the batch?"
    )


_TOO_FEW = (
    "Some categories do not come in this batch, but Q has a column for each. How many "
    "columns do you make?"
)
KNOWN_ERRORS = (
    (f"tensor a ({max(CAME) + 1}) must match", _TOO_FEW),
    (f"tensor b ({max(CAME) + 1})", _TOO_FEW),
    (" Long", "A category is the number of a column. Did it become a float on its way?"),
    (
        "must match the size of tensor",
        (
            "Row i of the logits belongs to category i of the batch. How does a number choose a "
            "column?"
        ),
    ),
)

QUESTION = Question("04.q1", "nats about a category", 3, (NAME,), probe, judge, KNOWN_ERRORS)
