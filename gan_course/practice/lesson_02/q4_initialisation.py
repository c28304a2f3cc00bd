"""Question 02.q4: DCGAN's weight initialisation, handed to `Module.apply`."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn

from gan_course.practice.question import Computed, Part, Question, mistakes
from gan_course.practice.returned import BadReturn, anything

STD = 0.02  # Radford et al. 2015, section 4
OTHERS = ("linear layer", "group normalisation")
CONVOLUTION, TRANSPOSED, NORM = "convolution", "transposed convolution", "batch normalisation"
PLACES = {
    CONVOLUTION: "0",
    "twin": "1.0",
    TRANSPOSED: "2",
    NORM: "3",
    OTHERS[0]: "5",
    OTHERS[1]: "6",
}


def layers(_seed, _case):
    network = nn.Sequential(
        nn.Conv2d(32, 64, 3),
        nn.Sequential(nn.Conv2d(32, 64, 3, bias=False), nn.ReLU()),
        nn.ConvTranspose2d(64, 32, 3),
        nn.BatchNorm2d(4096),
        nn.BatchNorm2d(4, affine=False),
        nn.Linear(8, 8),
        nn.GroupNorm(2, 8),
    )
    for name, weight in network.named_parameters():
        if name in ("0.bias", "2.bias", "3.bias", "3.weight"):
            nn.init.constant_(weight, 0.5)  # so that what is left as it was shows
    return {"network": network}


def applied(call, given):
    given["network"].apply(lambda module: call(module=module))
    found = {}
    for name, place in PLACES.items():
        for kind in ("weight", "bias") if name != "twin" else ("weight",):
            value = getattr(given["network"].get_submodule(place), kind)
            if not isinstance(value, torch.Tensor):
                raise BadReturn(
                    f"`initialise` left {type(value).__name__} where the network had the {kind} of "
                    f"its {name}: fill the numbers in place."
                )
            found[f"{name} {kind}"] = value
    return found


def measured(values, _seed, _case):
    """What right draws have in common, and what should be as it was."""
    weights = {name: values[f"{name} weight"].double() for name in PLACES}
    seen = {"sizes": torch.tensor([value.numel() for value in values.values()])}
    for name in (CONVOLUTION, TRANSPOSED):
        w = weights[name]
        std, off = spread(w), w - w.mean()
        seen[f"{name} mean"] = w.mean() / std.clamp_min(STD)
        seen[f"{name} std"] = (std / STD).log()
        # 1.8 for a uniform distribution, 3 for a normal one
        seen[f"{name} tails"] = ((off / std) ** 4).mean() > 2.7
    apart = spread(weights[CONVOLUTION] - weights["twin"])
    seen["twins"] = (apart / STD / 2**0.5).log()
    seen["norm mean"] = weights[NORM].mean() - 1
    seen["norm std"] = (spread(weights[NORM]) / STD).log()
    for name in (CONVOLUTION, TRANSPOSED, NORM):
        seen[f"{name} bias"] = (values[f"{name} bias"] != 0).any()
    return seen | {
        f"{name} {kind}": values[f"{name} {kind}"] for name in OTHERS for kind in ("weight", "bias")
    }


def spread(w):
    return (w - w.mean()).square().mean().sqrt().clamp_min(1e-9)


@torch.no_grad()
def copying(module):
    if type(module) in FILLS and module.weight is not None:
        noise = STD * torch.randn(module.weight.shape)
        module.weight.copy_(noise + isinstance(module, nn.BatchNorm2d))
        if module.bias is not None:
            module.bias.zero_()


def by_name(module):
    """As in PyTorch's DCGAN tutorial, and the biases besides."""
    name = type(module).__name__
    if "Conv" in name:
        module.weight.data.normal_(0.0, STD)
    elif "BatchNorm" in name and module.weight is not None:
        module.weight.data.normal_(1.0, STD)
    if ("Conv" in name or "BatchNorm" in name) and module.bias is not None:
        module.bias.data.fill_(0)


def replacing(module):
    if type(module) in FILLS and module.weight is not None:
        centre = float(isinstance(module, nn.BatchNorm2d))
        module.weight = nn.Parameter(torch.normal(centre, STD, module.weight.shape))
        if module.bias is not None:
            module.bias = nn.Parameter(torch.zeros_like(module.bias))


def normal(mean, std=STD):
    return lambda w: nn.init.normal_(w, mean, std)


def left(tensor):
    return tensor


FILLS = {nn.Conv2d: normal(0), nn.ConvTranspose2d: normal(0), nn.BatchNorm2d: normal(1)}


def but(fills=None, bias=(), after=left):
    """Right, but for weights filled in some other way and for kinds whose bias is left."""

    def initialise(module):
        fill = (FILLS | (fills or {})).get(type(module))
        if fill and module.weight is not None:
            fill(module.weight)
            if module.bias is not None and type(module) not in bias:
                nn.init.zeros_(module.bias)
        after(module)

    return initialise


def only(kind, do):
    return lambda module: do(module) if isinstance(module, kind) else None


def uniform(w):
    return nn.init.uniform_(w, -STD * 3**0.5, STD * 3**0.5)


def seeded_normal(w):
    torch.manual_seed(0)
    return nn.init.normal_(w, 0, STD)


def about(layer, said):
    """A hint with what was measured in it."""

    def hint(found, _right):
        std = STD * found[f"{layer} std"].exp().item()
        mean = found[f"{layer} mean"].item() * max(std, STD)
        return f"The weights of the {layer} {said}".format(mean=mean, std=std)

    return Computed(hint)


