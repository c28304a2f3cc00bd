"""The PatchGAN discriminator of Isola et al. 2016 (arXiv:1611.07004): a judge of patches."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from torch import Tensor, nn

from gan_course.errors import expect_shape
from gan_course.nets.dcgan import initialise


class PatchDiscriminator(nn.Module):
    """Images (N, C, H, W) to raw outputs (N, 1, h, w), one for each patch of them.

    Its convolutions have kernels of 4: `halvings` of stride 2, then two of stride 1. `patch` is the
    side in pixels of what one output sees: 16 for one halving, 34 for two, 70 for three, as in the
    paper. `width` is the number of channels after the first; there are twice as many after each
    further one. `ValueError` where an image is too small to give an output.
    """

    def __init__(self, shape: tuple[int, ...], width: int = 16, halvings: int = 1) -> None:
        super().__init__()
        self.shape = shape
        channels = [width * 2**i for i in range(halvings + 1)]
        strides = [2] * halvings + [1]
        layers: list[nn.Module] = [nn.Conv2d(shape[0], width, 4, strides[0], 1), nn.LeakyReLU(0.2)]
        for (inputs, outputs), stride in zip(pairwise(channels), strides[1:], strict=True):
            layers += [
                nn.Conv2d(inputs, outputs, 4, stride, 1, bias=False),
                nn.InstanceNorm2d(outputs, affine=True),
                nn.LeakyReLU(0.2),
            ]
        self.body = nn.Sequential(*layers, nn.Conv2d(channels[-1], 1, 4, 1, 1))
        self.apply(initialise)
        self.patch = receptive_field((4, stride) for stride in [*strides, 1])
        smallest = 4 * 2**halvings
        if len(shape) != 3 or min(shape[1:]) < smallest:
            raise ValueError(
                f"expected images of shape (channels, height, width) of at least {smallest} pixels "
                f"a side, for patches of {self.patch}, got {tuple(shape)}: lower `halvings`"
            )

    def forward(self, x: Tensor) -> Tensor:
        expect_shape("images", x, self.shape)
        return self.body(x)


def receptive_field(layers: Iterable[tuple[int, int]]) -> int:
    """How many pixels along a side one output of a stack of convolutions sees; `layers` holds
    kernel and stride of each, the first first.

    Going back through a layer, n neighbouring outputs are seen to have read (n - 1) · stride +
    kernel inputs.
    """
    seen = 1
    for kernel, stride in reversed(list(layers)):
        seen = (seen - 1) * stride + kernel
    return seen
