"""The one face of all explorers in a notebook: it draws the controls that an explorer lists, asks
it for pictures, and leaves a still picture where no Python runs."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from gan_course.explore.controls import Explorable, Press, Value, View
from gan_course.explore.svg import page_colours
from gan_course.viz.picture import bundle

WIDGET = "application/vnd.jupyter.widget-view+json"
ASLEEP = "A still picture of an explorer, which sleeps. Run this cell to wake it."
# In a notebook that was saved and opened again, JupyterLab says "model not found" where the face
# was. That output follows the still picture, and stays hidden until a face is in it.
HIDE_UNTIL_AWAKE = (
    ".jp-OutputArea-child:has([data-explorer-still]) + .jp-OutputArea-child"
    ":not(:has(.gan-explorer)) { display: none; }"
)


IMPORT = 'import { KINDS, element, unique } from "./controls.js";\n'


def _text(name: str) -> str:
    return (files("gan_course.explore") / name).read_text(encoding="utf-8")


class Face(anywidget.AnyWidget):
    """The picture of any `explorer`, with its controls, in a notebook.

    The browser sends one wish at a time: a view, the values of its controls and at most one pressed
    button. The answer is the trait `shown`. A button with several `times` is sent once for each, so
    that it can be stopped in between.
    """

    # A notebook takes one module, so the two are joined.
    _esm = _text("controls.js") + _text("explorer.js").replace(IMPORT, "")
    _css = page_colours() + _text("explorer.css")

    views: traitlets.List[Any] = traitlets.List().tag(sync=True)
    shown: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(self, explorer: Explorable) -> None:
        self.explorer, self._loop = explorer, _running_loop()
        views = explorer.views()
        super().__init__(
            views=[view.as_data() for view in views], shown=self._first_picture(views[0])
        )
        self.on_msg(self._answer)

    def show(
        self,
        view: str,
        values: dict[str, Value],
        press: Press | None = None,
        asked: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """What the page is to show: the picture and its words or, where something went wrong, one
        sentence on it and the picture of before. `asked` comes back with it."""
        answer = {"view": view, "values": values, "error": "", **(asked or {})}
        try:
            with interruptible():
                picture = self.explorer.show(view, values, press)
            return answer | {"picture": picture, "form": picture.form, "alt": picture.alt}
        except (Exception, KeyboardInterrupt) as error:  # all are told under the picture
            if not isinstance(error, ValueError | KeyboardInterrupt):
                logging.getLogger(__name__).exception("an explorer failed")
            before = self.shown if self.shown.get("view") == view else {}
            kept = {name: before[name] for name in ("picture", "form", "alt") if name in before}
            return answer | kept | {"error": self.explorer.explain(error)}

    def still(self) -> tuple[dict[str, str], dict[str, Any]]:
        """The picture as it is now for viewers that have no widgets and for notebooks opened later:
        contents and metadata by MIME type."""
        said = self.shown.get("error") or "The explorer has not drawn anything yet."
        if "picture" not in self.shown:
            return {"text/plain": f"{said}\n{ASLEEP}"}, {}
        data, metadata = bundle(self.shown["picture"].png(), self.shown["alt"])
        html = (
            f"<div data-explorer-still><style>{HIDE_UNTIL_AWAKE}</style>{data['text/html']}"
            f'<p style="margin: 0.4em 0; font-size: 90%">{ASLEEP}</p></div>'
        )
        plain = f"{data['text/plain']}\n{ASLEEP}"
        return data | {"text/html": html, "text/plain": plain}, metadata

    def _ipython_display_(self) -> None:
        # Two outputs, since a front end that knows widgets looks at nothing else in an output that
        # has one, not even where the widget is gone.
        from IPython.display import display

        data, metadata = self.still()
        display(data, metadata=metadata, raw=True)
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        display({WIDGET: view, "text/plain": ""}, raw=True)

    def _first_picture(self, view: View) -> dict[str, Any]:
        return self.show(view.key, view.values)

    def _answer(self, _widget: Face, wish: dict[str, Any], _buffers: object) -> None:
        # JupyterLab has messages of widgets handled in a thread of their own, while a cell may be
        # running. Moves of a lab set the global random state for a moment, and interrupts reach
        # the main thread alone: so the wish waits for that thread until the cell is done.
        if self._loop is None or threading.current_thread() is threading.main_thread():
            self._grant(wish)
        else:
            self._loop.call_soon_threadsafe(self._grant, wish)

    def _grant(self, wish: dict[str, Any]) -> None:
        press = Press(wish["press"], wish["again"]) if wish["press"] else None
        asked = {"id": wish["id"], "from": wish["from"]}
        self.shown = self.show(wish["view"], wish["values"], press, asked)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let an interrupt of the kernel reach what is done inside: ipykernel ignores interrupts while
    no cell runs."""
    if threading.current_thread() is not threading.main_thread():  # only it can set a handler
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:  # not in a kernel
        return None
