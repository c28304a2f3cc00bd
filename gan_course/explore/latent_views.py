"""What can be chosen along the directions of a latent space."""

from __future__ import annotations

from collections.abc import Sequence

from gan_course.explore.controls import Button, Seed, Slider, View

FARTHEST = 4.0  # of a direction's offset, in standard deviations of one latent coordinate


def directions_view(start: int, offsets: Sequence[float], gains: Sequence[float]) -> View:
    """The seed `start`, and a slider for each direction with its offset and its gain."""
    sliders = [
        Slider(
            key=f"direction {i}",
            label=f"direction {i} (change × {gain:.1f})",
            low=-FARTHEST,
            high=FARTHEST,
            step=0.25,
            value=offset,
            digits=2,
            signed=True,
        )
        for i, (offset, gain) in enumerate(zip(offsets, gains, strict=True), start=1)
    ]
    centre = Button(
        key="centre",
        label="All to 0",
        help="set every slider to 0",
        sets={slider.key: 0.0 for slider in sliders},
    )
    return View(
        key="directions",
        title="Directions",
        rows=(
            (Seed(key="seed", label="seed", value=start), centre),
            *((each,) for each in sliders),
        ),
        note="The first direction changes the pixels most. A change of × 2 is twice what a step in "
        "a random direction does. The directions have no other meaning.",
    )
