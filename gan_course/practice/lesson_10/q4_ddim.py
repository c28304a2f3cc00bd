"""Question 10.q4: one step of DDIM, from any time to any earlier one."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch

from gan_course.practice.lesson_10.noising import noised
from gan_course.practice.question import Part, Question, mistakes

WAYS = {"without chance": (5, 2, 0.0), "with chance": (4, 1, 0.9), "to the end": (3, -1, 0.5)}


def on_the_way(seed, case):
    x_t, noise, _, betas = noised(seed, "images")
    given = dict(zip(("t", "t_next", "eta"), WAYS[case], strict=True))
    given |= {"alphas_bar": (1 - betas).cumprod(0), "z": noise.flip(0, 3)}
    return {"x_t": x_t, "noise": noise, **given}


def by_weights(x_t, noise, t, t_next, eta, alphas_bar, z):
    """What x_t, the predicted noise and the new noise weigh, without a guess of the image."""
    bar, new = alphas_bar[t].double(), torch.cat([alphas_bar, torch.ones(1)])[t_next].double()
    variance = eta**2 * (1 - new) * (new - bar) / (new * (1 - bar))
    of_noise = (1 - new - variance).sqrt() - (new / bar * (1 - bar)).sqrt()
    return (new / bar).sqrt() * x_t + of_noise * noise + variance.sqrt() * z


def step(
    reach=lambda t_next, t, bar: bar[t_next] if t_next >= 0 else torch.ones(()),
    guess=lambda x, noise, bar: (x - (1 - bar).sqrt() * noise) / bar.sqrt(),
    sigma=lambda bar, new, eta: eta * ((1 - new) / (1 - bar) * (1 - bar / new)).sqrt(),
    rest=lambda new, s: (1 - new - s**2).sqrt(),
    drawn=lambda s: s,
):
    """The right step with one part exchanged."""

    def ddim_step(x_t, noise, t, t_next, eta, alphas_bar, z):
        bar, new = alphas_bar[t], reach(t_next, t, alphas_bar)
        s = sigma(bar, new, eta)
        return new.sqrt() * guess(x_t, noise, bar) + rest(new, s) * noise + drawn(s) * z

    return ddim_step


STEP = Part(
    "ddim_step",
    on_the_way,
    by_weights,
    cases=tuple(WAYS),
    also_right={
        "in float64": lambda x, noise, *given: step()(x.double(), noise.double(), *given),
        "by parts": step(),
    },
    mistakes=mistakes(
        step(lambda t_next, t, bar: bar[t_next]),
        "is wrong at t_next = -1, where place -1 of `alphas_bar` is its *last*, and almost all "
        "noise. How much of the image is there at the end of the way?",
        step(lambda t_next, t, bar: bar[t - 1]),
        "goes one step, wherever `t_next` is. What does DDIM save?",
        step(sigma=lambda bar, new, eta: 0 * bar),
        "does not use `eta`: no noise is added.",
        step(sigma=lambda bar, new, eta: ((1 - new) / (1 - bar) * (1 - bar / new)).sqrt()),
        "adds noise at eta = 0 too. DDIM without chance draws nothing.",
        step(drawn=torch.square),
        "has the variance σ² where the standard deviation σ belongs.",
        step(rest=lambda new, s: (1 - new).sqrt()),
        "adds σ² of new noise and keeps all of the old. Together they have a variance of 1 - ᾱ.",
        step(rest=lambda new, s: (1 - new).sqrt() - s),
        "takes away σ to make room for the new noise. Which of them add up: σ or σ²?",
        step(sigma=lambda bar, new, eta: eta * ((1 - new) / (1 - bar)).sqrt()),
        step(sigma=lambda bar, new, eta: eta * (1 - bar / new).sqrt()),
        "has half of σ: it is η times *two* roots.",
        step(guess=lambda x, noise, bar: x - (1 - bar).sqrt() * noise),
        "takes away the noise, but does not divide by √ᾱ: the guess of the image is too pale.",
        step(guess=lambda x, noise, bar: (x - (1 - bar) * noise) / bar),
        step(guess=lambda x, noise, bar: (x - (1 - bar) * noise) / bar.sqrt()),
        "forgets a square root in its guess of the image.",
        lambda x, noise, *given: step()(x, given[-1], *given[:-1], noise),
        "keeps `z` and adds `noise`. Which of them did the network find in `x_t`?",
    ),
)

QUESTION = Question("10.q4", "a step of DDIM", 3, (STEP,))
