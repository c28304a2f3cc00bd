"""Pictures: the same figure gives the same bytes, and none is shown without a text for those who
cannot see it."""

from __future__ import annotations

import base64
import subprocess
import sys
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.image import imread
from PIL import Image
from torch.nn.functional import avg_pool2d

from gan_course.colours import DISCRIMINATOR, FAKE, GENERATOR, OTHERS, REAL
from gan_course.viz import axes, curves, image_tag, png, sample_grid, show
from gan_course.viz.picture import reduced, webp


def drawn() -> bytes:
    return png(curves({"a": ([1, 2], [3, 4]), "b": ([1, 2], [4, 2])}, "step", "loss"))


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert drawn() == drawn()


def test_a_picture_holds_neither_date_nor_version() -> None:
    assert b"tEXt" not in drawn()


def test_a_picture_of_the_usual_size_is_small() -> None:
    figure, panels = axes(2)
    assert len(panels) == 2
    picture = png(figure)
    assert len(picture) < 100_000


def test_a_figure_has_the_size_it_was_asked_for(tmp_path: Any) -> None:
    figure, _ = axes(width=4, height=2)
    (tmp_path / "picture.png").write_bytes(png(figure))
    assert imread(tmp_path / "picture.png").shape[:2] == (200, 400)


def test_shared_panels_have_one_scale() -> None:
    _, (one, other) = axes(2, shared=True)
    one.plot([0, 10], [0, 7])
    assert one.get_ylim() == other.get_ylim()
    assert one.get_xlim() == other.get_xlim()


def test_drawing_leaves_no_figure_open_and_no_setting_changed() -> None:
    code = (
        "import matplotlib, sys; before = dict(matplotlib.rcParams)\n"
        "from gan_course.viz import axes, png; png(axes()[0])\n"
        "print(dict(matplotlib.rcParams) == before, 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_a_tag_holds_the_picture_and_its_text() -> None:
    picture = drawn()
    tag = image_tag(picture, 'a "quoted" curve < 1')
    assert 'alt="a &quot;quoted&quot; curve &lt; 1"' in tag
    assert base64.b64encode(picture).decode() in tag


@pytest.mark.parametrize("inches", [4, 9.5])
def test_a_picture_scrolls_before_it_is_too_small_to_be_read(inches: float) -> None:
    tag = image_tag(png(axes(width=inches)[0]), "an empty frame")
    assert tag.startswith('<div style="overflow-x: auto">')
    assert f"min-width: {round(70 * inches)}px" in tag


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """The bundles that are displayed, each with its metadata."""
    found: list[tuple[dict[str, str], dict[str, Any]]] = []
    monkeypatch.setattr("gan_course.notebook.in_ipython", lambda: True)
    monkeypatch.setattr(
        "IPython.display.display",
        lambda bundle, metadata, **_: found.append((bundle, metadata)),
    )
    return found


def test_a_picture_is_shown_in_each_form_with_its_text(shown: list[Any]) -> None:
    figure, _ = axes()
    show(figure, "an empty frame")
    ((bundle, metadata),) = shown
    assert bundle == {
        "text/html": image_tag(webp(png(figure)), "an empty frame", "webp"),
        "image/png": base64.b64encode(reduced(png(figure))).decode(),
        "text/plain": "[picture: an empty frame]",
    }
    assert metadata == {"image/png": {"alt": "an empty frame"}}


def test_a_caption_stands_below_the_picture_as_text(shown: list[Any]) -> None:
    show(axes()[0], "an empty frame", caption="Nothing < something.")
    ((bundle, _),) = shown
    assert "Nothing &lt; something.</p>" in bundle["text/html"]
    assert bundle["text/plain"].endswith("\nNothing < something.")


def pixels(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(picture)).convert("RGB"), dtype=int)


def test_the_picture_in_html_is_hardly_another_than_the_figure() -> None:
    assert np.abs(pixels(webp(drawn())) - pixels(drawn())).max() <= 4


def test_pictures_in_every_colour_take_half_the_bytes_and_look_the_same() -> None:
    images = torch.rand(12, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    picture = png(sample_grid(avg_pool2d(images, 5, 1, 2) * 4 - 2, 6))
    assert np.abs(pixels(webp(picture)) - pixels(picture)).max() <= 32
    assert len(webp(picture)) < len(picture) / 2


def test_the_reduced_picture_differs_in_few_pixels_and_in_no_colour_of_the_course() -> None:
    figure, (panel,) = axes()
    for place, colour in enumerate((REAL, FAKE, GENERATOR, DISCRIMINATOR, *OTHERS)):
        panel.bar(place, place + 1, color=colour)
    whole, few = pixels(png(figure)), pixels(reduced(png(figure)))
    assert len(np.unique(few.reshape(-1, 3), axis=0)) <= 64
    assert (np.abs(whole - few).max(axis=-1) > 8).mean() < 0.01
    for colour in (REAL, FAKE, GENERATOR, DISCRIMINATOR, *OTHERS):
        area = (whole == [int(colour[i : i + 2], 16) for i in (1, 3, 5)]).all(axis=-1)
        assert area.sum() > 1000
        assert np.abs(whole - few)[area].max() <= 1


def test_a_picture_in_grey_keeps_its_shades_to_within_a_fiftieth_of_their_range() -> None:
    shades = torch.linspace(-1, 1, 20 * 28 * 28).view(20, 1, 28, 28)
    picture = png(sample_grid(shades))
    assert np.abs(pixels(reduced(picture)) - pixels(picture)).max() <= 5


def test_both_forms_together_are_no_larger_than_the_figure_alone() -> None:
    picture = drawn()
    assert len(webp(picture)) + len(reduced(picture)) <= len(picture)


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_picture_without_a_text_is_not_shown(monkeypatch: pytest.MonkeyPatch, alt: str) -> None:
    monkeypatch.setattr(
        "gan_course.viz.picture.display", lambda *_, **__: pytest.fail("shown all the same")
    )
    with pytest.raises(ValueError, match="a picture needs an alternative text"):
        show(axes()[0], alt)
