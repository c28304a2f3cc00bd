"""Question 05.q2: the gradient penalty for samples of any shape, differentiable once more."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gan_course.practice.comparing import close, unfit
from gan_course.practice.gradients import pulled_back
from gan_course.practice.lesson_05.cases import Guesses, matching
from gan_course.practice.lesson_05.quadratic_critic import QuadraticCritic
from gan_course.practice.question import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import tensor

NAME = "gradient_penalty"
# As many images as rows and columns of pixels, so that an ε spread along a wrong side goes wrong
# without an error.
SHAPES = {"points": (6, 2), "images": (5, 2, 5, 5), "line": (4, 1)}


@dataclass(frozen=True)
class Scene:
    """A quadratic critic's weights, real and fake samples, and where to look between them."""

    a: Tensor
    b: Tensor
    real: Tensor
    fake: Tensor
    epsilon: Tensor

    def at(self, x: Tensor) -> Tensor:
        """The critic's gradient at `x`."""
        return self.a + self.b * x

    @property
    def each(self) -> Tensor:
        """ε with a dimension of size 1 for each of a sample's."""
        return self.epsilon.reshape(-1, *[1] * (self.real.ndim - 1))

    @property
    def mixed(self) -> Tensor:
        return self.each * self.real + (1 - self.each) * self.fake

    def double(self) -> Scene:
        return Scene(
            self.a.double(),
            self.b.double(),
            self.real.double(),
            self.fake.double(),
            self.epsilon.double(),
        )


def scene(seed: int, case: str) -> Scene:
    """Inputs whose slopes lie on both sides of one: the critic is flat near 0 and steep far from
    it, and the samples are near and far."""
    shape = SHAPES[case]
    draw = seeded(seed + 100 * list(SHAPES).index(case))
    size = torch.Size(shape[1:]).numel()
    a, b = torch.randn(2, *shape[1:], generator=draw)
    a, b = 0.5 * a / a.norm(), b.sign() * (0.7 + 0.6 * b.abs().clamp_max(1))
    far = torch.linspace(0.1, 2.5, shape[0]).reshape(-1, *[1] * (len(shape) - 1)) / size**0.5
    real, fake = far * torch.randn(2, *shape, generator=draw)
    # Far from ½, where it makes no difference which of the two ε belongs to.
    epsilon = torch.where(
        torch.rand(shape[0], generator=draw) < 0.5, 0.05, 0.7
    ) + 0.25 * torch.rand(shape[0], generator=draw)
    return Scene(a, b, real + 0.5 * far, fake - 0.5 * far, epsilon)


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    (gradient_penalty,) = answers
    values: dict[str, Tensor] = {}
    for case in SHAPES:
        given = scene(seed, case)
        critic, drawn = QuadraticCritic(given.a, given.b), given.fake.clone().requires_grad_()
        fake = drawn * 1.0  # as if a generator had drawn it
        first = tensor(
            NAME, gradient_penalty(critic, given.real.clone(), fake, given.epsilon.clone())
        )
        left = any(weight.grad is not None for weight in critic.parameters())
        slope_a, slope_b, slope_fake = pulled_back(
            first, torch.ones(()), (critic.a, critic.b, drawn)
        )
        again = tensor(
            NAME,
            gradient_penalty(critic, given.real.clone(), given.fake.clone(), given.epsilon.clone()),
        )
        values |= {
            f"value_{case}": first,
            f"again_{case}": again,
            f"a_{case}": slope_a,
            f"b_{case}": slope_b,
        }
        values |= {
            f"left_{case}": torch.tensor(float(left)),
            f"flow_{case}": slope_fake.abs().sum(),
        }
    return values


def _squared(slope: Tensor) -> Tensor:
    """What the penalty makes of the gradient at each sample (N, ...)."""
    return (slope.flatten(1).norm(dim=1) - 1).square()


