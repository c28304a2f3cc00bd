"""What a page makes of latents is what Python makes of them: which it draws from, and its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Page
from torch import Tensor

from gan_course.explore.latent_arithmetic import ARITHMETIC
from gan_course.explore.latent_between import BETWEEN
from gan_course.explore.latent_space import LatentView
from gan_course.explore.latent_truncation import TRUNCATION
from gan_course.explore.latent_wheel import WHEEL
from tests.explore.test_latent_views import Watched

# The page's own latents of some seeds, and what a view asks for and says of it, where images are
# pixels of z and its negative, as those of `Watched` are.
SEEDS = 40
LATENTS = """async (seeds) => {
    const { normals } = await import(new URL("shared/noise.js", location));
    return Array.from({ length: seeds }, (_, seed) => [...normals(4, 0, seed)]);
}"""
ANSWER = """async ([view, values]) => {
    const { open } = await import(new URL("shared/latent.js", location));
    const asked = [];
    const generator = async ({ z: { data, dims: [n] } }) => {
        const rows = Array.from({ length: n }, (_, i) => [...data.slice(4 * i, 4 * i + 4)]);
        asked.push(...rows);
        const clipped = (value) => Math.max(-1, Math.min(1, value));
        const images = rows.flatMap((z) => [1, -1, 1, -1].flatMap((sign) =>
            z.map((value) => clipped(sign * value))));
        return { data: Float32Array.from(images), dims: [n, 1, 4, 4] };
    };
    const answers = open({ facts: { latent_dim: 4 }, tensors: {}, networks: { generator } });
    const { alt } = await answers[view](values);
    return [asked, alt];
}"""


class OfThePage(Watched):
    """With the latents that the page has."""

    def __init__(self, latents: Tensor) -> None:
        super().__init__()
        self.latents = latents

    def latent(self, seed: int) -> Tensor:
        return self.latents[seed, None]


@pytest.fixture(scope="module")
def page(site: str, browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    opened.goto(f"{site}index.html")
    yield opened
    opened.close()


CASES: list[tuple[LatentView, dict[str, Any]]] = [
    (BETWEEN, {"from": 3, "to": 4}),
    (BETWEEN, {"from": 3, "to": 3}),
    (WHEEL, {"from": 2, "towards": 7, "angle": 75}),
    (WHEEL, {"from": 5, "towards": 5, "angle": 200}),
    (ARITHMETIC, ARITHMETIC.view.values),
    (ARITHMETIC, ARITHMETIC.view.values | {"count": 1, "b1": 17}),
    (TRUNCATION, {"psi": 0.45, "first": 6}),
]


@pytest.mark.parametrize(("view", "values"), CASES, ids=[view.view.key for view, _ in CASES])
def test_a_page_draws_the_same_latents_as_python_and_says_the_same(
    view: LatentView, values: dict[str, Any], page: Page
) -> None:
    space = OfThePage(torch.tensor(page.evaluate(LATENTS, SEEDS)))
    picture = view.draw(space, values)
    asked, alt = page.evaluate(ANSWER, [view.view.key, values])
    torch.testing.assert_close(torch.tensor(asked), torch.cat(space.asked), rtol=0, atol=1e-5)
    assert alt == picture.alt
