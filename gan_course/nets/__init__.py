"""Architectures only: modules that map tensors to tensors and know nothing of losses, data or training."""

from gan_course.nets.average import MovingAverage
from gan_course.nets.dcgan import ConvDiscriminator, ConvGenerator
from gan_course.nets.infogan import CodeReader, CoordinateGenerator, Reading, disturbed
from gan_course.nets.mlp import MLPDiscriminator, MLPGenerator, mlp

__all__ = [
    "CodeReader",
    "ConvDiscriminator",
    "ConvGenerator",
    "CoordinateGenerator",
    "MLPDiscriminator",
    "MLPGenerator",
    "MovingAverage",
    "Reading",
    "disturbed",
    "mlp",
]
