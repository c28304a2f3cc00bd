"""One file for each kind of sample: how it is checked, pictured, saved, scored and tried."""

from gan_course.modalities.base import Balance, Modality, Score
from gan_course.modalities.images import IMAGES
from gan_course.modalities.line import LINE
from gan_course.modalities.plane import PLANE
from gan_course.modalities.translation import PAIRS, UNPAIRED

__all__ = ["IMAGES", "LINE", "PAIRS", "PLANE", "UNPAIRED", "Balance", "Modality", "Score"]