def _places(s: Scene) -> Guesses:
    """What comes of looking in other places, with what it is said to do."""

    def at(x: Tensor) -> Tensor:
        return _squared(s.at(x)).mean()

    turned = (
        "is nearer to the fakes where it should be nearer to the real ones. Where is x̂ at ε = 1?"
    )
    one = "uses one ε for the whole batch. How many are given?"
    side, mean, gap = s.epsilon.reshape(-1, 1), s.epsilon.mean(), s.real - s.fake
    return [
        (
            at(s.real),
            (
                "looks at the slope on the real samples only. Where do the samples lie that the "
                "question asks about?"
            ),
        ),
        (
            at(s.fake),
            (
                "looks at the slope on the fakes only. Where do the samples lie that the question "
                "asks "
                "about?"
            ),
        ),
        (at(s.real - s.each * gap), turned),
        (at(s.real - side * gap), turned),
        (
            at(s.fake + side * gap),
            (
                "is right for points and not for images: along which side of an image does your ε "
                "change, and should it?"
            ),
        ),
        (at((s.real + s.fake) / 2), "looks halfway between real and fake, whatever ε is."),
        (at(s.fake + mean * gap), one),
        (at(s.fake + s.epsilon[0] * gap), one),
        (
            at(s.fake + s.each * s.real),
            "leaves the line between real and fake: at ε = 1 only the real sample should be left.",
        ),
    ]


def _norms(s: Scene) -> Guesses:
    """What comes of measuring the slope in other ways, with what it is said to do."""
    slope = s.at(s.mixed)
    flat = slope.flatten(1)
    length, n = flat.norm(dim=1), len(slope)
    right = (length - 1).square().mean()
    side = (
        "is right for points and not for images: over which dimensions of an image does your "
        "norm run?"
    )
    root = flat.square().mean(dim=1).sqrt()
    return [
        (
            (length - 1).relu().square().mean(),
            "lets slopes below one pass. Which of slopes 0 and 2 costs something in the question?",
        ),
        (
            (1 - length).relu().square().mean(),
            "lets slopes above one pass. Which of slopes 0 and 2 costs something in the question?",
        ),
        (
            length.square().mean(),
            (
                "wants a slope of 0, as R1 of lesson 1 does. Which slope has a critic that "
                "measures a "
                "distance?"
            ),
        ),
        (length.mean(), "is the mean slope. How far is each one from the slope that is wanted?"),
        (
            (length.square() - 1).square().mean(),
            "compares the square of the norm with one. Where does the root belong?",
        ),
        (
            (flat.norm() - 1).square(),
            (
                "takes one norm over the whole batch. Whose slope is it, one sample's or all "
                "samples' "
                "together?"
            ),
        ),
        (
            (length.mean() - 1).square(),
            "averages the slopes before it compares: would a flat sample and a steep one cancel?",
        ),
        ((slope.norm(dim=1) - 1).square().mean(), side),
        ((slope.norm(dim=-1) - 1).square().mean(), side),
        (
            (root - 1).square().mean(),
            "averages over the values of a sample inside the root. What is a Euclidean norm?",
        ),
        (
            (flat.abs().sum(dim=1) - 1).square().mean(),
            "adds up absolute slopes. Which norm is Euclidean?",
        ),
        (
            (slope - 1).square().mean(),
            (
                "wants every partial derivative to be one. What should be one: each, or the length "
                "of "
                "all together?"
            ),
        ),
        ((length - 1).abs().mean(), "takes the distance from one without squaring it."),
        (
            (length - 1).mean(),
            (
                "is negative where the critic is flat, so that downhill is flatter still. What "
                "makes "
                "both sides cost?"
            ),
        ),
        (
            (length / n - 1).square().mean(),
            (
                "sees each slope as many times too small as there are samples. Which one number of "
                "the "
                "scores is it of?"
            ),
        ),
        (
            right * n,
            (
                "grows when the batch is repeated. Which reduction makes it independent of the "
                "batch "
                "size?"
            ),
        ),
        (right * 10, "is ten times as large. The weight λ is no part of it here."),
        (right / 2, "is half of what is asked for. Which factor stands in the question?"),
    ]


