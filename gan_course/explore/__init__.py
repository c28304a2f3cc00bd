"""Explorers: plain classes that turn a few choices into a picture. None of them knows a widget;
`widget()` gives each its face in a notebook."""

from gan_course.explore.classes import ClassExplorer
from gan_course.explore.codes import CodeExplorer
from gan_course.explore.critic_lab import CriticLab
from gan_course.explore.factors import Factors, shape_factors
from gan_course.explore.gan_lab import GanLab
from gan_course.explore.latent import LatentExplorer
from gan_course.explore.picture import Picture

__all__ = [
    "ClassExplorer",
    "CodeExplorer",
    "CriticLab",
    "Factors",
    "GanLab",
    "LatentExplorer",
    "Picture",
    "shape_factors",
]
