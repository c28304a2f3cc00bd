"""Exercise 05: losses of a critic, its gradient penalty, its clipped step, the schedule of one
training step, and the exact distance."""

from gan_course.practice.lesson_05 import (
    q1_losses,
    q2_penalty,
    q3_critic_step,
    q4_training_step,
    q5_exact_distance,
)

QUESTIONS = (
    q1_losses.QUESTION,
    q2_penalty.QUESTION,
    q3_critic_step.QUESTION,
    q4_training_step.QUESTION,
    q5_exact_distance.QUESTION,
)
