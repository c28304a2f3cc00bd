"""What a learner calls: `check("01.q1", discriminator_loss, generator_loss)` says whether the
functions are right and, where they are not, what kind of mistake it looks like. `total("01",
globals())` adds up the points."""

from gan_course.practice.checking import CheckFailed, check, total

__all__ = ["CheckFailed", "check", "total"]
