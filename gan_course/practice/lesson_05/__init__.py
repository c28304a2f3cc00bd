"""Exercise 05: losses of a critic, its gradient penalty, its clipped step, the schedule of one
training step, and the exact distance."""
