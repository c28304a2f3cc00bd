"""What a learner calls: `check("01.q1", discriminator_loss, generator_loss)` says whether the
functions are right and, where they are not, what kind of mistake it looks like."""

from gan_course.practice.checking import CheckFailed, check

__all__ = ["CheckFailed", "check"]
