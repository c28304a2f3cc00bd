"""Explorers: plain classes that turn a few choices into a picture. None of them knows a widget; `widget()` gives each its face in a notebook."""

from gan_course.explore.classes import ClassExplorer
from gan_course.explore.gan_lab import GanLab
from gan_course.explore.latent import LatentExplorer
from gan_course.explore.picture import Picture

__all__ = ["ClassExplorer", "GanLab", "LatentExplorer", "Picture"]
