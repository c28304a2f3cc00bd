"""What each code of a generator moves: a grid over its categories, a sweep of one code, and sliders
with the factors that they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from gan_course.colours import EXACT, FAKE
from gan_course.data import random_generator
from gan_course.errors import expect_index, expect_positive, expect_seed
from gan_course.explore.code_views import FARTHEST, code_views
from gan_course.explore.controls import View
from gan_course.explore.explorer import Explorer
from gan_course.explore.factors import Factors, changes_in_words, draw_changes, table_height
from gan_course.explore.picture import Picture, Row, image_plate, plate
from gan_course.models import InfoGAN

COLUMNS = 10  # images side by side
MOST = 64  # noise vectors in a picture
LABEL_WIDTH = 124  # pixels
NOISES = [f"z {i + 1}" for i in range(COLUMNS)]


class CodeExplorer(Explorer):
    """Shows what `draw` makes of noise (N, latent_dim), one-hot categories (N, categories) and
    codes (N, codes): images (N, C, H, W) in [-1, 1].

    Codes were trained from -1 to 1. `read`, where given, says what it sees in each of N images,
    int64 (N,) of at least 0; `factors`, where given, measure how much each code changes each
    factor. The choice of `category` and of `values`, one for each code, is what `picture` shows;
    everything else is a function of the arguments. Raises `ValueError` where there is neither a
    category to choose nor a code.
    """

    chosen = ("category", "values")

    def __init__(
        self,
        draw: Callable[[Tensor, Tensor, Tensor], Tensor],
        latent_dim: int,
        categories: int,
        codes: int,
        read: Callable[[Tensor], Tensor] | None = None,
        factors: Factors | None = None,
        seed: int = 0,
    ) -> None:
        if min(categories, codes) < 0 or categories == codes == 0 or categories == 1:
            raise ValueError(
                "expected at least two categories or at least one code to explore, got "
                f"{categories} categories and {codes} codes"
            )
        self.draw, self.latent_dim = draw, expect_positive("latent_dim", latent_dim)
        self.categories, self.codes = categories, codes
        self.read, self.factors, self.seed = read, factors, expect_seed(seed)
        self.category = 0
        self.values = [0.0] * codes

    @classmethod
    def of(
        cls,
        model: InfoGAN,
        read: Callable[[Tensor], Tensor] | None = None,
        factors: Factors | None = None,
        seed: int = 0,
    ) -> CodeExplorer:
        """An explorer of the model's averaged generator, as it is now."""
        average, device, config = deepcopy(model.ema), model.device, model.config
        scales = model.category_scale, model.code_scale

        def draw(z: Tensor, category: Tensor, codes: Tensor) -> Tensor:
            return average(
                torch.cat([z, scales[0] * category, scales[1] * codes], dim=1).to(device)
            )

        return cls(draw, config.latent_dim, config.categories, config.codes, read, factors, seed)

    def latents(self, draw: int = 0) -> Tensor:
        """Noise (64, latent_dim), of which pictures show the first; `draw`, a whole number from 0
        to 2^32 - 1, chooses other noise."""
        return torch.randn(
            MOST, self.latent_dim, generator=random_generator(self.seed, expect_seed(draw))
        )

    def images(self, z: Tensor, category: int, codes: Tensor) -> Tensor:
        """Images for noise (N, latent_dim) of one `category`, with `codes` (codes,) or (N, codes),
        on the CPU; without categories, 0 is ignored."""
        chosen = one_hot(torch.tensor(category), max(self.categories, 1))[: self.categories].float()
        with torch.inference_mode():
            return self.draw(z, chosen.expand(len(z), -1), codes.expand(len(z), -1)).float().cpu()

    def choose(self, category: int) -> None:
        """Show this category; `ValueError` for one that is not there."""
        self.category = expect_index("category", category, self.categories)

    def move(self, code: int, value: float) -> None:
        """Set the `value` of a code, within ±2; `ValueError` for a code that is not there and for
        values outside."""
        expect_index("code", code, self.codes)
        if not abs(value) <= FARTHEST:  # written so that NaN fails too
            raise ValueError(
                f"a code lies between -{FARTHEST:g} and {FARTHEST:g}, got {value}: it was trained "
                "from -1 to 1 only"
            )
        self.values[code] = float(value)

    def reset(self) -> None:
        """Set all codes to 0."""
        self.values = [0.0] * self.codes

    def grid(self, draw: int = 0) -> Picture:
        """SVG: a row for each category, a column for each of ten noise vectors, all codes at 0;
        `draw` chooses other noise.

        Raises `ValueError` where there are no categories.
        """
        if not self.categories:
            raise ValueError(
                "this model has no categories, so there is no grid of them: sweep(code) shows what "
                "its codes move"
            )
        z, rest = self.latents(draw)[:COLUMNS], torch.zeros(self.codes)
        drawn = [self.images(z, category, rest) for category in range(self.categories)]
        seen = self._often(drawn)
        rows = [
            Row(f"category {i}{self._most(*seen[i])}", images, FAKE)
            for i, images in enumerate(drawn)
        ]
        alt = (
            f"A grid of generated images: a row for each of {self.categories} categories, a "
            f"column for each of {COLUMNS} noise vectors, draw {draw}."
        )
        if self.read is not None:
            alt += (
                " Read most often: "
                + "; ".join(
                    f"category {i} as {label}, {count} of {COLUMNS}"
                    for i, (label, count) in enumerate(seen)
                )
                + "."
            )
        return Picture(image_plate(rows, NOISES, "noise", label_width=LABEL_WIDTH), alt)

    def sweep(
        self, code: int, draw: int = 0, category: int | None = None, noises: int = 4
    ) -> Picture:
        """SVG: for each of a few noise vectors, images with `code` from -2 to 2 in ten steps, the
        other codes at 0 and one `category` throughout.

        Raises `ValueError` for a code or a category that is not there, and for more than 64 noise
        vectors.
        """
        if not self.codes:
            raise ValueError(
                "this model has no continuous codes, so there is none to sweep: grid() shows its "
                "categories"
            )
        expect_index("code", code, self.codes)
        if expect_positive("noises", noises) > MOST:
            raise ValueError(f"a sweep shows at most {MOST} noise vectors, got {noises}")
        shown = 0 if category is None else expect_index("category", category, self.categories)
        places = torch.linspace(-FARTHEST, FARTHEST, COLUMNS + 1)
        values = torch.zeros(len(places), self.codes)
        values[:, code] = places
        drawn = [
            self.images(z.expand(len(places), -1), shown, values)
            for z in self.latents(draw)[:noises]
        ]
        seen = [self._seen(images) for images in drawn]
        rows = [
            Row(f"z {i + 1}\n{''.join(seen[i])}".rstrip(), images, FAKE)
            for i, images in enumerate(drawn)
        ]
        alt = (
            f"{noises} rows of images, each from one noise vector, with code {code} from "
            f"-{FARTHEST:g} (left) to {FARTHEST:g} (right)"
        )
        alt += f", all of category {shown}. " if self.categories else ". "
        alt += "It was trained from -1 to 1."
        if self.read is not None:
            alt += f" Read as: {'; '.join(map(' '.join, seen))}."
        headers = [f"{value:+.1f}" if abs(value) > 1e-6 else "0" for value in places.tolist()]
        return Picture(image_plate(rows, headers, f"code {code}", label_width=LABEL_WIDTH), alt)

    def picture(self, draw: int = 0) -> Picture:
        """SVG: ten noise vectors at the chosen category and codes, above them the same with all
        codes at 0; beneath, where there are `factors`, how much each code changes each of them."""
        z = self.latents(draw)[:COLUMNS]
        here = self.images(z, self.category, torch.tensor(self.values))
        title = f"category {self.category}" if self.categories else "your codes"
        seen = self._seen(here)
        rows = [Row(f"{title}\n{''.join(seen)}".rstrip(), here, FAKE)]
        alt = f"{COLUMNS} generated images" + (
            f" of category {self.category}" if self.categories else ""
        )
        if self.codes:
            rows.insert(
                0,
                Row(
                    "all codes at 0", self.images(z, self.category, torch.zeros(self.codes)), EXACT
                ),
            )
            change = (rows[1].images - rows[0].images).abs().mean().item() / 2
            moved = (
                ", ".join(f"code {i} at {value:+g}" for i, value in enumerate(self.values) if value)
                or "all codes at 0"
            )
            alt = (
                f"Above, {alt} with all codes at 0; below, the same noise with {moved}: on "
                f"average a pixel changed by {change:.1%} of its range"
            )
        alt += "."
        if self.read is not None:
            alt += f" Read as: {' '.join(seen)}."
        if self.factors is None or not self.codes:
            return Picture(image_plate(rows, NOISES, "noise", label_width=LABEL_WIDTH), alt)
        changes, below = self.changes(draw), table_height(self.codes)
        painting = plate(rows, NOISES, "noise", label_width=LABEL_WIDTH, below=below)
        draw_changes(painting, changes, self.factors.names, LABEL_WIDTH)
        return Picture(painting.svg(), f"{alt} {changes_in_words(changes, self.factors.names)}")

    def changes(self, draw: int = 0) -> Tensor:
        """(codes, F) how much each factor changes when one code goes from -1 to 1 and all else
        stays: means over the ten noise vectors of `picture`, as shares of the factors' ranges, 0
        for no change. Raises `ValueError` where the explorer has no `factors` or the model no
        codes."""
        if self.factors is None or not self.codes:
            raise ValueError(
                "there is nothing to measure: this needs continuous codes, and factors=… in "
                "CodeExplorer or in CodeExplorer.of"
            )
        z = self.latents(draw)[:COLUMNS]
        ends = torch.tensor(self.values).repeat(2, self.codes, 1)
        for code in range(self.codes):
            ends[:, code, code] = torch.tensor([-1.0, 1.0])
        # Drawn code by code and measured all at once, since either takes longer the other way.
        before, after = (
            torch.cat([self.images(z, self.category, codes) for codes in end]) for end in ends
        )
        return self.factors.changes(before, after).view(self.codes, COLUMNS, -1).mean(dim=1)

    def views(self) -> tuple[View, ...]:
        """The choices, the categories if there are any, and a code's sweep if there are codes."""
        return code_views(self.categories, self.category, self.values)

    def pictures(self) -> dict[str, Callable[[Mapping[str, Any]], Picture]]:
        """What draws each view."""
        return {
            "choice": self._picture_at,
            "grid": lambda values: self.grid(values["draw"]),
            "sweep": lambda values: self.sweep(
                values["code"], values["draw"], values.get("category")
            ),
        }

    def _picture_at(self, values: Mapping[str, Any]) -> Picture:
        if self.categories:
            self.choose(values["category"])
        for code in range(self.codes):
            self.move(code, values[f"code {code}"])
        return self.picture(values["draw"])

    def _often(self, drawn: list[Tensor]) -> list[tuple[int, int]]:
        """What is read most often in each row, and how often; all are read at once, which is
        faster."""
        if self.read is None:
            return [(0, 0) for _ in drawn]
        read = self.read(torch.cat(drawn)).cpu().view(len(drawn), -1)
        counts = [torch.bincount(row) for row in read]
        return [(int(each.argmax()), int(each.max())) for each in counts]

    def _most(self, label: int, count: int) -> str:
        return "" if self.read is None else f"\nread {label}: {count} of {COLUMNS}"

    def _seen(self, images: Tensor) -> list[str]:
        """What each image is read as; empty where nothing is read."""
        return [] if self.read is None else list(map(str, self.read(images).tolist()))