def off_norm(found, _right):
    mean, std = 1 + found["norm mean"].item(), STD * found["norm std"].exp().item()
    return (
        f"The weights of batch normalisation have mean {mean:.2g} and standard deviation "
        f"{std:.2g}, expected 1 and 0.02."
    )


def of_weights(layer, kind):
    """Mistakes in the weights of one kind of layer."""
    deviation = "have a standard deviation of {std:.2g}"
    return mistakes(
        but({kind: normal(1)}),
        OTHERWISE[f"{layer} mean"],
        but({kind: left}),
        about(
            layer, "are as PyTorch made them. Which kinds of layer does your function let through?"
        ),
        but({kind: nn.init.zeros_}),
        about(
            layer,
            "are all alike. Can two channels with the same weights ever learn different things?",
        ),
        but({kind: normal(0, STD**0.5)}),
        but({kind: normal(0, STD**2)}),
        about(layer, deviation + ". Is 0.02 the variance or the standard deviation?"),
        but({kind: nn.init.kaiming_normal_}),
        OTHERWISE[f"{layer} std"],
        but({kind: uniform}),
        about(layer, deviation + " but no tails. Is the distribution normal?"),
    )


WEIGHTS = {
    "mean": "have a mean of {mean:.2g}. Around which number should they lie?",
    "std": "have a standard deviation of {std:.2g}, expected 0.02. Does it depend on the size of "
    "the layer in yours?",
}
OTHERWISE = {
    **{
        f"{name} {of}": about(name, WEIGHTS[of])
        for name in (CONVOLUTION, TRANSPOSED)
        for of in WEIGHTS
    },
    "twins": "fills a convolution without a bias in another way than one with it. What does its "
    "weight have to do with that?",
    **dict.fromkeys(("norm mean", "norm std"), Computed(off_norm)),
    **{
        f"{name} bias": f"The bias of the {name} is not 0 everywhere. Which line of yours reaches "
        "it?"
        for name in (CONVOLUTION, TRANSPOSED, NORM)
    },
    **{
        f"{name} {kind}": f"The {name} is changed too. The question asks to leave other kinds of "
        "layer alone: how does yours tell them apart?"
        for name in OTHERS
        for kind in ("weight", "bias")
    },
}

INITIALISE = Part(
    "initialise",
    layers,
    copying,
    probe=applied,
    read=measured,
    returns=anything,
    may_change=("torch", "module.weights", "module.replaced"),
    tolerance={
        "norm mean": 0.01,
        "norm std": 0.06,
        "twins": 0.03,
        **{f"{name} {of}": 0.03 for name in (CONVOLUTION, TRANSPOSED) for of in WEIGHTS},
    },
    not_finite="leaves nan or infinity in the network.",
    otherwise=OTHERWISE,
    also_right={"by name": by_name, "replacing parameters": replacing, "by parts": but()},
    mistakes=of_weights(CONVOLUTION, nn.Conv2d)
    + of_weights(TRANSPOSED, nn.ConvTranspose2d)
    + mistakes(
        but({nn.Conv2d: seeded_normal}),
        "Two layers of one shape hold the very same numbers. What sets the random generator back "
        "inside your function?",
        only(nn.Conv2d | nn.ConvTranspose2d, lambda module: module.bias is None or but()(module)),
        OTHERWISE["twins"],
        but({nn.BatchNorm2d: normal(0)}),
        "The weights of batch normalisation lie around 0: every channel is switched off at the "
        "start. Which factor leaves a channel as it is?",
        but({nn.BatchNorm2d: left}),
        "Batch normalisation is left as it was. Which kinds of layer does your function let "
        "through?",
        but({nn.BatchNorm2d: nn.init.ones_}),
        "The weights of batch normalisation are all exactly 1. The question asks for some spread.",
        but({nn.BatchNorm2d: normal(1, 0.2)}),
        OTHERWISE["norm std"],
        but(bias=(nn.Conv2d, nn.ConvTranspose2d, nn.BatchNorm2d)),
        OTHERWISE[f"{CONVOLUTION} bias"],
        but(bias=(nn.ConvTranspose2d,)),
        OTHERWISE[f"{TRANSPOSED} bias"],
        but(bias=(nn.BatchNorm2d,)),
        OTHERWISE[f"{NORM} bias"],
        but({nn.Linear: normal(0)}),
        OTHERWISE["linear layer weight"],
        but({nn.GroupNorm: normal(1)}),
        OTHERWISE["group normalisation weight"],
        but(after=lambda module: module.requires_grad_(False)),
        "Some parameters can no longer learn: their `requires_grad` is off. Where did you leave it "
        "so?",
        only(nn.Conv2d, lambda module: module.bias.data.fill_(0)),
        only(nn.Conv2d, lambda module: nn.init.zeros_(module.bias)),
        only(nn.BatchNorm2d, lambda module: nn.init.normal_(module.weight, 1, STD)),
        "Some layers have no bias, or no weight either. What stands in its place?",
        lambda module: nn.init.normal_(module.weight, 0, STD),
        "`apply` hands over every module, those without weights too. Which kinds do you mean?",
        lambda module: module.weight.normal_(0, STD),
        "A weight that learns is not changed in place while PyTorch records. Who turns the "
        "recording off for a moment, or does it for you?",
    ),
)

QUESTION = Question("02.q4", "weight initialisation", 2, (INITIALISE,))
