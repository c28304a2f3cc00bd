"""The drawing of the game: who is told what, and which gradient reaches whom."""

from __future__ import annotations

from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from gan_course.viz import game_diagram

DRAWINGS = {
    "the game": game_diagram(),
    "a critic": game_diagram("f", "score"),
    "a condition": game_diagram(condition="label y"),
    "a code": game_diagram(code="code c"),
    "both": game_diagram(condition="label y", code="code c"),
}


def words(figure: Figure) -> dict[tuple[float, float], str]:
    return {
        text.get_position(): text.get_text() for text in figure.axes[0].texts if text.get_text()
    }


def arrows(figure: Figure, line: str) -> set[tuple[str, str]]:
    """From whom to whom the "solid" or the dashed ("--") arrows lead."""
    at = words(figure)
    return {
        (at[arrow.get_position()], at[arrow.xy])
        for arrow in figure.axes[0].texts
        if isinstance(arrow, Annotation) and arrow.arrow_patch.get_linestyle() == line
    }


def test_what_is_computed_leads_from_noise_and_data_to_both_losses() -> None:
    assert arrows(game_diagram(), "solid") == {
        ("noise z", "G"),
        ("G", "generated x"),
        ("generated x", "D"),
        ("real x", "D"),
        ("D", "logit"),
        ("logit", "loss of G"),
        ("logit", "loss of D"),
    }


def test_the_generator_learns_through_its_opponent_and_the_opponent_from_its_own_loss() -> None:
    assert arrows(game_diagram(), "--") == {("loss of D", "D"), ("loss of G", "D"), ("D", "G")}
    assert arrows(game_diagram("f", "score"), "--") == {
        ("loss of f", "f"),
        ("loss of G", "f"),
        ("f", "G"),
    }


def test_a_condition_is_told_to_both_players_and_changes_nothing_else() -> None:
    told = game_diagram(condition="label y")
    assert arrows(told, "solid") - arrows(game_diagram(), "solid") == {
        ("label y", "G"),
        ("label y", "D"),
    }
    assert arrows(told, "--") == arrows(game_diagram(), "--")


def test_a_code_is_given_to_the_generator_and_q_and_the_generator_learn_from_reading_it() -> None:
    coded = game_diagram(code="code c")
    assert arrows(coded, "solid") - arrows(game_diagram(), "solid") == {
        ("code c", "G"),
        ("generated x", "Q"),
        ("Q", "loss of Q"),
    }
    assert arrows(coded, "--") - arrows(game_diagram(), "--") == {
        ("loss of Q", "Q"),
        ("Q", "G"),
    }


@pytest.mark.parametrize("figure", DRAWINGS.values(), ids=DRAWINGS)
def test_every_word_lies_inside_the_picture_and_none_on_another(figure: Figure) -> None:
    FigureCanvasAgg(figure).draw()
    frames = [
        text.get_bbox_patch().get_window_extent()
        for text in figure.axes[0].texts
        if text.get_text()
    ]
    picture = figure.bbox
    for frame in frames:
        assert picture.x0 < frame.x0 < frame.x1 < picture.x1
        assert picture.y0 < frame.y0 < frame.y1 < picture.y1
    assert not any(one.overlaps(other) for one, other in combinations(frames, 2))
