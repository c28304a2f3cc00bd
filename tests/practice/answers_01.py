"""Right answers to exercise 01, written in other ways than the solution, and wrong ones with the
words that tell their hint from others."""

from __future__ import annotations

import torch
from torch.nn import functional as F
from training_steps import (
    clear_too_late,
    cleared_at_the_end,
    frozen_discriminator,
    judged_early,
    never_released,
    one_graph,
    step,
    without_gradient_first,
)

from gan_course.losses import hinge, minimax, non_saturating

# Question 1


def bce_d(real, fake):
    return F.binary_cross_entropy_with_logits(
        real, torch.ones_like(real)
    ) + F.binary_cross_entropy_with_logits(fake, torch.zeros_like(fake))


def bce_g(fake):
    return F.binary_cross_entropy_with_logits(fake, torch.ones_like(fake))


def log_sigmoid_d(real, fake):
    return -(F.logsigmoid(real).mean() + F.logsigmoid(-fake).mean())


def log_sigmoid_g(fake):
    return -F.logsigmoid(fake).sum() / len(fake)


def by_hand(a):
    """softplus from max, abs and log1p."""
    return a.clamp(min=0) + torch.log1p(torch.exp(-a.abs()))


def two_classes_g(fake):
    return F.cross_entropy(
        torch.stack([torch.zeros_like(fake), fake], dim=1), torch.ones(len(fake), dtype=torch.long)
    )


def two_classes_d(real, fake):
    return two_classes_g(real) + two_classes_g(-fake)


def naive_d(real, fake):
    return -torch.log(torch.sigmoid(real)).mean() - torch.log(1 - torch.sigmoid(fake)).mean()


def naive_g(fake):
    return -torch.log(torch.sigmoid(fake)).mean()


def epsilon_d(real, fake):
    return (
        -torch.log(torch.sigmoid(real) + 1e-8).mean()
        - torch.log(1 - torch.sigmoid(fake) + 1e-8).mean()
    )


def clamped_bce_d(real, fake):
    real, fake = real.sigmoid(), fake.sigmoid()  # binary_cross_entropy stops its logarithm at -100
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(
        fake, torch.zeros_like(fake)
    )


def branch_g(fake):
    return torch.where(
        fake > 0, torch.log1p(torch.exp(-fake)), -fake + torch.log1p(torch.exp(fake))
    ).mean()


def flat_g(fake):
    return torch.where(
        fake.abs() < 50, F.softplus(-fake), F.softplus(-fake.detach()) + 0 * fake
    ).mean()


# Question 2


def where_d(p, q):
    return torch.where(p + q > 0, p / (p + q), torch.full_like(p, 0.5))


def odds_d(p, q):
    return (1 / (1 + q / p)).nan_to_num(0.5)


def log_odds_d(p, q):
    return torch.sigmoid(torch.log(p) - torch.log(q)).nan_to_num(nan=0.5)


def subtract(log_p, log_q):
    return torch.sub(log_p, log_q)


def through_d(log_p, log_q):
    return (log_p - torch.logaddexp(log_p, log_q)) - (log_q - torch.logaddexp(log_p, log_q))


RIGHT = {
    "01.q1": {
        "binary cross-entropy with logits": (bce_d, bce_g),
        "log sigmoid": (log_sigmoid_d, log_sigmoid_g),
        "max, abs and log1p": (
            lambda real, fake: by_hand(-real).mean() + by_hand(fake).mean(),
            lambda fake: by_hand(-fake).mean(),
        ),
        "logaddexp": (
            lambda real, fake: (
                torch.logaddexp(torch.zeros(()), -real).mean()
                + torch.logaddexp(torch.zeros(()), fake).mean()
            ),
            lambda fake: torch.logaddexp(torch.zeros_like(fake), -fake).mean(),
        ),
        "two classes": (two_classes_d, two_classes_g),
        "the library's": non_saturating,
    },
    "01.q2": {
        "where": (where_d, subtract),
        "odds": (odds_d, through_d),
        "log odds": (log_odds_d, lambda log_p, log_q: -(log_q - log_p)),
        "double precision": (
            lambda p, q: where_d(p.double(), q.double()),
            lambda log_p, log_q: log_p.double() - log_q.double(),
        ),
    },
    "01.q3": {
        "fakes drawn twice": (without_gradient_first,),
        "discriminator frozen": (frozen_discriminator,),
        "gradients cleared at the end": (cleared_at_the_end,),
        "the faultless one of the faulty ones": (step(),),
        "generator cleared early": (step(clear_g="early"),),
    },
}

