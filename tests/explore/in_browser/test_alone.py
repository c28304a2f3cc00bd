"""The face itself, on a page without Jupyter: what it shows of answers that come late, in the light
and in the dark, at any zoom."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Browser

from gan_course.data import load
from gan_course.explore import (
    Button,
    Choice,
    ClassExplorer,
    CodeExplorer,
    CriticLab,
    Explorer,
    Fold,
    GanLab,
    LatentExplorer,
    LatentPlane,
    Picture,
    SketchPad,
    Slider,
    Switch,
    View,
)
from gan_course.explore.controls import Renamed
from gan_course.explore.picture import Row, image_plate
from gan_course.explore.widgets import Face
from gan_course.models import GAN
from tests.explore.in_browser.alone import THEMES, Alone, alone, alone_of, picture
from tests.explore.in_browser.seen import contrast

VIEW = View(
    key="view",
    title="View",
    rows=((Slider(key="x", label="x", low=0, high=9, step=1),),),
    folds=(Fold("More", ((Switch(key="on", label="on"),),)),),
)


@pytest.fixture
def slow(browser: Browser) -> Iterator[Alone]:
    face = alone(browser, (VIEW,), picture("the first"))
    yield face
    face.page.close()


def move(slow: Alone, times: int = 1) -> None:
    slow.root.get_by_role("slider", name="x").focus()
    for _ in range(times):
        slow.page.keyboard.press("ArrowRight")


def test_once_the_hand_rests_no_value_but_the_newest_is_shown(slow: Alone) -> None:
    move(slow)
    move(slow, 3)
    assert [wish["values"]["x"] for wish in slow.asked] == [1]
    slow.page.clock.run_for(2000)
    slow.answer(picture("x is 1"))
    assert slow.words == "the first"
    assert [wish["values"]["x"] for wish in slow.asked] == [4]
    slow.answer(picture("x is 4"))
    assert slow.words == "x is 4"
    assert slow.asked == []


def test_while_the_hand_moves_pictures_follow_it(slow: Alone) -> None:
    move(slow)
    slow.page.clock.run_for(2000)
    move(slow)
    slow.answer(picture("x is 1"))
    assert slow.words == "x is 1"
    slow.answer(picture("x is 2"))
    assert slow.words == "x is 2"


# The words below the picture after each of the kernel's answers to the wish number 1.
ANSWERS = """async ([code, views, first, answers]) => {
    const face = await import(`data:text/javascript;base64,${code}`);
    const sent = [], listening = {}, state = { views, shown: first };
    const model = { get: (name) => state[name], send: (wish) => sent.push(wish), off: () => {},
        on: (event, tell) => { listening[event] = tell; } };
    const el = document.querySelector("#root");
    el.replaceChildren();
    face.default.render({ model, el });
    el.querySelector("input").dispatchEvent(new Event("input"));
    const words = [];
    for (const { alt, id, from } of answers) {
        const picture = new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>");
        state.shown = { ...first, alt, picture, form: "svg", id, from: from ?? sent[0].from };
        listening["change:shown"]();
        await scheduler.postTask(() => {}); // what waits already is done by then
        words.push(el.querySelector("figcaption").textContent);
    }
    return words;
}"""


def test_answers_to_other_wishes_and_to_other_pages_are_left_alone(slow: Alone) -> None:
    answers = [
        {"alt": "of an older wish", "id": 0},
        {"alt": "of another page", "id": 1, "from": "it"},
        {"alt": "the answer", "id": 1},
    ]
    code = base64.b64encode(Face._esm.encode()).decode()
    first = {"view": "view", "values": VIEW.values, "error": "", "alt": "the first"}
    words = slow.page.evaluate(ANSWERS, [code, [VIEW.as_data()], first, answers])
    assert words == ["", "", "the answer"]


def test_one_is_told_of_python_that_is_slow_and_of_python_that_has_gone(slow: Alone) -> None:
    move(slow)
    slow.page.clock.run_for(4000)
    error = slow.root.get_by_role("alert")
    assert error.count() == 0
    slow.page.clock.run_for(2000)
    assert error.inner_text() == "it is being drawn"
    slow.answer(picture("there it is"))
    assert error.count() == 0
    slow.page.evaluate("lose()")
    assert error.inner_text().startswith("The Python that drew this has gone")


def test_what_a_control_is_called_follows_the_choice_that_renames_it(browser: Browser) -> None:
    def called(what: str) -> dict[str, Any]:
        both = (what, f"{what} of a cat")
        return {"key": what, "label": what, "renamed": Renamed("animal", both)}

    animal = Choice(key="animal", label="animal", options=("dog", "cat"))
    others = (
        Button(**called("step")),
        Switch(**called("tail")),
        Choice(**called("paw"), options=("1",)),
    )
    to_cat = Button(key="to cat", label="To cat", sets={"animal": 1})
    view = View(key="view", title="View", rows=((animal, *others, to_cat),))
    face = alone(browser, (view,), picture("the first"))

    def seen(name: str) -> bool:
        found = [
            face.root.get_by_role(role, name=f"{what}{name}", exact=True)
            for role, what in (("button", "step"), ("checkbox", "tail"), ("combobox", "paw"))
        ]
        return all(each.count() == 1 for each in found)

    assert seen("")
    face.root.get_by_label("animal").select_option("cat")
    assert seen(" of a cat")
    face.root.get_by_label("animal").select_option("dog")
    assert seen("")
    face.root.get_by_role("button", name="To cat").click()
    assert seen(" of a cat")
    face.page.close()


def test_a_fold_is_opened_by_the_keyboard_and_what_it_holds_is_told_with_the_rest(
    slow: Alone,
) -> None:
    switch = slow.root.get_by_role("checkbox", name="on")
    assert not switch.is_visible()
    slow.root.get_by_role("slider", name="x").focus()
    for key in ("Tab", "Enter", "Tab", "Space"):
        slow.page.keyboard.press(key)
    assert switch.is_checked()
    assert [wish["values"] for wish in slow.asked] == [{"x": 0, "on": True}]


@pytest.fixture
def explorers(
    model: GAN,
    critic_lab: CriticLab,
    explorer: LatentExplorer,
    classes: ClassExplorer,
    shape_codes: CodeExplorer,
    vae_plane: LatentPlane,
    sketch_pad: SketchPad,
) -> dict[str, Explorer]:
    gan_lab = GanLab(model, load("gaussian"))
    gan_lab.play(20)
    critic_lab.play(20)
    return {
        "gan lab": gan_lab,
        "critic lab": critic_lab,
        "latent": explorer,
        "classes": classes,
        "codes": shape_codes,
        "plane": vae_plane,
        "pad": sketch_pad,
    }


@pytest.mark.parametrize("theme", THEMES)
def test_pictures_have_the_ground_of_the_page_and_words_that_stand_out_from_it(
    browser: Browser, explorers: dict[str, Explorer], theme: str
) -> None:
    for name, explorer in explorers.items():
        face = alone_of(browser, explorer, theme)
        pixels = np.asarray(Image.open(face.screenshot(f"{name}, {theme}")).convert("RGB"))
        around, box = face.root.bounding_box(), face.picture.bounding_box()
        assert around
        assert box
        left, top = round(box["x"] - around["x"]), round(box["y"] - around["y"])
        right, bottom = left + round(box["width"]), top + round(box["height"])
        for y, x in ((top, left), (bottom - 1, right - 1)):
            assert f"rgb{tuple(map(int, pixels[y, x]))}" == THEMES[theme][0], name
        for colour in face.picture.locator("text").evaluate_all(COLOURS):
            assert contrast(colour, THEMES[theme][0]) >= 4.5, (name, colour)
        face.page.close()


# The inks of words, however the page writes them.
COLOURS = """words => {
    const brush = new OffscreenCanvas(1, 1).getContext("2d");
    const inks = new Set(words.map((each) => getComputedStyle(each).fill));
    return [...inks].map((ink) => {
        brush.fillStyle = ink;
        brush.fillRect(0, 0, 1, 1);
        return `rgb(${[...brush.getImageData(0, 0, 1, 1).data].slice(0, 3)})`;
    });
}"""


@pytest.mark.parametrize("width", [640, 320])
def test_no_control_is_cut_off_where_the_page_is_narrow(
    browser: Browser, explorers: dict[str, Explorer], width: int
) -> None:
    for name, explorer in explorers.items():
        face = alone_of(browser, explorer, width=width, scale=1280 / width)
        face.screenshot(f"{name}, {width} wide")
        for i, _ in enumerate(face.views):
            if len(face.views) > 1:
                face.root.get_by_role("tab").nth(i).click()
            cut = face.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert cut <= 0, (name, i)
        face.page.close()


def test_an_image_stays_sharp_on_a_screen_of_twice_the_pixels(browser: Browser) -> None:
    board = ((torch.arange(28)[:, None] + torch.arange(28)) % 2).float() * 2 - 1
    plate = Picture(image_plate([Row("", board.expand(1, 1, 28, 28))], label_width=0), "a board")
    face = alone(browser, (VIEW,), plate, "dark", scale=2)
    box = face.picture.bounding_box()
    assert box
    path = face.screenshot("a board")
    around = face.root.bounding_box()
    assert around
    left, top = (round(2 * (box[side] - around[side])) for side in ("x", "y"))
    pixels = np.asarray(Image.open(path).convert("L"))[top + 4 :, left:][:112, :112]
    assert set(np.unique(pixels)) <= {0, 254, 255}
    assert (pixels[::4, ::4] == 0).mean() == 0.5
    face.page.close()
