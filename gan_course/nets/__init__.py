"""Architectures only: modules that map tensors to tensors and know nothing of losses, data or
training."""

from gan_course.nets.average import MovingAverage
from gan_course.nets.conditional import (
    ConditionalGenerator,
    DeafDiscriminator,
    JoinDiscriminator,
    ProjectionDiscriminator,
)
from gan_course.nets.dcgan import ConvDiscriminator, ConvGenerator
from gan_course.nets.infogan import CodeReader, CoordinateGenerator, Reading, disturbed
from gan_course.nets.mlp import MLPDiscriminator, MLPGenerator, mlp

__all__ = [
    "CodeReader",
    "ConditionalGenerator",
    "ConvDiscriminator",
    "ConvGenerator",
    "CoordinateGenerator",
    "DeafDiscriminator",
    "JoinDiscriminator",
    "MLPDiscriminator",
    "MLPGenerator",
    "MovingAverage",
    "ProjectionDiscriminator",
    "Reading",
    "disturbed",
    "mlp",
]
