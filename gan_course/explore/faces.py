"""What a notebook shows of the explorers: native controls, a picture, and the picture in words for
those who cannot see it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from gan_course.explore.classes import ClassExplorer
from gan_course.explore.latent import FARTHEST, LatentExplorer
from gan_course.explore.picture import Picture

HIGHEST_SEED = 9999


class Canvas:
    """An image beside its alternative text, which an `Image` has no room for."""

    def __init__(self, draw: Callable[[], Picture]) -> None:
        self.draw = draw
        self.image = widgets.Image(
            format="png",
            layout=widgets.Layout(width="auto", max_width="100%", align_self="flex-start"),
        )
        self.words = widgets.HTML()
        self.box = widgets.VBox([self.image, self.words])
        self.refresh()

    def refresh(self, _change: Any = None) -> None:
        """Draw anew."""
        picture = self.draw()
        self.image.value = bytes(picture)
        # A live region is read out by a screen reader when it changes.
        self.words.value = (
            '<p role="status" style="margin: 0; line-height: 1.4; font-size: 90%; '
            f'max-width: 700px">{escape(picture.alt)}</p>'
        )


def seed_field(label: str, value: int) -> widgets.BoundedIntText:
    """A field for a seed or the number of a draw."""
    return widgets.BoundedIntText(
        value=value,
        min=0,
        max=HIGHEST_SEED,
        description=label,
        style={"description_width": "7.5em"},
    )


def tabs(pages: dict[str, widgets.Widget]) -> widgets.Tab:
    """The pages under their titles."""
    tab = widgets.Tab(list(pages.values()))
    for i, title in enumerate(pages):
        tab.set_title(i, title)  # the one way that ipywidgets 7 and 8 share
    return tab


def latent_widget(explorer: LatentExplorer) -> widgets.Tab:
    """A tab for each thing that `explorer` shows: directions, the way between two seeds, and the
    nearest training images if it has any."""
    pages = {
        "Directions": _directions_page(explorer),
        "Between two seeds": _interpolation_page(explorer),
    }
    if explorer.train_images is not None:
        pages["Nearest images"] = _nearest_page(explorer)
    return tabs(pages)


def _directions_page(explorer: LatentExplorer) -> widgets.VBox:
    canvas = Canvas(explorer.picture)
    seed = seed_field("seed", explorer.start)
    sliders = [
        widgets.FloatSlider(
            value=explorer.offsets[i],
            min=-FARTHEST,
            max=FARTHEST,
            step=0.25,
            continuous_update=False,
            readout_format="+.2f",
            description=f"direction {i + 1} (change × {gain:.1f})",
            style={"description_width": "14em"},
            layout=widgets.Layout(width="36em"),
        )
        for i, gain in enumerate(explorer.gains.tolist())
    ]

    def change_seed(change: dict[str, Any]) -> None:
        explorer.start_from(change["new"])
        canvas.refresh()

    def slide(i: int) -> Callable[[dict[str, Any]], None]:
        def change_offset(change: dict[str, Any]) -> None:
            explorer.move(i, change["new"])
            canvas.refresh()

        return change_offset

    def reset(_button: widgets.Button) -> None:
        for slider in sliders:
            slider.value = 0.0

    seed.observe(change_seed, names="value")
    for i, slider in enumerate(sliders):
        slider.observe(slide(i), names="value")
    centre = widgets.Button(
        description="All to 0", tooltip="set every slider to 0", layout=widgets.Layout(width="auto")
    )
    centre.on_click(reset)
    note = widgets.HTML(
        "<p>In order of how much they change the pixels, against a random direction (× 1); they "
        "have no other meaning.</p>"
    )
    return widgets.VBox([widgets.HBox([seed, centre]), note, *sliders, canvas.box])


def _interpolation_page(explorer: LatentExplorer) -> widgets.VBox:
    first, second = seed_field("from seed", 0), seed_field("to seed", 1)
    canvas = Canvas(lambda: explorer.interpolation(first.value, second.value))
    for field in (first, second):
        field.observe(canvas.refresh, names="value")
    return widgets.VBox(
        [widgets.HBox([first, second], layout=widgets.Layout(flex_flow="row wrap")), canvas.box]
    )


def _nearest_page(explorer: LatentExplorer) -> widgets.VBox:
    draw = seed_field("draw number", 0)
    canvas = Canvas(lambda: explorer.nearest(draw=draw.value))
    draw.observe(canvas.refresh, names="value")
    return widgets.VBox([draw, canvas.box])


def classes_widget(explorer: ClassExplorer) -> widgets.Tab:
    """A tab for all classes from the same latents, and one for the way between two classes."""
    return tabs({"Class × noise": _grid_page(explorer), "Between two classes": _mix_page(explorer)})


def _grid_page(explorer: ClassExplorer) -> widgets.VBox:
    draw = seed_field("draw number", 0)
    canvas = Canvas(lambda: explorer.grid(draw.value))
    draw.observe(canvas.refresh, names="value")
    return widgets.VBox([draw, canvas.box])


def _mix_page(explorer: ClassExplorer) -> widgets.VBox:
    first, second = (
        widgets.Dropdown(
            options=range(explorer.count),
            value=value,
            description=label,
            style={"description_width": "7.5em"},
        )
        for label, value in (("from class", 0), ("to class", 1))
    )
    draw = seed_field("draw number", 0)
    canvas = Canvas(lambda: explorer.mix(first.value, second.value, draw.value))
    for field in (first, second, draw):
        field.observe(canvas.refresh, names="value")
    return widgets.VBox(
        [
            widgets.HBox([first, second, draw], layout=widgets.Layout(flex_flow="row wrap")),
            canvas.box,
        ]
    )
