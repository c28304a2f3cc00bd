"""Walking through a generator's latent space: along directions, between two seeds, and a look for
copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from gan_course.colours import EXACT, FAKE, REAL
from gan_course.data import Dataset, random_generator
from gan_course.errors import expect_positive, expect_seed, expect_shape
from gan_course.explore.controls import View
from gan_course.explore.directions import strongest_directions
from gan_course.explore.explorer import Explorer
from gan_course.explore.latent_views import BETWEEN, FARTHEST, NEAREST, directions_view
from gan_course.explore.picture import Picture, Row, image_plate
from gan_course.interpolation import slerp
from gan_course.metrics import nearest
from gan_course.models import DCGAN, GAN

COLUMNS = 10  # images side by side

# Last parts of the keys of random numbers; a seed's own latent has the key (seed of the explorer,
# seed).
FOR_PROBES, FOR_SAMPLES = 1, 2


class LatentExplorer(Explorer):
    """Shows what `sampler`, a function from latents (N, latent_dim) to images (N, C, H, W) in [-1,
    1], makes of places in its latent space.

    The place is the latent of a seed, `start`, moved by `offsets` along `directions`.
    `train_images` (M, C, H, W), where given, are searched for the one nearest to a sample.
    Everything shown is a function of the arguments and of the place. Raises `ValueError` where the
    sampler's images have another shape than the training images, or the latent width is below 1.
    """

    chosen = ("start", "offsets")

    def __init__(
        self,
        sampler: Callable[[Tensor], Tensor],
        latent_dim: int,
        train_images: Tensor | None = None,
        seed: int = 0,
        directions: int = 6,
    ) -> None:
        self.latent_dim = expect_positive("latent_dim", latent_dim)
        self.count = min(expect_positive("directions", directions), latent_dim)
        self.sampler, self.train_images, self.seed = sampler, train_images, seed
        self.start = 0
        self.offsets = [0.0] * self.count
        images = self.images(self.latent(0))
        if images.ndim != 4 or len(images) != 1:
            raise ValueError(
                f"expected a sampler from latents (N, {latent_dim}) to images (N, C, H, W), got "
                f"{tuple(images.shape)} for one latent"
            )
        if train_images is not None:
            expect_shape("training images", train_images, images.shape[1:])

    @classmethod
    def of(cls, model: GAN | DCGAN, data: Dataset | None = None, seed: int = 0) -> LatentExplorer:
        """An explorer of the model's averaged generator, as it is now, and of the training images
        in `data`."""
        average, device = deepcopy(model.ema), model.device
        return cls(
            lambda z: average(z.to(device)),
            model.config.latent_dim,
            None if data is None else data.train.x.cpu(),
            seed,
        )

    def images(self, z: Tensor) -> Tensor:
        """The sampler's images for latents (N, latent_dim), on the CPU."""
        with torch.inference_mode():
            return self.sampler(z).float().cpu()

    def latent(self, seed: int) -> Tensor:
        """The latent (1, latent_dim) that belongs to `seed`, a whole number from 0 to 2^32 - 1."""
        return torch.randn(
            1, self.latent_dim, generator=random_generator(self.seed, expect_seed(seed))
        )

    @cached_property
    def _slopes(self) -> tuple[Tensor, Tensor]:
        generator = random_generator(self.seed, 0, FOR_PROBES)
        return strongest_directions(self.images, self.latent_dim, self.count, generator)

    @property
    def directions(self) -> Tensor:
        """Unit vectors (count, latent_dim), perpendicular: those along which the images change
        most, on average over 32 latents."""
        return self._slopes[0]

    @property
    def gains(self) -> Tensor:
        """(count,) how far a step along each direction moves the pixels, over what a step in a
        random direction does; falling."""
        return self._slopes[1]

    @property
    def z(self) -> Tensor:
        """The latent (1, latent_dim) that is shown."""
        return self.latent(self.start) + torch.tensor(self.offsets) @ self.directions

    def start_from(self, seed: int) -> None:
        """Go to the latent of `seed`; the offsets stay."""
        self.latent(seed)
        self.start = seed

    def move(self, direction: int, offset: float) -> None:
        """Set the offset along `direction` (0 to count - 1), in standard deviations of one latent
        coordinate, within ±4."""
        if not 0 <= direction < self.count:
            raise ValueError(f"there are directions 0 to {self.count - 1}, got {direction}")
        if not abs(offset) <= FARTHEST:
            raise ValueError(
                f"an offset lies between -{FARTHEST:g} and {FARTHEST:g}, got {offset}; farther out "
                "the generator was never trained"
            )
        self.offsets[direction] = float(offset)

    def reset(self) -> None:
        """Set all offsets to 0."""
        self.offsets = [0.0] * self.count

    def picture(self) -> Picture:
        """PNG: the seed's image, the image after the moves, and the training image nearest to
        that."""
        first, moved = self.images(self.latent(self.start)), self.images(self.z)
        images, headers = [first, moved], [f"seed {self.start}", "after your moves"]
        change = (moved - first).abs().mean().item() / 2
        sentence = (
            f"Left, the image of seed {self.start}; then the same after the moves "
            f"{self._moves()}: the mean pixel changed by {change:.1%}"
        )
        if self.train_images is not None:
            found = nearest(moved, self.train_images)
            images.append(self.train_images[found.index])
            headers.append(f"nearest training image, {found.distance.item():.1f} away")
            sentence += (
                f"; right, the nearest training image, at a distance of {found.distance.item():.1f}"
            )
        return Picture(
            image_plate([Row("", torch.cat(images))], headers, size=224, label_width=8),
            sentence + ".",
        )

    def traversals(self) -> Picture:
        """PNG: a row for each direction, from offset -4 to 4 along it, with all other offsets as
        they are."""
        offsets = torch.linspace(-FARTHEST, FARTHEST, 9)
        rows = []
        for i, (direction, gain) in enumerate(
            zip(self.directions, self.gains.tolist(), strict=True)
        ):
            path = self.z - self.offsets[i] * direction + offsets[:, None] * direction
            rows.append(Row(f"direction {i + 1}\nchange × {gain:.1f}", self.images(path), FAKE))
        alt = (
            f"Images of the generator along {self.count} directions of its latent space, one a "
            f"row, from offset -{FARTHEST:g} to {FARTHEST:g} around "
            f"seed {self.start}. A step along the first changes the pixels {self.gains[0]:.1f} "
            "times as much as one in a random direction."
        )
        return Picture(
            image_plate(
                rows, [f"{offset:+g}" if offset else "0" for offset in offsets.tolist()], "offset"
            ),
            alt,
        )

    def interpolation(self, seed_a: int, seed_b: int, steps: int = COLUMNS) -> Picture:
        """PNG: two ways from one seed's image to another's in `steps` images: by `slerp` of the
        latents, and by a cross-fade of the pixels."""
        if expect_positive("steps", steps) < 2:
            raise ValueError("a way between two images has at least 2 steps, got 1")
        t = torch.linspace(0, 1, steps)
        walk = self.images(slerp(self.latent(seed_a), self.latent(seed_b), t))
        fade = walk[:1] + t[:, None, None, None] * (walk[-1:] - walk[:1])
        rows = [
            Row("generator along\nslerp of latents", walk, FAKE),
            Row("cross-fade\nof pixels", fade, EXACT),
        ]
        alt = (
            f"Two rows of {steps} images from seed {seed_a} (left) to seed {seed_b} (right). "
            "Above, the generator's images on the way through latent "
            "space; below, a cross-fade of the two end images, whose middle is a double exposure."
        )
        return Picture(
            image_plate(
                rows,
                [f"{value:.2f}".rstrip("0").rstrip(".") for value in t.tolist()],
                "place t on the way",
            ),
            alt,
        )

    def nearest(self, n: int = COLUMNS, draw: int = 0) -> Picture:
        """PNG: `n` samples, the training image nearest to each beneath it, and their distance over
        all pixels; `draw` chooses other samples.

        Raises `ValueError` where the explorer has no training images.
        """
        if self.train_images is None:
            raise ValueError(
                "this explorer has no training images to search: build it with train_images=…, or "
                "with LatentExplorer.of(model, data)"
            )
        latents = torch.randn(
            expect_positive("n", n),
            self.latent_dim,
            generator=random_generator(self.seed, draw, FOR_SAMPLES),
        )
        samples = self.images(latents)
        found = nearest(samples, self.train_images)
        # How different the two are, in grey: black where they agree.
        apart = (samples - self.train_images[found.index]).abs() - 1
        rows = [
            Row("samples", samples, FAKE),
            Row("nearest\ntraining image", self.train_images[found.index], REAL),
            Row("difference", apart),
        ]
        alt = (
            f"{n} samples, beneath each the training image nearest to it, and beneath that where "
            "the two differ; distances from "
            f"{found.distance.min():.1f} to {found.distance.max():.1f}, median "
            f"{found.distance.median():.1f}."
        )
        return Picture(
            image_plate(
                rows, [f"{distance:.1f}" for distance in found.distance.tolist()], "distance"
            ),
            alt,
        )

    def alt(self) -> str:
        """The picture in words."""
        return self.picture().alt

    def views(self) -> tuple[View, ...]:
        """Directions, the way between two seeds, and the nearest training images if there are
        any."""
        views = (directions_view(self.start, self.offsets, self.gains.tolist()), BETWEEN)
        return views if self.train_images is None else (*views, NEAREST)

    def pictures(self) -> dict[str, Callable[[Mapping[str, Any]], Picture]]:
        """What draws each view."""
        return {
            "directions": self._picture_at,
            "between": lambda values: self.interpolation(values["from"], values["to"]),
            "nearest": lambda values: self.nearest(draw=values["draw"]),
        }

    def _picture_at(self, values: Mapping[str, Any]) -> Picture:
        self.start_from(values["seed"])
        for i in range(self.count):
            self.move(i, values[f"direction {i + 1}"])
        return self.picture()

    def _moves(self) -> str:
        made = [
            f"{offset:+g} along direction {i + 1}"
            for i, offset in enumerate(self.offsets)
            if offset
        ]
        return ", ".join(made) or "(none yet)"
