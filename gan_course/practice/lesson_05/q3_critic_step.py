"""Question 05.q3: weights clipped in place, and a step of the critic that ends with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector
from torch.optim import SGD

from gan_course.practice.comparing import close, first_match, unfit
from gan_course.practice.lesson_05.cases import Guesses
from gan_course.practice.lesson_05.quadratic_critic import QuadraticCritic, stacked
from gan_course.practice.question import RIGHT, Answers, Question, Values, Verdict, seeded, wrong

CLIP, STEP = "clip_weights", "critic_step"
BOUNDS = (0.1, 0.5)
FEATURES, BATCH, ROUNDS, LR = 3, 6, 3, 0.4


@dataclass(frozen=True)
class Slip:
    """A way to get the critic's step wrong; each field names what happens that should not."""

    climbs: bool = False
    keeps_gradient: bool = False
    clips: str = "after"  # or "before" the step, "never", "gradients" in place of weights
    cross_entropy: bool = False
    real_weight: float = 1.0
    fake_weight: float = 1.0


SLIPS = (
    (Slip(clips="never"), "leaves weights outside of [-c, c]. What must happen after each step?"),
    (
        Slip(clips="before"),
        "clips, and then moves the weights out again. What is the last thing a step does?",
    ),
    (
        Slip(clips="gradients"),
        (
            "clips gradients, which bounds how far the critic moves, not how steep it is. What "
            "does c "
            "bound?"
        ),
    ),
    (
        Slip(climbs=True),
        (
            "makes the critic worse with every call: the gap it measures gets smaller. Whose loss "
            "goes "
            "downhill?"
        ),
    ),
    (
        Slip(keeps_gradient=True),
        "steps on gradients of earlier calls too. When does PyTorch clear `.grad`?",
    ),
    (Slip(cross_entropy=True), "goes down the cross-entropy of lesson 1. Which loss has a critic?"),
    (
        Slip(fake_weight=0.0),
        "learns from the real samples only. What should the critic do with `fake`?",
    ),
    (Slip(real_weight=0.0), "learns from the fakes only. What should the critic do with `real`?"),
    (
        Slip(real_weight=BATCH, fake_weight=BATCH),
        "moves as many times too far as there are samples. Is the loss a sum or a mean?",
    ),
)


def network(seed: int) -> nn.Sequential:
    """A critic with weights and biases within and beyond every bound, with gradients, and with
    buffers that are beyond too."""
    draw = seeded(seed)
    critic = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 5), nn.Linear(5, 2))
    with torch.no_grad():
        for weight in critic.parameters():
            mixed = torch.linspace(-1.2, 1.0, weight.numel())[
                torch.randperm(weight.numel(), generator=draw)
            ]
            weight.copy_(
                (mixed + 0.02 * torch.randn(weight.numel(), generator=draw)).reshape(weight.shape)
            )
            weight.grad = 2 * torch.randn(weight.shape, generator=draw)
        for name, buffer in critic.named_buffers():
            buffer.copy_(
                torch.tensor(7)
                if name.endswith("tracked")
                else 1 + torch.rand(buffer.shape, generator=draw)
            )
    return critic


def samples(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor, float]:
    """The critic's weights (2, FEATURES), the gradients it starts with, real and fake samples
    (ROUNDS, BATCH, FEATURES), and c."""
    draw = seeded(seed + 1000)
    # The weights start well within c and reach it after a step or two: where they are clipped at
    # once, other mistakes would not show.
    weights, left = (
        0.6 * torch.rand(2, FEATURES, generator=draw) - 0.3,
        0.5 + torch.rand(2, FEATURES, generator=draw),
    )
    real, fake = torch.randn(2, ROUNDS, BATCH, FEATURES, generator=draw)
    return weights, left, real + 0.5, fake - 0.5, 0.5 + 0.1 * torch.rand((), generator=draw).item()


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    clip_weights, critic_step = answers
    values: dict[str, Tensor] = {}
    for i, c in enumerate(BOUNDS):
        critic = network(seed + i)
        before = list(critic.parameters())
        clip_weights(critic, c)
        after = list(critic.parameters())
        same = len(after) == len(before) and all(a is b for a, b in zip(after, before, strict=True))
        learns = all(weight.is_leaf and weight.requires_grad for weight in after)
        grads = [
            torch.zeros_like(weight) if weight.grad is None else weight.grad for weight in after
        ]
        values |= {
            f"weights_{i}": parameters_to_vector(after),
            f"grads_{i}": parameters_to_vector(grads),
            f"buffers_{i}": _buffers(critic),
        }
        values[f"objects_{i}"] = torch.tensor([float(same), float(learns)])
    return values | _steps(critic_step, seed)


