"""The one face of all explorers in a notebook: it draws the controls that an explorer lists, asks
it for pictures, and leaves a still picture where no Python runs."""

from __future__ import annotations

import base64
import logging
from html import escape
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from gan_course.explore.controls import Explorable, Press, Value, View

WIDGET = "application/vnd.jupyter.widget-view+json"
ASLEEP = "A still picture of an explorer, which sleeps. Run this cell to wake it."
# In a notebook that was saved and opened again, JupyterLab says "model not found" where the face
# was. That output follows the still picture, and stays hidden until a face is in it.
HIDE_UNTIL_AWAKE = (
    ".jp-OutputArea-child:has([data-explorer-still]) + .jp-OutputArea-child"
    ":not(:has(.gan-explorer)) { display: none; }"
)


class Face(anywidget.AnyWidget):
    """Draws the controls of `explorer`, any one, in a notebook.

    The browser sends one wish at a time: a view, the values of its controls and at most one button
    pressed; the answer is the trait `shown`. Moves of several parts are asked for part by part, so
    that they can be stopped between two.
    """

    _esm = (files("gan_course.explore") / "explorer.js").read_text(encoding="utf-8")
    _css = (files("gan_course.explore") / "explorer.css").read_text(encoding="utf-8")

    views = traitlets.List().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, explorer: Explorable) -> None:
        self.explorer = explorer
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
        """What the page is to show: picture, words, or a sentence on what went wrong, beside the
        picture that still holds. `asked` comes back with it."""
        answer = {"view": view, "values": values, "error": "", **(asked or {})}
        try:
            picture = self.explorer.show(view, values, press)
            return answer | {"png": bytes(picture), "alt": picture.alt}
        except (Exception, KeyboardInterrupt) as error:  # of any explorer: all are told below it
            if not isinstance(error, ValueError | KeyboardInterrupt):
                logging.getLogger(__name__).exception("an explorer failed")
            before = self.shown if self.shown.get("view") == view else {}
            kept = {name: before[name] for name in ("png", "alt") if name in before}
            return answer | kept | {"error": self.explorer.explain(error)}

    def still(self) -> dict[str, str]:
        """The picture as it is now for viewers that have no widgets and for notebooks opened later:
        MIME types and their contents."""
        picture, alt = self.shown.get("png", b""), self.shown.get("alt", "")
        data = base64.b64encode(picture).decode()
        image = f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'
        html = (
            f"<div data-explorer-still><style>{HIDE_UNTIL_AWAKE}</style>{image}"
            f'<p style="margin: 0.4em 0; font-size: 90%">{ASLEEP}</p></div>'
        )
        return {"text/html": html, "image/png": data, "text/plain": f"[picture: {alt}]\n{ASLEEP}"}

    def _ipython_display_(self) -> None:
        # Two outputs, since a front end that knows widgets looks at nothing else in an output that
        # has one, not even where the widget is gone.
        from IPython.display import display

        display(self.still(), raw=True)
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        display({WIDGET: view, "text/plain": ""}, raw=True)

    def _first_picture(self, view: View) -> dict[str, Any]:
        return self.show(view.key, view.values)

    def _answer(self, _widget: Face, wish: dict[str, Any], _buffers: object) -> None:
        press = Press(wish["press"], wish["again"]) if wish["press"] else None
        asked = {"id": wish["id"], "from": wish["from"]}
        self.shown = self.show(wish["view"], wish["values"], press, asked)
