"""Exercise 10: a schedule, noise in one jump, the way back a step at a time, longer steps, and
guidance."""
