"""What ships: every model that is declared, whole, small, and as good as its card says."""

from __future__ import annotations

from collections import ChainMap
from functools import cache

import pytest

from gan_course import zoo
from gan_course.catalogue import catalogue
from gan_course.data import load
from gan_course.zoo import cards
from gan_course.zoo.entries import SHIPPED
from gan_course.zoo.measures import MEASURES

MOST, MOST_TOGETHER, MOST_PICTURED = 2_000_000, 20_000_000, 40_000
# How far a measure may lie from its card's, as a share of it, on another processor, whose sums
# round differently: a sample in a few hundred may then be read as another digit.
NEAR = 0.02


@cache
def rivals(measure: str, data: str) -> dict[str, dict[str, float]]:
    return cards.rivals(measure, load(data))


def test_every_model_that_is_declared_ships_whole_and_nothing_else_does() -> None:
    expected = {
        name + suffix for name in zoo.names() for suffix in (".safetensors", ".json", ".png")
    }
    assert {path.name for path in SHIPPED.iterdir()} == expected


def test_every_model_of_a_lesson_is_there_but_those_that_one_opens_untrained() -> None:
    there = {zoo.entry(name).model for name in zoo.names()}
    lessons = catalogue().lessons
    untrained = {name for lesson in lessons if lesson.untrained for name in lesson.shows}
    assert there - untrained == {name for one in lessons for name in one.models} - untrained


def test_what_ships_is_small() -> None:
    sizes = {path.name: path.stat().st_size for path in SHIPPED.glob("*.safetensors")}
    assert {name: size for name, size in sizes.items() if size > MOST} == {}
    assert sum(sizes.values()) <= MOST_TOGETHER
    pictures = {path.name: path.stat().st_size for path in SHIPPED.glob("*.png")}
    assert {name: size for name, size in pictures.items() if size > MOST_PICTURED} == {}


@pytest.mark.parametrize("name", zoo.shipped())
def test_a_model_that_ships_is_as_good_as_its_card_says(name: str) -> None:
    card, entry = zoo.card(name), zoo.entry(name)
    found = cards.measured(entry, zoo.load(name), zoo.dataset(name), seeds=range(1))
    assert found == {
        metric: pytest.approx(values[:1], rel=NEAR) for metric, values in card.metrics.items()
    }
    beside = [rivals(measure, entry.data) for measure in entry.measures]
    for metric, others in card.beside.items():
        assert ChainMap(*beside)[metric] == pytest.approx(others, rel=NEAR), metric


@pytest.mark.parametrize("name", zoo.shipped())
def test_a_card_says_what_is_asked_of_it(name: str) -> None:
    card, entry = zoo.card(name), zoo.entry(name)
    for metric in card.metrics:
        assert entry.holds(metric, card.value(metric)), f"{metric}: {card.value(metric)}"
    assert {*entry.at_least, *entry.at_most} <= {*card.metrics}
    assert {len(values) for values in card.metrics.values()} == {5}
    assert len({len(column) for column in card.curve.values()}) == 1
    assert len(card.curve["step"]) <= cards.POINTS
    assert card.curve["step"][-1] == entry.steps == card.recipe["config"]["steps"]
    assert card.bytes == (SHIPPED / f"{name}.safetensors").stat().st_size
    assert card.cpu_seconds > 0


@pytest.mark.parametrize("name", zoo.names())
def test_a_model_is_declared_in_full(name: str) -> None:
    entry = zoo.entry(name)
    assert entry.model in catalogue().models
    assert entry.data in catalogue().data
    assert {*entry.measures} <= {*MEASURES}
    assert entry.limits.endswith(".")
    assert entry.limits.count(". ") == 0
    assert not entry.summary.endswith(".")
