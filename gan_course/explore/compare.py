"""Several models of images side by side: what each draws from one seed, and on the way from one
seed to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from gan_course.colours import FAKE
from gan_course.data import random_generator
from gan_course.errors import expect_index, expect_positive, expect_seed
from gan_course.explore.controls import Choice, Seed, View
from gan_course.explore.explorer import Explorer
from gan_course.explore.latent_space import COLUMNS, expect_drawable, latent_of, numbers
from gan_course.explore.latent_truncation import LONGEST, TRUNCATED
from gan_course.explore.picture import Picture, Row, image_plate
from gan_course.interpolation import slerp
from gan_course.modalities import IMAGES
from gan_course.models import Model


class Compare(Explorer):
    """Shows `models` by name, a row each, with `n` images; those of other sizes get white edges.

    The models are kept as they are now. A class can be chosen where all of them know classes, and
    the way between two seeds is shown of those that declare a latent space. Raises `ValueError`
    where there is no model, for one that learns no images or turns them into others, and for images
    that cannot be shown.
    """

    def __init__(self, models: Mapping[str, Model[Any]], n: int = COLUMNS) -> None:
        if not models:
            raise ValueError("expected at least one model to compare, got none")
        for name, model in models.items():
            if IMAGES not in model.modalities:
                raise ValueError(
                    f"{name!r} is a {type(model).__name__}, which needs more than a seed to draw "
                    "an image: compare models that draw images from noise"
                )
            expect_drawable(repr(name), model.config.shape)
        self.models, self.n = deepcopy(dict(models)), expect_positive("n", n)
        for model in self.models.values():
            model.eval()
        self.latents = {
            name: latent_of(model)
            for name, model in self.models.items()
            if model.latent() is not None
        }
        self.classes = min(model.classes for model in self.models.values())
        shapes = [model.config.shape for model in self.models.values()]
        self.shape = tuple(map(max, zip(*shapes, strict=True)))

    def samples(self, seed: int = 0, label: int | None = None) -> Picture:
        """SVG: what each model draws from `seed`, of the class `label` or, by default, of whatever
        it draws first. Raises `ValueError` for a class that not all of them know."""
        expect_seed(seed)
        asked = {} if label is None else {"label": expect_index("class", label, self.classes)}
        rows = []
        for name, model in self.models.items():
            with model.evaluating():
                torch.manual_seed(seed)
                rows.append(self._row(name, model.sample(self.n, **asked)))
        told = "" if label is None else f", all asked for class {label}"
        alt = (
            f"{self.n} images by each of {', '.join(self.models)}, a row each, drawn from seed "
            f"{seed}{told}."
        )
        return Picture(image_plate(rows, [str(i + 1) for i in range(self.n)], "sample"), alt)

    def walk(self, seed_a: int, seed_b: int, psi: float = 1.0, label: int = 0) -> Picture:
        """SVG: for each model with a latent space, the way by `slerp` from the latent of one seed
        to that of another, multiplied by `psi`, from 0 to 1.5. A model that must be told a class
        draws `label`, and one that must be told a category its first.

        Raises `ValueError` where no model has a latent space, and for another `psi` or class.
        """
        if not self.latents:
            raise ValueError("none of these models has a latent space to walk through")
        if not 0 <= psi <= LONGEST:  # written so that NaN fails too
            raise ValueError(f"truncation ψ lies between 0 and {LONGEST:g}, got {psi}")
        # An InfoGAN's categories are no classes that others know.
        kind = expect_index("class", label, self.classes) if self.classes else 0
        t, rows = torch.linspace(0, 1, self.n), []
        for name, latent in self.latents.items():
            a, b = (
                torch.randn(1, latent.dim, generator=random_generator(expect_seed(seed), 0))
                for seed in (seed_a, seed_b)
            )
            z = psi * slerp(a, b, t)
            told = (torch.full((self.n,), kind),) if latent.kinds else ()
            with torch.inference_mode():
                device = self.models[name].device
                images = latent.draw(*(each.to(device) for each in (z, *told)))
            rows.append(self._row(name, images))
        alt = (
            f"{self.n} images by each of {', '.join(self.latents)}, a row each, on the arc from "
            f"the latent of seed {seed_a} (left) to that of seed {seed_b} (right), with every "
            f"latent multiplied by the truncation ψ = {psi:g}. The spaces have nothing in common "
            "but the seeds."
        )
        return Picture(image_plate(rows, numbers(t), "place t on the way"), alt)

    def _row(self, name: str, images: Tensor) -> Row:
        """Images in the size of the largest."""
        (channels, height, width), shown = self.shape, images.float().cpu()
        free = height - shown.shape[2], width - shown.shape[3]
        edges = [free[1] // 2, free[1] - free[1] // 2, free[0] // 2, free[0] - free[0] // 2]
        return Row(name, pad(shown, edges, value=1.0).expand(-1, channels, -1, -1), FAKE)

    def views(self) -> tuple[View, ...]:
        """One seed for all and, where a model has a latent space, the way between two."""
        numbered = tuple(map(str, range(self.classes)))
        asked, told = (
            (Choice(key="label", label="class", options=options),) if self.classes else ()
            for options in (("each in turn", *numbered), numbered)
        )
        samples = View(
            key="samples", title="One seed", rows=((Seed(key="seed", label="seed"), *asked),)
        )
        ends = Seed(key="from", label="from seed"), Seed(key="to", label="to seed", value=1)
        psi = TRUNCATED(value=1.0)
        walk = View(
            key="walk",
            title="Between two seeds",
            rows=((*ends, *told), (psi,)),
            note="Each model draws from latent vectors of its own. Truncation multiplies all of "
            "them by ψ.",
        )
        return (samples, walk) if self.latents else (samples,)

    def pictures(self) -> dict[str, Callable[[Mapping[str, Any]], Picture]]:
        """What draws each view."""
        return {
            "samples": lambda values: self.samples(
                values["seed"], values["label"] - 1 if values.get("label") else None
            ),
            "walk": lambda values: self.walk(
                values["from"], values["to"], values["psi"], values.get("label", 0)
            ),
        }
