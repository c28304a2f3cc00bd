from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gan_course.explore import (
    ClassExplorer,
    CodeExplorer,
    CriticLab,
    Explorer,
    GanLab,
    LatentExplorer,
    Pad,
    Picture,
    SketchPad,
    View,
)
from gan_course.explore.widgets import Face

BLOCKED = """
import sys
sys.modules["ipywidgets"] = sys.modules["anywidget"] = None
import torch
from gan_course.data import load
from gan_course.explore import GanLab, LatentExplorer
from gan_course.models import GAN
lab = GanLab(GAN(), load("gaussian"))
lab.play(1)
assert lab.picture().form == "svg"
assert lab.views()[0].controls
explorer = LatentExplorer(lambda z: z[:, :1, None, None].expand(-1, 1, 8, 8), 2)
assert explorer.picture().form == "svg"
assert "IPython" not in sys.modules
"""


def ask(
    face: Face, view: str, press: str | None = None, *, again: bool = False, **values: Any
) -> dict[str, Any]:
    """What the page is shown when a reader chooses these values, the others as they were drawn, and
    presses a button."""
    (drawn,) = (each for each in face.explorer.views() if each.key == view)
    wish = {"view": view, "values": drawn.values | values, "press": press, "again": again}
    face._answer(face, wish | {"id": 1, "from": "a page"}, [])
    return face.shown


@pytest.fixture
def faces(
    lab: GanLab,
    critic_lab: CriticLab,
    explorer: LatentExplorer,
    classes: ClassExplorer,
    digit_codes: CodeExplorer,
    shape_codes: CodeExplorer,
    sketch_pad: SketchPad,
) -> list[Face]:
    explored: list[Explorer] = [lab, critic_lab, explorer, classes, digit_codes, shape_codes]
    return [each.widget() for each in (*explored, sketch_pad)]


def test_explorers_work_without_widgets() -> None:
    result = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_one_face_shows_the_first_view_of_any_explorer(faces: list[Face]) -> None:
    for face in faces:
        assert face.views == [view.as_data() for view in face.explorer.views()]
        first = face.explorer.views()[0]
        assert face.shown["picture"] == face.explorer.show(first.key, first.values)
        assert face.shown["error"] == ""


@pytest.mark.parametrize(
    ("button", "steps"),
    [("d", (1, 0)), ("g", (0, 1)), ("d 10", (10, 0)), ("g 10", (0, 10)), ("play 10", (10, 10))],
)
def test_buttons_of_the_lab_make_their_moves(
    lab: GanLab, button: str, steps: tuple[int, int]
) -> None:
    face = lab.widget()
    start = face.shown["picture"]
    shown = ask(face, "game", button)
    assert (lab.discriminator_steps, lab.generator_steps) == steps
    assert shown["picture"] == lab.picture() != start
    assert f"After {steps[0]} discriminator and {steps[1]} generator steps" in shown["alt"]
    assert (shown["id"], shown["from"]) == (1, "a page")


@pytest.mark.parametrize(
    ("button", "steps"), [("c", (1, 0)), ("g", (0, 1)), ("c 10", (10, 0)), ("play 10", (20, 10))]
)
def test_buttons_of_the_critics_lab_make_their_moves(
    critic_lab: CriticLab, button: str, steps: tuple[int, int]
) -> None:
    face = critic_lab.widget()
    shown = ask(face, "game", button)
    assert (critic_lab.critic_steps, critic_lab.generator_steps) == steps
    assert shown["picture"] == critic_lab.picture()


def test_back_and_rewind_return(lab: GanLab) -> None:
    face = lab.widget()
    start = face.shown["picture"]
    once = ask(face, "game", "d")["picture"]
    ask(face, "game", "play 10")
    assert ask(face, "game", "back")["picture"] == once
    assert ask(face, "game", "rewind")["picture"] == start
    assert ask(face, "game", "back")["picture"] == once


def test_the_parts_of_a_long_play_are_the_whole_and_one_move_to_take_back(lab: GanLab) -> None:
    face = lab.widget()
    (button,) = (each for each in lab.views()[0].controls if each.key == "play 100")
    parts = [ask(face, "game", "play 100", again=i > 0) for i in range(button.times)]
    assert len({shown["picture"] for shown in parts}) == 10
    assert (lab.discriminator_steps, lab.generator_steps) == (100, 100)
    whole = lab.picture()
    lab.back()
    assert lab.generator_steps == 0
    lab.play(100)
    assert lab.picture() == whole


def test_values_reach_every_explorer(
    lab: GanLab, critic_lab: CriticLab, explorer: LatentExplorer, classes: ClassExplorer
) -> None:
    lab.play(5)
    face, live = lab.widget(), lab.picture()
    assert ask(face, "game", averaged=True)["picture"] == lab.picture() != live
    assert lab.averaged
    ask(critic_lab.widget(), "game", angle=45)
    assert critic_lab.angle == 45
    face = explorer.widget()
    assert ask(face, "directions", **{"direction 3": 1.5})["picture"] == explorer.picture()
    assert explorer.offsets == [0, 0, 1.5, 0, 0, 0]
    assert ask(face, "directions", seed=4)["picture"] == explorer.picture()
    assert explorer.start == 4
    values = {"from": 5, "to": 6}
    assert ask(face, "between", **values)["picture"] == explorer.interpolation(5, 6)
    assert ask(face, "nearest", draw=2)["picture"] == explorer.nearest(draw=2)
    face = classes.widget()
    assert ask(face, "grid", draw=3)["picture"] == classes.grid(3)
    values = {"from": 7, "to": 1, "draw": 2}
    assert ask(face, "mix", **values)["picture"] == classes.mix(7, 1, 2)


