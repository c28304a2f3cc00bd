"""Question 02.q2: a convolutional generator of given shape, judged by what it does to noise."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from gan_course.practice.comparing import close, unfit
from gan_course.practice.judged import RIGHT, Answers, Question, Values, Verdict, seeded, wrong
from gan_course.practice.returned import BadReturn, tensor

NAME = "build_generator"
IMAGES = "build_generator(latent_dim, image_shape)(z)"
SHAPES = ((1, 28, 28), (3, 32, 32))
BATCH = 8
CONVOLUTION, TRANSPOSED, NORMALISATION = 0, 1, 2  # kinds of layer, in the record of those that ran
_KINDS = dict.fromkeys(("conv1d", "conv2d", "conv3d"), CONVOLUTION)
_KINDS |= dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), TRANSPOSED)
_KINDS |= dict.fromkeys(
    ("batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm", "local_response_norm"),
    NORMALISATION,
)
STRETCH = 30.0  # weights so large that an output without bounds shows it


class LayersSeen(TorchFunctionMode):
    """Notes which kinds of layer run, whether they are modules or functions."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[int] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kind = _KINDS.get(getattr(func, "__name__", ""))
        if kind is not None:
            self.kinds.append(kind)
        return func(*args, **(kwargs or {}))


def latent_dim(seed: int) -> int:
    return 6 + seed % 7


def probe(answers: Answers, seed: int) -> dict[str, Tensor]:
    (build_generator,) = answers
    values: dict[str, Tensor] = {}
    for i, shape in enumerate(SHAPES):
        network = build_generator(latent_dim(seed), shape)
        if not isinstance(network, nn.Module):
            raise BadReturn(
                f"`{NAME}` returned {type(network).__name__}, expected an nn.Module that maps "
                "noise to images."
            )
        values |= {f"{key}_{i}": value for key, value in _measure(network, seed).items()}
    return values


def _measure(network: nn.Module, seed: int) -> dict[str, Tensor]:
    draw = seeded(seed)
    z = torch.randn(BATCH, latent_dim(seed), generator=draw)
    with LayersSeen() as seen:
        images = tensor(IMAGES, network.train()(z))
    network.eval()
    z.requires_grad_()
    calm = tensor(IMAGES, network(z))
    again, alone = tensor(IMAGES, network(z)), tensor(IMAGES, network(z[:1]))
    weights = torch.randn(calm.shape, generator=draw)
    parameters = list(network.parameters())
    inputs = [x for x in (z, *parameters) if x.requires_grad]
    gradients = (
        torch.autograd.grad((weights * calm).sum(), inputs, allow_unused=True)
        if calm.requires_grad
        else [None] * len(inputs)
    )
    slope = {id(x): gradient for x, gradient in zip(inputs, gradients, strict=True)}
    z_slope = slope[id(z)]
    with torch.no_grad():
        for parameter in parameters:
            parameter.mul_(STRETCH)
        stretched = network(z)
    return {
        "images": images,
        "calm": calm,
        "again": again,
        "alone": alone,
        "latent_slope": torch.zeros(z.shape[1]) if z_slope is None else z_slope.abs().mean(dim=0),
        # -1 where no gradient arrives
        "parameter_slope": torch.tensor([_size(slope.get(id(p))) for p in parameters]),
        "parameter_dims": torch.tensor([p.ndim for p in parameters]),
        "stretched": torch.stack([stretched.min(), stretched.max()]),
        "layers": torch.tensor(seen.kinds, dtype=torch.int64),
    }


def _size(gradient: Tensor | None) -> float:
    return -1.0 if gradient is None else gradient.abs().max().item()


def judge(values: Values, seed: int) -> Verdict:
    for i, shape in enumerate(SHAPES):
        own = {
            key.removesuffix(f"_{i}"): value.detach()
            for key, value in values.items()
            if key.endswith(f"_{i}")
        }
        asked = f"For latent_dim {latent_dim(seed)} and image_shape {shape}"
        if (
            hint := _shape_hint(own, shape, asked, seed)
            or _range_hint(own)
            or _layers_hint(own)
            or _dependence_hint(own)
        ):
            return wrong(hint)
    return RIGHT