def _steps(critic_step: Callable[..., object], seed: int) -> dict[str, Tensor]:
    weights, left, real, fake, c = samples(seed)
    critic = QuadraticCritic(*weights)
    critic.a.grad, critic.b.grad = left[0].clone(), left[1].clone()
    optimizer, steps, seen = SGD(critic.parameters(), LR), [], []
    optimizer.register_step_post_hook(lambda *_: steps.append(1))
    drawn = fake.clone().requires_grad_()
    for i in range(ROUNDS):
        # the fakes still hang on what drew them
        critic_step(critic, optimizer, real[i].clone(), 1.0 * drawn[i], c)
        seen.append(stacked(critic))
    return {
        "critic": torch.stack(seen),
        "steps": torch.tensor(len(steps)),
        "flow": torch.tensor(float(drawn.grad is not None)),
    }


def _buffers(critic: nn.Module) -> Tensor:
    return torch.cat([buffer.double().flatten() for buffer in critic.buffers()])


def _clamped(w: Tensor, c: float) -> Tensor:
    return w.minimum(torch.tensor(c)).maximum(torch.tensor(-c))


def _clip_guesses(critic: nn.Module, c: float) -> Guesses:
    """All weights as one vector after other things than clipping, with what does it."""
    named = {name: weight.detach() for name, weight in critic.named_parameters()}

    def every(change: Callable[[Tensor], Tensor]) -> Tensor:
        return parameters_to_vector([change(w) for w in named.values()])

    def only(*chosen: bool) -> Tensor:
        return parameters_to_vector(
            [
                _clamped(w, c) if which else w
                for w, which in zip(named.values(), chosen, strict=True)
            ]
        )

    squashed = "squashes every weight. Should a weight that was small enough move?"
    together = parameters_to_vector(named.values())
    return [
        (
            together,
            (
                "leaves every weight as it was. Does your line change the tensor, or give its name "
                "to "
                "another one?"
            ),
        ),
        (together.clamp(max=c), "has no bound below. What becomes of a weight of -10?"),
        (together.clamp(min=-c), "has no bound above. What becomes of a weight of 10?"),
        (together.clamp(0, c), "makes negative weights 0. Where does the interval begin?"),
        (together.abs().clamp(max=c), "loses the signs. Where does the interval begin?"),
        (
            only(*(w.ndim > 1 for w in named.values())),
            (
                "leaves weights beyond c, those of one dimension. Which parameters of a layer are "
                "those?"
            ),
        ),
        (
            only(*(name.endswith("weight") for name in named)),
            "leaves parameters beyond c that are not called `weight`. Which has a layer besides?",
        ),
        (
            only(*(name.endswith("bias") for name in named)),
            "clips biases only. Which parameters has a layer besides?",
        ),
        (
            only(*(name.startswith("0.") for name in named)),
            "clips the first layer only. Which layers has `critic`?",
        ),
        (
            only(*(name.startswith("3.") for name in named)),
            "clips the last layer only. Which layers has `critic`?",
        ),
        (
            every(lambda w: w * c / w.abs().max()),
            (
                "rescales each tensor by its largest weight. Should a weight that was small enough "
                "move?"
            ),
        ),
        (
            every(lambda w: w * c / w.norm()),
            "bounds the norm of each tensor. What does the question bound?",
        ),
        (
            together * c / together.norm(),
            "bounds the norm of all weights together. What does the question bound?",
        ),
        (c * (together / c).tanh(), squashed),
        (c * together.tanh(), squashed),
        (
            c * together.sign(),
            "puts every weight on the edge. Should a weight that was small enough move?",
        ),
        (
            together * (together.abs() <= c),
            "sets weights that are too large to 0. Which number in [-c, c] is nearest to them?",
        ),
        (_clamped(together, 0.01), "clips to the paper's 0.01. Which c was asked for?"),
        (_clamped(together, 1.0), "clips to [-1, 1]. Which c was asked for?"),
    ]


def judge(values: Values, seed: int) -> Verdict:
    hint = next(
        filter(None, (_clip_hint(values, i, c, seed) for i, c in enumerate(BOUNDS))), ""
    ) or _step_hint(values, seed)
    return wrong(hint) if hint else RIGHT


