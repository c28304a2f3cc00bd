"""Pictures: the same figure gives the same bytes, and none is shown without a text for those who
cannot see it."""

from __future__ import annotations

import base64
import subprocess
import sys
from typing import Any

import pytest
from matplotlib.image import imread

from gan_course.viz import axes, colours, curves, image_tag, png, show

COLOURS = [
    colours.REAL,
    colours.FAKE,
    colours.GENERATOR,
    colours.DISCRIMINATOR,
    colours.EXACT,
    colours.QUIET,
    *colours.OTHERS,
]


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
    tag = image_tag(b"bytes", 'a "quoted" curve < 1')
    assert 'alt="a &quot;quoted&quot; curve &lt; 1"' in tag
    assert base64.b64encode(b"bytes").decode() in tag


def test_a_picture_is_shown_with_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    figure, _ = axes()
    show(figure, "an empty frame")
    assert shown == [
        {
            "text/html": image_tag(png(figure), "an empty frame"),
            "text/plain": "[picture: an empty frame]",
        }
    ]


def test_a_caption_stands_below_the_picture_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    show(axes()[0], "an empty frame", caption="Nothing < something.")
    assert "Nothing &lt; something.</p>" in shown[0]["text/html"]
    assert shown[0]["text/plain"].endswith("\nNothing < something.")


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_picture_without_a_text_is_not_shown(monkeypatch: pytest.MonkeyPatch, alt: str) -> None:
    monkeypatch.setattr(
        "IPython.display.display", lambda *_, **__: pytest.fail("shown all the same")
    )
    with pytest.raises(ValueError, match="a picture needs an alternative text"):
        show(axes()[0], alt)


def test_the_colours_are_distinct_and_those_of_okabe_and_ito() -> None:
    assert len(set(COLOURS)) == len(COLOURS)
    palette = {"#0072B2", "#D55E00", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#F0E442"}
    assert set(COLOURS) - {colours.EXACT, colours.QUIET} == palette
