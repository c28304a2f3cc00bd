"""One file a paper: its configuration, its networks, its step, its sample."""

from gan_course.models.base import Config, Model, frozen
from gan_course.models.cgan import CGAN, CGANConfig
from gan_course.models.dcgan import DCGAN, DCGANConfig
from gan_course.models.gan import GAN, GANConfig

__all__ = ["CGAN", "DCGAN", "GAN", "CGANConfig", "Config", "DCGANConfig", "GANConfig", "Model", "frozen"]
