"""What a conditional generator draws for each class from one noise, and what it draws between two
classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor

from gan_course.colours import FAKE
from gan_course.data import random_generator
from gan_course.errors import expect_positive, expect_seed
from gan_course.explore.controls import Choice, Seed, View
from gan_course.explore.explorer import Explorer
from gan_course.explore.picture import Picture, Row, image_plate
from gan_course.models import CGAN

COLUMNS = 10  # images side by side


class ClassExplorer(Explorer):
    """Shows what `draw`, a function from latents (N, latent_dim) and class vectors (N, D) to images
    (N, C, H, W) in [-1, 1], makes of `embeddings`.

    `embeddings` (K, D) are the vectors of the K classes. `read`, where given, says which class it
    sees in each of N images, int64 (N,). Everything shown is a function of the arguments and of the
    choices. Raises `ValueError` where there are fewer than two classes.
    """

    def __init__(
        self,
        draw: Callable[[Tensor, Tensor], Tensor],
        embeddings: Tensor,
        latent_dim: int,
        read: Callable[[Tensor], Tensor] | None = None,
        seed: int = 0,
    ) -> None:
        if embeddings.ndim != 2 or len(embeddings) < 2:
            raise ValueError(
                "expected the vectors of at least two classes, of shape (K, D), got "
                f"{tuple(embeddings.shape)}"
            )
        self.draw, self.embeddings, self.read, self.seed = (
            draw,
            embeddings.detach().cpu(),
            read,
            seed,
        )
        self.latent_dim = expect_positive("latent_dim", latent_dim)

    @classmethod
    def of(
        cls, model: CGAN, read: Callable[[Tensor], Tensor] | None = None, seed: int = 0
    ) -> ClassExplorer:
        """An explorer of the model's averaged generator, as it is now."""
        generator: Any = deepcopy(model.ema.network)
        device = model.device
        return cls(
            lambda z, e: generator.draw(z.to(device), e.to(device)),
            generator.embedding.weight,
            model.config.latent_dim,
            read,
            seed,
        )

    @property
    def count(self) -> int:
        """Number of classes."""
        return len(self.embeddings)

    def latents(self, n: int, draw: int = 0) -> Tensor:
        """`n` latents (n, latent_dim); `draw`, a whole number from 0 to 2^32 - 1, chooses
        others."""
        return torch.randn(
            n, self.latent_dim, generator=random_generator(self.seed, expect_seed(draw))
        )

    def images(self, z: Tensor, embeddings: Tensor) -> Tensor:
        """Images for latents (N, latent_dim) and class vectors (N, D), on the CPU."""
        with torch.inference_mode():
            return self.draw(z, embeddings).float().cpu()

    def between(self, first: int, second: int, t: Tensor) -> Tensor:
        """Class vectors (N, D) at the places `t` (N,) on the straight line from class `first`, t =
        0, to class `second`, t = 1."""
        for label in (first, second):
            if not 0 <= label < self.count:
                raise ValueError(f"there are classes 0 to {self.count - 1}, got {label}")
        return torch.lerp(self.embeddings[first], self.embeddings[second], t[:, None])

    def grid(self, draw: int = 0) -> Picture:
        """SVG: a row for each class, a column for each of ten latents; `draw` chooses other
        latents."""
        z = self.latents(COLUMNS, draw)
        drawn = [self.images(z, vector.expand(COLUMNS, -1)) for vector in self.embeddings]
        right = self._count_right(drawn)
        rows = [
            Row(
                f"class {label}" + (f"\nread so: {right[label]} of {COLUMNS}" if right else ""),
                images,
                FAKE,
            )
            for label, images in enumerate(drawn)
        ]
        alt = (
            f"A grid of generated images: a row for each of {self.count} classes, a column for "
            f"each of {COLUMNS} latents, draw {draw}. Down a column the class changes and the "
            "hand stays much the same; along a row it is the other way round."
        )
        if right:
            told = ", ".join(f"{count} of class {label}" for label, count in enumerate(right))
            alt += f" Of {COLUMNS} each, read as their own class: {told}."
        return Picture(image_plate(rows, [f"z {i + 1}" for i in range(COLUMNS)], "latent"), alt)

    def mix(self, first: int, second: int, draw: int = 0, latents: int = 3) -> Picture:
        """SVG: for each of a few latents, images from class `first` (left) to `second` (right), in
        ten steps between the classes' vectors.

        Raises `ValueError` for a class that is not there.
        """
        t = torch.linspace(0, 1, COLUMNS)
        vectors = self.between(first, second, t)
        drawn = [self.images(z.expand(COLUMNS, -1), vectors) for z in self.latents(latents, draw)]
        seen = [self._seen(images) for images in drawn]
        rows = [
            Row(f"z {i + 1}\n{''.join(seen[i])}".rstrip(), images, FAKE)
            for i, images in enumerate(drawn)
        ]
        alt = (
            f"{latents} rows of images on the way from class {first} (left) to class {second} "
            f"(right), each from one latent of draw {draw}."
        )
        if self.read is not None:
            alt += f" Read as: {'; '.join(map(' '.join, seen))}."
        return Picture(
            image_plate(
                rows,
                [f"{value:.2f}".rstrip("0").rstrip(".") for value in t.tolist()],
                "place t on the way",
            ),
            alt,
        )

    def views(self) -> tuple[View, ...]:
        """All classes from the same latents, and the way between two classes."""
        classes = tuple(str(label) for label in range(self.count))
        ends = (
            Choice(key="from", label="from class", options=classes, value=0),
            Choice(key="to", label="to class", options=classes, value=1),
        )
        draw = Seed(key="draw", label="draw number", help="chooses other latents")
        return (
            View(key="grid", title="Class × noise", rows=((draw,),)),
            View(key="mix", title="Between two classes", rows=((*ends, draw),)),
        )

    def pictures(self) -> dict[str, Callable[[Mapping[str, Any]], Picture]]:
        """What draws each view."""
        return {
            "grid": lambda values: self.grid(values["draw"]),
            "mix": lambda values: self.mix(values["from"], values["to"], values["draw"]),
        }

    def _count_right(self, drawn: list[Tensor]) -> list[int]:
        """How many images of each class are read as it; empty where nothing is read."""
        if self.read is None:
            return []
        seen = self.read(torch.cat(drawn)).cpu().view(len(drawn), -1)
        return (seen == torch.arange(len(drawn))[:, None]).sum(dim=1).tolist()

    def _seen(self, images: Tensor) -> list[str]:
        """What each image is read as; empty where nothing is read."""
        return [] if self.read is None else list(map(str, self.read(images).tolist()))