def _shape_hint(own: Values, shape: tuple[int, int, int], asked: str, seed: int) -> str:
    images = own.get("images", torch.zeros(0))
    if images.ndim == 4 and tuple(images.shape) == (BATCH, *shape[1:], shape[0]) != (BATCH, *shape):
        return (
            f"{asked}, images of shape {tuple(images.shape)} have their channels last. PyTorch "
            "keeps them at (N, C, H, W)."
        )
    if images.ndim == 4 and tuple(images.shape[2:]) != shape[1:]:
        return (
            f"{asked}, images are {images.shape[2]}×{images.shape[3]}. Follow the size through "
            "your layers: where does it go astray?"
        )
    if images.ndim == 4 and images.shape[1] != shape[0]:
        return (
            f"{asked}, images have {images.shape[1]} channels, expected {shape[0]}. Does the "
            "last layer know `image_shape`?"
        )
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(("images", "calm", "again"), (BATCH, *shape))
    shapes |= {"alone": (1, *shape), "latent_slope": (latent_dim(seed),), "stretched": (2,)}
    return unfit(own, shapes, IMAGES)


def _range_hint(own: Values) -> str:
    images, low, high = own["images"], own["stretched"][0].item(), own["stretched"][1].item()
    if not images.is_floating_point() or not images.isfinite().all():
        return "The images hold values that are no finite floats."
    if images.abs().max() > 1 or not (low >= -1 and high <= 1):
        return (
            f"Values leave [-1, 1] when weights grow: {low:.3g} to {high:.3g}. Which "
            "activation "
            "has bounds of exactly -1 and 1?"
        )
    if low >= 0:
        return (
            "No pixel is ever below 0, and the data are in [-1, 1]. Which range does your last "
            "activation have?"
        )
    if low > -0.8 or high < 0.8:
        return (
            f"However large the weights, values stay within {low:.2g} and {high:.2g}. Can the "
            "images reach black and white?"
        )
    return ""


def _layers_hint(own: Values) -> str:
    layers = own.get("layers", torch.zeros(0)).flatten().tolist()
    if TRANSPOSED not in layers:
        return "No transposed convolution runs. The question asks for them to enlarge the picture."
    if NORMALISATION not in layers:
        return "No normalisation runs. What keeps the activations of a DCGAN's layers at one scale?"
    last = max(i for i, kind in enumerate(layers) if kind != NORMALISATION)
    if NORMALISATION in layers[last:]:
        return (
            "The last convolution is normalised too. DCGAN leaves its output free: what would "
            "happen to the data's brightness and contrast?"
        )
    return ""


def _dependence_hint(own: Values) -> str:
    slope, parameters, dims = (
        own["latent_slope"],
        own.get("parameter_slope", torch.zeros(0)),
        own.get("parameter_dims", torch.zeros(0)),
    )
    if not close(own["calm"], own["again"]):
        return (
            "In eval mode the same noise gives two different images. What is drawn anew inside "
            "`forward`?"
        )
    if not slope.isfinite().all() or (slope == 0).all():
        return (
            "Every noise gives the same image, or no gradient flows back to the noise. Does "
            "`forward` use its input?"
        )
    if (slope == 0).any():
        return (
            f"Of {len(slope)} latent variables, {int((slope == 0).sum())} change nothing. Is a "
            "part of the noise dropped on the way in?"
        )
    if not close(own["calm"][:1], own["alone"], tolerance=1e-3):
        return (
            "In eval mode an image changes with the other images of its batch. Does the "
            "normalisation keep running statistics?"
        )
    # A bias before a normalisation may have no slope at all, so only weights must have one; but
    # every parameter must be part of the graph.
    if not 0 < parameters.numel() == dims.numel():
        return "The generator has no parameters: nothing in it can learn."
    cut = (~(parameters >= 0) | ((parameters == 0) & (dims >= 2))).nonzero().flatten().tolist()
    if cut:
        return (
            f"No gradient reaches parameter number {cut[0] + 1} of {len(parameters)}, as "
            "`parameters()` lists them. Is it used, and can it learn?"
        )
    return ""


QUESTION = Question("02.q2", "a generator of given shape", 4, (NAME,), probe, judge)
