"""Walking through a model's latent space along directions, with the other views of it beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cached_property, partial
from itertools import cycle
from typing import Any

import torch
from torch import Tensor

from gan_course.colours import FAKE
from gan_course.data import Dataset, random_generator
from gan_course.errors import expect_index, expect_positive, expect_seed, expect_shape
from gan_course.explore.controls import Choice, View
from gan_course.explore.directions import strongest_directions
from gan_course.explore.explorer import Explorer
from gan_course.explore.latent_arithmetic import ARITHMETIC
from gan_course.explore.latent_between import BETWEEN, interpolation
from gan_course.explore.latent_nearest import NEAREST, nearest_images
from gan_course.explore.latent_space import COLUMNS, LatentView, latent_of
from gan_course.explore.latent_truncation import TRUNCATION
from gan_course.explore.latent_views import FARTHEST, directions_view
from gan_course.explore.latent_wheel import WHEEL
from gan_course.explore.picture import Picture, Row, image_plate
from gan_course.metrics import ImageIndex
from gan_course.models import Model

# Beside the directions, in the order of the tabs; a further view is one more.
VIEWS = (BETWEEN, NEAREST, WHEEL, ARITHMETIC, TRUNCATION)

# Last part of the key of random numbers; a seed's own latent has the key (seed of the explorer,
# seed).
FOR_PROBES = 1


class LatentExplorer(Explorer):
    """Shows what `sampler`, a function from latents (N, latent_dim) to images (N, C, H, W) in [-1,
    1], makes of places in its latent space.

    The place is the latent of a seed, `start`, moved by `offsets` along `directions`.
    `train_images` (M, C, H, W), where given, are searched for the one nearest to a sample. A
    sampler that must be told which of several `kinds` to draw, each a `what` such as "class", takes
    their numbers too, int64 (N,), and all that is shown is of the chosen `kind`. Everything shown
    is a function of the arguments, of the place and of the kind. Raises `ValueError` where the
    sampler's images have another shape than the training images, or the latent width is below 1.
    """

    chosen = ("start", "offsets", "kind")

    def __init__(
        self,
        sampler: Callable[..., Tensor],
        latent_dim: int,
        train_images: Tensor | None = None,
        seed: int = 0,
        directions: int = 6,
        what: str = "",
        kinds: int = 0,
    ) -> None:
        self.latent_dim = expect_positive("latent_dim", latent_dim)
        self.count = min(expect_positive("directions", directions), latent_dim)
        self.sampler, self.seed = sampler, seed
        self.what, self.kinds, self.kind = what, kinds, 0
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
        self.index = None if train_images is None else ImageIndex(train_images)

    @classmethod
    def of(cls, model: Model[Any], data: Dataset | None = None, seed: int = 0) -> LatentExplorer:
        """An explorer of what the model, as it is now, draws from the space that its `latent`
        declares, and of the training images in `data`. Raises `ValueError` for a model without
        such a space, and for one that is too large."""
        kept, device = deepcopy(model), model.device
        kept.eval()
        latent = latent_of(kept)
        return cls(
            lambda *given: latent.draw(*(each.to(device) for each in given)),
            latent.dim,
            None if data is None else data.train.x.cpu(),
            seed,
            what=latent.what,
            kinds=latent.kinds,
        )

    def images(self, z: Tensor) -> Tensor:
        """The sampler's images for latents (N, latent_dim), of the chosen kind, on the CPU."""
        return self._images(z, self.kind)

    def _images(self, z: Tensor, kind: int) -> Tensor:
        told = (torch.full((len(z),), kind),) if self.kinds else ()
        with torch.inference_mode():
            return self.sampler(z, *told).float().cpu()

    def latent(self, seed: int) -> Tensor:
        """The latent (1, latent_dim) that belongs to `seed`, a whole number from 0 to 2^32 - 1."""
        return torch.randn(
            1, self.latent_dim, generator=random_generator(self.seed, expect_seed(seed))
        )

    @cached_property
    def _slopes(self) -> tuple[Tensor, Tensor]:
        generator = random_generator(self.seed, 0, FOR_PROBES)
        # One set for all kinds: each has its turn.
        kinds = cycle(range(max(self.kinds, 1)))
        return strongest_directions(
            lambda z: self._images(z, next(kinds)), self.latent_dim, self.count, generator
        )

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

    def choose(self, kind: int) -> None:
        """Show this kind; `ValueError` for one that is not there."""
        self.kind = expect_index(self.what or "kind", kind, self.kinds)

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
        """SVG: the seed's image, the image after the moves, and the training image nearest to
        that."""
        first, moved = self.images(self.latent(self.start)), self.images(self.z)
        images, headers = [first, moved], [f"seed {self.start}", "after your moves"]
        change = (moved - first).abs().mean().item() / 2
        sentence = (
            f"Left, the image of seed {self.start}; then the same after the moves "
            f"{self._moves()}: on average a pixel changed by {change:.1%} of its range"
        )
        if self.index is not None:
            found = self.index.nearest(moved)
            images.append(self.index.reference[found.index])
            headers.append(f"nearest training image, {found.distance.item():.1f} away")
            sentence += (
                f"; right, the nearest training image, at a distance of {found.distance.item():.1f}"
            )
        return Picture(
            image_plate([Row("", torch.cat(images))], headers, size=224, label_width=8),
            sentence + ".",
        )

    def traversals(self) -> Picture:
        """SVG: a row for each direction, from offset -4 to 4 along it, with all other offsets as
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
        """SVG: the ways from one seed's image to another's in `steps` images, as
        `latent_between.interpolation` draws them."""
        return interpolation(self, seed_a, seed_b, steps)

    def nearest(self, n: int = COLUMNS, draw: int = 0) -> Picture:
        """SVG: `n` samples and the training image nearest to each, as
        `latent_nearest.nearest_images` draws them; `draw` chooses other samples."""
        return nearest_images(self, n, draw)

    def alt(self) -> str:
        """The picture in words."""
        return self.picture().alt

    def views(self) -> tuple[View, ...]:
        """Directions, and the other views that fit; in each the kind, if there are several."""
        own = directions_view(self.start, self.offsets, self.gains.tolist())
        views = (own, *(each.view for each in self._others()))
        if not self.kinds:
            return views
        options = tuple(map(str, range(self.kinds)))
        row = (Choice(key="kind", label=self.what, options=options, value=self.kind),)
        return tuple(replace(view, rows=(row, *view.rows)) for view in views)

    def pictures(self) -> dict[str, Callable[[Mapping[str, Any]], Picture]]:
        """What draws each view."""
        others = {each.view.key: partial(self._drawn, each) for each in self._others()}
        return {"directions": self._picture_at, **others}

    def _others(self) -> list[LatentView]:
        return [each for each in VIEWS if each.fits(self)]

    def _told(self, values: Mapping[str, Any]) -> None:
        if self.kinds:
            self.choose(values["kind"])

    def _drawn(self, view: LatentView, values: Mapping[str, Any]) -> Picture:
        self._told(values)
        return view.draw(self, values)

    def _picture_at(self, values: Mapping[str, Any]) -> Picture:
        self._told(values)
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
