"""Architectures only: modules that map tensors to tensors and know nothing of losses, data or
training."""

from gan_course.nets.bottleneck import VectorBottleneck
from gan_course.nets.conditional import (
    ConcatDiscriminator,
    ConditionalGenerator,
    DeafDiscriminator,
    ProjectionDiscriminator,
)
from gan_course.nets.dcgan import ConvDiscriminator, ConvGenerator
from gan_course.nets.denoiser import DenseDenoiser, UNetDenoiser
from gan_course.nets.ema import EMA
from gan_course.nets.infogan import CoordinateGenerator, QHead, Reading
from gan_course.nets.mlp import MLPDiscriminator, MLPGenerator, mlp
from gan_course.nets.patches import PatchDiscriminator, receptive_field
from gan_course.nets.resnet import ResNetGenerator
from gan_course.nets.unet import UNet

__all__ = [
    "EMA",
    "ConcatDiscriminator",
    "ConditionalGenerator",
    "ConvDiscriminator",
    "ConvGenerator",
    "CoordinateGenerator",
    "DeafDiscriminator",
    "DenseDenoiser",
    "MLPDiscriminator",
    "MLPGenerator",
    "PatchDiscriminator",
    "ProjectionDiscriminator",
    "QHead",
    "Reading",
    "ResNetGenerator",
    "UNet",
    "UNetDenoiser",
    "VectorBottleneck",
    "mlp",
    "receptive_field",
]
