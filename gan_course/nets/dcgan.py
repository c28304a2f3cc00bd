"""Convolutional networks after Radford, Metz & Chintala, 2015 (arXiv:1511.06434), for square images
of 28, 32 or 64 pixels."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm as normalised

from gan_course.errors import expect_shape, unknown_name

# Sides of the feature maps, coarse to fine: every step doubles.
SIDES = {28: (7, 14, 28), 32: (8, 16, 32), 64: (8, 16, 32, 64)}
OUTPUTS = {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def sides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Sides of the feature maps for images of `shape` = (C, H, W); `ValueError` for a size the
    networks are not built for."""
    if len(shape) != 3 or shape[0] < 1 or shape[1] != shape[2] or shape[1] not in SIDES:
        raise ValueError(
            "expected images of shape (channels, side, side) with a side of 28, 32 or 64, got "
            f"{tuple(shape)}"
        )
    return SIDES[shape[1]]


class ConvGenerator(nn.Module):
    """Latent vectors (N, latent_dim) to images (N, C, H, W) in [-1, 1], or to their logits where
    `output` is None.

    `width` is the number of channels at the finest resolution; there are twice as many at each
    coarser one.
    """

    def __init__(
        self,
        latent_dim: int,
        shape: tuple[int, ...],
        width: int = 16,
        *,
        batch_norm: bool = True,
        output: str | None = "tanh",
    ) -> None:
        super().__init__()
        if output is not None and output not in OUTPUTS:
            raise unknown_name("output", output, OUTPUTS)
        self.latent_dim = latent_dim
        first, *finer = sides(shape)
        channels = width * 2 ** len(finer)
        layers: list[nn.Module] = [
            nn.Linear(latent_dim, channels * first**2, bias=not batch_norm),
            nn.Unflatten(1, (channels, first, first)),
        ]
        layers += _norm(channels, batch_norm)
        for _ in finer:
            # Kernel 4, stride 2, padding 1 doubles the side exactly, and every output pixel is
            # reached by as many inputs.
            layers += [
                nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1, bias=not batch_norm),
                *_norm(channels // 2, batch_norm),
            ]
            channels //= 2
        layers.append(nn.Conv2d(channels, shape[0], 3, padding=1))
        if output is not None:
            layers.append(OUTPUTS[output]())
        self.body = nn.Sequential(*layers)
        self.apply(initialise)

    def forward(self, z: Tensor) -> Tensor:
        expect_shape("latent vectors", z, (self.latent_dim,))
        return self.body(z)


class ConvDiscriminator(nn.Module):
    """Images (N, C, H, W) in [-1, 1] to raw outputs (N, 1): logits or scores, as the loss takes
    them.

    `features` are what its last layer, a linear one, reads, (N, feature_count), or the feature maps
    of its first `convolutions`. Spectral norm scales every weight matrix to a largest singular
    value of one (Miyato et al. 2018, arXiv:1802.05957).
    """

    def __init__(
        self, shape: tuple[int, ...], width: int = 16, *, spectral_norm: bool = True
    ) -> None:
        super().__init__()
        self.shape = shape
        coarsest, *finer = sides(shape)
        channels = [shape[0], *(width * 2**i for i in range(len(finer) + 1))]
        layers: list[nn.Module] = []
        for i in range(len(finer)):
            layers += [nn.Conv2d(channels[i], channels[i + 1], 4, 2, 1), nn.LeakyReLU(0.2)]
        self.feature_count = channels[-1] * coarsest**2
        layers += [
            nn.Conv2d(channels[-2], channels[-1], 3, 1, 1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(self.feature_count, 1),
        ]
        if spectral_norm:
            layers = [
                normalised(layer) if isinstance(layer, nn.Conv2d | nn.Linear) else layer
                for layer in layers
            ]
        self.body = nn.Sequential(*layers)

    def features(self, x: Tensor, convolutions: int | None = None) -> Tensor:
        expect_shape("images", x, self.shape)
        # Each convolution is followed by its activation.
        return self.body[: -1 if convolutions is None else 2 * convolutions](x)

    def forward(self, x: Tensor) -> Tensor:
        return self.body[-1](self.features(x))


def initialise(module: nn.Module) -> None:
    """The initial weights of Radford et al. 2015, section 4, set in place: normal with standard
    deviation 0.02, around 1 for batch norm; biases 0.

    For `network.apply(initialise)`. Batch norm makes up for so small a scale; without it the signal
    fades from layer to layer.
    """
    if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d | nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0 if isinstance(module, nn.BatchNorm2d) else 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def _norm(channels: int, batch_norm: bool) -> list[nn.Module]:
    return [nn.BatchNorm2d(channels), nn.ReLU()] if batch_norm else [nn.ReLU()]
