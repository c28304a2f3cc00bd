from __future__ import annotations

import subprocess
import sys

import ipywidgets as widgets
import pytest

from gan_course.explore import ClassExplorer, GanLab, LatentExplorer

BLOCKED = """
import sys
sys.modules["ipywidgets"] = None
import torch
from gan_course.data import load
from gan_course.explore import GanLab, LatentExplorer
from gan_course.models import GAN
lab = GanLab(GAN(), load("gaussian"))
lab.play(1)
assert lab.picture()[:4] == b"\\x89PNG"
explorer = LatentExplorer(lambda z: z[:, :1, None, None].expand(-1, 1, 8, 8), 2)
assert explorer.picture()[:4] == b"\\x89PNG"
assert "IPython" not in sys.modules
"""


def find(root: widgets.Widget, kind: type, description: str) -> widgets.Widget:
    """The one control below `root` of this kind with this label; what stands in brackets behind it is left out."""
    found = [w for w in below(root) if isinstance(w, kind) and w.description.split(" (")[0] == description]
    assert len(found) == 1, [w.description for w in below(root) if isinstance(w, kind)]
    return found[0]


def below(root: widgets.Widget) -> list[widgets.Widget]:
    return [root, *(w for child in getattr(root, "children", ()) for w in below(child))]


def image(root: widgets.Widget) -> bytes:
    return next(w for w in below(root) if isinstance(w, widgets.Image)).value


def words(root: widgets.Widget) -> str:
    return next(w.value for w in below(root) if isinstance(w, widgets.HTML) and "status" in w.value)


def test_explorers_work_without_ipywidgets() -> None:
    result = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("button", "steps"), [("Step D", (1, 0)), ("Step G", (0, 1)), ("D × 10", (10, 0)), ("G × 10", (0, 10)), ("Play 10", (10, 10))]
)
def test_buttons_of_the_lab_make_their_moves_and_redraw(lab: GanLab, button: str, steps: tuple[int, int]) -> None:
    face = lab.widget()
    start = image(face)
    assert start == lab.picture()
    find(face, widgets.Button, button).click()
    assert (lab.discriminator_steps, lab.generator_steps) == steps
    assert image(face) == lab.picture() != start
    assert f"After {steps[0]} discriminator and {steps[1]} generator steps" in words(face)


def test_back_and_rewind_return(lab: GanLab) -> None:
    face = lab.widget()
    start = image(face)
    find(face, widgets.Button, "Step D").click()
    once = image(face)
    find(face, widgets.Button, "Play 10").click()
    find(face, widgets.Button, "Back").click()
    assert image(face) == once
    find(face, widgets.Button, "Rewind").click()
    assert image(face) == start


def test_long_play_is_shown_on_the_way(lab: GanLab) -> None:
    face = lab.widget()
    shown: list[bytes] = []
    next(w for w in below(face) if isinstance(w, widgets.Image)).observe(lambda change: shown.append(change["new"]), names="value")
    find(face, widgets.Button, "Play 100").click()
    assert len(set(shown)) == 10
    assert (lab.discriminator_steps, lab.generator_steps) == (100, 100)


def test_checkbox_shows_the_averaged_generator(lab: GanLab) -> None:
    lab.play(5)
    face = lab.widget()
    live = image(face)
    find(face, widgets.Checkbox, "show the averaged generator").value = True
    assert lab.averaged
    assert image(face) == lab.picture() != live


def test_sliders_move_and_the_button_brings_them_back(explorer: LatentExplorer) -> None:
    face = explorer.widget()
    start = image(face)
    slider = find(face, widgets.FloatSlider, "direction 3")
    assert not slider.continuous_update
    slider.value = 1.5
    assert explorer.offsets == [0, 0, 1.5, 0, 0, 0]
    assert image(face) == explorer.picture() != start
    assert "+1.5 along direction 3" in words(face)
    find(face, widgets.Button, "All to 0").click()
    assert image(face) == start


def test_seed_field_goes_to_another_latent(explorer: LatentExplorer) -> None:
    face = explorer.widget()
    find(face, widgets.BoundedIntText, "seed").value = 4
    assert explorer.start == 4
    assert image(face) == explorer.picture()


def test_pages_for_two_seeds_and_for_nearest_images_follow_their_fields(explorer: LatentExplorer) -> None:
    _, between, nearest = explorer.widget().children
    find(between, widgets.BoundedIntText, "from seed").value = 5
    find(between, widgets.BoundedIntText, "to seed").value = 6
    assert image(between) == explorer.interpolation(5, 6)
    find(nearest, widgets.BoundedIntText, "draw number").value = 2
    assert image(nearest) == explorer.nearest(draw=2)


def test_explorer_without_training_images_has_no_page_for_them(explorer: LatentExplorer) -> None:
    bare = LatentExplorer(explorer.sampler, 8)
    assert len(bare.widget().children) == 2


def test_every_control_is_labelled(lab: GanLab, explorer: LatentExplorer, classes: ClassExplorer) -> None:
    kinds = (widgets.Button, widgets.Checkbox, widgets.Dropdown, widgets.FloatSlider, widgets.BoundedIntText)
    controls = [w for face in (lab.widget(), explorer.widget(), classes.widget()) for w in below(face) if isinstance(w, kinds)]
    assert len(controls) == 24
    assert all(control.description for control in controls)


def test_the_explorer_of_classes_redraws_when_a_class_or_the_noise_is_chosen(classes: ClassExplorer) -> None:
    face = classes.widget()
    grid, mix = face.children
    assert image(grid) == classes.grid(0)
    find(grid, widgets.BoundedIntText, "draw number").value = 3
    assert image(grid) == classes.grid(3) != classes.grid(0)
    assert image(mix) == classes.mix(0, 1)
    find(mix, widgets.Dropdown, "from class").value = 7
    assert image(mix) == classes.mix(7, 1) != classes.mix(0, 1)
    find(mix, widgets.BoundedIntText, "draw number").value = 2
    assert image(mix) == classes.mix(7, 1, 2)
    assert "from class 7 (left) to class 1 (right)" in words(mix)
