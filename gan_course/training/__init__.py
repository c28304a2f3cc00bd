"""The loop, what watches it, and what it leaves behind."""

from gan_course.training.fit import fit
from gan_course.training.history import History
from gan_course.training.hooks import Evaluation, Hook, LiveSamples, Run, Snapshots
from gan_course.training.progress import Progress

__all__ = ["Evaluation", "History", "Hook", "LiveSamples", "Progress", "Run", "Snapshots", "fit"]
