"""One colour scheme for the whole course, after Okabe & Ito: it can be told apart with any kind of
colour vision, and in grey.

Real data, generated data, generator and discriminator have the same colour in every picture.
"""

from __future__ import annotations

REAL = "#0072B2"  # blue
FAKE = "#D55E00"  # vermilion
GENERATOR = "#E69F00"  # orange
DISCRIMINATOR = "#009E73"  # green
EXACT = "#222222"  # what is known in closed form: near black, dashed
QUIET = "#999999"  # baselines, thresholds, grid
OTHERS = ("#CC79A7", "#56B4E9", "#F0E442")  # for what has no role of its own
