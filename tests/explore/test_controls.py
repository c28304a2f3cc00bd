from __future__ import annotations

import json
from pathlib import Path

import pytest

import gan_course.explore
from gan_course.explore import (
    Bars,
    Button,
    Choice,
    ClassExplorer,
    CodeExplorer,
    CriticLab,
    Drawing,
    Fold,
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
    of_latents = 8 + 2 + 1 + 3 + 10 + 2
    # the GAN lab's folds: rules, data, target, layers, failures
    folded = 4 + 4 + 6 + 5 + 4
    of_labs = 9 + 9 + folded
    assert len(drawn) == of_labs + of_latents + (1 + 3) + (2 + 1) + (5 + 2) + (1 + 3) + 1
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
            (Bars(key="h", label="h", low=0, high=1, value=(0.0, 1.0)),),
        ),
    )
    empty = {"sheet": 0, "strokes": []}
    assert view.values == {
        "a": 1.5,
        "b": 0,
        "c": 1,
        "d": False,
        "e": (0.0, 0.0),
        "g": empty,
        "h": (0.0, 1.0),
    }
    kinds = [control["kind"] for row in view.as_data()["rows"] for control in row]
    assert kinds == ["slider", "seed", "choice", "switch", "pad", "button", "drawing", "bars"]
    script = (FOLDER / "controls.js").read_text()
    listed = "{ slider, choice, seed, switch: toggle, pad, bars, drawing, button }"
    assert f"export const KINDS = {listed};" in script


def test_a_view_knows_the_controls_in_its_folds() -> None:
    fold = Fold("More", ((Switch(key="b", label="b"),), (Seed(key="c", label="c", value=3),)))
    view = View(key="all", title="All", rows=((Switch(key="a", label="a"),),), folds=(fold,))
    assert view.values == {"a": False, "b": False, "c": 3}
    (data,) = view.as_data()["folds"]
    assert (data["title"], data["open"]) == ("More", False)
    assert [[control["key"] for control in row] for row in data["rows"]] == [["b"], ["c"]]
    with pytest.raises(ValueError, match="view 'all' has two controls called 'b'"):
        View(key="all", title="All", rows=fold.rows, folds=(fold,))


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
    for heights in ((), (-0.1,), (0.5, 1.1), (float("nan"),)):
        with pytest.raises(ValueError, match=r"at least one bar|low ≤ value ≤ high"):
            Bars(key="a", label="a", low=0, high=1, value=heights)
    with pytest.raises(ValueError, match="view 'v' has two controls called 'a'"):
        View(key="v", title="V", rows=((Seed(key="a", label="a"), Switch(key="a", label="b")),))


def test_views_that_a_model_has_not_are_left_out(
    explorer: LatentExplorer, digit_codes: CodeExplorer, shape_codes: CodeExplorer
) -> None:
    assert [view.key for view in LatentExplorer(explorer.sampler, 8).views()] == [
        "directions",
        "between",
        "wheel",
        "arithmetic",
        "truncation",
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