WRONG = {
    "01.q1": {
        "sign of D": (
            (lambda real, fake: -bce_d(real, fake), bce_g),
            "`discriminator_loss` has the right size and the wrong sign",
        ),
        "sum for mean in D": (
            (lambda real, fake: bce_d(real, fake) * len(real), bce_g),
            "`discriminator_loss` grows when the batch is repeated",
        ),
        "average of halves": (
            (lambda real, fake: bce_d(real, fake) / 2, bce_g),
            "half of what is asked for",
        ),
        "labels swapped": ((lambda real, fake: bce_d(fake, real), bce_g), "calling real fake"),
        "fake forgotten": ((lambda real, fake: bce_g(real), bce_g), "ignores the fake logits"),
        "real forgotten": ((lambda real, fake: bce_g(-fake), bce_g), "ignores the real logits"),
        "one label for both": (
            (lambda real, fake: bce_g(real) + bce_g(fake), bce_g),
            "the same label",
        ),
        "sigmoid twice in D": (
            (lambda real, fake: bce_d(real.sigmoid(), fake.sigmoid()), bce_g),
            "`discriminator_loss` squashes the logits twice",
        ),
        "hinge": ((hinge.discriminator, bce_g), "is the hinge loss"),
        "no sigmoid": (
            (lambda real, fake: -torch.log(real).mean() - torch.log(1 - fake).mean(), bce_g),
            "at ordinary logits",
        ),
        "no reduction": (
            (lambda real, fake: F.softplus(-real) + F.softplus(fake), bce_g),
            "expected a scalar",
        ),
        "a float": (
            (lambda real, fake: bce_d(real, fake).item(), bce_g),
            "cut the path of the gradients",
        ),
        "None": ((lambda real, fake: None, bce_g), "returned None"),
        "sigmoid missing under binary cross-entropy": (
            (lambda real, fake: F.binary_cross_entropy(real, torch.ones_like(real)), bce_g),
            "takes probabilities, and these are logits",
        ),
        "constant": (
            (lambda real, fake: bce_d(real, fake) * 0 + 1.386, bce_g),
            "another number than the formula",
        ),
        "real detached": (
            (lambda real, fake: bce_d(real.detach(), fake), bce_g),
            "no gradient reaches the real logits",
        ),
        "gradient of half": (
            (lambda real, fake: bce_d(real, fake) / 2 + bce_d(real, fake).detach() / 2, bce_g),
            "wrong gradient",
        ),
        "naive": ((naive_d, naive_g), "the probability rounds to 0 or 1"),
        "small number in the logarithm": ((epsilon_d, bce_g), "`discriminator_loss` is 36.84"),
        "sign of G": (
            (bce_d, lambda fake: -bce_g(fake)),
            "`generator_loss` has the right size and the wrong sign",
        ),
        "sum for mean in G": (
            (bce_d, lambda fake: bce_g(fake) * len(fake)),
            "`generator_loss` grows when the batch is repeated",
        ),
        "saturating": ((bce_d, minimax.generator), "log(1 - D(fake))"),
        "G wishes as D": ((bce_d, lambda fake: bce_g(-fake)), "the discriminator's wish"),
        "sigmoid twice in G": (
            (bce_d, lambda fake: bce_g(fake.sigmoid())),
            "`generator_loss` squashes the logits twice",
        ),
        "raw score": ((bce_d, hinge.generator), "is the raw score"),
        "where's other branch": ((bce_d, branch_g), "its gradient is nan"),
        "flat beyond 50": ((bce_d, flat_g), "its slope is not"),
        "shape (1,)": (
            (bce_d, lambda fake: bce_g(fake).reshape(1)),
            "`generator_loss` returned shape (1,), expected a scalar",
        ),
    },
    "01.q2": {
        "fake on top": ((lambda p, q: where_d(q, p), subtract), "probability of being fake"),
        "ratio": ((lambda p, q: p / q, subtract), "no upper end"),
        "difference": ((lambda p, q: 2 * where_d(p, q) - 1, subtract), "difference over the sum"),
        "sigmoid of densities": (
            (lambda p, q: torch.sigmoid(p - q), subtract),
            "puts p - q through a sigmoid",
        ),
        "decision": ((lambda p, q: (p > q).float(), subtract), "decides 0 or 1"),
        "log D": ((lambda p, q: where_d(p, q).log(), subtract), "log D instead of D"),
        "logit for D": ((lambda p, q: p.log() - q.log(), subtract), "gives the logit"),
        "constant": ((lambda p, q: torch.full_like(p, 0.5), subtract), "one half everywhere"),
        "batch sum": ((lambda p, q: p / (p + q).sum(), subtract), "over the whole batch"),
        "other": ((lambda p, q: p**2 / (p**2 + q**2), subtract), "another function of p and q"),
        "small number added": ((lambda p, q: p / (p + q + 1e-8), subtract), "near 1e-20"),
        "0/0": ((lambda p, q: p / (p + q), subtract), "for that is 0/0"),
        "0 where nobody draws": (
            (lambda p, q: (p / (p + q)).nan_to_num(0.0), subtract),
            "neither side ever draws",
        ),
        "½ where one is 0": (
            (lambda p, q: torch.where((p > 0) & (q > 0), p / (p + q), 0.5), subtract),
            "exactly one density is 0",
        ),
        "scalar": (
            (lambda p, q: where_d(p, q).mean(), subtract),
            "`optimal_discriminator` returned shape ()",
        ),
        "sign of the logit": ((where_d, lambda log_p, log_q: log_q - log_p), "wrong sign"),
        "log D for the logit": (
            (where_d, lambda log_p, log_q: F.logsigmoid(log_p - log_q)),
            "never exceeds 0",
        ),
        "probability for the logit": (
            (where_d, lambda log_p, log_q: torch.sigmoid(log_p - log_q)),
            "gives the probability.",
        ),
        "odds for the logit": (
            (where_d, lambda log_p, log_q: torch.exp(log_p - log_q)),
            "gives the odds",
        ),
        "through densities": (
            (where_d, lambda log_p, log_q: torch.log(log_p.exp() / log_q.exp())),
            "breaks down in the tails",
        ),
        "logit of D": (
            (where_d, lambda log_p, log_q: 2 * (log_p - log_q)),
            "`optimal_logit` is another function",
        ),
    },
    "01.q3": {
        "no detach, G cleared early": (
            (step(detach=False, clear_g="early"),),
            "The generator moves along both losses",
        ),
        "no detach, G cleared late": (
            (step(detach=False),),
            "runs backward through the generator for nothing",
        ),
        "sum, detached for D": (
            (step(both_on_sum=True),),
            "The discriminator moves along both losses",
        ),
        "sum": ((step(both_on_sum=True, detach=False),), "the sum of both losses"),
        "simultaneous": ((step(simultaneous=True),), "the discriminator of before its step"),
        "G first": ((step(g_first=True),), "steps before the discriminator's"),
        "nothing cleared": (
            (step(clear_d=False, clear_g="never"),),
            "Both networks carry gradients over",
        ),
        "D not cleared": ((step(clear_d=False),), "steps on old gradients"),
        "G not cleared": ((step(clear_g="never"),), "The generator carries its gradient over"),
        "D climbs": ((step(sign_d=-1),), "gets worse at its task"),
        "G climbs": ((step(sign_g=-1),), "away from fooling"),
        "G saturating": ((step(loss=minimax),), "the saturating loss"),
        "D detached in G's step": ((step(cut_g=True),), "the generator stands still"),
        "D's gradient cleared before its step": (
            (clear_too_late,),
            "the discriminator stands still",
        ),
        "no detach, one graph": ((one_graph,), "Which of them should never reach the generator"),
        "G judged too early": ((judged_early,), "Weights changed between"),
        "D never released": ((never_released,), "Was a network frozen"),
        "D never steps": ((step(skip_d=True),), "The discriminator's optimiser never"),
        "D steps twice": ((step(twice_d=True),), "Each optimiser should step once"),
        "hinge": ((step(loss=hinge),), "not where its own loss leads"),
        "fresh noise": ((step(fresh=True),), "the same `noise`"),
        "does nothing": ((lambda *inputs: None,), "The discriminator's optimiser never"),
    },
}
