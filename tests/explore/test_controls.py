from __future__ import annotations

import json
from pathlib import Path

import pytest

import gan_course.explore
from gan_course.explore import (
    Button,
    Choice,
    ClassExplorer,
    CodeExplorer,
    CriticLab,
    Drawing,
    GanLab,
    LatentExplorer,
    LatentPlane,
    Pad,
    Pen,
    Seed,
    SketchPad,
    Slider,
    Switch,
    View,
)

FOLDER = Path(gan_course.explore.__file__).parent


def test_every_control_of_every_explorer_is_plain_data_with_a_label(
    lab: GanLab,
    critic_lab: CriticLab,
    explorer: LatentExplorer,
    classes: ClassExplorer,
    digit_codes: CodeExplorer,
    shape_codes: CodeExplorer,
    vae_plane: LatentPlane,
    sketch_pad: SketchPad,
) -> None:
    explorers = (lab, critic_lab, explorer, classes, digit_codes, shape_codes, vae_plane)
    drawn = []
    for each in (*explorers, sketch_pad):
        for view in each.views():
            assert json.loads(json.dumps(view.as_data()))["key"] == view.key
            assert view.key in each.pictures()
            drawn += view.controls
    assert len(drawn) == (9 + 9) + (8 + 2 + 1) + (1 + 3) + (2 + 1) + (5 + 2) + (1 + 3) + 1
    assert all(control.label for control in drawn)


def test_a_view_knows_where_its_controls_stand() -> None:
    view = View(
        key="all",
        title="All",
        rows=(
            (
                Slider(key="a", label="a", low=0, high=2, step=0.5, value=1.5),
                Seed(key="b", label="b"),
            ),
            (Choice(key="c", label="c", options=("x", "y"), value=1), Switch(key="d", label="d")),
            (Pad(key="e", label="e"), Button(key="f", label="f")),
            (Drawing(key="g", label="g", pens=(Pen("a pen", 0.1),)),),
        ),
    )
    empty = {"sheet": 0, "strokes": []}
    assert view.values == {"a": 1.5, "b": 0, "c": 1, "d": False, "e": (0.0, 0.0), "g": empty}
    kinds = [control["kind"] for row in view.as_data()["rows"] for control in row]
    assert kinds == ["slider", "seed", "choice", "switch", "pad", "button", "drawing"]
    script = (FOLDER / "controls.js").read_text()
    listed = "{ slider, choice, seed, switch: toggle, pad, drawing, button }"
    assert f"export const KINDS = {listed};" in script


def test_controls_that_cannot_be_are_refused() -> None:
    for value in (3.0, float("nan")):
        with pytest.raises(ValueError, match="control 'a': expected low ≤ value ≤ high"):
            Slider(key="a", label="a", low=0, high=2, step=1, value=value)
    with pytest.raises(ValueError, match="a step is above 0, got 0"):
        Slider(key="a", label="a", low=0, high=2, step=0)
    with pytest.raises(ValueError, match="the chosen option is one of 0 to 1, got 2"):
        Choice(key="a", label="a", options=("x", "y"), value=2)
    with pytest.raises(ValueError, match="expected low ≤ value ≤ high"):
        Pad(key="a", label="a", value=(0.0, 9.0))
    with pytest.raises(ValueError, match="view 'v' has two controls called 'a'"):
        View(key="v", title="V", rows=((Seed(key="a", label="a"), Switch(key="a", label="b")),))


def test_views_that_a_model_has_not_are_left_out(
    explorer: LatentExplorer, digit_codes: CodeExplorer, shape_codes: CodeExplorer
) -> None:
    assert [view.key for view in LatentExplorer(explorer.sampler, 8).views()] == [
        "directions",
        "between",
    ]
    assert [view.key for view in digit_codes.views()] == ["choice", "grid"]
    assert [view.key for view in shape_codes.views()] == ["choice", "sweep"]
    assert "category" not in shape_codes.views()[0].values
    both = CodeExplorer(lambda z, category, codes: z[:, :1, None, None], 2, 3, 1)
    assert [view.key for view in both.views()] == ["choice", "grid", "sweep"]


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("[a-z]*.py")))
def test_no_part_imports_one_that_imports_it(name: str) -> None:
    """Not even inside a function."""
    reached, waiting = set(), [name]
    while waiting:
        text = (FOLDER / f"{waiting.pop()}.py").read_text()
        for path in FOLDER.glob("[a-z]*.py"):
            used = f"from gan_course.explore.{path.stem} import" in text
            if used and path.stem not in reached:
                reached.add(path.stem)
                waiting.append(path.stem)
    assert name not in reached
