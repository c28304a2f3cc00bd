"""One file a paper: its configuration, its networks, its step, its sample."""

from gan_course.models.base import Config, Model, frozen
from gan_course.models.dcgan import DCGAN, DCGANConfig
from gan_course.models.gan import GAN, GANConfig
from gan_course.models.infogan import InfoGAN, InfoGANConfig

__all__ = ["DCGAN", "GAN", "Config", "DCGANConfig", "GANConfig", "InfoGAN", "InfoGANConfig", "Model", "frozen"]
