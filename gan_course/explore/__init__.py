"""Explorers: plain classes that list their controls as data and turn a few choices into a picture.
None of them knows a widget; `widget()` gives each the one face in a notebook."""

from gan_course.explore.classes import ClassExplorer
from gan_course.explore.codes import CodeExplorer
from gan_course.explore.compare import Compare
from gan_course.explore.controls import (
    Bars,
    Button,
    Choice,
    Drawing,
    Fold,
    Pad,
    Pen,
    Press,
    Seed,
    Slider,
    Switch,
    View,
)
from gan_course.explore.critic_lab import CriticLab
from gan_course.explore.explorer import Explorer
from gan_course.explore.factors import Factors, shape_factors
from gan_course.explore.gan_lab import GanLab
from gan_course.explore.latent import LatentExplorer
from gan_course.explore.latent_plane import LatentPlane
from gan_course.explore.opening import EXPLORERS, explore
from gan_course.explore.picture import Picture
from gan_course.explore.round_trip import RoundTrip
from gan_course.explore.sketch import Stroke
from gan_course.explore.sketch_pad import SketchPad
from gan_course.explore.timeline import Timeline

__all__ = [
    "EXPLORERS",
    "Bars",
    "Button",
    "Choice",
    "ClassExplorer",
    "CodeExplorer",
    "Compare",
    "CriticLab",
    "Drawing",
    "Explorer",
    "Factors",
    "Fold",
    "GanLab",
    "LatentExplorer",
    "LatentPlane",
    "Pad",
    "Pen",
    "Picture",
    "Press",
    "RoundTrip",
    "Seed",
    "SketchPad",
    "Slider",
    "Stroke",
    "Switch",
    "Timeline",
    "View",
    "explore",
    "shape_factors",
]
