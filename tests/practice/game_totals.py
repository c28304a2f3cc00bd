"""Totals for question 04.q3: right ones written differently, and two builders whose faults are
chosen by name."""

from __future__ import annotations

import math

import torch
from torch.nn import functional as F

from gan_course.information import categorical_bound
from gan_course.losses import hinge, non_saturating


def plain_d(score, read, real, fake, category, weight):
    shown = fake.detach()
    return hinge.discriminator(score(real), score(shown)) - weight * categorical_bound(
        read(shown), category
    )


def plain_g(score, read, fake, category, weight):
    return hinge.generator(score(fake)) - weight * categorical_bound(read(fake), category)


def copied_d(score, read, real, fake, category, weight):
    """Fakes made again without a path behind them, the hinge by hand."""
    shown = torch.tensor(fake.tolist())
    game = F.relu(1 - score(real)).mean() + F.relu(1 + score(shown)).mean()
    return game + weight * (F.cross_entropy(read(shown), category) - math.log(read(shown).shape[1]))


def mixed_g(score, read, fake, category, weight):
    told = read(fake).log_softmax(1).gather(1, category[:, None]).mean() + math.log(
        read(fake).shape[1]
    )
    return -(score(fake).mean() + weight * told)


def joined_d(score, read, real, fake, category, weight):
    """Real and fake judged in one batch."""
    of_real, of_fake = score(torch.cat([real, fake.detach()])).split(len(real))
    return torch.sub(
        hinge.discriminator(of_real, of_fake),
        categorical_bound(read(fake.data), category),
        alpha=weight,
    )


def per_sample_g(score, read, fake, category, weight):
    logits = read(fake)
    told = math.log(logits.shape[1]) - F.cross_entropy(logits, category, reduction="none")
    return (-score(fake).squeeze(1) - weight * told).mean()


def d_side(
    game=hinge.discriminator,
    sign=-1,
    weigh=lambda w: w,
    detach=True,
    reads="fake",
    shown="both",
    cut="",
    entropy=True,
):
    """The discriminator's total with its faults chosen by name."""

    def discriminator_total(score, read, real, fake, category, weight):
        if detach:
            fake = fake.detach()
        scored = {"both": (real, fake), "exchanged": (fake, real)}[shown]
        of_first, of_second = (
            score(x).detach() if cut == who else score(x)
            for who, x in zip(("first", "second"), scored, strict=True)
        )
        read_from = {"fake": [fake], "real": [real], "each": [real, fake]}[reads]
        told = sum(
            categorical_bound(read(x).detach() if cut == "reading" else read(x), category)
            for x in read_from
        )
        if not entropy:
            told = told - math.log(read(fake).shape[1])
        return game(of_first, of_second) + sign * weigh(weight) * told

    return discriminator_total


def g_side(
    game=hinge.generator,
    sign=-1,
    weigh=lambda w: w,
    score_sees=lambda x: x,
    reader_sees=lambda x: x,
    entropy=True,
):
    """The generator's total with its faults chosen by name."""

    def generator_total(score, read, fake, category, weight):
        told = categorical_bound(read(reader_sees(fake)), category)
        if not entropy:
            told = told - math.log(read(fake).shape[1])
        return game(score(score_sees(fake))) + sign * weigh(weight) * told

    return generator_total


def frozen_d(score, read, real, fake, category, weight):
    with torch.no_grad():
        return plain_d(score, read, real, fake, category, weight)


def weight_around_d(score, read, real, fake, category, weight):
    return weight * hinge.discriminator(score(real), score(fake.detach())) - categorical_bound(
        read(fake.detach()), category
    )


def scored_reading(score, read, fake, category, weight):
    return hinge.generator(score(fake)) - weight * categorical_bound(read(score(fake)), category)


