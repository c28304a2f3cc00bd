"""A course on generative models: lessons that are computed and checked, on one readable, tested
library."""

__version__ = "0.1.0"