def test_values_reach_the_explorer_of_codes(
    digit_codes: CodeExplorer, shape_codes: CodeExplorer
) -> None:
    face = digit_codes.widget()
    assert ask(face, "choice", category=7, draw=1)["picture"] == digit_codes.picture(1)
    assert digit_codes.category == 7
    assert ask(face, "grid", draw=3)["picture"] == digit_codes.grid(3)
    face = shape_codes.widget()
    assert "code 1 at +0.5" in ask(face, "choice", **{"code 1": 0.5})["alt"]
    assert shape_codes.values == [0, 0.5, 0]
    assert ask(face, "sweep", code=2, draw=1)["picture"] == shape_codes.sweep(2, 1)


def test_a_move_that_fails_is_told_and_leaves_picture_and_model_in_step(
    lab: GanLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = lab.widget()
    ask(face, "game", "play 10")
    before = dict(face.shown)
    step = lab.model.discriminator_step
    calls: list[int] = []
    errors: list[BaseException] = []

    def fails_later(*given: Any) -> None:
        step(*given)
        calls.append(1)
        if len(calls) == 4:
            raise errors[-1]

    monkeypatch.setattr(lab.model, "discriminator_step", fails_later)
    for error, said in (
        (KeyboardInterrupt(), "Interrupted; the move was taken back."),
        (ValueError("too steep"), "Too steep; the move was taken back."),
        (RuntimeError("no memory"), "RuntimeError: no memory; the move was taken back."),
    ):
        calls.clear()
        errors.append(error)
        shown = ask(face, "game", "play 10")
        assert shown["error"] == said
        assert (shown["picture"], shown["alt"]) == (before["picture"], before["alt"])
        assert lab.picture() == before["picture"]
    monkeypatch.undo()
    assert ask(face, "game", "back")["error"] == ""
    assert lab.generator_steps == 0


def test_a_refused_value_is_told_and_changes_nothing(explorer: LatentExplorer) -> None:
    face = explorer.widget()
    shown = ask(face, "directions", seed=3, **{"direction 1": 9.0})
    assert shown["error"].startswith("An offset lies between -4 and 4, got 9.0;")
    assert (explorer.start, explorer.offsets) == (0, [0.0] * 6)


def test_an_error_of_another_view_does_not_show_the_first_views_picture(
    explorer: LatentExplorer,
) -> None:
    values = {"from": -1}
    shown = ask(explorer.widget(), "between", **values)
    assert shown["error"]
    assert "picture" not in shown


@pytest.fixture
def little_to_collect() -> Iterator[None]:
    """What is there already is left out of collections, so that each takes a moment."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("little_to_collect")
def test_live_pictures_leave_nothing_for_the_garbage_collector(faces: list[Face]) -> None:
    for face in faces:
        for view in face.explorer.views():
            buttons = (each.as_data() for each in view.controls if each.kind == "button")
            # Those that set values make no move, or begin with new networks.
            for press in (None, *(button["key"] for button in buttons if not button["sets"])):
                ask(face, view.key, press)  # what is built once is built
                gc.collect()
                for _ in range(5):
                    ask(face, view.key, press)
                # torch leaves a few objects each time that it loads the state of a module.
                most = 200 if press in ("back", "rewind") else 5
                assert gc.collect() <= most, (type(face.explorer).__name__, view.key, press)


def test_displayed_it_leaves_a_still_picture_with_its_words_and_how_to_wake_it(
    lab: GanLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: shown.append(bundle))
    lab._ipython_display_()
    still, living = shown
    assert f'alt="{lab.alt()}"'.replace("'", "&#x27;") in still["text/html"]
    assert "Run this cell to wake it." in still["text/html"]
    assert "data:image/webp;base64," in still["text/html"]
    assert still["image/png"]
    assert lab.alt() in still["text/plain"]
    # What is stored without the widget says nothing more.
    assert [content for kind, content in living.items() if "widget" not in kind] == [""]


def test_a_new_explorer_is_one_class_with_its_controls() -> None:
    class Plane(Explorer):
        def views(self) -> tuple[View, ...]:
            return (View(key="plane", title="Plane", rows=((Pad(key="z", label="latent"),),)),)

        def pictures(self) -> dict[str, Callable[[Any], Picture]]:
            return {"plane": lambda values: Picture(b"<svg/>", f"at {values['z']}")}

    assert ask(Plane().widget(), "plane", z=[1.0, 2.0])["alt"] == "at [1.0, 2.0]"
    assert ask(Plane().widget(), "plane", "no such")["error"] == (
        "This explorer has no button 'no such'."
    )


def test_a_wish_of_another_thread_waits_for_the_main_one(lab: GanLab) -> None:
    seen: list[threading.Thread] = []
    draw = lab.picture
    lab.picture = lambda: (seen.append(threading.current_thread()), draw())[1]  # type: ignore[method-assign, func-returns-value]

    async def in_a_cell() -> None:
        face = lab.widget()
        other = threading.Thread(target=ask, args=(face, "game", "d"))
        other.start()
        other.join()
        assert lab.discriminator_steps == 0
        await asyncio.sleep(0)
        assert lab.discriminator_steps == 1

    asyncio.run(in_a_cell())
    assert set(seen) == {threading.main_thread()}
