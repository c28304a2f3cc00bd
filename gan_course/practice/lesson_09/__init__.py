"""Exercise 09: what a cycle keeps, a pool of older fakes, targets of least squares, a step of two
generators and two discriminators, and one of two maps that undo each other."""