def judge(values: Values, seed: int) -> Verdict:
    shapes: dict[str, tuple[int, ...]] = {
        f"{part}_{case}": () for part in ("value", "again", "left", "flow") for case in SHAPES
    }
    if problem := unfit(values, shapes, NAME):
        return wrong(problem)
    scenes = {case: scene(seed, case).double() for case in SHAPES}
    found = torch.stack([values[f"value_{case}"].double() for case in SHAPES])
    again = torch.stack([values[f"again_{case}"].double() for case in SHAPES])
    if not found.isfinite().all():
        return wrong(
            f"`{NAME}` is nan or infinite at ordinary samples. What does it divide by, or take the "
            "root of?"
        )
    if not close(found, again):
        return wrong(
            f"`{NAME}` gives two values for the same inputs. ε is given, one number for each "
            "sample: what else is drawn in yours?"
        )
    if not close(found, torch.stack([_squared(s.at(s.mixed)).mean() for s in scenes.values()])):
        said = matching(found, [_places(s) + _norms(s) for s in scenes.values()])
        unknown = (
            "is another function. Work it out by hand for a critic 3x on a line: its slope "
            "is 3 everywhere."
        )
        return wrong(f"`{NAME}` {said or unknown}")
    for case, given in scenes.items():
        if hint := _slope_hint(values, case, given):
            return wrong(hint)
    return RIGHT


def _slope_hint(values: Values, case: str, given: Scene) -> str:
    """Whether gradients reach what they should, and nothing else."""
    slope = given.at(given.mixed)
    length = slope.flatten(1).norm(dim=1).reshape(given.each.shape)
    pull = 2 * (length - 1) * slope / length / len(slope)  # of the penalty at each sample's slope
    for name, expected in (("a", pull.sum(dim=0)), ("b", (pull * given.mixed).sum(dim=0))):
        arrived = values.get(f"{name}_{case}", torch.zeros(0))
        if not arrived.numel():
            return (
                f"`{NAME}` has the right value, but no gradient of it reaches the critic's "
                "weights. What keeps a slope's graph?"
            )
        if not close(arrived, expected):
            return (
                f"`{NAME}` has the right value and a wrong gradient at the critic's weights. "
                "Is "
                "a part of it left out of the graph?"
            )
    if values[f"left_{case}"] != 0:
        return (
            f"`{NAME}` leaves gradients in the critic's weights, which the next step adds to "
            "its own. What returns them instead?"
        )
    if values[f"flow_{case}"] != 0:
        return (
            f"`{NAME}` sends a gradient back into the fakes, to the generator that drew them. "
            "Whose slope is the penalty about?"
        )
    return ""


KNOWN_ERRORS = (
    (
        "must match the size of tensor",
        (
            "ε holds one number for each sample: which of a sample's dimensions do you let it run "
            "along?"
        ),
    ),
    (
        "ValueError: the critic was shown",
        "How many dimensions has a sample here, and does your ε get one for each of them?",
    ),
    (
        "grad can be implicitly created only for scalar",
        (
            "Each score depends on its own sample alone. Which one number of the column has all "
            "their "
            "gradients?"
        ),
    ),
    (
        "does not require grad",
        "The slope is taken at x̂: what must PyTorch know about x̂ before the critic sees it?",
    ),
    (
        "appears to not have been used in the graph",
        "The slope is taken at the tensor that the critic saw. Is yours that one?",
    ),
    (
        "Dimension out of range",
        (
            "Which dimensions does a sample of shape (N, 2) have? The function should serve any "
            "number "
            "of them."
        ),
    ),
)

QUESTION = Question("05.q2", "the gradient penalty", 4, (NAME,), probe, judge, KNOWN_ERRORS)
