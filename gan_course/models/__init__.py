"""One file a paper: its configuration, its networks, its step, its sample."""

from gan_course.models.aae import AAE, AAEConfig
from gan_course.models.avb import AVB, AVBConfig
from gan_course.models.base import Model, frozen
from gan_course.models.cgan import CGAN, CGANConfig
from gan_course.models.config import Config
from gan_course.models.cyclegan import CycleGAN, CycleGANConfig
from gan_course.models.dcgan import DCGAN, DCGANConfig
from gan_course.models.ddpm import DDPM, DDPMConfig
from gan_course.models.flow import Flow, FlowConfig
from gan_course.models.gan import GAN, GANConfig
from gan_course.models.infogan import InfoGAN, InfoGANConfig
from gan_course.models.latent_diffusion import LatentDiffusion, LatentDiffusionConfig
from gan_course.models.pix2pix import Pix2Pix, Pix2PixConfig
from gan_course.models.sketch_gan import SketchGAN, SketchGANConfig
from gan_course.models.translation import Translator
from gan_course.models.vae import VAE, VAEConfig
from gan_course.models.vae_gan import VAEGAN, VAEGANConfig
from gan_course.models.wgan import WGAN, WGANConfig
from gan_course.models.wgan_gp import WGANGP, WGANGPConfig

__all__ = [
    "AAE",
    "AVB",
    "CGAN",
    "DCGAN",
    "DDPM",
    "GAN",
    "VAE",
    "VAEGAN",
    "WGAN",
    "WGANGP",
    "AAEConfig",
    "AVBConfig",
    "CGANConfig",
    "Config",
    "CycleGAN",
    "CycleGANConfig",
    "DCGANConfig",
    "DDPMConfig",
    "Flow",
    "FlowConfig",
    "GANConfig",
    "InfoGAN",
    "InfoGANConfig",
    "LatentDiffusion",
    "LatentDiffusionConfig",
    "Model",
    "Pix2Pix",
    "Pix2PixConfig",
    "SketchGAN",
    "SketchGANConfig",
    "Translator",
    "VAEConfig",
    "VAEGANConfig",
    "WGANConfig",
    "WGANGPConfig",
    "frozen",
]
