from __future__ import annotations

import subprocess
import sys

import ipywidgets as widgets
import pytest

from gan_course.explore import ClassExplorer, CodeExplorer, CriticLab, GanLab, LatentExplorer

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
    """The one control below `root` of this kind with this label; what stands in brackets behind it
    is left out."""
    found = [
        w
        for w in below(root)
        if isinstance(w, kind) and w.description.split(" (")[0] == description
    ]
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
    ("button", "steps"),
    [
        ("Step D", (1, 0)),
        ("Step G", (0, 1)),
        ("D × 10", (10, 0)),
        ("G × 10", (0, 10)),
        ("Play 10", (10, 10)),
    ],
)
def test_buttons_of_the_lab_make_their_moves_and_redraw(
    lab: GanLab, button: str, steps: tuple[int, int]
) -> None:
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
    next(w for w in below(face) if isinstance(w, widgets.Image)).observe(
        lambda change: shown.append(change["new"]), names="value"
    )
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


def test_pages_for_two_seeds_and_for_nearest_images_follow_their_fields(
    explorer: LatentExplorer,
) -> None:
    _, between, nearest = explorer.widget().children
    find(between, widgets.BoundedIntText, "from seed").value = 5
    find(between, widgets.BoundedIntText, "to seed").value = 6
    assert image(between) == explorer.interpolation(5, 6)
    find(nearest, widgets.BoundedIntText, "draw number").value = 2
    assert image(nearest) == explorer.nearest(draw=2)


def test_explorer_without_training_images_has_no_page_for_them(explorer: LatentExplorer) -> None:
    bare = LatentExplorer(explorer.sampler, 8)
    assert len(bare.widget().children) == 2


def test_every_control_is_labelled(
    lab: GanLab,
    critic_lab: CriticLab,
    explorer: LatentExplorer,
    classes: ClassExplorer,
    digit_codes: CodeExplorer,
    shape_codes: CodeExplorer,
) -> None:
    kinds = (
        widgets.Button,
        widgets.Checkbox,
        widgets.Dropdown,
        widgets.FloatSlider,
        widgets.BoundedIntText,
    )
    explored = (lab, critic_lab, explorer, classes, digit_codes, shape_codes)
    controls = [w for each in explored for w in below(each.widget()) if isinstance(w, kinds)]
    assert len(controls) == 24 + 9 + 3 + 7
    assert all(control.description for control in controls)


def test_the_explorer_of_classes_redraws_when_a_class_or_the_noise_is_chosen(
    classes: ClassExplorer,
) -> None:
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


@pytest.mark.parametrize(
    ("button", "steps"),
    [("Step critic", (1, 0)), ("Step G", (0, 1)), ("Critic × 10", (10, 0)), ("Play 10", (20, 10))],
)
def test_buttons_of_the_critics_lab_make_their_moves_and_redraw(
    critic_lab: CriticLab, button: str, steps: tuple[int, int]
) -> None:
    face = critic_lab.widget()
    start = image(face)
    assert start == critic_lab.picture()
    find(face, widgets.Button, button).click()
    assert (critic_lab.critic_steps, critic_lab.generator_steps) == steps
    assert image(face) == critic_lab.picture() != start
    assert f"After {steps[0]} critic and {steps[1]} generator steps" in words(face)
    find(face, widgets.Button, "Rewind").click()
    assert image(face) == start
    find(face, widgets.Button, "Back").click()
    assert (critic_lab.critic_steps, critic_lab.generator_steps) == steps


def test_the_critics_lab_turns_its_line_and_shows_the_averaged_generator(
    critic_lab: CriticLab,
) -> None:
    face = critic_lab.widget()
    find(face, widgets.Button, "Play 10").click()
    angle = find(face, widgets.FloatSlider, "angle of the line")
    assert not angle.continuous_update
    angle.value = 45
    assert critic_lab.angle == 45
    assert "the line at 45 degrees" in words(face)
    find(face, widgets.Checkbox, "show the averaged generator").value = True
    assert critic_lab.averaged
    assert image(face) == critic_lab.picture()


def test_the_explorer_of_codes_leaves_out_the_views_that_its_model_has_not(
    digit_codes: CodeExplorer, shape_codes: CodeExplorer
) -> None:
    assert [len(digit_codes.widget().children), len(shape_codes.widget().children)] == [2, 2]
    assert not [w for w in below(digit_codes.widget()) if isinstance(w, widgets.FloatSlider)]
    assert "category" not in [
        w.description for w in below(shape_codes.widget()) if isinstance(w, widgets.Dropdown)
    ]
    both = CodeExplorer(
        lambda z, category, codes: (z[:, :1] + codes[:, :1])[..., None, None].expand(-1, 1, 4, 4),
        2,
        3,
        1,
    )
    assert len(both.widget().children) == 3


def test_sliders_of_the_codes_move_and_the_button_brings_them_back(
    shape_codes: CodeExplorer,
) -> None:
    face = shape_codes.widget()
    start = image(face)
    slider = find(face, widgets.FloatSlider, "code 1")
    assert not slider.continuous_update
    slider.value = 0.5
    assert shape_codes.values == [0, 0.5, 0]
    assert image(face) == shape_codes.picture() != start
    assert "with code 1 at +0.5" in words(face)
    find(face, widgets.Button, "All to 0").click()
    assert image(face) == start


def test_pages_of_the_explorer_of_codes_follow_their_fields(
    digit_codes: CodeExplorer, shape_codes: CodeExplorer
) -> None:
    choice, grid = digit_codes.widget().children
    find(choice, widgets.Dropdown, "category").value = 7
    assert digit_codes.category == 7
    assert image(choice) == digit_codes.picture()
    find(grid, widgets.BoundedIntText, "draw number").value = 3
    assert image(grid) == digit_codes.grid(3) != digit_codes.grid()
    _, sweep = shape_codes.widget().children
    find(sweep, widgets.Dropdown, "code").value = 2
    find(sweep, widgets.BoundedIntText, "draw number").value = 1
    assert image(sweep) == shape_codes.sweep(2, 1) != shape_codes.sweep(0, 1)
