"""Right answers to exercise 04, written in other ways than the solution, and wrong ones with the
words that tell their hint from others."""

from __future__ import annotations

import math

import code_meanings as meaning
import torch
from game_totals import (
    D_WRONG,
    G_WRONG,
    copied_d,
    joined_d,
    mixed_g,
    per_sample_g,
    plain_d,
    plain_g,
)
from scipy.optimize import linear_sum_assignment
from torch.distributions import Categorical, Normal
from torch.nn import functional as F

from gan_course.information import categorical_bound, gaussian_bound

# Question 1


def by_log_softmax(logits, category):
    return (
        math.log(logits.shape[1])
        + logits.log_softmax(1)[torch.arange(len(logits)), category].mean()
    )


def by_distribution(logits, category):
    """The mean of how much more likely Q holds the truth than a blind guess does."""
    blind = Categorical(logits=torch.zeros_like(logits))
    return (Categorical(logits=logits).log_prob(category) - blind.log_prob(category)).mean()


def by_one_hot(logits, category):
    own = (logits * F.one_hot(category, logits.shape[1])).sum(1)
    return (own - logits.logsumexp(1) + torch.tensor(float(logits.shape[1])).log()).mean()


def cross(logits, category, **options):
    return F.cross_entropy(logits, category, **options)


def entropy(logits):
    return math.log(logits.shape[1])


def own(x, category):
    return x.gather(1, category[:, None])


def batch_entropy(category):
    share = category.bincount() / len(category)
    return -(share * share.log()).sum()


# Question 2


def by_normal(mu, log_var, codes):
    return math.log(2) + Normal(mu, (log_var / 2).exp()).log_prob(codes).mean(0)


def by_precision(mu, log_var, codes):
    surprise = ((codes - mu).square() * torch.exp(-log_var) + log_var + math.log(2 * math.pi)) / 2
    return math.log(2) - surprise.mean(dim=0)


def one_code_at_a_time(mu, log_var, codes):
    columns = zip(mu.unbind(1), log_var.unbind(1), codes.unbind(1), strict=True)
    return torch.stack(
        [
            math.log(2) - F.gaussian_nll_loss(m, c, s.exp(), full=True, eps=1e-30)
            for m, s, c in columns
        ]
    )


H = math.log(2)
AREA = 0.5 * math.log(2 * math.pi)


def gauss(
    constant=AREA,
    width=lambda s: s / 2,
    miss=lambda d, s: d**2 / s.exp() / 2,
    entropy=H,
    reduce=None,
):
    """The right bound with one part exchanged."""

    def code_bounds(mu, log_var, codes):
        log_q = -(constant + width(log_var) + miss(codes - mu, log_var))
        return entropy + (log_q.mean(0) if reduce is None else reduce(log_q))

    return code_bounds


def kl(mu, log_var, codes):
    return 0.5 * (mu**2 + log_var.exp() - 1 - log_var).mean(0)


TOTALS = (plain_d, plain_g)
RIGHT = {
    "04.q1": {
        "log softmax": (by_log_softmax,),
        "distribution": (by_distribution,),
        "one-hot": (by_one_hot,),
        "double precision": (
            lambda logits, category: categorical_bound(logits.double(), category),
        ),
    },
    "04.q2": {
        "distribution": (by_normal,),
        "precision": (by_precision,),
        "one code at a time": (one_code_at_a_time,),
        "double precision": (lambda *inputs: gaussian_bound(*(x.double() for x in inputs)),),
    },
    "04.q3": {"library": TOTALS, "copied": (copied_d, mixed_g), "joined": (joined_d, per_sample_g)},
    "04.q4": {
        "every order": (meaning.by_every_order,),
        "cost": (meaning.by_cost,),
        "bincount": (meaning.by_bincount,),
        "NumPy's number": (meaning.as_numpy_number,),
    },
    "04.q5": {
        "scipy": (meaning.by_scipy, meaning.matched_by_trying),
        "corrcoef": (meaning.by_corrcoef, meaning.matched_by_cost),
        "counting": (meaning.by_counting, meaning.matched),
    },
}

