"""A sketch becomes a face by way of a vector, with noise joined to it: a design that many a first
report on this task has. What it loses is measured against the skips of a U-Net."""

from __future__ import annotations

from dataclasses import dataclass

from gan_course.models.kinds import Amount, Shape, Size
from gan_course.models.pix2pix import Paired, PairedConfig
from gan_course.nets.bottleneck import VectorBottleneck
from gan_course.nets.dcgan import ConvDiscriminator


@dataclass(frozen=True)
class SketchGANConfig(PairedConfig):
    shape: Shape = (3, 32, 32)
    latent_dim: Size = 100  # of the vector that a sketch becomes
    noise_dim: Amount = 100  # of the noise that is joined to it
    width: Size = 16


PROFILES = {
    "lesson": SketchGANConfig(),
    "full": SketchGANConfig(width=64, lr_g=2e-4, lr_d=2e-4, ema_decay=0.999, steps=60_000),
}


class SketchGAN(Paired[SketchGANConfig]):
    """Learns what `Pix2Pix` learns, but all that the generator keeps of its input is a vector, and
    the discriminator gives one answer for the whole pair."""

    def __init__(self, config: SketchGANConfig = PROFILES["lesson"]) -> None:
        channels, *sides = config.shape
        super().__init__(
            config,
            VectorBottleneck(config.shape, config.latent_dim, config.noise_dim, config.width),
            ConvDiscriminator((2 * channels, *sides), config.width),
        )
