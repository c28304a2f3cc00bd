"""A wheel: images around a circle in latent space, and the one at an angle in the middle."""

from __future__ import annotations

import math

import torch

from gan_course.colours import EXACT, FAKE, QUIET
from gan_course.explore.controls import Seed, Slider, View
from gan_course.explore.latent_space import LatentSpace, LatentView
from gan_course.explore.paint import NORMAL, Painting, Plot
from gan_course.explore.picture import Picture, pixels
from gan_course.interpolation import great_circle

SPOKES = 12  # images around the circle
SIDE, HUB = 56, 140  # pixels, about: of an image on the rim, and of the one in the middle
RIM = 172  # pixels from the middle to the middle of an image on the rim
EDGE = 8  # pixels of paper around it


def wheel(space: LatentSpace, seed_a: int, seed_b: int, degrees: float) -> Picture:
    """SVG: twelve images around the circle that starts at the latent of one seed, at the top, and
    heads clockwise for that of another; in the middle, the image at `degrees`. One seed twice makes
    a circle too, through a fixed direction.
    """
    a, b = space.latent(seed_a), space.latent(seed_b)
    angles = torch.tensor([*(360 / SPOKES * i for i in range(SPOKES)), degrees]).deg2rad()
    images = space.images(great_circle(a, b, angles))
    # Rounding may take the cosine of two equal vectors beyond 1.
    cosine = torch.nn.functional.cosine_similarity(a, b).clamp(-1, 1)
    passed = cosine.acos().rad2deg().item()
    alt = (
        f"{SPOKES} images around a circle through latent space, at one distance from its middle, "
        f"{a.norm():.1f}: at the top seed {seed_a}, then clockwise towards seed {seed_b}, whose "
        f"direction is passed at {passed:.0f}°. In the middle, the image at {degrees:g}°."
    )
    return Picture(_painted(images, degrees, passed).svg(), alt)


def _painted(images: torch.Tensor, degrees: float, passed: float) -> Painting:
    """The last of `images` in the middle of the others, a dot at `degrees` and a ring where the
    second seed's direction is `passed`."""
    height, width = images.shape[-2:]
    small, large = (max(1, round(side / max(height, width))) for side in (SIDE, HUB))
    drawn = pixels(images)
    reach = [RIM + small * side / 2 + EDGE for side in (width, height)]
    painting = Painting(*(round(2 * each) for each in reach))

    def place(angle: float, radius: float) -> tuple[float, float]:
        turn = math.radians(angle)
        return reach[0] + radius * math.sin(turn), reach[1] - radius * math.cos(turn)

    def put(image: int, scale: int, x: float, y: float) -> None:
        left, top = x - scale * width / 2, y - scale * height / 2
        painting.paste(drawn[image], round(left), round(top), scale)

    for i in range(SPOKES):
        put(i, small, *place(360 / SPOKES * i, RIM))
    put(SPOKES, large, *reach)
    inner = RIM - small * math.hypot(width, height) / 2 - 4
    for angle, colour, radius in ((0, EXACT, 3), (passed, QUIET, 3), (degrees, FAKE, 5)):
        x, y = place(angle, inner)
        dot = Plot(painting, (round(x) - 6, round(y) - 6, 13, 13), (0, 13), (0, 13))
        dot.dots([6.5], [6.5], colour, radius)
        dot.put()
    below = reach[1] + large * height / 2 + 12
    painting.text(reach[0], below, f"{degrees:g}°", anchor="mm", size=NORMAL, colour=FAKE)
    return painting


WHEEL = LatentView(
    View(
        key="wheel",
        title="Wheel",
        rows=(
            (
                Seed(key="from", label="seed at the top"),
                Seed(key="towards", label="towards seed", value=1),
            ),
            (Slider(key="angle", label="angle", low=0, high=360, step=5, value=45, unit="°"),),
        ),
        note="A circle around the middle of the latent space: every point on it is as far out as "
        "the first seed's latent. The grey dot is where it passes the second seed's direction.",
    ),
    lambda space, values: wheel(space, values["from"], values["towards"], values["angle"]),
    fits=lambda space: space.latent_dim > 1,
)
