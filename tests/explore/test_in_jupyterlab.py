"""Every kind of explorer in JupyterLab, by mouse and by keyboard, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.explore.browser import PATIENCE, Lab, open_browser, start_lab

SETUP = """
import time, torch
from pathlib import Path
from gan_course.data import load
from gan_course.explore import *
from gan_course.metrics import judge
from gan_course.models import *

class SlowLab(GanLab):
    def _opponent_step(self, real, fake):
        Path("at work").write_text(f"{self.opponent_steps} steps")
        time.sleep(0.1)
        super()._opponent_step(real, fake)

class PadExplorer(Explorer):
    def views(self):
        return (View(key="plane", title="Plane", rows=((Pad(key="place", label="latent"),),)),)

    def pictures(self):
        picture = GanLab(GAN(small), load("gaussian")).picture()
        return {"plane": lambda values: Picture(picture, f"the place {list(values['place'])}")}

small = GANConfig(hidden=(16,), batch_size=64)
torch.manual_seed(0);
"""
CELLS = {
    "gan": 'gan = GanLab(GAN(small), load("gaussian")); gan',
    "critic": 'CriticLab(WGANGP(WGANGPConfig(hidden=(16,))), load("grid")).widget()',
    "latent": 'LatentExplorer.of(DCGAN(DCGANConfig(width=4)), load("digits"))',
    "classes": "ClassExplorer.of(CGAN(CGANConfig(width=4)), judge().read)",
    "codes": "CodeExplorer.of(InfoGAN(InfoGANConfig(categories=3, codes=2, width=4)))",
    "broken": 'GanLab(GAN(GANConfig(hidden=(16,), lr_d=1e12, lr_g=1e12)), load("gaussian"))',
    "slow": 'slow = SlowLab(GAN(small), load("gaussian")); slow',
    "pad": "PadExplorer()",
}
# An image's source changes with every picture.
COUNT = """root => {
    if (root.pictures === undefined) {
        root.pictures = 0;
        const count = (changes) => { root.pictures += changes.length; };
        const what = { subtree: true, attributes: true, attributeFilter: ["src"] };
        new MutationObserver(count).observe(root, what);
    }
    return root.pictures;
}"""
CONTROLS = "input, select, button, [role=slider]"


@dataclass
class Seen:
    """An explorer on the page."""

    page: Page
    root: Locator

    @property
    def pictures(self) -> int:
        """Pictures drawn since this was asked first."""
        return self.root.evaluate(COUNT)

    @property
    def words(self) -> str:
        return self.root.locator("figcaption:visible").inner_text()

    @property
    def error(self) -> Locator:
        return self.root.locator("[role=alert]:visible")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def tab(self, name: str) -> None:
        self.root.get_by_role("tab", name=name).click()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is asked for any more."""
        self.root.locator('[aria-busy="true"]').first.wait_for(state="detached")

    def busy(self) -> None:
        self.root.locator('[aria-busy="true"]').first.wait_for(state="attached")

    def pictured(self, more_than: int) -> None:
        """Wait for pictures."""
        handle = self.root.element_handle()
        self.page.wait_for_function("([root, n]) => root.pictures > n", arg=[handle, more_than])


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with start_lab(tmp_path_factory.mktemp("jupyterlab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(lab: Lab, browser: Browser) -> Page:
    """A notebook with an explorer of each kind, which has run."""
    lab.write("live.ipynb", SETUP, *CELLS.values())
    page = lab.open(browser, "live.ipynb")
    page.evaluate("window.hosts = new Set()")
    page.on("request", lambda request: page.hosts.add(request.url.split("/")[2]))  # type: ignore[attr-defined]
    page.hosts = set()  # type: ignore[attr-defined]
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_function(f"document.querySelectorAll('.gan-explorer').length === {len(CELLS)}")
    return page


@pytest.fixture
def explorer(page: Page, request: pytest.FixtureRequest) -> Seen:
    return see(page, request.param)


def see(page: Page, name: str) -> Seen:
    root = page.locator(".gan-explorer").nth(list(CELLS).index(name))
    root.scroll_into_view_if_needed()
    seen = Seen(page, root)
    seen.settle()
    assert seen.pictures >= 0  # from now on they are counted
    return seen


def in_kernel(page: Page, expression: str) -> Any:
    """The value of a Python expression in the notebook's kernel."""
    run = """async (expression) => {
        const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
        const user_expressions = { value: `__import__("json").dumps(${expression})` };
        const reply = await kernel.requestExecute({ code: "", user_expressions }).done;
        return reply.content.user_expressions.value.data["text/plain"];
    }"""
    return json.loads(page.evaluate(run, expression).strip("'"))


def steps(words: str) -> list[int]:
    """Of the opponent and of the generator, as the words below a lab's picture say."""
    found = re.match(r"After (\d+) \w+ and (\d+) generator steps", words)
    assert found, words
    return [int(number) for number in found.groups()]


def cells(page: Page) -> tuple[int, int]:
    """How many the notebook has, and which is the active one."""
    return tuple(
        page.evaluate(
            "(({ widgets, activeCellIndex }) => [widgets.length, activeCellIndex])"
            "(jupyterapp.shell.currentWidget.content)"
        )
    )


def test_no_other_host_is_asked_for_anything(page: Page, lab: Lab) -> None:
    see(page, "codes").tab("Sweep of a code")
    see(page, "codes").tab("Your choice")
    assert page.hosts == {f"127.0.0.1:{lab.port}"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "slider"),
    [("critic", "angle of the line"), ("latent", "direction 2"), ("codes", "code 1")],
)
def test_a_slider_is_redrawn_while_it_is_dragged_and_once_at_most_after_the_last_wish(
    page: Page, name: str, slider: str
) -> None:
    seen = see(page, name)
    handle = seen.root.get_by_role("slider", name=slider)
    box = handle.bounding_box()
    assert box
    middle, before, share = box["y"] + box["height"] / 2, seen.pictures, 0.1
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    while seen.pictures < before + 4:
        share = 0.1 if share > 0.9 else share + 0.02
        page.mouse.move(box["x"] + share * box["width"], middle)
    page.mouse.up()
    released = seen.pictures
    seen.settle()
    # One was on its way, and one is of the last place.
    assert seen.pictures <= released + 2
    shown = handle.evaluate("slider => slider.nextElementSibling.textContent")
    value = shown.removesuffix("°").rstrip("0").rstrip(".") if "." in shown else shown[:-1]
    assert re.search(rf"{re.escape(value)}( degrees|[^\d])", seen.words), (value, seen.words)


def test_twenty_fast_clicks_make_the_first_move_and_the_newest(page: Page) -> None:
    seen = see(page, "gan")
    before, done = seen.pictures, steps(seen.words)
    seen.button("Step D").evaluate("button => { for (let i = 0; i < 20; i++) button.click(); }")
    seen.settle()
    assert seen.pictures == before + 2
    assert steps(seen.words) == [done[0] + 2, done[1]]
    seen.button("Step D").evaluate("button => button.click()")
    seen.button("Step G").evaluate("button => button.click()")
    seen.settle()
    assert steps(seen.words)[1] == done[1] + 1


def test_a_key_held_down_leaves_no_backlog(page: Page) -> None:
    seen = see(page, "gan")
    seen.button("Step G").focus()
    for _ in range(30):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    released = seen.pictures
    seen.settle()
    assert seen.pictures <= released + 2
    assert steps(seen.words) == in_kernel(page, "[gan.opponent_steps, gan.generator_steps]")


def test_all_to_0_is_one_picture(page: Page) -> None:
    seen = see(page, "latent")
    for number in (1, 2, 3):
        seen.root.get_by_role("slider", name=f"direction {number}").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
    seen.settle()
    assert "+0.5 along direction 1" in seen.words
    before = seen.pictures
    seen.button("All to 0").click()
    seen.settle()
    assert seen.pictures == before + 1
    assert "(none yet)" in seen.words
    assert set(seen.root.locator("output").all_inner_texts()) == {"0.00"}


@pytest.mark.parametrize("name", CELLS)
def test_keys_inside_an_explorer_leave_the_notebook_alone(page: Page, name: str) -> None:
    seen = see(page, name)
    seen.root.locator("figure:visible").click()
    before = cells(page)
    page.keyboard.type("ddba")
    for control in seen.root.locator(f":is({CONTROLS}):visible").all():
        control.focus()
        page.keyboard.type("ddba")
        # The arrows stay in the control too, tabs choose each other by them.
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowDown")
        assert seen.root.evaluate("root => root.contains(document.activeElement)")
    seen.settle()
    assert cells(page) == before


def test_a_click_on_a_button_and_d_d_keeps_the_cell(page: Page) -> None:
    seen = see(page, "gan")
    before = cells(page)[0]
    seen.button("Step D").click()
    page.keyboard.press("d")
    page.keyboard.press("d")
    page.keyboard.press("b")
    assert cells(page)[0] == before
    seen.settle()


def test_choices_are_made_with_the_arrows(page: Page) -> None:
    seen = see(page, "classes")
    seen.tab("Between two classes")
    choice = seen.root.get_by_role("combobox", name="from class")
    choice.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    seen.settle()
    assert "from class 2 (left) to class 1 (right)" in seen.words
    assert choice.evaluate("select => select === document.activeElement")
    seen.tab("Class × noise")


def test_words_change_with_the_draw_in_a_live_region_that_stays(page: Page) -> None:
    seen = see(page, "classes")
    region, before = seen.root.locator("figcaption:visible").element_handle(), seen.words
    assert region.get_attribute("aria-live") == "polite"
    draw = seen.root.get_by_role("spinbutton", name="draw number")
    draw.focus()
    page.keyboard.press("ArrowUp")
    seen.settle()
    assert region.inner_text() == seen.words != before
    assert "draw 1" in seen.words
    assert region.evaluate("node => node.isConnected")
    assert seen.root.locator("img:visible").get_attribute("alt") == seen.words


@pytest.mark.parametrize("name", CELLS)
def test_every_picture_and_every_control_has_a_name(page: Page, name: str) -> None:
    seen = see(page, name)
    for title in seen.root.get_by_role("tab").all_inner_texts() or [""]:
        if title:
            seen.tab(title)
        kinds = "slider|button|combobox|spinbutton|checkbox|tab|img"
        told = re.findall(rf"- ({kinds})\b( \"[^\"]+\")?", seen.root.aria_snapshot())
        assert len(told) >= 2
        assert not [kind for kind, label in told if not label]


def test_the_focus_ring_is_thick_and_stands_out(page: Page) -> None:
    for name in ("gan", "critic", "latent", "classes"):
        seen = see(page, name)
        control = seen.root.locator(f":is({CONTROLS}):visible").first
        control.focus()
        page.keyboard.press("Tab")  # what the keyboard reaches
        width, ring, paper = page.evaluate("""() => {
            const style = getComputedStyle(document.activeElement);
            const paper = getComputedStyle(document.querySelector(".jp-Notebook"));
            return [style.outlineWidth, style.outlineColor, paper.backgroundColor];
        }""")
        assert seen.root.evaluate("root => root.contains(document.activeElement)")
        assert float(width.removesuffix("px")) >= 2
        assert contrast(ring, paper) >= 3


def contrast(one: str, other: str) -> float:
    """Ratio of the two colours' luminances, as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_learning_rate_of_1e12_is_told_in_a_sentence_below_the_picture(page: Page) -> None:
    seen = see(page, "broken")
    before = seen.words
    seen.button("Play 10").click()
    seen.error.wait_for()
    assert seen.error.inner_text() == (
        "The game has diverged: its numbers are no longer finite, try lower learning rates; the "
        "move was taken back."
    )
    assert seen.words == before
    seen.button("Rewind").click()
    seen.settle()
    assert seen.error.count() == 0


def test_a_long_play_is_shown_on_the_way_can_be_stopped_and_taken_back_as_one(page: Page) -> None:
    seen = see(page, "slow")
    before = seen.pictures
    seen.button("Play 100").click()
    seen.pictured(before + 1)
    seen.button("Stop").click()
    seen.settle()
    done = steps(seen.words)
    assert 20 <= done[0] < 100
    assert done == in_kernel(page, "[slow.opponent_steps, slow.generator_steps]")
    assert seen.button("Play 100").count() == 1
    seen.button("Back").click()
    seen.settle()
    assert steps(seen.words) == [0, 0]


def test_another_button_ends_a_play(page: Page) -> None:
    seen = see(page, "slow")
    before = seen.pictures
    seen.button("Play 100").click()
    seen.pictured(before)
    seen.button("Rewind").click()
    seen.settle()
    assert steps(seen.words) == [0, 0]
    assert seen.button("Stop").count() == 0


def test_an_interrupt_of_the_kernel_leaves_picture_and_model_in_step(page: Page, lab: Lab) -> None:
    seen = see(page, "slow")
    before = seen.pictures
    seen.button("Play 100").click()
    seen.pictured(before)
    # In the midst of the next part: an idle kernel takes no interrupts.
    done = steps(seen.words)[0]
    while (lab.folder / "at work").read_text() < f"{done + 2} steps":
        page.wait_for_timeout(20)
    (kernel,) = lab.api("kernels")
    lab.api(f"kernels/{kernel['id']}/interrupt", "POST")
    seen.error.wait_for()
    assert seen.error.inner_text() == "Interrupted; the move was taken back."
    seen.settle()
    done = steps(seen.words)
    assert 10 <= done[0] < 100
    assert done == in_kernel(page, "[slow.opponent_steps, slow.generator_steps]")
    seen.button("Back").click()
    seen.settle()
    assert steps(seen.words) == [0, 0]


def test_what_is_on_its_way_shows_as_busy(page: Page) -> None:
    seen = see(page, "slow")
    seen.button("D × 10").click()
    sign = seen.root.locator(".busy")
    seen.page.wait_for_function(
        "sign => getComputedStyle(sign).opacity === '1'", arg=sign.element_handle()
    )
    seen.settle()
    assert sign.evaluate("sign => getComputedStyle(sign).opacity") == "0"


def test_a_pad_is_moved_by_mouse_and_by_arrows(page: Page) -> None:
    seen = see(page, "pad")
    square = seen.root.get_by_role("slider", name="latent")
    box = square.bounding_box()
    assert box
    square.click(position={"x": box["width"] - 2, "y": 2})
    seen.settle()
    place = square.get_attribute("aria-valuetext")
    assert place
    before = [float(part) for part in re.findall(r"[\d.]+", place)]
    assert all(2.8 <= part <= 3 for part in before)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    seen.settle()
    x, y = before[0] - 0.1, before[1] - 0.2
    assert square.get_attribute("aria-valuetext") == f"x {x:.1f}, y {y:.1f}"
    assert f"the place [{x:.1f}, {y:.1f}]" in seen.words


@pytest.fixture(scope="module")
def saved(lab: Lab, page: Page) -> dict[str, Any]:
    """The notebook as it stands, saved."""
    page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => {})")
    return json.loads((lab.folder / "live.ipynb").read_text())


def check_stills(page: Page) -> None:
    page.get_by_text("Run this cell to wake it.").first.wait_for()
    assert page.get_by_text("Run this cell to wake it.").count() == len(CELLS)
    images = page.locator(".jp-Notebook img:visible").all()
    assert len(images) == len(CELLS)
    for image in images:
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
        assert len(image.get_attribute("alt") or "") > 10
    # What the front end says of the missing widget is not to be seen.
    page.wait_for_timeout(1000)
    for said in ("model not found", "Loading widget", "displaying widget"):
        assert said not in page.locator(".jp-Notebook").inner_text()


def test_a_saved_notebook_shows_a_still_picture_and_how_to_wake_it(
    saved: dict[str, Any], lab: Lab, browser: Browser
) -> None:
    # One that nobody has run here is not trusted: JupyterLab runs nothing of it.
    saved["cells"].append(nbformat.v4.new_markdown_cell("another"))
    (lab.folder / "stored.ipynb").write_text(json.dumps(saved))
    page = lab.open(browser, "stored.ipynb")
    check_stills(page)
    page.close()


def test_a_notebook_of_ones_own_shows_a_still_picture_once_its_python_is_gone(
    saved: dict[str, Any], page: Page, lab: Lab, browser: Browser
) -> None:
    page.evaluate(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    seen = Seen(page, page.locator(".gan-explorer").first)
    seen.error.wait_for()
    assert "has gone. Run this cell again to wake the explorer." in seen.error.inner_text()
    page.close()
    again = lab.open(browser, "live.ipynb")
    check_stills(again)
    again.close()
