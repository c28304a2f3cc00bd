"""Exercise 03: joining a label, the projection's score and why it is enough, balanced batches, and
what a wish must be measured by."""

from gan_course.practice.lesson_03 import (
    q1_join,
    q2_projection,
    q3_best_score,
    q4_balanced_batch,
    q5_measures,
)

QUESTIONS = (
    q1_join.QUESTION,
    q2_projection.QUESTION,
    q3_best_score.QUESTION,
    q4_balanced_batch.QUESTION,
    q5_measures.QUESTION,
)
