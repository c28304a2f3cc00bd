"""Question 04.q3: what either side of the game descends, and whom its gradient may reach."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F

from gan_course.information import categorical_bound
from gan_course.losses import hinge, non_saturating
from gan_course.practice.question import (
    Part,
    Question,
    hanging,
    mistakes,
    seeded,
    value_and_slopes,
)

FEATURES, BATCH, CATEGORIES = 3, 8, 5
H = math.log(CATEGORIES)
CASES = ("one", "another")  # in one alone, two mistakes may agree by chance


def players(seed, case):
    """A linear score and a linear reader that hold gradients of an earlier step, real samples, and
    fakes that hang on what drew them."""
    draw = seeded(seed, case)
    score, read = (nn.Linear(FEATURES, n, bias=False) for n in (1, CATEGORIES))
    with torch.no_grad():
        for weight in (score.weight, read.weight):
            weight.copy_(torch.randn(weight.shape, generator=draw) / 2)
            weight.grad = torch.ones_like(weight)
    real, fake = torch.randn(2, BATCH, FEATURES, generator=draw)
    return {
        "score": score,
        "read": read,
        "real": real + 0.5,
        "fake": hanging(fake - 0.5),
        "category": (torch.arange(BATCH) % CATEGORIES)[torch.randperm(BATCH, generator=draw)],
        "weight": 0.2 + 0.3 * torch.rand((), generator=draw).item(),
    }


def without_real(seed, case):
    given = players(seed, case)
    return {name: thing for name, thing in given.items() if name != "real"}


def chosen(found, *slopes):
    """These gradients, in the order in which a learner is told of them."""
    return {name: found[name] for name in ("value", *slopes)}


def of_d(call, given):
    return chosen(value_and_slopes(call, given), "at fake", "at read", "at score")


def of_g(call, given):
    return chosen(value_and_slopes(call, given), "at fake")


def told(read, x, category):
    """The bound by probabilities, in float64."""
    q = read(x).double().softmax(dim=1)
    return (CATEGORIES * q[torch.arange(BATCH), category]).log().sum() / BATCH


def right_d(score, read, real, fake, category, weight):
    fake = fake.detach()
    missed = [(1 - score(real)).clamp_min(0), (1 + score(fake)).clamp_min(0)]
    return torch.cat(missed).double().sum() / BATCH - weight * told(read, fake, category)


def right_g(score, read, fake, category, weight):
    return -score(fake).double().sum() / BATCH - weight * told(read, fake, category)


def copied_d(score, read, real, fake, category, weight):
    """Fakes made again without a path behind them, the hinge by hand."""
    shown = torch.tensor(fake.tolist())
    game = F.relu(1 - score(real)).mean() + F.relu(1 + score(shown)).mean()
    return game + weight * (F.cross_entropy(read(shown), category) - math.log(read(shown).shape[1]))


def joined_d(score, read, real, fake, category, weight):
    """Real and fake judged in one batch."""
    scores = score(torch.cat([real, fake.detach()])).split(len(real))
    bound = categorical_bound(read(fake.data), category)
    return torch.sub(hinge.discriminator(*scores), bound, alpha=weight)


def mixed_g(score, read, fake, category, weight):
    log_q = read(fake).log_softmax(1).gather(1, category[:, None])
    return -(score(fake).mean() + weight * (log_q.mean() + math.log(read(fake).shape[1])))


def per_sample_g(score, read, fake, category, weight):
    logits = read(fake)
    told = math.log(logits.shape[1]) - F.cross_entropy(logits, category, reduction="none")
    return (-score(fake).squeeze(1) - weight * told).mean()


def same(x):
    return x


def cut(x):
    return x.detach()


def half_cut(x):
    return (x + x.detach()) / 2


def both(loss, told, w):
    return loss - w * told


def of_fakes(read, real, fake, category):
    return categorical_bound(read(fake), category)


def of_real(read, real, fake, category):
    return categorical_bound(read(real), category)


def of_both(read, real, fake, category):
    return of_fakes(read, real, fake, category) + of_real(read, real, fake, category)


def d_side(total=both, game=hinge.discriminator, bound=of_fakes, scored=cut, seen=cut):
    """The discriminator's total with its faults chosen by name."""

    def discriminator_total(score, read, real, fake, category, weight):
        loss = game(score(real), score(scored(fake)))
        return total(loss, bound(read, real, seen(fake), category), weight)

    return discriminator_total


def g_side(total=both, game=hinge.generator, bound=of_fakes, scored=same, seen=same):
    """The generator's total with its faults chosen by name."""

    def generator_total(score, read, fake, category, weight):
        loss = game(score(scored(fake)))
        return total(loss, bound(read, None, seen(fake), category), weight)

    return generator_total


def unrecorded(total, then=same):
    def found(*given):
        with torch.no_grad():
            value = total(*given)
        return then(value)

    return found


def backward(value):
    value.backward()
    return value


