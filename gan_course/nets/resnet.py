"""The generator of Zhu et al. 2017 (arXiv:1703.10593), after Johnson et al. 2016
(arXiv:1603.08155): down twice, residual blocks, up twice."""

from __future__ import annotations

from torch import Tensor, nn

from gan_course.errors import expect_shape
from gan_course.nets.dcgan import initialise
from gan_course.nets.unet import expect_sides


class ResNetGenerator(nn.Module):
    """Images (N, C, H, W) to images of the same shape, in [-1, 1].

    `width` is the number of channels at full size; there are four times as many at a quarter of
    each side, where `blocks` residual blocks work. With `skip`, what the network draws is added to
    its input. With `code`, all that passes is a map of so many channels at an eighth of each side
    behind a bottleneck; 0 leaves that out.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        width: int = 16,
        blocks: int = 3,
        *,
        skip: bool = False,
        code: int = 0,
    ) -> None:
        super().__init__()
        expect_sides(shape, 8 if code else 4)
        self.shape, self.skip = shape, skip
        layers = [
            *_normed(nn.Conv2d(shape[0], width, 7, 1, 3, padding_mode="reflect", bias=False)),
            *_normed(nn.Conv2d(width, 2 * width, 3, 2, 1, bias=False)),
            *_normed(nn.Conv2d(2 * width, 4 * width, 3, 2, 1, bias=False)),
        ]
        if code:
            layers += [
                nn.Conv2d(4 * width, code, 4, 2, 1),
                *_normed(nn.ConvTranspose2d(code, 4 * width, 4, 2, 1, bias=False)),
            ]
        layers += [_Residual(4 * width) for _ in range(blocks)]
        layers += [
            *_normed(nn.ConvTranspose2d(4 * width, 2 * width, 4, 2, 1, bias=False)),
            *_normed(nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False)),
            nn.Conv2d(width, shape[0], 7, 1, 3, padding_mode="reflect"),
        ]
        self.body = nn.Sequential(*layers)
        self.apply(initialise)

    def forward(self, x: Tensor) -> Tensor:
        expect_shape("images", x, self.shape)
        drawn = self.body(x)
        # An input of -1 or 1 becomes ±3, where tanh is nearly flat: it is kept unless the network
        # says otherwise.
        return (drawn + 3 * x if self.skip else drawn).tanh()


class _Residual(nn.Module):
    """x + f(x), f two convolutions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_normed(nn.Conv2d(channels, channels, 3, 1, 1, bias=False)),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False),
            nn.InstanceNorm2d(channels, affine=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def _normed(layer: nn.Conv2d | nn.ConvTranspose2d) -> list[nn.Module]:
    return [layer, nn.InstanceNorm2d(layer.out_channels, affine=True), nn.ReLU()]
