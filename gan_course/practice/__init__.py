"""What a learner calls: `check("01.q1", discriminator_loss, generator_loss)` says right, or what
kind of mistake this looks like."""

from gan_course.practice.checking import CheckFailed, check

__all__ = ["CheckFailed", "check"]
