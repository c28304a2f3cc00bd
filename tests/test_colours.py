"""One meaning, one colour; all of them can be seen and told apart."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import gan_course
from gan_course import colours

PACKAGE = Path(gan_course.__file__).parent
ROLES = {
    "real": colours.REAL,
    "fake": colours.FAKE,
    "generator": colours.GENERATOR,
    "discriminator": colours.DISCRIMINATOR,
    "exact": colours.EXACT,
    "quiet": colours.QUIET,
    **{f"other {i}": colour for i, colour in enumerate(colours.OTHERS)},
}
DARK_PAGE = "#111111"  # JupyterLab's
# How people without one kind of cone see, of linear RGB: Machado, Oliveira & Fernandes 2009,
# severity 1.
EYES = {
    "three kinds of cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2: 1 for the same colour, 21 for black on white."""
    darker, lighter = sorted(float(linear(colour) @ TO_XYZ[1]) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def lab(colour: str, eye: np.ndarray) -> np.ndarray:
    """CIELAB, where the distance between two colours says how different they look."""
    share = TO_XYZ @ np.clip(eye @ linear(colour), 0, 1) / WHITE
    x, y, z = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_black_on_white_has_a_contrast_of_twenty_one() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("colour", [*ROLES.values(), *colours.CLASSES])
def test_every_colour_stands_out_from_the_paper_of_a_picture(colour: str) -> None:
    assert contrast(colour, colours.PAPER) >= 3


@pytest.mark.parametrize("colour", colours.ON_PAGES)
def test_what_stands_on_a_page_stands_out_from_a_dark_one_too(colour: str) -> None:
    assert contrast(colour, DARK_PAGE) >= 3
    assert contrast(colour, colours.PAPER) >= 3


@pytest.mark.parametrize("eye", EYES)
def test_any_two_roles_and_any_two_classes_can_be_told_apart(eye: str) -> None:
    for names in (ROLES, dict(enumerate(colours.CLASSES))):
        for one, other in combinations(names, 2):
            apart = np.linalg.norm(lab(names[one], EYES[eye]) - lab(names[other], EYES[eye]))
            assert apart >= 12, f"{one} and {other} look alike with {eye}: {apart:.0f}"


def test_what_holds_has_the_same_colour_in_a_claim_and_in_a_check() -> None:
    from gan_course import lesson
    from gan_course.practice import checking

    assert lesson._COLOURS == checking._COLOURS == {True: colours.HOLDS, False: colours.FAILS}


COLOUR = re.compile(
    r"""["'#:, ]\#[0-9A-Fa-f]{3}([0-9A-Fa-f]{3})?["';, ]"""  # a code of CSS
    r"""|["'\[](tab:)?(blue|cyan|green|magenta|orange|purple|red|yellow)\b"""  # or a name
)


def test_no_file_but_this_one_writes_a_colour() -> None:
    # The colours of what is drawn as data are data.
    drawn = ("avatars.py", "landscapes.py", "streets.py", "aerial.py")
    written = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for suffix in (".py", ".js", ".css")
        for path in sorted(PACKAGE.rglob(f"*{suffix}"))
        if path.name not in ("colours.py", *drawn)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if COLOUR.search(line)
    ]
    assert written == []


def test_the_colours_need_no_matplotlib() -> None:
    code = "import sys, gan_course.colours; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
