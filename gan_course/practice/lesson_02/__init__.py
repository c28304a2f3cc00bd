"""Exercise 02: sizes of convolutions, a generator of given shape, spherical interpolation, weight
initialisation."""
