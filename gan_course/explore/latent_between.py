"""The ways from one seed's image to another's."""

from __future__ import annotations

import torch

from gan_course.colours import EXACT, FAKE
from gan_course.errors import expect_positive
from gan_course.explore.controls import Seed, View
from gan_course.explore.latent_space import COLUMNS, LatentSpace, LatentView, numbers
from gan_course.explore.picture import Picture, Row, image_plate
from gan_course.interpolation import slerp


def interpolation(space: LatentSpace, seed_a: int, seed_b: int, steps: int = COLUMNS) -> Picture:
    """SVG: three ways from one seed's image to another's in `steps` images: by `slerp` of the
    latents, by a straight line between them, and by a cross-fade of the pixels."""
    if expect_positive("steps", steps) < 2:
        raise ValueError("a way between two images has at least 2 steps, got 1")
    t = torch.linspace(0, 1, steps)
    a, b = space.latent(seed_a), space.latent(seed_b)
    arc, line = slerp(a, b, t), torch.lerp(a, b, t[:, None])
    walk, straight = space.images(torch.cat([arc, line])).split(steps)
    fade = torch.lerp(walk[:1], walk[-1:], t[:, None, None, None])
    rows = [
        Row("generator along\nslerp of latents", walk, FAKE),
        Row("generator along\na straight line", straight, FAKE),
        Row("cross-fade\nof pixels", fade, EXACT),
    ]
    shortest = [path.norm(dim=1).min() for path in (arc, line)]
    alt = (
        f"Three rows of {steps} images from seed {seed_a} (left) to seed {seed_b} (right). "
        "Above, the generator's images on the arc between the two latents (slerp), which are at "
        f"least {shortest[0]:.1f} long on the way; below them, on the straight line, down to "
        f"{shortest[1]:.1f}; at the bottom, a cross-fade of the two end images, whose middle is a "
        f"double exposure. Vectors of N(0, I) are about {space.latent_dim**0.5:.1f} long."
    )
    return Picture(image_plate(rows, numbers(t), "place t on the way"), alt)


BETWEEN = LatentView(
    View(
        key="between",
        title="Between two seeds",
        rows=((Seed(key="from", label="from seed"), Seed(key="to", label="to seed", value=1)),),
    ),
    lambda space, values: interpolation(space, values["from"], values["to"]),
)