def in_either(side):
    """What goes wrong where loss and bound are put together, the same on both sides."""
    return mistakes(
        side(lambda loss, told, w: loss),
        "has nothing of Q in it: this is a GAN as it was before. Where does the bound come in?",
        side(lambda loss, told, w: -w * told),
        side(lambda loss, told, w: -told),
        "leaves out the game. Which loss did this side have before there was a code?",
        side(lambda loss, told, w: loss + w * told),
        "is lowest where Q reads worst. An optimiser goes downhill: what should go up?",
        side(lambda loss, told, w: loss - told),
        "does not know its weight. How much is a nat worth?",
        side(lambda loss, told, w: w * loss - told),
        side(lambda loss, told, w: w * (loss - told)),
        "puts the weight in the wrong place. Which of the two parts does it belong to?",
        side(lambda loss, told, w: (1 - w) * loss - w * told),
        "takes from the game what it gives to Q. How does the question weigh the game?",
        side(lambda loss, told, w: loss - w * (told - H)),
        "moves every network as it should, but is another number than is asked for. How much is "
        "there to know of a category?",
        side(lambda loss, told, w: loss - w * told / math.log(2)),
        "counts the bound in bits.",
        unrecorded(side(), then=backward),
        "No network is left behind this total that could learn. Was one frozen and not released?",
        side(bound=lambda read, real, fake, c: (read(fake).log_softmax(1) * c).mean()),
        side(bound=lambda read, real, fake, c: categorical_bound(read(fake)[:-1], c)),
        side(bound=lambda read, real, fake, c: read(fake).gather(1, c).mean()),
        "Every fake was drawn from one category. Is there a row of readings for each of them, and "
        "for nothing else?",
    )


_OTHER = (
    "is another number than the game's loss and the weighted bound give. Does question 1 pass? "
    "Then print both parts and compare."
)
_INTO_G = (
    "has the right value, but its gradient runs on into the generator, and would help its "
    "opponent. Where should that path end?"
)
_Q_LEARNS = (
    "has the right value, but Q does not learn from it. Is what Q says of the fakes cut off, or "
    "the fakes themselves?"
)
_SCORE_LEARNS = (
    "has the right value, but the score does not learn from both real and fake. Which of them is "
    "cut off behind the score?"
)
_SAMPLES = "`score` and `read` take samples. Was one of them given what the other returned?"

D = Part(
    "discriminator_total",
    players,
    right_d,
    also_right={"the library's": d_side(), "copied": copied_d, "joined": joined_d},
    cases=CASES,
    probe=of_d,
    otherwise={
        "value": _OTHER,
        "at fake": _INTO_G,
        "at read": _Q_LEARNS,
        "at score": _SCORE_LEARNS,
    },
    mistakes=in_either(d_side)
    + mistakes(
        d_side(bound=of_real),
        d_side(bound=of_both),
        d_side(bound=lambda *given: of_both(*given) / 2),
        "has Q read real samples. From which code was a real one drawn?",
        d_side(game=lambda real, fake: hinge.discriminator(fake, real)),
        d_side(game=lambda real, fake: hinge.generator(fake)),
        "is right about the bound, but its other part is not the discriminator's. Who wants what "
        "of real and of fake?",
        d_side(game=lambda real, fake: F.relu(1 + fake).mean()),
        "never sees the real samples. What does its score have to tell apart?",
        d_side(game=non_saturating.discriminator),
        _OTHER,
        d_side(scored=same, seen=same),
        d_side(scored=same),
        d_side(seen=same),
        _INTO_G,
        d_side(bound=lambda *given: cut(of_fakes(*given))),
        unrecorded(d_side()),
        _Q_LEARNS,
        d_side(game=lambda real, fake: hinge.discriminator(cut(real), fake)),
        d_side(game=lambda real, fake: hinge.discriminator(real, cut(fake))),
        _SCORE_LEARNS,
        lambda score, read, real, fake, c, w: categorical_bound(read(score(fake)), c),
        _SAMPLES,
    ),
)

G = Part(
    "generator_total",
    without_real,
    right_g,
    also_right={"the library's": g_side(), "mixed": mixed_g, "per sample": per_sample_g},
    cases=CASES,
    probe=of_g,
    words={"fake": "the generator"},
    otherwise={"value": _OTHER},
    mistakes=in_either(g_side)
    + mistakes(
        g_side(game=torch.mean),
        g_side(game=lambda fake: F.relu(1 + fake).mean()),
        "is right about the bound, but its other part is not the generator's. Should the score of "
        "a fake rise or fall?",
        g_side(game=non_saturating.generator),
        _OTHER,
        g_side(scored=cut, seen=cut),
        "has the right value, but the generator learns nothing from it. Which step may cut the "
        "fakes off, and which not?",
        g_side(seen=cut),
        "has the right value, but what Q reads does not reach the generator: no code would ever be "
        "drawn. Which fakes does Q see?",
        g_side(scored=cut),
        "has the right value, but the score does not reach the generator. Which fakes are scored?",
        g_side(seen=half_cut),
        "has the right value and a wrong gradient at the generator. Is a part of it left out of "
        "the graph?",
        lambda score, read, fake, c, w: categorical_bound(read(score(fake)), c),
        _SAMPLES,
    ),
)

QUESTION = Question("04.q3", "the bound in the game", 4, (D, G))
