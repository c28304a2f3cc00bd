"""What can be chosen in the explorer of codes, as far as the model has it."""

from __future__ import annotations

from collections.abc import Sequence

from gan_course.explore.controls import Button, Choice, Control, Seed, Slider, View

FARTHEST = 2.0  # value of a code; training ends at 1
DRAW = Seed(key="draw", label="draw number", help="chooses other noise")


def code_views(categories: int, category: int, values: Sequence[float]) -> tuple[View, ...]:
    """The choices, with a slider for each of the codes' `values`, the grid of the `categories` if
    there are any, and a code's sweep if there are codes."""
    chosen: tuple[Control, ...] = ()
    if categories:
        options = _numbers(categories)
        chosen = (Choice(key="category", label="category", options=options, value=category),)
    views = [_choice_view((*chosen, DRAW), values)]
    if categories:
        views.append(View(key="grid", title="Category × noise", rows=((DRAW,),)))
    if values:
        code = Choice(key="code", label="code", options=_numbers(len(values)))
        views.append(View(key="sweep", title="Sweep of a code", rows=((code, *chosen, DRAW),)))
    return tuple(views)


def _choice_view(above: tuple[Control, ...], values: Sequence[float]) -> View:
    sliders = [
        Slider(
            key=f"code {code}",
            label=f"code {code} (trained from -1 to 1)",
            low=-FARTHEST,
            high=FARTHEST,
            step=0.1,
            value=value,
            digits=1,
            signed=True,
        )
        for code, value in enumerate(values)
    ]
    if sliders:
        sets = {slider.key: 0.0 for slider in sliders}
        centre = Button(key="centre", label="All to 0", help="set every code to 0", sets=sets)
        above = (*above, centre)
    return View(key="choice", title="Your choice", rows=(above, *((each,) for each in sliders)))


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))
