"""How long it takes in JupyterLab, in Chromium, from an input event to the frame that shows its
picture: the part of `latency.py` that needs a browser."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from math import cos, pi, sin
from pathlib import Path

from playwright.sync_api import Locator, Page

from gan_course.explore import View
from tests.browser.driven import chromium, jupyterlab

MOVES = 120
SCREEN, REPEAT = 60, 30  # events a second, of a mouse that moves and of a key held down
CELL = "from benchmarks.latency import opened\nopened({name!r}).widget()"
FIRST = ":is(input, select, button, .square)"
# A wish is due to the last event before it left; it is seen one frame after its picture is there.
WATCH = """panel => {
    const figure = panel.querySelector("figure"), times = panel.times = [];
    let event = 0, due = 0;
    const seen = ({ timeStamp }) => { event = timeStamp; };
    const events = ["input", "change", "click", "keydown", "pointerdown", "pointermove"];
    for (const name of events) panel.addEventListener(name, seen, true);
    const frame = (began) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => times.push(performance.now() - began);
        port2.postMessage(0);
    });
    new MutationObserver((changes) => {
        for (const { attributeName, oldValue, target } of changes) {
            if (attributeName === "class" && target.matches(".picture > *")) frame(due);
            if (attributeName === "aria-busy" && oldValue !== "true") due = event;
        }
    }).observe(figure, { subtree: true, attributes: true, attributeOldValue: true,
        attributeFilter: ["class", "aria-busy"] });
}"""


def by_hand(rate: int) -> Iterator[int]:
    """The numbers from 0 to `MOVES`, at most so many a second."""
    start = time.perf_counter()
    for i in range(MOVES + 1):
        time.sleep(max(0, start + i / rate - time.perf_counter()))
        yield i


def drag(page: Page, control: Locator, place: Callable[[float], tuple[float, float]]) -> None:
    """Move the mouse, its button down, through places of the control, as a screen shows it."""
    box = control.evaluate("control => control.getBoundingClientRect().toJSON()")
    for i in by_hand(SCREEN):
        x, y = place(i / MOVES)
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if i == 0:
            page.mouse.down()
    page.mouse.up()


def keys(page: Page, control: Locator, names: Sequence[str]) -> None:
    """Press keys in the control, one after the other, as fast as a held key repeats."""
    control.focus()
    for i in by_hand(REPEAT):
        page.keyboard.press(names[i % len(names)])


def circle(share: float) -> tuple[float, float]:
    return 0.5 + 0.4 * cos(2 * pi * share), 0.5 + 0.4 * sin(2 * pi * share)


# How the first control of a view is moved, by its kind.
MOVED: dict[str, Callable[[Page, Locator], None]] = {
    "slider": lambda page, control: drag(page, control, lambda share: (0.1 + 0.8 * share, 0.5)),
    "pad": lambda page, control: drag(page, control, circle),
    "drawing": lambda page, control: drag(page, control, circle),
    "seed": lambda page, control: keys(page, control, ["ArrowUp"]),
    "choice": lambda page, control: keys(page, control, ["ArrowDown", "ArrowUp"]),
    "switch": lambda page, control: keys(page, control, ["Space"]),
    "button": lambda page, control: keys(page, control, ["Enter"]),
}


def settle(root: Locator) -> None:
    root.locator('[aria-busy="true"]').first.wait_for(state="detached")


def seen(page: Page, root: Locator, view: View) -> list[float]:
    """Milliseconds from an event to its picture, for each picture that was shown."""
    if root.get_by_role("tab").count():
        root.get_by_role("tab", name=view.title, exact=True).click()
    settle(root)
    panel = root.locator("figure:visible").locator("..")
    panel.evaluate(WATCH)
    kind = view.controls[0].kind
    first = panel.locator(".sheet" if kind == "drawing" else FIRST).first
    first.scroll_into_view_if_needed()
    MOVED[kind](page, first)
    settle(root)
    page.wait_for_function("panel => panel.times.length", arg=panel.element_handle())
    times: list[float] = panel.evaluate("panel => panel.times")
    return times


def in_page(views: dict[str, Sequence[View]]) -> dict[str, list[float]]:
    """Of every explorer by name, and of each of its views, as "name: title"."""
    found = {}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        (root := Path(folder, "root")).mkdir()
        with jupyterlab(root, Path(folder, "state")) as lab:
            for i, name in enumerate(views):
                lab.write(f"{i}.ipynb", CELL.format(name=name))
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.set_default_timeout(120_000)
                lab.open(page, f"{i}.ipynb")
                page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
                face = page.locator(".gan-explorer")
                face.wait_for()
                for view in views[name]:
                    found[f"{name}: {view.title}"] = seen(page, face, view)
                page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
                page.close()
    return found
