"""Ways in which a game goes wrong, each by rules of its own: one click, the same under a seed.

`benchmarks/failures.py` measures what tells each from a game that goes well, under five seeds, and
a D that overfits from the same game with more real samples.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gan_course.explore.gan_ground import Failure
from gan_course.explore.rules import FRESH

HEALTHY: dict[str, Any] = {
    "law": "non_saturating",
    "opponent_steps": 1,
    "lr_opponent": 5e-3,
    "lr_generator": 2e-3,
    "opponent": (64, 64),
    "generator": (64, 64),
    "r1_weight": 0.2,
    "kept": FRESH,
}
# A discriminator that is far ahead of the generator, with nothing to hold it.
AHEAD = HEALTHY | {"opponent_steps": 5, "lr_opponent": 1e-2, "r1_weight": 0.0}

HEALTH = Failure(
    "health", "A game that goes well", "to compare the others with", HEALTHY, "a far bell"
)
OSCILLATION = Failure(
    "oscillation",
    "Oscillation",
    "G learns ten times as fast as D, and nothing damps the circle",
    HEALTHY | {"lr_opponent": 1e-3, "lr_generator": 1e-2, "r1_weight": 0.0},
    "a far bell",
    rounds=200,
)
SATURATION = Failure(
    "saturation",
    "Saturation",
    "D is sure of every sample, and the minimax loss of G is flat there",
    AHEAD | {"law": "minimax", "lr_generator": 1e-4},
    "a far bell",
    rounds=30,
)
OVERFITTING = Failure(
    "overfitting",
    "D that overfits",
    "D learns eight real samples by heart",
    AHEAD | {"lr_generator": 1e-4, "kept": 8},
    "one bell",
    rounds=60,
)
COLLAPSE = Failure(
    "collapse",
    "Collapse",
    "D is far ahead, and a narrow G gives up all modes but one or two",
    AHEAD | {"lr_opponent": 2e-2, "generator": (16,)},
    "ring of 8",
    rounds=60,
)

ON_A_LINE = (HEALTH, OSCILLATION, SATURATION, OVERFITTING)
IN_THE_PLANE = (replace(HEALTH, target="ring of 8"), COLLAPSE)
