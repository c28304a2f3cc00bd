"""Right answers to exercise 02, written in other ways than the solution, and wrong ones with the
words that tell their hint from others."""

from __future__ import annotations

import torch
from generators import (
    Around,
    Half,
    Paper,
    Unused,
    frozen_first,
    group_norm,
    no_statistics,
    sequence,
    upsampling,
    with_end_convolution,
)
from torch import nn
from torch.nn import functional as F

# Question 4


def by_name(module):
    """As in PyTorch's DCGAN tutorial, and the biases besides."""
    name = type(module).__name__
    if "Conv" in name:
        module.weight.data.normal_(0.0, 0.02)
    elif "BatchNorm" in name and module.weight is not None:
        module.weight.data.normal_(1.0, 0.02)
    if ("Conv" in name or "BatchNorm" in name) and module.bias is not None:
        module.bias.data.fill_(0)


@torch.no_grad()
def copying(module):
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.ConvTranspose1d | nn.ConvTranspose2d):
        module.weight.copy_(0.02 * torch.randn(module.weight.shape))
    if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) and module.affine:
        module.weight.copy_(1 + 0.02 * torch.randn_like(module.weight))
    if (
        isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.BatchNorm2d)
        and module.bias is not None
    ):
        module.bias.zero_()


def replacing(module):
    if isinstance(module, nn.modules.conv._ConvNd | nn.BatchNorm2d) and module.weight is not None:
        centre = 1.0 if isinstance(module, nn.BatchNorm2d) else 0.0
        module.weight = nn.Parameter(torch.normal(centre, 0.02, module.weight.shape))
        if module.bias is not None:
            module.bias = nn.Parameter(torch.zeros_like(module.bias))


def faulty(
    weight=lambda w: nn.init.normal_(w, 0, 0.02),
    norm=lambda w: nn.init.normal_(w, 1, 0.02),
    bias=nn.init.zeros_,
    kinds=None,
    after=None,
):
    """The right initialisation with one part exchanged."""

    def initialise(module):
        if isinstance(module, kinds or (nn.Conv2d, nn.ConvTranspose2d)):
            weight(module.weight)
            if module.bias is not None:
                bias(module.bias)
        if isinstance(module, nn.BatchNorm2d) and module.affine:
            norm(module.weight)
            bias(module.bias)
        if after:
            after(module)

    return initialise


def seeded_normal(w):
    torch.manual_seed(0)
    nn.init.normal_(w, 0, 0.02)


def no_bias_expected(module):
    if isinstance(module, nn.Conv2d):
        module.bias.data.fill_(0)


def group_norm_too(module):
    if isinstance(module, nn.GroupNorm):
        nn.init.normal_(module.weight, 1, 0.02)


def spoil_norm_bias(module):
    if isinstance(module, nn.BatchNorm2d) and module.affine:
        nn.init.constant_(module.bias, 0.1)


RIGHT = {
    "02.q2": {
        "noise as a picture": (Paper,),
        "group normalisation": (
            lambda latent_dim, image_shape: sequence(latent_dim, image_shape, norm=group_norm),
        ),
        "instance normalisation and kernel 3": (
            lambda latent_dim, image_shape: sequence(
                latent_dim, image_shape, norm=nn.InstanceNorm2d, kernel=3, output_padding=1
            ),
        ),
        "an ordinary convolution last": (with_end_convolution,),
        "softsign": (
            lambda latent_dim, image_shape: sequence(latent_dim, image_shape, last=nn.Softsign),
        ),
    },
    "02.q4": {"by name": (by_name,), "copying": (copying,), "replacing parameters": (replacing,)},
}

