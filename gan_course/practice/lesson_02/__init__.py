"""Exercise 02: sizes of convolutions, a generator of given shape, spherical interpolation, weight
initialisation."""

from gan_course.practice.lesson_02 import q1_sizes, q2_generator, q3_slerp, q4_initialisation

QUESTIONS = (
    q1_sizes.QUESTION,
    q2_generator.QUESTION,
    q3_slerp.QUESTION,
    q4_initialisation.QUESTION,
)
