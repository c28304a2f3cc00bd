"""Question 02.q4: DCGAN's weight initialisation, handed to `Module.apply`."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gan_course.practice.comparing import unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, wrong
from gan_course.practice.returned import BadReturn

NAME = "initialise"
STD = 0.02  # Radford et al. 2015, section 4
SHAPES = {
    "convolution": (64, 32, 3, 3),
    "twin": (64, 32, 3, 3),
    "transposed": (64, 32, 4, 4),
    "norm": (4096,),
    "convolution_bias": (64,),
    "transposed_bias": (32,),
    "norm_bias": (4096,),
    "linear": (8, 8),
    "linear_bias": (8,),
    "group_norm": (8,),
}


def probe(answers: Answers, _seed: int) -> dict[str, Tensor]:
    (initialise,) = answers
    convolution, twin = nn.Conv2d(32, 64, 3), nn.Conv2d(32, 64, 3, bias=False)
    transposed, norm, linear, group_norm = (
        nn.ConvTranspose2d(64, 32, 4),
        nn.BatchNorm2d(4096),
        nn.Linear(8, 8),
        nn.GroupNorm(2, 8),
    )
    before = {"linear": linear.weight, "linear_bias": linear.bias, "group_norm": group_norm.weight}
    before = {name: value.detach().clone() for name, value in before.items()}
    for biased in (convolution.bias, norm.bias, norm.weight):
        nn.init.constant_(biased, 0.5)  # type: ignore[arg-type]  # so that what is left as it was shows
    network = nn.Sequential(
        convolution,
        nn.Sequential(twin, nn.ReLU()),
        transposed,
        norm,
        nn.BatchNorm2d(4, affine=False),
        linear,
        group_norm,
    )
    network.apply(initialise)
    values = {
        "convolution": convolution.weight,
        "twin": twin.weight,
        "transposed": transposed.weight,
        "norm": norm.weight,
        "convolution_bias": convolution.bias,
        "transposed_bias": transposed.bias,
        "norm_bias": norm.bias,
        "linear": linear.weight - before["linear"],  # what changed, which should be nothing
        "linear_bias": linear.bias - before["linear_bias"],
        "group_norm": group_norm.weight - before["group_norm"],
    }
    for name, value in values.items():
        if not isinstance(value, Tensor):
            raise BadReturn(
                f"`{NAME}` left {type(value).__name__} where the network had its "
                f"{name.replace('_', ' ')}: fill the numbers in place."
            )
    trainable = all(p.requires_grad for p in network.parameters())
    return {name: value for name, value in values.items() if value is not None} | {
        "trainable": torch.tensor(trainable)
    }


def judge(values: Values, _seed: int) -> Verdict:
    if problem := unfit(values, SHAPES, NAME):
        return wrong(problem)
    own = {name: values[name].double() for name in SHAPES}
    if bad := next((name for name, value in own.items() if not value.isfinite().all()), ""):
        return wrong(f"`{NAME}` leaves nan or infinity in the network ({bad.replace('_', ' ')}).")
    hint = _weights_hint(own) or _norm_hint(own) or _bias_hint(own) or _others_hint(own)
    trainable = values.get("trainable", torch.tensor(False))
    if not hint and not (trainable.numel() == 1 and trainable.item() == 1):
        hint = (
            "Some parameters can no longer learn: their `requires_grad` is off. Where did you "
            "leave it so?"
        )
    return wrong(hint) if hint else RIGHT


def _weights_hint(own: dict[str, Tensor]) -> str:
    for name, layer in (("convolution", "convolution"), ("transposed", "transposed convolution")):
        weight = own[name].flatten()
        mean, std = weight.mean().item(), weight.std().item()
        # uniform, bound 1 / sqrt(fan in)
        default = 1 / (32 * {"convolution": 9, "transposed": 16}[name]) ** 0.5 / 3**0.5
        shown = f"The weights of the {layer} have a standard deviation of {std:.2g}"
        if abs(mean) > 0.05 * max(std, STD):
            return (
                f"The weights of the {layer} have a mean of {mean:.2g}. Around which number "
                "should they lie?"
            )
        if abs(std - default) < 0.03 * default:
            return (
                f"The weights of the {layer} are as PyTorch made them. Which kinds of layer "
                "does your function let through?"
            )
        if std < 1e-6:
            return (
                f"The weights of the {layer} are all alike. Can two channels with the same "
                "weights ever learn different things?"
            )
        if abs(std - STD**0.5) < 0.03 * STD**0.5 or abs(std - STD**2) < 0.03 * STD**2:
            return f"{shown}. Is 0.02 the variance or the standard deviation?"
        if abs(std - STD) > 0.03 * STD:
            return f"{shown}, expected 0.02. Does it depend on the size of the layer in yours?"
        kurtosis = ((weight - mean) ** 4).mean().item() / std**4
        if kurtosis < 2.7:  # 1.8 for a uniform distribution, 3 for a normal one
            return f"{shown} but no tails. Is the distribution normal?"
    if torch.equal(own["convolution"], own["twin"]):
        return (
            "Two layers of one shape hold the very same numbers. What sets the random "
            "generator "
            "back inside your function?"
        )
    return ""


def _norm_hint(own: dict[str, Tensor]) -> str:
    weight = own["norm"]
    mean, std = weight.mean().item(), weight.std().item()
    if abs(mean) < 0.01:
        return (
            "The weights of batch normalisation lie around 0: every channel is switched off at "
            "the start. Which factor leaves a channel as it is?"
        )
    if abs(mean - 0.5) < 1e-6 and std < 1e-6:
        return (
            "Batch normalisation is left as it was. Which kinds of layer does your function "
            "let "
            "through?"
        )
    if abs(mean - 1) < 1e-6 and std < 1e-6:
        return (
            "The weights of batch normalisation are all exactly 1. The question asks for some "
            "spread."
        )
    if abs(mean - 1) > 0.01 or abs(std - STD) > 0.06 * STD:
        return (
            f"The weights of batch normalisation have mean {mean:.2g} and standard deviation "
            f"{std:.2g}, expected 1 and 0.02."
        )
    return ""


def _bias_hint(own: dict[str, Tensor]) -> str:
    for name, layer in (
        ("convolution_bias", "convolution"),
        ("transposed_bias", "transposed convolution"),
        ("norm_bias", "batch normalisation"),
    ):
        if own[name].abs().max() > 0:
            return f"The bias of the {layer} is not 0 everywhere. Which line of yours reaches it?"
    return ""


def _others_hint(own: dict[str, Tensor]) -> str:
    for name, layer in (
        ("linear", "linear layer"),
        ("linear_bias", "linear layer"),
        ("group_norm", "group normalisation"),
    ):
        if own[name].abs().max() > 0:
            return (
                f"The {layer} is changed too. The question asks to leave other kinds of layer "
                "alone: how does yours tell them apart?"
            )
    return ""


KNOWN_ERRORS = (
    ("NoneType", "Some layers have no bias, or no weight either. What stands in its place?"),
)

QUESTION = Question("02.q4", "weight initialisation", 2, (NAME,), probe, judge, KNOWN_ERRORS)
