"""What a notebook shows of the explorer of codes: sliders, the grid of categories and the sweep of
a code, as far as the model has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from gan_course.explore.codes import FARTHEST, CodeExplorer
from gan_course.explore.faces import Canvas, seed_field, tabs
from gan_course.explore.picture import Picture


def codes_widget(explorer: CodeExplorer) -> widgets.Tab:
    """A tab for each view that `explorer` has: the choices, the categories if there are any, and a
    code's sweep if there are codes."""
    pages = {"Your choice": _choice_page(explorer)}
    if explorer.categories:
        pages["Category × noise"] = _grid_page(explorer)
    if explorer.codes:
        pages["Sweep of a code"] = _sweep_page(explorer)
    return tabs(pages)


def _choice_page(explorer: CodeExplorer) -> widgets.VBox:
    draw = seed_field("draw number", 0)
    canvas = Canvas(lambda: explorer.picture(draw.value))
    draw.observe(canvas.refresh, names="value")
    above: list[widgets.Widget] = [draw]
    sliders = [_slider(explorer, canvas, code) for code in range(explorer.codes)]
    if explorer.categories:
        category = _category_field(explorer)

        def choose(change: dict[str, Any]) -> None:
            explorer.choose(change["new"])
            canvas.refresh()

        category.observe(choose, names="value")
        above.insert(0, category)
    if sliders:

        def reset(_button: widgets.Button) -> None:
            for slider in sliders:
                slider.value = 0.0

        centre = widgets.Button(
            description="All to 0",
            tooltip="set every code to 0",
            layout=widgets.Layout(width="auto"),
        )
        centre.on_click(reset)
        above.append(centre)
    return widgets.VBox(
        [widgets.HBox(above, layout=widgets.Layout(flex_flow="row wrap")), *sliders, canvas.box]
    )


def _slider(explorer: CodeExplorer, canvas: Canvas, code: int) -> widgets.FloatSlider:
    slider = widgets.FloatSlider(
        value=explorer.values[code],
        min=-FARTHEST,
        max=FARTHEST,
        step=0.1,
        continuous_update=False,
        readout_format="+.1f",
        description=f"code {code} (trained: -1 to 1)",
        style={"description_width": "16em"},
        layout=widgets.Layout(width="38em"),
    )

    def slide(change: dict[str, Any]) -> None:
        explorer.move(code, change["new"])
        canvas.refresh()

    slider.observe(slide, names="value")
    return slider


def _grid_page(explorer: CodeExplorer) -> widgets.VBox:
    draw = seed_field("draw number", 0)
    return _page([draw], lambda: explorer.grid(draw.value))


def _sweep_page(explorer: CodeExplorer) -> widgets.VBox:
    code = widgets.Dropdown(
        options=range(explorer.codes),
        value=0,
        description="code",
        style={"description_width": "7.5em"},
    )
    draw = seed_field("draw number", 0)
    if not explorer.categories:
        return _page([code, draw], lambda: explorer.sweep(code.value, draw.value))
    category = _category_field(explorer)
    return _page(
        [code, category, draw], lambda: explorer.sweep(code.value, draw.value, category.value)
    )


def _page(fields: list[widgets.Widget], draw: Callable[[], Picture]) -> widgets.VBox:
    """The fields, above a picture that follows them."""
    canvas = Canvas(draw)
    for field in fields:
        field.observe(canvas.refresh, names="value")
    return widgets.VBox(
        [widgets.HBox(fields, layout=widgets.Layout(flex_flow="row wrap")), canvas.box]
    )


def _category_field(explorer: CodeExplorer) -> widgets.Dropdown:
    return widgets.Dropdown(
        options=range(explorer.categories),
        value=explorer.category,
        description="category",
        style={"description_width": "7.5em"},
    )
