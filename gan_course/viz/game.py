"""The game as a drawing: who is given what, what it makes of it, and where gradients flow."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from gan_course.colours import DISCRIMINATOR, EXACT, FAKE, GENERATOR, OTHERS, PAPER, QUIET, REAL
from gan_course.viz.picture import axes

CONDITION, READER, _ = OTHERS


def game_diagram(
    opponent: str = "D", score: str = "logit", *, condition: str = "", code: str = ""
) -> Figure:
    """The two players of the game: solid arrows are what is computed, dashed ones the way of a
    gradient back to the player that learns from it.

    `opponent` is the short name of the generator's opponent, such as "D", and `score` what it says
    of a sample. A `condition`, such as "label y", is told to both players. A `code`, such as
    "code c", goes into the generator beside the noise, and a reader Q tells it from the sample.
    """
    figure, (panel,) = axes(width=8.0, height=3.5 if code else 2.6)
    panel.set(xlim=(0.1, 9.9), ylim=(0, 4.6 if code else 3.5))
    panel.set_axis_off()
    noise = _word(panel, 0.7, 2.6, "noise z", QUIET)
    generator = _player(panel, 2.3, 2.6, "G", GENERATOR)
    fake = _word(panel, 4.2, 2.6, "generated x", FAKE)
    real = _word(panel, 4.2, 0.6, "real x", REAL)
    judge = _player(panel, 6.0, 1.6, opponent, DISCRIMINATOR)
    said = _word(panel, 7.5, 1.6, score, EXACT)
    loss_g = _word(panel, 9.1, 2.6, "loss of G", GENERATOR)
    loss_d = _word(panel, 9.1, 0.6, f"loss of {opponent}", DISCRIMINATOR)
    computed = [(noise, generator), (generator, fake), (fake, judge), (real, judge), (judge, said)]
    for start, end in (*computed, (said, loss_g), (said, loss_d)):
        _arrow(panel, start, end)
    _gradient(panel, loss_d, judge, DISCRIMINATOR, -0.35)
    _gradient(panel, loss_g, judge, GENERATOR, 0.35)
    _gradient(panel, judge, generator, GENERATOR, 0.42)
    if condition:
        _tell(panel, condition, generator, judge)
    if code:
        _read_back(panel, code, generator, fake)
    return figure


def _tell(panel: Axes, condition: str, *players: Text) -> None:
    told = _word(panel, 4.2, 1.6, condition, CONDITION)
    for player in players:
        _arrow(panel, told, player)


def _read_back(panel: Axes, code: str, generator: Text, fake: Text) -> None:
    wish = _word(panel, 0.7, 1.6, code, READER)
    reader = _player(panel, 6.0, 3.9, "Q", READER)
    loss = _word(panel, 9.1, 3.9, "loss of Q", READER)
    for start, end in ((wish, generator), (fake, reader), (reader, loss)):
        _arrow(panel, start, end)
    _gradient(panel, loss, reader, READER, 0.25)
    _gradient(panel, reader, generator, READER, 0.25)


def _word(panel: Axes, x: float, y: float, text: str, colour: str) -> Text:
    """A word in a thin frame."""
    frame = {"boxstyle": "round,pad=0.35", "facecolor": PAPER, "edgecolor": colour}
    return panel.text(x, y, text, ha="center", va="center", fontsize=9, bbox=frame)


def _player(panel: Axes, x: float, y: float, name: str, colour: str) -> Text:
    """A network, which learns: a letter in a thick frame."""
    frame = {"boxstyle": "round,pad=0.5", "facecolor": PAPER, "edgecolor": colour, "linewidth": 2.5}
    return panel.text(x, y, name, ha="center", va="center", fontsize=14, bbox=frame)


def _arrow(panel: Axes, start: Text, end: Text, **look: object) -> None:
    """From frame to frame."""
    panel.annotate(
        "",
        xy=end.get_position(),
        xytext=start.get_position(),
        zorder=4,  # after the frames, whose edges it looks for, have been drawn
        arrowprops={
            "arrowstyle": "-|>",
            "color": QUIET,
            "patchA": start.get_bbox_patch(),
            "patchB": end.get_bbox_patch(),
            "shrinkA": 2,
            "shrinkB": 2,
            **look,
        },
    )


def _gradient(panel: Axes, start: Text, end: Text, colour: str, bend: float) -> None:
    look = {"color": colour, "linestyle": "--", "linewidth": 1.8}
    _arrow(panel, start, end, connectionstyle=f"arc3,rad={bend}", **look)
