"""Question 02.q2: a convolutional generator of given shape, judged by what it does to noise."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F

from gan_course.practice.comparing import close
from gan_course.practice.lesson_02.layers_seen import NORM, TRANSPOSED, LayersSeen, network
from gan_course.practice.question import Computed, Part, Question, mistakes, seeded
from gan_course.practice.returned import tensor

SHAPES = {"28": (1, 28, 28), "32": (3, 32, 32)}
BATCH = 4
STRETCH = 30.0  # weights so large that any bend in the network shows, and an output without bounds


def asked(seed, case):
    return {"latent_dim": 6 + seed % 7, "image_shape": SHAPES[case]}


def watched(call, given):
    """What the network makes of noise in training and in eval mode, where gradients arrive, and
    which layers run."""
    built, draw = call(**given), seeded(given["latent_dim"])

    def images(z):
        return tensor("build_generator(latent_dim, image_shape)(z)", built(z))

    z = torch.randn(BATCH, given["latent_dim"], generator=draw)
    seen = {"images": images(z)}
    built.eval()
    calm, weights = images(z.requires_grad_()), list(built.parameters())
    seen |= {"calm": calm, "again": images(z), "alone": images(z[:1])}
    total = (torch.randn(calm.shape, generator=draw) * calm).sum()
    if total.requires_grad:
        total.backward()
    # A bias before a normalisation may have no slope at all, so only weights must have one; but
    # every parameter must be part of the graph.
    learn = [w.grad is not None and (w.ndim < 2 or bool(w.grad.any())) for w in weights]
    with torch.no_grad(), LayersSeen() as layers:
        for weight in weights:
            weight.mul_(STRETCH)
        stretched = images(z)
    return seen | {
        "latents": (torch.zeros_like(z) if z.grad is None else z.grad).any(dim=0),
        "learn": torch.tensor(learn),
        "stretched": torch.stack([stretched.min(), stretched.max()]),
        "layers": torch.tensor(layers.kinds),
        "straight": torch.tensor(layers.straight),
    }


def facts(values, seed, case):
    """What right generators have in common, in the order in which a learner should be told."""
    images, calm, (low, high) = values["images"], values["calm"], values["stretched"]
    shape = [*list(images.shape), 0, 0, 0]
    learn, live = (values["learn"] == 1).tolist(), (values["latents"] == 1).sum()
    kinds, straight = values["layers"].tolist(), values["straight"].tolist()
    layers = list(zip(kinds, straight, strict=True))
    places = [i for i, kind in enumerate(kinds) if kind != NORM]
    spans = [
        layers[i + 1 : j + 1] for i, j in pairwise(places)
    ]  # from each with weights to the next
    bent = [any(line == 0 for _, line in span) for span in spans]
    found = {
        "channels last": [*shape[2:4], shape[1]] == list(SHAPES[case]) != shape[1:4],
        "dimensions": images.ndim,
        "size": shape[2:4],
        "channels": shape[1],
        "count": shape[0],
        "parameters": bool(learn),
        "finite": images.is_floating_point() and images.isfinite().all(),
        "within": images.abs().max() <= 1 and low >= -1 and high <= 1,
        "low": low,
        "high": high,
        "transposed": TRANSPOSED in kinds,
        "normalised": NORM in kinds,
        "free end": NORM not in kinds[max(places, default=0) :],
        "norms": first([NORM in dict(span) for span in spans]),
        "activated": any(bent),
        "activations": first(bent),
        "again": close(calm, values["again"]),
        "noise": live > 0,
        "latents": live,
        "dead": len(values["latents"]) - live,
        "alone": close(calm[:1], values["alone"], 1e-3),
        "learn": first([arrives is True for arrives in learn]),
    }
    return {name: torch.as_tensor(value) for name, value in found.items()}


def first(flags):
    """The number of the first that does not hold, 0 where all do."""
    return flags.index(False) + 1 if False in flags else 0


def act(_channels):
    return nn.LeakyReLU(0.2)


def tanh(_channels):
    return nn.Tanh()


class Do(nn.Module):
    """A function as a layer."""

    def __init__(self, function):
        super().__init__()
        self.forward = function


def up(into, out):
    return nn.ConvTranspose2d(into, out, 4, 2, 1)


NORMED = (nn.BatchNorm2d, act)


def build(blocks=(NORMED, NORMED), end=(tanh,), up=up, start=(), more=0, side=None, channels=None):
    """A generator of three layers: what follows each, how it enlarges, what comes before, how many
    latents more it expects, and other sizes of its images."""

    def build_generator(d, shape):
        s, c = (side or shape[1]) // 4, channels or shape[0]
        return nn.Sequential(
            *start,
            nn.Linear(d + more, 16 * s * s),
            nn.Unflatten(1, (16, s, s)),
            *(layer(16) for layer in blocks[0]),
            up(16, 8),
            *(layer(8) for layer in blocks[1]),
            up(8, c),
            *(layer(c) for layer in end),
        )

    return build_generator


def of_norm(norm, **settings):
    return build(blocks=((norm, act),) * 2, **settings)


def ended(function):
    return build(end=(lambda _: Do(function),))


def begun(function, **settings):
    return build(start=(Do(function),), **settings)


def but(change):
    """A right generator with something done to it afterwards."""

    def build_generator(d, shape):
        network = build()(d, shape)
        change(network)
        return network

    return build_generator


def of_the_paper(d, shape):
    """The noise is a picture of one pixel."""
    start = (Do(lambda z: z[:, :, None, None]), nn.ConvTranspose2d(d, 32, shape[1] // 4))
    middle = (nn.BatchNorm2d(32), Do(F.relu_), up(32, 16), nn.BatchNorm2d(16), Do(torch.relu))
    return nn.Sequential(*start, *middle, up(16, shape[0]), Do(torch.tanh))


def with_end_convolution(d, shape):
    last = (lambda _: nn.Conv2d(6, shape[0], 3, padding=1), lambda _: nn.Hardtanh())
    return build(channels=6, end=(lambda _: nn.SiLU(), nn.BatchNorm2d, *last))(d, shape)


# with what was found as 0, and what is right as 1
_NARROW = (
    "However large the weights, values stay within {0[low]:.2g} and {0[high]:.2g}. Can the images "
    "reach black and white?"
)
_HINTS = {
    "dimensions": "Images have {0[dimensions]} dimensions, expected 4: (N, channels, height, "
    "width).",
    "size": "Images are {0[size][0]}×{0[size][1]} where `image_shape` asks for {1[size][0]}"
    "×{1[size][1]}. Follow the size through your layers: where does it go astray?",
    "channels": "Images have {0[channels]} channels, expected {1[channels]}. Does the last layer "
    "know `image_shape`?",
    "count": "Each noise should give one image.",
    "finite": "The images hold values that are no finite floats.",
    "within": "Values leave [-1, 1] when weights grow: {0[low]:.3g} to {0[high]:.3g}. Which "
    "activation has bounds of exactly -1 and 1?",
    "norms": "No normalisation follows layer number {0[norms]} of those with weights. Which one "
    "layer does the question let go without?",
    "activations": "No activation follows layer number {0[activations]} of those with "
    "weights, which with the next one makes a single straight map. What bends it?",
    "latents": "Of {1[latents]} latent variables, {0[dead]} change nothing. Is a part of the noise "
    "dropped on the way in?",
    "learn": "No gradient reaches parameter number {0[learn]}, as `parameters()` lists them. Is it "
    "used, and can it learn?",
    "low": _NARROW,
    "high": _NARROW,
}
OTHERWISE = {name: Computed(text.format) for name, text in _HINTS.items()}

GENERATOR = Part(
    "build_generator",
    asked,
    build(),
    cases=tuple(SHAPES),
    probe=watched,
    returns=network,
    read=facts,
    may_change=("torch",),
    tolerance={"low": 0.1, "high": 0.1},
    otherwise=OTHERWISE,
    also_right={
        "noise as a picture": of_the_paper,
        "group normalisation": of_norm(lambda channels: nn.GroupNorm(4, channels)),
        "instance normalisation and kernel 3": of_norm(
            nn.InstanceNorm2d, up=lambda into, out: nn.ConvTranspose2d(into, out, 3, 2, 1, 1)
        ),
        "an ordinary convolution last": with_end_convolution,
        "softsign": ended(F.softsign),
        "activation first": build(blocks=((tanh, nn.BatchNorm2d),) * 2),
    },
    mistakes=mistakes(
        ended(lambda x: x.tanh().permute(0, 2, 3, 1)),
        "Images have their channels last. PyTorch keeps them at (N, C, H, W).",
        ended(lambda x: x.tanh().flatten(1)),
        OTHERWISE["dimensions"],
        build(side=32),
        build(up=lambda into, out: nn.ConvTranspose2d(into, out, 4, 2)),
        OTHERWISE["size"],
        build(channels=1),
        OTHERWISE["channels"],
        lambda d, shape: Do(build()(d, shape).forward),
        "The generator has no parameters: nothing in it can learn.",
        ended(lambda x: x.tanh() / 0),
        OTHERWISE["finite"],
        ended(lambda x: x),
        OTHERWISE["within"],
        ended(torch.sigmoid),
        "No pixel is ever below 0, and the data are in [-1, 1]. Which range does your last "
        "activation have?",
        ended(lambda x: 0.5 * x.tanh()),
        OTHERWISE["low"],
        build(
            up=lambda into, out: nn.Sequential(
                nn.Upsample(scale_factor=2), nn.Conv2d(into, out, 3, padding=1)
            )
        ),
        "No transposed convolution runs. The question asks for them to enlarge the picture.",
        build(blocks=((act,),) * 2),
        "No normalisation runs. What keeps the activations of a DCGAN's layers at one scale?",
        build(end=(nn.BatchNorm2d, tanh)),
        "The last convolution is normalised too. DCGAN leaves its output free: what would happen "
        "to the data's brightness and contrast?",
        build(blocks=((), NORMED)),
        build(blocks=((act,), NORMED)),
        build(blocks=(NORMED, (act,))),
        OTHERWISE["norms"],
        build(blocks=((nn.BatchNorm2d,),) * 2),
        "No activation runs between the layers. What do three straight maps in a row make?",
        build(blocks=((nn.BatchNorm2d,), NORMED)),
        build(blocks=(NORMED, (nn.BatchNorm2d,))),
        OTHERWISE["activations"],
        begun(torch.randn_like),
        begun(lambda z: F.dropout(z, 0.5)),
        "In eval mode the same noise gives two different images. What is drawn anew inside "
        "`forward`?",
        begun(torch.ones_like),
        "Every noise gives the same image, or no gradient flows back to the noise. Does `forward` "
        "use its input?",
        begun(lambda z: z[:, :-2], more=-2),
        OTHERWISE["latents"],
        of_norm(lambda channels: nn.BatchNorm2d(channels, track_running_stats=False)),
        "In eval mode an image changes with the other images of its batch. Does the normalisation "
        "keep running statistics?",
        but(lambda network: network.register_parameter("extra", nn.Parameter(torch.ones(3, 3)))),
        but(lambda network: network[0].requires_grad_(False)),
        OTHERWISE["learn"],
        lambda d, shape: lambda z: z,
        lambda d, shape: None,
        "expected an nn.Module that maps noise to images.",
        build(more=1),
        "How many numbers does `z` hold for each image, and how many does your first layer take?",
        lambda d, shape: up(d, 1),
        "Noise comes as (N, d). What makes pictures of one pixel of it?",
    ),
)

QUESTION = Question("02.q2", "a generator of given shape", 4, (GENERATOR,))
