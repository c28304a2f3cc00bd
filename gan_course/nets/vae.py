"""Networks of a variational autoencoder, for square images of 28, 32 or 64 pixels."""

from __future__ import annotations

from torch import Tensor, nn

from gan_course.errors import expect_shape
from gan_course.nets.dcgan import sides

HIDDEN = 128  # units between the coarsest feature map and the latent space


class ConvEncoder(nn.Module):
    """Images (N, C, H, W) to the mean and the log-variance of their latent vectors, (N, latent_dim)
    each.

    `width` is the number of channels at half the side; there are twice as many at each coarser
    one.
    """

    def __init__(self, shape: tuple[int, ...], latent_dim: int, width: int = 16) -> None:
        super().__init__()
        self.shape = shape
        coarsest, *finer = sides(shape)
        channels = [shape[0], *(width * 2**i for i in range(len(finer)))]
        layers: list[nn.Module] = []
        for i in range(len(finer)):
            layers += [nn.Conv2d(channels[i], channels[i + 1], 4, 2, 1), nn.SiLU()]
        self.body = nn.Sequential(
            *layers,
            nn.Flatten(),
            nn.Linear(channels[-1] * coarsest**2, HIDDEN),
            nn.SiLU(),
            nn.Linear(HIDDEN, 2 * latent_dim),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        expect_shape("images", x, self.shape)
        mu, log_var = self.body(x).chunk(2, dim=1)
        return mu, log_var


class ConvDecoder(nn.Module):
    """Latent vectors (N, latent_dim) to the logits of images (N, C, H, W): the mirror image of
    `ConvEncoder`."""

    def __init__(self, latent_dim: int, shape: tuple[int, ...], width: int = 16) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        coarsest, *finer = sides(shape)
        channels = [*(width * 2**i for i in reversed(range(len(finer)))), shape[0]]
        layers: list[nn.Module] = [
            nn.Linear(latent_dim, HIDDEN),
            nn.SiLU(),
            nn.Linear(HIDDEN, channels[0] * coarsest**2),
            nn.Unflatten(1, (channels[0], coarsest, coarsest)),
        ]
        for i in range(len(finer)):
            layers += [nn.SiLU(), nn.ConvTranspose2d(channels[i], channels[i + 1], 4, 2, 1)]
        self.body = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        expect_shape("latent vectors", z, (self.latent_dim,))
        return self.body(z)
