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
}