def _clip_hint(values: Values, i: int, c: float, seed: int) -> str:
    critic = network(seed + i)
    before = parameters_to_vector(critic.parameters())
    grads = parameters_to_vector(
        [weight.grad for weight in critic.parameters() if weight.grad is not None]
    )
    shapes = {
        f"weights_{i}": before.shape,
        f"grads_{i}": grads.shape,
        f"buffers_{i}": _buffers(critic).shape,
        f"objects_{i}": (2,),
    }
    if problem := unfit(values, shapes, CLIP):
        return problem
    weights = values[f"weights_{i}"]
    if values[f"objects_{i}"][0] != 1:
        return (
            f"`{CLIP}` puts new parameters in place of the old ones, which the optimiser still "
            "holds. How does one change a tensor in place?"
        )
    if not close(values[f"grads_{i}"], grads):
        return (
            f"`{CLIP}` changes the gradients. They say where the weights go next: what is it "
            "that c bounds?"
        )
    if not close(weights, _clamped(before, c)):
        said = first_match(weights, _clip_guesses(critic, c))
        asked = f"gives other numbers. At c = {c}, what becomes of weights -2, {c / 2:g} and 2?"
        return f"`{CLIP}` {said or asked}"
    if not close(values[f"buffers_{i}"], _buffers(critic)):
        return (
            f"`{CLIP}` changes buffers as well, statistics that nothing learns. What of a "
            "module does an optimiser get?"
        )
    if values[f"objects_{i}"][1] != 1:
        return (
            f"After `{CLIP}` a weight learns no more: it has a history, or needs no gradient. "
            "Who turns that off only for a moment?"
        )
    return ""


def play(seed: int, slip: Slip | None = None) -> Tensor:
    """The critic's weights after every round, (ROUNDS, 2, FEATURES), in closed form: its slope at x
    is a + b x."""
    slip = slip or Slip()
    weights, left, reals, fakes, c = samples(seed)
    weights, kept, seen = weights.double(), left.double(), []
    for real, fake in zip(reals.double(), fakes.double(), strict=True):
        # of the score, at a and at b
        at_real, at_fake = (
            torch.stack([real, 0.5 * real**2], dim=1),
            torch.stack([fake, 0.5 * fake**2], dim=1),
        )
        pull_real, pull_fake = -torch.ones(BATCH).double(), torch.ones(BATCH).double()
        if slip.cross_entropy:
            pull_real, pull_fake = (
                torch.sigmoid(sign * (x * weights).sum(dim=(1, 2))) * sign
                for sign, x in ((-1, at_real), (1, at_fake))
            )
        pulls = (
            slip.real_weight * pull_real[:, None, None] * at_real
            + slip.fake_weight * pull_fake[:, None, None] * at_fake
        )
        kept = kept * slip.keeps_gradient + pulls.mean(dim=0)
        start = weights.clamp(-c, c) if slip.clips == "before" else weights
        moved = start - LR * (kept.clamp(-c, c) if slip.clips == "gradients" else kept) * (
            -1 if slip.climbs else 1
        )
        weights = moved.clamp(-c, c) if slip.clips == "after" else moved
        seen.append(weights)
    return torch.stack(seen)


def _step_hint(values: Values, seed: int) -> str:
    if problem := unfit(values, {"critic": (ROUNDS, 2, FEATURES), "steps": (), "flow": ()}, STEP):
        return problem
    critic, steps, (weights, *_, c) = values["critic"], values["steps"].item(), samples(seed)
    if steps == 0:
        return f"In `{STEP}` the critic's optimiser never takes a step."
    if steps != ROUNDS:
        return (
            f"In `{STEP}` the critic's optimiser should take one step a call, and took "
            f"{steps:g} in {ROUNDS} calls."
        )
    if close(critic[-1], weights) or close(critic[-1], weights.clamp(-c, c)):
        return (
            f"In `{STEP}` the optimiser steps and the critic stands still. Is `.grad` filled "
            "at "
            "that moment?"
        )
    if not close(critic, play(seed)):
        said = next((said for slip, said in SLIPS if close(critic, play(seed, slip))), "")
        return f"`{STEP}` {said}" if said else _unknown_hint(critic, seed)
    if values["flow"] != 0:
        return (
            f"`{STEP}` sends the critic's loss back into what drew the fakes. Where should its "
            "path end?"
        )
    return ""


def _unknown_hint(critic: Tensor, seed: int) -> str:
    if close(critic[0], play(seed)[0]):
        return (
            f"The first call of `{STEP}` is right and later ones are not. What stays behind "
            "from one call to the next?"
        )
    return (
        f"After one call of `{STEP}` the critic is not where its loss leads. Does it see "
        "`real` "
        "and `fake` once each, with the right signs?"
    )


KNOWN_ERRORS = (
    (
        "can't be cast to the desired output type",
        (
            "Some of a module's tensors only count, or keep statistics. Which of them does an "
            "optimiser get?"
        ),
    ),
    (
        "a leaf Variable that requires grad",
        (
            "PyTorch keeps a record of what happens to weights. How does one say that this change "
            "is "
            "no part of it?"
        ),
    ),
    (
        "backward through the graph a second time",
        "What keeps this loss from running back into what drew the fakes?",
    ),
    (
        "modified by an inplace operation",
        "Weights changed between a forward pass and its backward pass. When is it time to clip?",
    ),
)

QUESTION = Question(
    "05.q3", "a critic's step, clipped", 3, (CLIP, STEP), probe, judge, KNOWN_ERRORS
)