WRONG = {
    "02.q2": {
        "sigmoid": ((lambda d, shape: sequence(d, shape, last=nn.Sigmoid),), "ever below 0"),
        "no bounds": (
            (lambda d, shape: sequence(d, shape, last=nn.Identity),),
            "Values leave [-1, 1]",
        ),
        "half the range": (
            (lambda d, shape: sequence(d, shape, last=Half),),
            "reach black and white",
        ),
        "wrong size": ((lambda d, shape: sequence(d, (shape[0], 32, 32)),), "Follow the size"),
        "padding forgotten": ((lambda d, shape: sequence(d, shape, padding=0),), "Follow the size"),
        "always grey": (
            (lambda d, shape: sequence(d, (1, *shape[1:])),),
            "images have 1 channels, expected 3",
        ),
        "channels last": (
            (lambda d, shape: Around(d, shape, after=lambda x: x.permute(0, 2, 3, 1)),),
            "channels last",
        ),
        "flat": (
            (lambda d, shape: Around(d, shape, after=lambda x: x.flatten(1)),),
            "(z)` returned shape (8, 784)",
        ),
        "upsampling": ((upsampling,), "No transposed convolution runs"),
        "no normalisation": (
            (lambda d, shape: sequence(d, shape, norm=lambda _: nn.Identity()),),
            "No normalisation runs",
        ),
        "last layer normalised": (
            (lambda d, shape: sequence(d, shape, end_norm=True),),
            "The last convolution is normalised too",
        ),
        "noise drawn inside": (
            (lambda d, shape: Around(d, shape, before=torch.randn_like),),
            "two different images",
        ),
        "dropout in eval": (
            (lambda d, shape: Around(d, shape, before=lambda z: F.dropout(z, 0.5)),),
            "two different images",
        ),
        "noise ignored": (
            (lambda d, shape: Around(d, shape, before=torch.ones_like),),
            "Every noise gives the same image",
        ),
        "part of the noise dropped": (
            (lambda d, shape: Around(d, shape, before=lambda z: z[:, :-2], inside=d - 2),),
            "2 change nothing",
        ),
        "no running statistics": (
            (lambda d, shape: sequence(d, shape, norm=no_statistics),),
            "other images of its batch",
        ),
        "layer unused": ((Unused,), "No gradient reaches parameter"),
        "layer frozen": ((frozen_first,), "No gradient reaches parameter"),
        "a function": ((lambda d, shape: lambda z: z,), "expected an nn.Module"),
        "no return": ((lambda d, shape: None,), "returned NoneType"),
        "shapes that do not fit": (
            (lambda d, shape: sequence(d + 1, shape),),
            "cannot be multiplied",
        ),
    },
    "02.q4": {
        "variance for deviation": (
            (faulty(weight=lambda w: nn.init.normal_(w, 0, 0.02**0.5)),),
            "the variance or the standard deviation",
        ),
        "by the size of the layer": (
            (faulty(weight=nn.init.kaiming_normal_),),
            "depend on the size of the layer",
        ),
        "mean of 1": (
            (faulty(weight=lambda w: nn.init.normal_(w, 1, 0.02)),),
            "Around which number",
        ),
        "uniform": (
            (faulty(weight=lambda w: nn.init.uniform_(w, -0.02 * 3**0.5, 0.02 * 3**0.5)),),
            "no tails",
        ),
        "transposed forgotten": (
            (faulty(kinds=(nn.Conv2d,)),),
            "The weights of the transposed convolution are as PyTorch made them",
        ),
        "does nothing": (
            (lambda module: None,),
            "The weights of the convolution are as PyTorch made them",
        ),
        "constant": ((faulty(weight=lambda w: nn.init.constant_(w, 0.0)),), "all alike"),
        "seeded inside": ((faulty(weight=seeded_normal),), "the very same numbers"),
        "norm around 0": (
            (faulty(norm=lambda w: nn.init.normal_(w, 0, 0.02)),),
            "switched off at the start",
        ),
        "norm exactly 1": ((faulty(norm=nn.init.ones_),), "all exactly 1"),
        "norm left": ((faulty(norm=lambda w: w),), "Batch normalisation is left as it was"),
        "norm too wide": (
            (faulty(norm=lambda w: nn.init.normal_(w, 1, 0.2)),),
            "expected 1 and 0.02",
        ),
        "bias left": ((faulty(bias=lambda b: b),), "The bias of the convolution"),
        "bias of the norm": (
            (faulty(after=spoil_norm_bias),),
            "The bias of the batch normalisation",
        ),
        "linear too": (
            (faulty(kinds=(nn.Conv2d, nn.ConvTranspose2d, nn.Linear)),),
            "The linear layer is changed too",
        ),
        "group normalisation too": (
            (faulty(after=group_norm_too),),
            "The group normalisation is changed too",
        ),
        "learning switched off": (
            (faulty(after=lambda module: module.requires_grad_(False)),),
            "can no longer learn",
        ),
        "missing bias": ((no_bias_expected,), "Some layers have no bias"),
    },
}
