"""Exercise 01: the losses of the minimax game, its optimal discriminator, one alternating
step, and the loop around it."""
