"""Question 04.q1: how many nats a reader tells about a category."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math

import torch
from torch.distributions import Categorical
from torch.nn import functional as F

from gan_course.information import categorical_bound
from gan_course.practice.hints import REPEATED
from gan_course.practice.question import Part, Question, mistakes, seeded

# No multiple of CATEGORIES, so that no batch holds every category equally often.
BATCH, CATEGORIES = 9, 5
# Of so many categories only these come: their number, their largest and all say different things.
MORE, CAME = 8, (0, 2, 3, 5)
CASES = ("good", "misread", "far", "partial")


def readings(seed, case):
    """Logits of a reader that is often right. The case "misread" is of one that is always wrong, in
    "far" an exponential of the logits has no number, and in "partial" some categories never come,
    the last one among them."""
    draw, far = seeded(seed, case), 1000 if case == "far" else 1
    came = torch.tensor(CAME) if case == "partial" else torch.arange(CATEGORIES)
    category = came[torch.arange(BATCH) % len(came)][torch.randperm(BATCH, generator=draw)]
    member = F.one_hot(category, MORE if case == "partial" else CATEGORIES)
    logits = torch.randn(member.shape, generator=draw)
    logits = logits + (-5 if case == "misread" else 1.4) * member
    # one error at least
    logits[0, (category[0] + 1) % CATEGORIES] = logits[0].max() + 0.5
    return {"logits": (far * logits).requires_grad_(), "category": category}


def right(logits, category):
    """By the logits' own sum of exponentials, in float64."""
    logits = logits.double()
    own = torch.einsum("nk,nk->n", logits, F.one_hot(category, logits.shape[1]).double())
    return (own - logits.logsumexp(dim=1)).mean() + math.log(logits.shape[1])


def by_log_softmax(logits, category):
    log_q = logits.log_softmax(1)[torch.arange(len(logits)), category]
    return math.log(logits.shape[1]) + log_q.mean()


def by_distribution(logits, category):
    """The mean of how much more likely Q holds the truth than a blind guess does."""
    blind = Categorical(logits=torch.zeros_like(logits))
    return (Categorical(logits=logits).log_prob(category) - blind.log_prob(category)).mean()


def by_one_hot(logits, category):
    own = (logits * F.one_hot(category, logits.shape[1])).sum(1)
    return (own - logits.logsumexp(1) + torch.tensor(float(logits.shape[1])).log()).mean()


def entropy(x):
    return math.log(x.shape[1])


def own(x, y):
    """Of each row the column of its category."""
    return x.gather(1, y[:, None])


def ratio(x):
    """A softmax that overflows."""
    return x.exp() / x.exp().sum(1, keepdim=True)


def entropy_of_the_batch(y):
    share = y.bincount() / len(y)
    return -(share * share.log()).sum()


cross, bound = F.cross_entropy, categorical_bound
_MISREAD = (
    "is right for a Q that reads well and wrong for one that reads badly. What treats the two "
    "differently?"
)
_LEVELS = (
    "levels off where logits are 1000 times as large. What limits it: a clamp, a small number "
    "added in a logarithm?"
)
_INFINITE = (
    "is nan or infinite, at the latest where logits are 1000 times as large: e to that power is no "
    "number. What stays in logarithms?"
)
_PARTIAL = (
    "is right where every category comes, and wrong for a batch in which some of them do not. What "
    "do you read from the batch?"
)
_OTHER = (
    "is another function. Work it out by hand for one sample and two categories, once with equal "
    "logits and once with log 3 and 0."
)