NOTHING = {"weigh": lambda w: 0}
D_WRONG = {
    "nothing of Q": (d_side(**NOTHING), "`discriminator_total` has nothing of Q"),
    "game left out": (
        d_side(game=lambda real, fake: 0),
        "`discriminator_total` leaves out the game",
    ),
    "bound raised away": (d_side(sign=1), "`discriminator_total` is lowest where Q reads worst"),
    "weight unused": (d_side(weigh=lambda w: 1), "`discriminator_total` does not know its weight"),
    "weight on the game": (
        weight_around_d,
        "`discriminator_total` puts the weight in the wrong place",
    ),
    "weighted mean": (
        lambda s, r, real, fake, c, w: (
            (1 - w) * hinge.discriminator(s(real), s(fake.detach()))
            - w * categorical_bound(r(fake.detach()), c)
        ),
        "takes from the game what it gives",
    ),
    "loss of Q": (d_side(entropy=False), "`discriminator_total` moves every network as it should"),
    "bits": (
        d_side(weigh=lambda w: w / math.log(2)),
        "`discriminator_total` counts the bound in bits",
    ),
    "reads real": (d_side(reads="real"), "From which code was a real one drawn"),
    "reads both": (d_side(reads="each"), "From which code was a real one drawn"),
    "exchanged": (d_side(shown="exchanged"), "its other part is not the discriminator's"),
    "generator's loss": (
        d_side(game=lambda real, fake: hinge.generator(fake)),
        "its other part is not the discriminator's",
    ),
    "fakes alone": (
        d_side(game=lambda real, fake: F.relu(1 + fake).mean()),
        "never sees the real samples",
    ),
    "another game": (d_side(game=non_saturating.discriminator), "Does question 1 pass"),
    "not detached": (d_side(detach=False), "its gradient runs on into the generator"),
    "detached for the score alone": (
        lambda s, r, real, fake, c, w: (
            hinge.discriminator(s(real), s(fake.detach())) - w * categorical_bound(r(fake), c)
        ),
        "its gradient runs on into the generator",
    ),
    "reading cut off": (d_side(cut="reading"), "but Q does not learn from it"),
    "no gradients": (frozen_d, "but Q does not learn from it"),
    "real score cut off": (d_side(cut="first"), "the score does not learn from both"),
    "fake score cut off": (d_side(cut="second"), "the score does not learn from both"),
    "one by one": (lambda *a: plain_d(*a).expand(8), "expected a scalar"),
}
G_WRONG = {
    "G: nothing of Q": (g_side(**NOTHING), "`generator_total` has nothing of Q"),
    "G: game left out": (g_side(game=lambda fake: 0), "`generator_total` leaves out the game"),
    "G: bound lowered": (g_side(sign=1), "`generator_total` is lowest where Q reads worst"),
    "G: weight unused": (g_side(weigh=lambda w: 1), "`generator_total` does not know its weight"),
    "G: weight around": (
        lambda s, r, fake, c, w: w * (hinge.generator(s(fake)) - categorical_bound(r(fake), c)),
        "`generator_total` puts the weight in the wrong place",
    ),
    "G: loss of Q": (g_side(entropy=False), "`generator_total` moves every network as it should"),
    "G: score lowered": (g_side(game=torch.mean), "its other part is not the generator's"),
    "G: discriminator's hinge": (
        g_side(game=lambda fake: F.relu(1 + fake).mean()),
        "its other part is not the generator's",
    ),
    "G: another game": (
        g_side(game=non_saturating.generator),
        "`generator_total` is another number",
    ),
    "G: all detached": (
        g_side(score_sees=torch.detach, reader_sees=torch.detach),
        "the generator learns nothing from it",
    ),
    "G: reading detached": (
        g_side(reader_sees=torch.detach),
        "what Q reads does not reach the generator",
    ),
    "G: score detached": (
        g_side(score_sees=torch.detach),
        "the score does not reach the generator",
    ),
    "G: partly cut": (
        g_side(reader_sees=lambda x: (x + x.detach()) / 2),
        "a wrong gradient at the generator",
    ),
    "G: reads a score": (scored_reading, "given what the other returned"),
}
