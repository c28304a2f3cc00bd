"""Exercise 04: how many nats a picture tells of its code, where that bound enters the game, and
what codes turn out to mean."""

from gan_course.practice.lesson_04 import (
    q1_category_bound,
    q2_code_bounds,
    q3_totals,
    q4_unsupervised_accuracy,
    q5_factors,
)

QUESTIONS = (
    q1_category_bound.QUESTION,
    q2_code_bounds.QUESTION,
    q3_totals.QUESTION,
    q4_unsupervised_accuracy.QUESTION,
    q5_factors.QUESTION,
)