WRONG = {
    "04.q1": {
        "sign": ((lambda x, y: cross(x, y) - entropy(x),), "has the right size and the wrong sign"),
        "entropy forgotten": ((lambda x, y: -cross(x, y),), "is never above 0"),
        "loss": ((cross,), "is a loss"),
        "added": ((lambda x, y: entropy(x) + cross(x, y),), "grows as Q reads worse"),
        "bits": ((lambda x, y: categorical_bound(x, y) / math.log(2),), "counts in bits"),
        "bits and nats": (
            (lambda x, y: math.log2(x.shape[1]) - cross(x, y),),
            "subtracts nats from bits",
        ),
        "softmax twice": (
            (lambda x, y: entropy(x) - cross(x.softmax(1), y),),
            "takes a softmax twice",
        ),
        "mean probability": (
            (lambda x, y: entropy(x) + own(x.softmax(1), y).mean(),),
            "averages probabilities",
        ),
        "nll of probabilities": (
            (lambda x, y: entropy(x) - F.nll_loss(x.softmax(1), y),),
            "averages probabilities",
        ),
        "log of a mean": (
            (lambda x, y: entropy(x) + own(x.softmax(1), y).mean().log(),),
            "takes the logarithm of a mean",
        ),
        "nll of logits": ((lambda x, y: entropy(x) - F.nll_loss(x, y),), "averages logits"),
        "softmax over the batch": (
            (lambda x, y: entropy(x) - F.nll_loss(x.log_softmax(0), y),),
            "Over which dimension does Q sum to 1",
        ),
        "accuracy": (
            (lambda x, y: (x.argmax(1) == y).float().mean(),),
            "the share of samples read right",
        ),
        "sum": (
            (lambda x, y: (entropy(x) - cross(x, y, reduction="none")).sum(),),
            "grows when the batch is repeated",
        ),
        "sum of surprises": (
            (lambda x, y: entropy(x) - cross(x, y, reduction="sum"),),
            "grows when the batch is repeated",
        ),
        "mean over the table": (
            (lambda x, y: entropy(x) + (x.log_softmax(1) * F.one_hot(y, x.shape[1])).mean(),),
            "averages over the columns",
        ),
        "batch size": ((lambda x, y: math.log(len(x)) - cross(x, y),), "takes the batch size"),
        "ten": ((lambda x, y: math.log(10) - cross(x, y),), "counts on ten categories"),
        "entropy of the batch": (
            (lambda x, y: batch_entropy(y) - cross(x, y),),
            "From what are they drawn",
        ),
        "largest category that came": (
            (lambda x, y: math.log(int(y.max()) + 1) - cross(x, y),),
            "up to the largest that came",
        ),
        "categories that came": (
            (lambda x, y: math.log(len(y.unique())) - cross(x, y),),
            "counts the categories that came",
        ),
        "five": ((lambda x, y: math.log(5) - cross(x, y),), "counts on 5 categories"),
        "softmax over those that came": (
            (lambda x, y: entropy(x) - cross(x[:, y.unique()], y.unique(return_inverse=True)[1]),),
            "some of them do not",
        ),
        "columns for those that came": (
            (lambda x, y: entropy(x) + (x.log_softmax(1) * F.one_hot(y)).sum(1).mean(),),
            "How many columns do you make",
        ),
        "... on the other side": (
            (lambda x, y: entropy(x) + (F.one_hot(y) * x.log_softmax(1)).sum(1).mean(),),
            "How many columns do you make",
        ),
        "sureness": (
            (lambda x, y: entropy(x) - Categorical(logits=x).entropy().mean(),),
            "how sure Q is, right or wrong",
        ),
        "share": (
            (lambda x, y: categorical_bound(x, y) / entropy(x),),
            "a share of all that could be told",
        ),
        "smoothed": (
            (lambda x, y: entropy(x) - cross(x, y, label_smoothing=0.1),),
            "once with equal logits",
        ),
        "clamped at 0": (
            (lambda x, y: categorical_bound(x, y).clamp_min(0),),
            "may a bound from below be",
        ),
        "absolute": ((lambda x, y: categorical_bound(x, y).abs(),), "for one that reads badly"),
        "plain exponential": (
            (
                lambda x, y: (
                    entropy(x) + own(x.exp() / x.exp().sum(1, keepdim=True), y).log().mean()
                ),
            ),
            "What stays in logarithms",
        ),
        "log of a softmax": (
            (lambda x, y: entropy(x) + own(x.softmax(1), y).log().mean(),),
            "What stays in logarithms",
        ),
        "small number added": (
            (lambda x, y: entropy(x) + own(x.softmax(1) + 1e-8, y).log().mean(),),
            "levels off",
        ),
        "logits clamped": ((lambda x, y: categorical_bound(x.clamp(-20, 20), y),), "levels off"),
        "one by one": (
            (lambda x, y: entropy(x) - cross(x, y, reduction="none"),),
            "expected a scalar",
        ),
        "detached": (
            (lambda x, y: categorical_bound(x.detach(), y),),
            "not the gradient at the logits",
        ),
        "number": ((lambda x, y: categorical_bound(x, y).item(),), "cut the path of the gradients"),
        "category as a float": (
            (lambda x, y: entropy(x) - cross(x, y.float()),),
            "Did it become a float",
        ),
    },
    "04.q2": {
        "constant forgotten": ((gauss(constant=0),), "leaves out a constant"),
        "whole constant": ((gauss(constant=math.log(2 * math.pi)),), "has a ½ too few"),
        "no half": ((gauss(miss=lambda d, s: d**2 / s.exp()),), "has a ½ too few"),
        "no half at all": (
            (gauss(math.log(2 * math.pi), lambda s: s, lambda d, s: d**2 / s.exp()),),
            "has a ½ too few",
        ),
        "variance as width": (
            (lambda mu, s, c: math.log(2) + Normal(mu, s.exp()).log_prob(c).mean(0),),
            "uses exp(log_var) as a standard deviation",
        ),
        "width not squared": (
            (gauss(miss=lambda d, s: d**2 / (s / 2).exp() / 2),),
            "By how many widths is Q off",
        ),
        "no exponential": ((gauss(miss=lambda d, s: d**2 / s / 2),), "divides by a logarithm"),
        "multiplied": (
            (gauss(miss=lambda d, s: d**2 * s.exp() / 2),),
            "Which way should doubt weigh it",
        ),
        "sign of the width": ((gauss(width=lambda s: -s / 2),), "pays Q for being unsure"),
        "width forgotten": ((gauss(width=lambda s: 0),), "takes nothing for doubt"),
        "absolute": (
            (gauss(miss=lambda d, s: d.abs() / (s / 2).exp() / 2),),
            "counts the miss itself",
        ),
        "mean square": ((lambda mu, s, c: ((mu - c) ** 2).mean(0),), "knows how far Q is off"),
        "mean square subtracted": (
            (lambda mu, s, c: math.log(2) - ((mu - c) ** 2).mean(0),),
            "knows how far Q is off",
        ),
        "sign": ((lambda *a: -gaussian_bound(*a),), "has the right size and the wrong sign"),
        "entropy forgotten": ((gauss(entropy=0),), "is log Q alone"),
        "loss": ((lambda *a: -gauss(entropy=0)(*a),), "is a loss, and without"),
        "added": ((lambda *a: math.log(2) - gauss(entropy=0)(*a),), "grows as Q reads worse"),
        "entropy negative": (
            (gauss(entropy=-math.log(2)),),
            "the entropy of a code with the wrong sign",
        ),
        "entropy of a bell curve": (
            (gauss(entropy=0.5 * math.log(2 * math.pi * math.e)),),
            "takes the code for a bell curve",
        ),
        "entropy of all": ((gauss(entropy=3 * math.log(2)),), "gives each code the entropy of all"),
        "bits": ((lambda *a: gaussian_bound(*a) / math.log(2),), "counts in bits"),
        "bit and nats": ((gauss(entropy=1),), "adds nats to a bit"),
        "clamped at 0": (
            (lambda *a: gaussian_bound(*a).clamp_min(0),),
            "may a bound from below be",
        ),
        "sum over the batch": (
            (gauss(reduce=lambda log_q: log_q.sum(0)),),
            "grows when the batch is repeated",
        ),
        "mean density": ((gauss(reduce=lambda log_q: log_q.exp().mean(0)),), "averages a density"),
        "log of a mean": (
            (gauss(reduce=lambda log_q: log_q.exp().mean(0).log()),),
            "takes the logarithm of a mean",
        ),
        "one number": ((lambda *a: gaussian_bound(*a).sum(),), "could hide behind two"),
        "library's loss": (
            (lambda mu, s, c: math.log(2) - F.gaussian_nll_loss(mu, c, s.exp(), full=True),),
            "could hide behind two",
        ),
        "mean for all": (
            (lambda *a: gaussian_bound(*a).mean().expand(a[0].shape[1]),),
            "is the same for every code",
        ),
        "a sample each": (
            (gauss(reduce=lambda log_q: log_q.mean(1)),),
            "a number for each sample. Of which",
        ),
        "no mean": (
            (gauss(reduce=lambda log_q: log_q),),
            "Which of the two dimensions is an average",
        ),
        "prior": ((kl,), "never looks at `codes`"),
        "prior lowered": ((lambda *a: math.log(2) - kl(*a),), "never looks at `codes`"),
        "root of log_var": (
            (gauss(width=lambda s: s.sqrt()),),
            "Which of the inputs may be below 0",
        ),
        "width not positive": (
            (lambda mu, s, c: math.log(2) + Normal(mu, s).log_prob(c).mean(0),),
            "have to go through to become one",
        ),
        "heavier tails": (
            (gauss(miss=lambda d, s: (1 + d**2 / s.exp()).log()),),
            "what is log Q there",
        ),
        "squeezed": (
            (lambda *a: gaussian_bound(*a).squeeze(),),
            "`code_bounds` returned shape (), expected shape (1,)",
        ),
        "three codes": (
            (gauss(reduce=lambda log_q: log_q.mean(0) * 3 / log_q.shape[1]),),
            "wrong for one",
        ),
        "variance kept up": (
            (
                gauss(
                    miss=lambda d, s: d**2 / (s.exp() + 1e-6) / 2,
                    width=lambda s: (s.exp() + 1e-6).log() / 2,
                ),
            ),
            "levels off",
        ),
        "mu detached": (
            (lambda mu, s, c: gaussian_bound(mu.detach(), s, c),),
            "not the gradient at `mu`",
        ),
        "log_var detached": (
            (lambda mu, s, c: gaussian_bound(mu, s.detach(), c),),
            "not the gradient at `log_var`",
        ),
        "reduced too early": ((gauss(width=lambda s: s.mean(1) / 2),), "from which reduction"),
    },
    "04.q3": {name: ((d, plain_g), words) for name, (d, words) in D_WRONG.items()}
    | {name: ((plain_d, g), words) for name, (g, words) in G_WRONG.items()},
    "04.q4": {
        "majority": (
            (meaning.accuracy(lambda t: t.amax(1).sum()),),
            "lets two codes stand for one class",
        ),
        "best code of a class": (
            (meaning.accuracy(lambda t: t.amax(0).sum()),),
            "lets each class choose its best code",
        ),
        "code is class": (
            (lambda codes, labels, count: (codes == labels).float().mean(),),
            "takes code 3 for class 3",
        ),
        "greedy": ((meaning.accuracy(meaning.greedy),), "lets one choose after the other"),
        "code by code": ((meaning.accuracy(meaning.in_turn),), "lets one choose after the other"),
        "class by class": (
            (meaning.accuracy(lambda t: meaning.in_turn(t.T)),),
            "lets one choose after the other",
        ),
        "worst": (
            (meaning.accuracy(lambda t: meaning.best(t, maximize=False)),),
            "finds the worst assignment",
        ),
        "over codes": (
            (lambda c, y, k: meaning.best(meaning.table(c, y, k)) / k,),
            "divides by the number of codes",
        ),
        "count": ((lambda c, y, k: meaning.best(meaning.table(c, y, k)),), "counts samples"),
        "wrong share": ((lambda *a: 1 - meaning.by_every_order(*a),), "is the share that is wrong"),
        "percent": ((lambda *a: 100 * meaning.by_every_order(*a),), "is a percentage"),
        "mean over codes": ((meaning.mean_share,), "averages over codes"),
        "mean over classes": (
            (lambda c, y, k: meaning.mean_share(y, c, k),),
            "averages over classes",
        ),
        "no place for the unused": (
            (lambda c, y, k: meaning.best(torch.bincount(c * k + y).view(k, k)) / len(c),),
            "A code that never comes needs its place",
        ),
        "unused counts as 0": ((meaning.too_short,), "wrong where one never does"),
        "half": ((lambda *a: meaning.by_every_order(*a) / 2,), "Count by hand with three codes"),
        "columns": (
            (lambda c, y, k: linear_sum_assignment(meaning.table(c, y, k), maximize=True)[1],),
            "returned a ndarray",
        ),
        "assigned from codes": (
            (lambda c, y, k: linear_sum_assignment(c),),
            "An assignment is read from a table",
        ),
        "one by one": ((lambda c, y, k: (c == y).float(),), "expected a scalar"),
    },
    "04.q5": {
        "signed": (
            (
                lambda c, f: meaning.pearson(meaning.scipy_ranks(c), meaning.scipy_ranks(f)),
                meaning.matched,
            ),
            "follows it as well",
        ),
        "Pearson": (
            (lambda c, f: meaning.pearson(c, f).abs(), meaning.matched),
            "Which numbers take the place of the values",
        ),
        "Pearson, signed": (
            (meaning.pearson, meaning.matched),
            "asks for a straight line, and may be below 0",
        ),
        "squared": ((lambda c, f: meaning.by_scipy(c, f) ** 2, meaning.matched), "is squared"),
        "one argsort": ((meaning.by_first_sort, meaning.matched), "What does one `argsort` return"),
        "ties in order": (
            (meaning.with_ranks("ordinal"), meaning.matched),
            "Which rank do they share",
        ),
        "ties first": ((meaning.with_ranks("min"), meaning.matched), "Which rank do they share"),
        "ties last": ((meaning.with_ranks("max"), meaning.matched), "Which rank do they share"),
        "ties of codes in order": (
            (meaning.with_ranks("ordinal", "ema"), meaning.matched),
            "not in the codes, where some values are equal",
        ),
        "ties of codes first": (
            (meaning.with_ranks("min", "ema"), meaning.matched),
            "not in the codes, where some values are equal",
        ),
        "ties of codes dense": (
            (meaning.with_ranks("dense", "ema"), meaning.matched),
            "not in the codes, where some values are equal",
        ),
        "ties of codes from the end": (
            (meaning.codes_from_the_end, meaning.matched),
            "not in the codes, where some values are equal",
        ),
        "ties of factors dense": (
            (meaning.with_ranks("ema", "dense"), meaning.matched),
            "take up one place",
        ),
        "ties of factors in order": (
            (meaning.with_ranks("ema", "ordinal"), meaning.matched),
            "Which rank do they share",
        ),
        "ties by two sorts": ((meaning.by_two_sorts, meaning.matched), "Which rank do they share"),
        "ties dense": ((meaning.with_ranks("dense"), meaning.matched), "take up one place"),
        "short formula": ((meaning.short_formula, meaning.matched), "uses the short formula"),
        "mixed divisors": ((meaning.mixed_divisors, meaning.matched), "divides by N in one place"),
        "covariance": (
            (
                lambda c, f: torch.cov(
                    torch.cat([meaning.scipy_ranks(c), meaning.scipy_ranks(f)], 1).T
                )[:2, 2:].abs(),
                meaning.matched,
            ),
            "the codes 1, 2, 3",
        ),
        "everything": (
            (
                lambda c, f: torch.corrcoef(
                    torch.cat([meaning.scipy_ranks(c), meaning.scipy_ranks(f)], 1).T
                ),
                meaning.matched,
            ),
            "codes too",
        ),
        "factors first": (
            (lambda c, f: meaning.by_scipy(f, c), meaning.matched),
            "a row for each factor",
        ),
        "nothing divided": (
            (lambda c, f: meaning.pearson(c, f) / 0, meaning.matched),
            "of what do you divide",
        ),
        "not turned": (
            (lambda c, f: meaning.scipy_ranks(c) @ meaning.scipy_ranks(f), meaning.matched),
            "Which side of the product",
        ),
        "not crossed": (
            (
                lambda c, f: (meaning.scipy_ranks(c) * meaning.scipy_ranks(f)).sum(0),
                meaning.matched,
            ),
            "There are not as many codes",
        ),
        "favourites": (
            (meaning.by_scipy, lambda strengths: strengths.argmax(1)),
            "gives one factor to two codes",
        ),
        "greedy": ((meaning.by_scipy, meaning.matched_greedily), "more is possible"),
        "worst match": (
            (meaning.by_scipy, lambda s: torch.from_numpy(linear_sum_assignment(s)[1])),
            "finds the worst assignment",
        ),
        "in order": (
            (meaning.by_scipy, lambda s: torch.arange(len(s))),
            "Where do the strengths come in",
        ),
        "strengths": (
            (meaning.by_scipy, lambda s: s[torch.arange(len(s)), meaning.matched(s)]),
            "or the numbers of their factors",
        ),
        "counted from 1": (
            (meaning.by_scipy, lambda s: 2 + meaning.matched(s)),
            "factors are counted from 0",
        ),
        "array": (
            (meaning.by_scipy, lambda s: linear_sum_assignment(s, maximize=True)[1]),
            "returned a ndarray",
        ),
        "assigned from a row": (
            (meaning.by_scipy, lambda s: linear_sum_assignment(s[0])),
            "An assignment is read from the whole table",
        ),
    },
}
