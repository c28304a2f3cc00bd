"""Question 09.q4: one step of two generators and two discriminators, none of which may be taken for
another."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim import SGD

from gan_course.losses import least_squares, non_saturating
from gan_course.practice.comparing import close
from gan_course.practice.question import Computed, Part, Question, mistakes, seeded
from gan_course.practice.returned import anything

FEATURES, BATCH, ROUNDS = 2, 6, 3
GENERATORS, DISCRIMINATORS = 0, 1  # whose optimiser stepped, in the record of the order
NETWORKS = ("to_y", "to_x", "d_y", "d_x")


def content(x, y, to_y, to_x):
    """What the generators descend besides: smooth, so that no mistake hides where a slope jumps."""
    return (to_x(to_y(x)) - x).square().mean() + 2 * (to_y(to_x(y)) - y).square().mean()


def four(seed, case):
    """Two generators and two discriminators of points, and what they see in each round."""
    draw = seeded(seed, case)
    generators = [nn.Sequential(nn.Linear(FEATURES, FEATURES), nn.Tanh()) for _ in "yx"]
    networks = [*generators, *(nn.Linear(FEATURES, 1) for _ in "yx")]
    for weight in (weight for network in networks for weight in network.parameters()):
        weight.data = torch.randn(weight.shape, generator=draw)
    x, y = torch.randn(2, ROUNDS, BATCH, FEATURES, generator=draw)
    return {"x": x + 1, "y": y - 1, **dict(zip(NETWORKS, networks, strict=True))}


def weights_of(given):
    """All numbers of the four networks, in their order."""
    return [nn.utils.parameters_to_vector(given[name].parameters()).detach() for name in NETWORKS]


def rounds(call, given):
    """One call after another with the same networks, and what right answers agree on, in the order
    in which a learner is told of it."""
    networks = {name: given[name] for name in NETWORKS}
    optimizers = [
        SGD([*networks[one].parameters(), *networks[other].parameters()], rate)
        for one, other, rate in (("to_y", "to_x", 0.3), ("d_y", "d_x", 0.4))
    ]
    order, late, seen = [], [], []
    for who, optimizer in enumerate(optimizers):
        optimizer.register_step_post_hook(lambda *_, who=who: order.append(who))
    # A gradient may arrive at a generator until the generators have stepped.
    networks["to_y"][0].weight.register_hook(lambda _: late.append(order[-1:] == [GENERATORS]))
    for x, y in zip(given["x"], given["y"], strict=True):
        call(
            **{"x": x.clone(), "y": y.clone(), **networks},
            **dict(zip(("optimizer_g", "optimizer_d"), optimizers, strict=True)),
            content=content,
        )
        seen.append(torch.cat(weights_of(given)))
    found = {
        "g never steps": GENERATORS not in order,
        "d never steps": DISCRIMINATORS not in order,
        "d first": order == [DISCRIMINATORS, GENERATORS] * ROUNDS,
        "in turn": order == [GENERATORS, DISCRIMINATORS] * ROUNDS,
        "weights": torch.stack(seen),  # after each round
        "backward too far": any(late),
    }
    return {name: torch.as_tensor(value) for name, value in found.items()}


def each_its_own(x, y, to_y, to_x, d_y, d_x, optimizer_g, optimizer_d, content):
    """The gradient of each network by itself, of the loss that is its own."""
    fake_y, fake_x = to_y(x), to_x(y)
    kept = content(x, y, to_y, to_x)
    descends = {
        to_y: (d_y(fake_y) - 1).square().mean() / 2 + kept,
        to_x: (d_x(fake_x) - 1).square().mean() / 2 + kept,
        d_y: ((d_y(y) - 1).square() + d_y(fake_y).square()).mean() / 2,
        d_x: ((d_x(x) - 1).square() + d_x(fake_x).square()).mean() / 2,
    }
    for network, loss in descends.items():
        network.zero_grad()
        loss.backward(inputs=list(network.parameters()), retain_graph=True)
    optimizer_g.step()
    optimizer_d.step()


def frozen_and_apart(x, y, to_y, to_x, d_y, d_x, optimizer_g, optimizer_d, content):
    """Loss by loss, each run backward by itself, the discriminators frozen first."""
    optimizer_g.zero_grad(set_to_none=False)
    content(x, y, to_y, to_x).backward()
    fakes = []
    for a, to_b, d_b in ((y, to_x, d_x), (x, to_y, d_y)):
        fakes.append(to_b(a))
        d_b.requires_grad_(False)
        least_squares.generator(d_b(fakes[-1])).backward()
        d_b.requires_grad_(True)
    optimizer_g.step()
    optimizer_d.zero_grad()
    for real, fake, d in zip((x, y), fakes, (d_x, d_y), strict=True):
        least_squares.discriminator(d(real), d(fake.detach())).backward()
    optimizer_d.step()


def step(
    order="zero_g loss_g step_g zero_d loss_d step_d",
    wish="d_y:fake_y d_x:fake_x",
    task="d_y:y:fake_y d_x:x:fake_x",
    heard=lambda fake: fake,
    shown=Tensor.detach,
    weight=1,
    retain=False,
    game=least_squares,
    pace=1.0,
    drawn=lambda x, y, to_y, to_x: (to_y(x), to_x(y)),
):
    """The right step with one part exchanged: what is done when, which discriminator scores which
    fakes for the generators, which real pictures and fakes each learns from, how fakes are given to
    them, the weight of the content and that of the discriminators' loss, how fakes are drawn."""

    def training_step(x, y, to_y, to_x, d_y, d_x, optimizer_g, optimizer_d, content):
        fake_y, fake_x = drawn(x, y, to_y, to_x)
        named = {"x": x, "y": y, "d_y": d_y, "d_x": d_x, "fake_y": fake_y, "fake_x": fake_x}

        def loss_g():
            parts = [[named[name] for name in part.split(":")] for part in wish.split()]
            scores = [game.generator(d(heard(fake))) for d, fake in parts]
            return sum(scores) + weight * content(x, y, to_y, to_x)

        def loss_d():
            all_of = named | {"late_y": to_y(x), "late_x": to_x(y)}
            parts = [[all_of[name] for name in part.split(":")] for part in task.split()]
            return pace * sum(
                game.discriminator(d(shown(real)), d(shown(fake))) for d, real, fake in parts
            )

        for act, who in (one.split("_") for one in order.split()):
            optimizer, loss = {"g": (optimizer_g, loss_g), "d": (optimizer_d, loss_d)}[who]
            if act == "loss":
                loss().backward(retain_graph=retain)
            else:
                {"zero": optimizer.zero_grad, "step": optimizer.step}[act]()

    return training_step


