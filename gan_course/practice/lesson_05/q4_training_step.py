"""Question 05.q4: one training step, in which the critic moves several times and the generator
once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.lesson_05.quadratic_critic import QuadraticCritic, stacked
from gan_course.practice.question import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import BadReturn

NAME = "training_step"
N_CRITIC = (3, 2)  # of each call
LATENT, FEATURES, EACH, LR_G, LR_C = 3, 2, 4, 0.3, 0.25  # EACH: real samples of each critic step
CRITIC, GENERATOR = 0, 1  # who stepped, in the record of the order


def start(seed: int) -> tuple[Tensor, Tensor, list[Tensor]]:
    """The generator, a row [weight | bias] for each output, the critic's weights (2, FEATURES), and
    the real batch of each call."""
    draw = seeded(seed)
    generator, critic = (
        torch.randn(FEATURES, LATENT + 1, generator=draw),
        torch.randn(2, FEATURES, generator=draw),
    )
    return (
        generator,
        critic,
        [torch.randn(n * EACH, FEATURES, generator=draw) + 1 for n in N_CRITIC],
    )


class Recorder:
    """Both players of one game, and all that happens to them during one call."""

    def __init__(self, seed: int) -> None:
        generator, critic, _ = start(seed)
        self.generator, self.critic = nn.Linear(LATENT, FEATURES), QuadraticCritic(*critic)
        with torch.no_grad():
            self.generator.weight.copy_(generator[:, :-1])
            self.generator.bias.copy_(generator[:, -1])
        self.optimizer_g, self.optimizer_c = (
            SGD(self.generator.parameters(), LR_G),
            SGD(self.critic.parameters(), LR_C),
        )
        self.optimizer_g.register_step_post_hook(lambda *_: self.events.append(GENERATOR))
        self.draw = seeded(seed + 1000)
        self.forget()

    def forget(self) -> None:
        """Begin the record of the next call."""
        self.events: list[int] = []
        self.reals, self.fakes, self.noise = (
            [torch.zeros(0, FEATURES)],
            [torch.zeros(0, FEATURES)],
            [torch.zeros(0, LATENT)],
        )
        self.attached: list[float] = []
        self.within: list[Tensor] = []
        self.critics = [stacked(self.critic)]

    def draw_noise(self, n: int) -> Tensor:
        z = torch.randn(n, LATENT, generator=self.draw)
        self.noise.append(z.clone())
        return z

    def update_critic(self, real: Any, fake: Any) -> None:
        """One step of the critic, on Wasserstein's loss and without a bound, since few steps are
        taken."""
        if not (isinstance(real, Tensor) and isinstance(fake, Tensor)):
            raise BadReturn(
                f"`{NAME}` calls `update_critic` with something else than two tensors, the real "
                "samples and the fakes."
            )
        self.events.append(CRITIC)
        self.reals.append(real.detach().clone())
        self.fakes.append(fake.detach().clone())
        self.attached.append(float(fake.requires_grad))
        self.within.append(self.weights())
        self.optimizer_c.zero_grad()
        (self.critic(fake).mean() - self.critic(real).mean()).backward()
        self.optimizer_c.step()
        self.critics.append(stacked(self.critic))

    def weights(self) -> Tensor:
        return torch.cat([self.generator.weight, self.generator.bias[:, None]], dim=1).detach()

    def values(self, call: int) -> dict[str, Tensor]:
        sizes = [
            [len(real), len(fake)]
            for real, fake in zip(self.reals[1:], self.fakes[1:], strict=True)
        ]
        found = {
            "events": torch.tensor(self.events, dtype=torch.int64),
            "sizes": torch.tensor(sizes, dtype=torch.int64),
            "reals": torch.cat(self.reals),
            "fakes": torch.cat(self.fakes),
            "noise": torch.cat(self.noise),
            "attached": torch.tensor(self.attached),
            # at each critic step, and at the end
            "within": torch.stack([*self.within, self.weights()]),
            # at first, after each critic step, and at the end
            "critics": torch.stack([*self.critics, stacked(self.critic)]),
        }
        return {f"{name}_{call}": value for name, value in found.items()}


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    (training_step,) = answers
    record = Recorder(seed)
    values: dict[str, Tensor] = {}
    for call, (n, real) in enumerate(zip(N_CRITIC, start(seed)[2], strict=True)):
        record.forget()
        training_step(
            record.generator,
            record.critic,
            record.optimizer_g,
            record.update_critic,
            real.clone(),
            record.draw_noise,
            n,
        )
        values |= record.values(call)
    return values


def judge(values: Values, seed: int) -> Verdict:
    generator, _, reals = start(seed)
    # what the call before left in the generator's `.grad`
    kept = torch.zeros_like(generator, dtype=torch.float64)
    for call, (n, real) in enumerate(zip(N_CRITIC, reals, strict=True)):
        found = {
            name: values.get(f"{name}_{call}", torch.zeros(0))
            for name in ("events", "sizes", "reals", "fakes", "noise")
        }
        found |= {
            name: values.get(f"{name}_{call}", torch.zeros(0))
            for name in ("attached", "within", "critics")
        }
        hint = _events_hint(found["events"].flatten().tolist(), n) or _shape_hint(found, n)
        hint = hint or _real_hint(found["reals"], real, n) or _fake_hint(found, generator, n)
        hint = hint or _generator_hint(found, generator, kept)
        if hint:
            return wrong(hint)
        kept = _slope(found["critics"][-2], generator, _unused(found, generator))
        generator = found["within"][-1]
    return RIGHT


def _events_hint(events: Sequence[float], n: int) -> str:
    critic, generator = events.count(CRITIC), events.count(GENERATOR)
    if not generator:
        return "The generator's optimiser never takes a step."
    if not critic:
        return "`update_critic` is never called."
    if generator > 1:
        return (
            f"The generator takes {generator} steps in one call. How many critic steps go "
            "before each of the generator's?"
        )
    if critic != n:
        return (
            f"With n_critic = {n}, the critic takes {critic} step{'s' * (critic > 1)} in one "
            "call. Where does your loop begin and end?"
        )
    if events[-1] != GENERATOR:
        return (
            "The generator steps before the critic has taken all its steps. Which critic "
            "should "
            "it ask?"
        )
    return ""


def _shape_hint(found: Values, n: int) -> str:
    if problem := unfit(found, {"sizes": (n, 2)}, NAME):
        return problem
    for column, what in enumerate(("real samples", "fakes")):
        for step, size in enumerate(found["sizes"][:, column].tolist()):
            if size != EACH:
                return (
                    f"Of {n * EACH} real samples and n_critic = {n}, critic step {step + 1} "
                    f"gets {size} {what}. How many are due to each?"
                )
    shapes = {
        "reals": (n * EACH, FEATURES),
        "fakes": (n * EACH, FEATURES),
        "attached": (n,),
        "within": (n + 1, FEATURES, LATENT + 1),
    }
    if problem := unfit(found, shapes | {"critics": (n + 2, 2, FEATURES)}, NAME):
        return problem
    if found["noise"].ndim != 2 or found["noise"].shape[1] != LATENT:
        return f"`{NAME}` gave no noise to judge."
    return ""


def _rows(of: Tensor, among: Tensor) -> list[int]:
    """For each row of `of` the number of the row of `among` that it is, -1 where it is none."""
    near = (of.double()[:, None] - among.double()[None]).abs().amax(dim=2) < 1e-4
    return [int(row.nonzero()[0]) if row.any() else -1 for row in near]


def _real_hint(shown: Tensor, batch: Tensor, n: int) -> str:
    rows = _rows(shown, batch)
    if -1 in rows:
        return "The critic is shown real samples that are not rows of `real`. What changes them?"
    if len(set(rows[:EACH])) < EACH:
        return "One critic step gets the same real sample twice."
    if len(set(rows)) < n * EACH:
        return (
            "Different critic steps get the same real samples. How many rows has `real`, and "
            "which are due to the second step?"
        )
    return ""


def _fake_hint(found: Values, generator: Tensor, n: int) -> str:
    before = generator.double()
    if not all(close(weights, generator) for weights in found["within"][:n]):
        return (
            "The generator moves between the critic's steps. Who else may step before the "
            "critic is done?"
        )
    if not len(found["noise"]):
        return "`draw_noise` is never called. Where does your noise come from?"
    rows = _rows(found["fakes"], found["noise"].double() @ before[:, :-1].T + before[:, -1])
    if -1 in rows:
        return (
            "The critic is shown fakes that the generator did not make of what `draw_noise` "
            "gives. Where do they come from?"
        )
    if len(set(rows)) < n * EACH:
        return (
            "Different critic steps get the same fakes, so that the critic may learn them by "
            "heart. How often is noise drawn?"
        )
    if not (found["attached"] == 0).all():
        return (
            "The fakes that the critic learns from still hang on the generator: the critic's "
            "loss runs back through it. What cuts that path?"
        )
    left = len(found["noise"]) - len(rows)
    if left == 0:
        return (
            "Of what `draw_noise` gave, nothing is left for the generator's step. Where does "
            "its noise come from, and has the critic seen it?"
        )
    if left != EACH:
        return (
            f"The generator steps with {left} rows of noise that are new. The question asks "
            "for "
            f"as many as each critic step gets, {EACH} here."
        )
    return ""


def _unused(found: Values, generator: Tensor) -> Tensor:
    """Noise of which no critic step got the fakes, (EACH, LATENT), in float64."""
    noise, before = found["noise"].double(), generator.double()
    used = set(_rows(found["fakes"], noise @ before[:, :-1].T + before[:, -1]))
    return noise[[i for i in range(len(noise)) if i not in used]]


def _slope(
    critic: Tensor,
    generator: Tensor,
    noise: Tensor,
    pull: Callable[[Tensor], Tensor] = torch.ones_like,
) -> Tensor:
    """Slope of -mean score(fake) at the generator, in closed form; `pull` of the scores is what
    another loss makes of each."""
    (a, b), z = (
        critic.double(),
        torch.cat([noise, torch.ones(len(noise), 1, dtype=torch.float64)], dim=1),
    )
    fake = z @ generator.double().T
    score = (a * fake + 0.5 * b * fake.square()).sum(dim=1, keepdim=True)
    return (-pull(score) * (a + b * fake)).T @ z / len(noise)


def _generator_hint(found: Values, generator: Tensor, kept: Tensor) -> str:
    before, after, noise, critics = (
        generator.double(),
        found["within"][-1].double(),
        _unused(found, generator),
        found["critics"],
    )
    if not close(critics[-1], critics[-2]):
        return "The generator's step moves the critic as well. Whose weights may change in it?"
    if close(after, before, tolerance=1e-7):
        return (
            "The generator's optimiser steps but the generator stands still. Does its own loss "
            "reach it, and is `.grad` filled at that moment?"
        )
    slope = _slope(critics[-2], generator, noise)
    if close(after, before - LR_G * slope):
        return ""
    slips = [
        (
            -slope,
            "The generator lowers the scores of its samples. Whose wish does its loss express?",
        ),
        (
            slope + kept,
            (
                "The generator carries its gradient over from the call before. Who clears it, and "
                "when?"
            ),
        ),
        (
            slope * EACH,
            (
                "The generator moves as many times too far as there are samples. Is its loss a sum "
                "or "
                "a mean?"
            ),
        ),
        (
            _slope(critics[0], generator, noise),
            "The generator asks the critic as it was at the beginning. Which critic knows more?",
        ),
        (
            _slope(critics[-3], generator, noise),
            (
                "The generator asks the critic of before its last step. When are the generator's "
                "samples scored?"
            ),
        ),
        (
            _slope(critics[-2], generator, noise, lambda score: torch.sigmoid(-score)),
            "The generator goes down the loss of lesson 1. Which one belongs to a critic?",
        ),
        (
            _slope(critics[-2], generator, found["noise"].double()),
            (
                "The generator's loss takes in fakes of the critic's steps. The question asks for "
                "fresh ones alone."
            ),
        ),
    ]
    unknown = (
        "The critic's steps are right, and the generator is not where its own loss leads. "
        "Which scores does that loss average?"
    )
    return first_match(after, [(before - LR_G * guess, hint) for guess, hint in slips]) or unknown


KNOWN_ERRORS = (
    (
        "ValueError: the critic was shown",
        "Which rows of `real`, and how many samples, are due to each critic step?",
    ),
    (
        "backward through the graph a second time",
        (
            "Two losses run backward through one graph. Which of them should never reach the "
            "generator?"
        ),
    ),
    (
        "modified by an inplace operation",
        (
            "Weights changed between a forward pass and its backward pass. When are the "
            "generator's "
            "samples scored?"
        ),
    ),
    (
        "does not require grad",
        (
            "No parameter that can learn is left behind this loss. Was a network frozen, or the "
            "generator's own samples cut off?"
        ),
    ),
)

QUESTION = Question(
    "05.q4", "the critic's steps and the generator's", 4, (NAME,), probe, judge, KNOWN_ERRORS
)
