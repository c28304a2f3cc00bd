"""Exercise 07: which loss reaches which network, reconstruction in a discriminator's features, and
a prior that is matched by an adversary."""