BOUND = Part(
    "category_bound",
    readings,
    right,
    also_right={
        "log softmax": by_log_softmax,
        "distribution": by_distribution,
        "one-hot": by_one_hot,
        "double precision": lambda x, y: bound(x.double(), y),
    },
    cases=CASES,
    words={"logits": "the logits"},
    only={"misread": _MISREAD, "far": _LEVELS, "partial": _PARTIAL},
    not_finite=_INFINITE,
    otherwise={"value": _OTHER},
    mistakes=mistakes(
        lambda x, y: -bound(x, y),
        "has the right size and the wrong sign. Should it rise or fall as Q reads better?",
        lambda x, y: -cross(x, y),
        "is never above 0. How much is there to know about a category before anything is read?",
        cross,
        "is a loss: low where Q reads well. The question asks what was told, and told of how much?",
        lambda x, y: entropy(x) + cross(x, y),
        "grows as Q reads worse. With which sign does the surprise enter?",
        lambda x, y: bound(x, y) / math.log(2),
        "counts in bits. In which logarithm does a nat count?",
        lambda x, y: math.log2(x.shape[1]) - cross(x, y),
        "subtracts nats from bits. Do both terms use the same logarithm?",
        lambda x, y: bound(x.softmax(1), y),
        "takes a softmax twice. Does what you call expect logits or probabilities?",
        lambda x, y: entropy(x) + own(x.softmax(1), y).mean(),
        "averages probabilities. Of what does the formula take the mean?",
        lambda x, y: entropy(x) + own(x.softmax(1), y).mean().log(),
        "takes the logarithm of a mean. In which order does the formula put the two?",
        lambda x, y: entropy(x) - F.nll_loss(x, y),
        "averages logits. What turns a row of logits into probabilities?",
        lambda x, y: entropy(x) - F.nll_loss(x.log_softmax(0), y),
        "shares the probability out among the samples. Over which dimension does Q sum to 1?",
        lambda x, y: (x.argmax(1) == y).float().mean(),
        "is the share of samples read right. How sure Q was must count too.",
        lambda x, y: len(x) * bound(x, y),
        lambda x, y: entropy(x) - cross(x, y, reduction="sum"),
        REPEATED,
        lambda x, y: entropy(x) - cross(x, y) / x.shape[1],
        "averages over the columns as well. How many surprises has a batch of 9?",
        lambda x, y: math.log(len(x)) - cross(x, y),
        "takes the batch size for the number of categories. Which side of `logits` is which?",
        lambda x, y: math.log(10) - cross(x, y),
        "counts on ten categories. Where does it say how many there are?",
        lambda x, y: entropy_of_the_batch(y) - cross(x, y),
        "takes the entropy of the categories that came in this batch. From what are they drawn?",
        lambda x, y: entropy(x) - Categorical(logits=x).entropy().mean(),
        "says how sure Q is, right or wrong. Where does the true category come in?",
        lambda x, y: bound(x, y) / entropy(x),
        "is a share of all that could be told. The question asks for nats.",
        lambda x, y: bound(x, y).clamp_min(0),
        "is 0 for a Q that is sure and wrong. What a picture tells is never below 0; may a bound "
        "from below be?",
        lambda x, y: bound(x, y).abs(),
        _MISREAD,
        lambda x, y: entropy(x) + own(x.softmax(1) + 1e-8, y).log().mean(),
        lambda x, y: bound(x.clamp(-20, 20), y),
        _LEVELS,
        lambda x, y: entropy(x) + own(ratio(x), y).log().mean(),
        lambda x, y: entropy(x) + own(x.softmax(1), y).log().mean(),
        _INFINITE,
        lambda x, y: math.log(int(y.max()) + 1) - cross(x, y),
        "counts the categories up to the largest that came. Which side of `logits` knows of those "
        "that did not come?",
        lambda x, y: math.log(len(y.unique())) - cross(x, y),
        "counts the categories that came. How many could have come?",
        lambda x, y: math.log(5) - cross(x, y),
        "counts on 5 categories where there are 8. Where does it say how many there are?",
        lambda x, y: entropy(x) - cross(x[:, y.unique()], y.unique(return_inverse=True)[1]),
        _PARTIAL,
        lambda x, y: entropy(x) - cross(x, y, label_smoothing=0.1),
        _OTHER,
        lambda x, y: bound(x.detach(), y),
        "has the right value, but not the gradient at the logits, and Q could not learn from it. "
        "What cuts the path?",
        lambda x, y: entropy(x) + (x.log_softmax(1) * F.one_hot(y)).sum(1).mean(),
        lambda x, y: entropy(x) + (F.one_hot(y) * x.log_softmax(1)).sum(1).mean(),
        "Some categories do not come in this batch, but Q has a column for each. How many columns "
        "do you make?",
        lambda x, y: entropy(x) + (x.log_softmax(1) * y).mean(),
        lambda x, y: entropy(x) + (y * x.log_softmax(1)).mean(),
        "Row i of the logits belongs to category i of the batch. How does a number choose a "
        "column?",
        lambda x, y: bound(x, y.float()),
        lambda x, y: (x * F.one_hot(y.float(), x.shape[1])).sum(),
        "A category is the number of a column. Did it become a float on its way?",
    ),
)

QUESTION = Question("04.q1", "nats about a category", 3, (BOUND,))
