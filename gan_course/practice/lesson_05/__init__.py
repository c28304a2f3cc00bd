"""Exercise 05: losses of a critic, its gradient penalty, its clipped step, the schedule of one
training step, the exact distance, and two steps judged by what they lead to."""
