"""What a notebook shows of the laboratories: a button for each move, above the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from gan_course.explore.critic_lab import CriticLab
from gan_course.explore.faces import Canvas
from gan_course.explore.gan_lab import GanLab


class Controls:
    """Controls of `lab` that draw its picture anew once they have done what they say."""

    def __init__(self, lab: GanLab | CriticLab) -> None:
        self.lab, self.canvas = lab, Canvas(lab.picture)

    def button(self, label: str, tooltip: str, action: Callable[[], None]) -> widgets.Button:
        """A button that calls `action`."""

        def act(_button: widgets.Button) -> None:
            action()
            self.canvas.refresh()

        made = widgets.Button(
            description=label, tooltip=tooltip, layout=widgets.Layout(width="auto")
        )
        made.on_click(act)
        return made

    def ending(self, tooltip: str) -> list[widgets.Widget]:
        """What stands last in every row: ten rounds, a hundred rounds, where `tooltip` says what a
        round is, back, rewind, and which generator."""
        lab = self.lab
        averaged = widgets.Checkbox(
            value=lab.averaged,
            description="show the averaged generator",
            indent=False,
            layout=widgets.Layout(width="auto"),
        )
        averaged.observe(self.setting("averaged"), names="value")
        return [
            self.button("Play 10", f"ten rounds: {tooltip}", lambda: lab.play(10)),
            self.button(
                "Play 100",
                "a hundred rounds, with a picture every ten",
                lambda: lab.play(100, watch=self.canvas.refresh),
            ),
            self.button("Back", "take back the last button", lab.back),
            self.button("Rewind", "back to the first picture", lab.rewind),
            averaged,
        ]

    def setting(self, name: str) -> Callable[[dict[str, Any]], None]:
        """What a control must call that sets the lab's attribute `name`."""

        def change(change: dict[str, Any]) -> None:
            setattr(self.lab, name, change["new"])
            self.canvas.refresh()

        return change

    def box(self, *rows: list[widgets.Widget]) -> widgets.VBox:
        """The rows, above the picture."""
        return widgets.VBox(
            [
                *(widgets.HBox(row, layout=widgets.Layout(flex_flow="row wrap")) for row in rows),
                self.canvas.box,
            ]
        )


def gan_lab_widget(lab: GanLab) -> widgets.VBox:
    """Buttons for the moves of `lab`, above its picture."""
    controls = Controls(lab)
    return controls.box(
        [
            controls.button("Step D", "one step of the discriminator", lab.step_discriminator),
            controls.button("Step G", "one step of the generator", lab.step_generator),
            controls.button(
                "D × 10", "ten steps of the discriminator", lambda: lab.step_discriminator(10)
            ),
            controls.button("G × 10", "ten steps of the generator", lambda: lab.step_generator(10)),
            *controls.ending("a step of D, then one of G"),
        ]
    )


def critic_lab_widget(lab: CriticLab) -> widgets.VBox:
    """Buttons for the moves of `lab` and a slider for the angle of its line, above its picture."""
    controls = Controls(lab)
    angle = widgets.FloatSlider(
        value=lab.angle,
        min=0,
        max=180,
        step=1,
        continuous_update=False,
        readout_format=".0f",
        description="angle of the line (degrees)",
        style={"description_width": "14em"},
        layout=widgets.Layout(width="36em"),
    )
    angle.observe(controls.setting("angle"), names="value")
    buttons = [
        controls.button("Step critic", "one step of the critic", lab.step_critic),
        controls.button("Step G", "one step of the generator", lab.step_generator),
        controls.button("Critic × 10", "ten steps of the critic", lambda: lab.step_critic(10)),
        *controls.ending(f"{lab.steps_in_round} steps of the critic, then one of G"),
    ]
    return controls.box(buttons, [angle])
