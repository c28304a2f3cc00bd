"""Exercise 09: what a cycle keeps, a pool of older fakes, targets of least squares, and a step of
two generators and two discriminators."""