def off_course(found, right):
    at, other = found["weights"], right["weights"]
    if close(at[0], other[0]):
        return (
            "The first call is right and later ones are not. What stays behind from one call to "
            "the next?"
        )
    sizes = [numbers.numel() for numbers in weights_of(four(0, ""))]
    parts = zip(NETWORKS, at[0].split(sizes), other[0].split(sizes), strict=True)
    wrong = [f"`{name}`" for name, own, due in parts if not close(own, due)]
    return (
        f"After one call {' and '.join(wrong)} {'are' if wrong[1:] else 'is'} not where the "
        "question leads. Write down, for each of the four, which pictures its loss is about."
    )


OFF_COURSE = Computed(off_course)
IN_TURN = (
    "Each of the two optimisers should step once a call, the generators' first. How often does "
    "each step in yours?"
)

STEP = Part(
    "training_step",
    four,
    each_its_own,
    also_right={"frozen and apart": frozen_and_apart, "by parts": step()},
    probe=rounds,
    returns=anything,
    may_change=tuple(f"{name}.{kind}" for name in NETWORKS for kind in ("weights", "gradients")),
    otherwise={"in turn": IN_TURN, "weights": OFF_COURSE},
    mistakes=mistakes(
        lambda *given: None,
        step("zero_d loss_d step_d"),
        "The generators' optimiser never takes a step.",
        step("zero_g loss_g step_g zero_d loss_d"),
        "The discriminators' optimiser never takes a step.",
        step("zero_d loss_d step_d zero_g loss_g step_g"),
        "The discriminators' optimiser steps before the generators'. In which order does the "
        "question put them?",
        step("zero_g loss_g step_g step_g zero_d loss_d step_d"),
        IN_TURN,
        step(task="d_y:y:fake_x d_x:x:fake_y"),
        "The fakes are swapped: each discriminator tells its own domain from the fakes of the "
        "other. What does `to_y` draw?",
        step(task="d_y:x:fake_y d_x:y:fake_x"),
        "The real pictures are swapped: each discriminator learns that the other domain is real "
        "in its own.",
        step(task="d_x:y:fake_y d_y:x:fake_x"),
        "The discriminators are swapped where they learn, and not where the generators ask them.",
        step(drawn=lambda x, y, to_y, to_x: (to_y(y), to_x(x))),
        "Each generator is given pictures of the domain that it leads to. From where does `to_y` "
        "lead?",
        step(wish="d_x:fake_y d_y:fake_x"),
        "Each generator asks the discriminator of the domain that it comes from. Who knows how "
        "the domain looks that it leads to?",
        step(task="d_y:y:late_y d_x:x:late_x"),
        step(task="d_y:y:late_y d_x:x:fake_x"),
        step(task="d_y:y:fake_y d_x:x:late_x"),
        "The discriminators are shown fakes that were drawn after the generators had stepped. "
        "Which fakes did the generators learn from?",
        step("zero_g zero_d loss_g step_g loss_d step_d"),
        "The discriminators step along the generators' loss too, which wants them fooled. Which "
        "gradients do they hold when they step?",
        step("loss_g step_g zero_d loss_d step_d"),
        "The generators carry their gradients over from the call before. Who clears them, and "
        "when?",
        step("zero_g loss_g step_g loss_d step_d"),
        step("loss_g step_g loss_d step_d"),
        "The discriminators step on gradients that somebody else has left. Who clears them, and "
        "when?",
        step(weight=2),
        OFF_COURSE,
        step(heard=Tensor.detach),
        "The generators learn nothing of what the discriminators say. In whose step are fakes cut "
        "off?",
        step(weight=0),
        "`content` has no part in it: the generators may draw anything that looks real, whatever "
        "they were given.",
        step(wish="d_y:fake_y"),
        step(wish="d_x:fake_x"),
        "Only one of the generators has a discriminator to fool.",
        step(task="d_y:y:fake_y"),
        step(task="d_x:x:fake_x"),
        "One of the discriminators never learns.",
        step(task="d_y:fake_y:y d_x:fake_x:x"),
        "The discriminators learn to call fakes real, and real pictures fakes.",
        step(pace=0.5),
        "The discriminators' loss is halved, as the paper does. The question adds the two up.",
        step(game=non_saturating),
        "The losses are those of the cross-entropy. The question asks for least squares.",
        step(shown=lambda fake: fake, retain=True),
        "The result is right, but the discriminators' loss runs back through the generators for "
        "nothing. What spares that work?",
        step(shown=lambda fake: fake),
        "Two losses run back through one graph. Which of them should never reach the generators?",
    ),
)

QUESTION = Question("09.q4", "two generators, two discriminators", 4, (STEP,))
