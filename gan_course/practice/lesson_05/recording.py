"""What question 05.q4 sees of one training step: who stepped when, on which rows and which noise,
and where both players ended."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD

from gan_course.practice.comparing import close
from gan_course.practice.lesson_05.quadratic_critic import QuadraticCritic
from gan_course.practice.question import seeded
from gan_course.practice.returned import BadReturn

N_CRITIC = (3, 2)  # of each call
LATENT, FEATURES, EACH, LR = 3, 2, 4, 0.3  # EACH: real samples of each critic step
CRITIC, GENERATOR = 0, 1  # who stepped, in the record of the order
# What right answers agree on, in the order in which a learner is told of it.
FACTS = (
    *("generator steps", "critic steps", "generator last", "sizes", "strange", "twice in a step"),
    *("twice", "moves between", "drawn", "own fakes", "fakes twice", "attached", "left"),
    *("critic moves", "stands still", "off by"),
)


def start(seed, case):
    """Both players, how the critic's weights move with each of its steps, the real batch of each
    call, and more noise than is needed."""
    draw = seeded(seed, case)
    generator = nn.Linear(LATENT, FEATURES)
    with torch.no_grad():
        for weight in generator.parameters():
            weight.copy_(torch.randn(weight.shape, generator=draw))
    return {
        "generator": generator,
        "critic": QuadraticCritic(*torch.randn(2, FEATURES, generator=draw)),
        "moves": 0.5 * torch.randn(len(N_CRITIC), 10, 2, FEATURES, generator=draw),
        "real": [torch.randn(n * EACH, FEATURES, generator=draw) + 1 for n in N_CRITIC],
        "noise": torch.randn(len(N_CRITIC), 60, LATENT, generator=draw),
    }


class Record:
    """One call, and the two functions that a training step is given. The critic moves the same way
    whatever it is shown, so that right answers that deal out the rows in another order end in the
    same place."""

    def __init__(self, generator, critic, moves, noise):
        self.generator, self.critic, self.moves, self.noise = generator, critic, iter(moves), noise
        self.drawn, self.events, self.attached = 0, [], []
        self.reals, self.fakes = [torch.zeros(0, FEATURES)], [torch.zeros(0, FEATURES)]
        self.generators, self.critics = [matrix(generator)], [critic.stacked()]

    def draw_noise(self, n):
        self.drawn += n
        return self.noise[self.drawn - n : self.drawn].clone()

    def update_critic(self, real, fake):
        if not (isinstance(real, Tensor) and isinstance(fake, Tensor)):
            raise BadReturn(
                "`training_step` calls `update_critic` with something else than two tensors, the "
                "real samples and the fakes."
            )
        self.events.append(CRITIC)
        self.attached.append(fake.requires_grad)
        self.reals.append(real.detach().clone())
        self.fakes.append(fake.detach().clone())
        self.critic.zero_grad()
        (self.critic(fake).mean() - self.critic(real).mean()).backward()
        with torch.no_grad():
            for weight, move in zip(self.critic.parameters(), next(self.moves), strict=True):
                weight.add_(move)
        self.note_players()

    def note_players(self):
        self.generators.append(matrix(self.generator))
        self.critics.append(self.critic.stacked())

    def values(self):
        sizes = [[len(real), len(fake)] for real, fake in zip(self.reals, self.fakes, strict=True)]
        return {
            "real": torch.cat(self.reals),
            "fake": torch.cat(self.fakes),
            "sizes": torch.tensor(sizes[1:]).reshape(-1, 2),
            "events": torch.tensor(self.events),
            "attached": torch.tensor(self.attached),
            "drawn": torch.tensor(self.drawn),
            # at first, after each critic step, and at the end
            "generators": torch.stack(self.generators),
            "critics": torch.stack(self.critics),
        }


def recorded(call, given):
    """The probe: one call after another with the same players."""
    generator, critic = given["generator"], given["critic"]
    optimizer_g = SGD(generator.parameters(), LR)
    values: dict[str, Tensor] = {}
    for i, n in enumerate(N_CRITIC):
        record = Record(generator, critic, given["moves"][i], given["noise"][i])
        hook = optimizer_g.register_step_post_hook(
            lambda *_, own=record: own.events.append(GENERATOR)
        )
        call(
            generator=generator,
            critic=critic,
            optimizer_g=optimizer_g,
            update_critic=record.update_critic,
            real=given["real"][i],
            draw_noise=record.draw_noise,
            n_critic=n,
        )
        hook.remove()
        record.note_players()
        values |= {f"{name} {i}": value for name, value in record.values().items()}
    return values


def matrix(generator):
    """A row [weight | bias] for each output."""
    return torch.cat([generator.weight, generator.bias[:, None]], dim=1).detach().clone()


def read(values, seed, case):
    """FACTS of both calls."""
    given, calls = start(seed, case), []
    for i, n in enumerate(N_CRITIC):
        own = {name[:-2]: value for name, value in values.items() if name.endswith(str(i))}
        calls.append(facts(own, n, given["real"][i], given["noise"][i]))
    return {name: torch.stack([call[name] for call in calls]) for name in FACTS}


def facts(own, n, batch, noise):
    """What one call did, as numbers; those that cannot be told after an earlier mistake are 0."""
    events, sizes = own["events"].flatten().tolist(), torch.zeros(max(N_CRITIC), 2)
    said: dict[str, Any] = dict.fromkeys(FACTS, 0)
    said |= {"sizes": sizes, "off by": torch.zeros(FEATURES, LATENT + 1)}
    said["generator steps"], said["critic steps"] = events.count(GENERATOR), events.count(CRITIC)
    if said["critic steps"] == n:
        sizes[:n] = own["sizes"]
        said["generator last"] = events[-1] == GENERATOR
        if (sizes[:n] == EACH).all():
            said |= of_rows(own, batch, noise[: int(own["drawn"])].double())
    return {name: torch.as_tensor(value).double() for name, value in said.items()}


def of_rows(own, batch, drawn):
    generators, critics = own["generators"].double(), own["critics"].double()
    inputs = torch.cat([drawn, torch.ones(len(drawn), 1)], dim=1)
    real, fake = rows(own["real"], batch), rows(own["fake"], inputs @ generators[0].mT)
    left = inputs[[i for i in range(len(drawn)) if i not in fake]]
    move = LR * slope(critics[-2], generators[-2], left) if len(left) else 0
    return {
        "strange": -1 in real,
        "twice in a step": len(set(real[:EACH])) < EACH,
        "twice": len(set(real)) < len(real),
        "moves between": not all(close(one, generators[0]) for one in generators[:-1]),
        "drawn": len(drawn) > 0,
        "own fakes": -1 not in fake,
        "fakes twice": len(set(fake)) < len(fake),
        "attached": own["attached"].shape != (len(critics) - 2,) or own["attached"].any(),
        "left": len(left),
        "critic moves": not close(critics[-1], critics[-2]),
        "stands still": close(generators[-1], generators[-2], tolerance=1e-7),
        "off by": generators[-1] - generators[-2] + move,
    }


def rows(of, among):
    """For each row of `of` the number of the row of `among` that it is, -1 where it is none."""
    near = (of.double()[:, None] - among.double()[None]).abs().amax(dim=2) < 1e-4
    return [int(row.nonzero()[0]) if row.any() else -1 for row in near]


def slope(critic, generator, inputs):
    """Of -mean score(fake) at the generator, in closed form."""
    a, b = critic
    return -(a + b * (inputs @ generator.T)).T @ inputs / len(inputs)
