"""Exercise 01: the losses of the minimax game, its optimal discriminator, one alternating step."""

from gan_course.practice.lesson_01 import q1_losses, q2_optimal_discriminator, q3_training_step

QUESTIONS = (q1_losses.QUESTION, q2_optimal_discriminator.QUESTION, q3_training_step.QUESTION)
