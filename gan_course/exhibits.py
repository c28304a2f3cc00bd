"""What can be explored by name: what a lesson shows, a model of the zoo, a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_course import zoo
from gan_course.catalogue import Lesson, catalogue
from gan_course.names import unknown_name

if TYPE_CHECKING:
    from gan_course.models.base import Model

RUNS = Path("runs")  # where `gan-course train` leaves them

# Models by the names under which they are shown, and what they learned from.
Loaded = tuple[dict[str, "Model[Any]"], Any]


@dataclass(frozen=True)
class Exhibit:
    """What an explorer opens on: its `title`, what to say `about` its models, in Markdown, and how
    they are loaded."""

    title: str
    about: Callable[[], str]
    load: Callable[[], Loaded]
    whole: bool = True  # whether all networks are there that play, and not only those that draw
    proved: bool = False  # whether it is known to open


def find(*names: str | Path) -> Exhibit:
    """What is called so, one or several to stand side by side: a lesson by its number or name, a
    model of the zoo, or the run in that folder. No weights are read yet.

    Raises `ValueError` for an unknown name, with the nearest one, and for a lesson that shows
    nothing; what `zoo.card` raises, and what reading a run raises.
    """
    found = [_find(name) for name in names]
    if len(found) == 1:
        return found[0]

    def load() -> Loaded:
        models, (data, *_) = zip(*(exhibit.load() for exhibit in found), strict=True)
        return {name: model for named in models for name, model in named.items()}, data

    return Exhibit(
        ", ".join(exhibit.title for exhibit in found),
        lambda: "\n\n".join(exhibit.about() for exhibit in found),
        load,
        whole=all(exhibit.whole for exhibit in found),
    )


def _find(what: str | Path) -> Exhibit:
    lessons = {
        key: lesson
        for lesson in catalogue().lessons
        for key in (lesson.id, str(lesson.number), lesson.name)
    }
    name = str(what)
    if name in lessons:
        return _of_lesson(lessons[name])
    if name in zoo.names():
        return _of_the_zoo(name, (name,))
    if Path(what).is_dir() or len(Path(what).parts) > 1:
        return _of_run(Path(what))
    runs = [path.parent.as_posix() for path in RUNS.glob("*/config.json")]
    known = [*(lesson.id for lesson in catalogue().lessons), *zoo.names(), *runs]
    raise unknown_name("lesson, model of the zoo or run", name, known)


def _of_lesson(lesson: Lesson) -> Exhibit:
    title = f"{lesson.number} · {lesson.title}"
    if not lesson.shows:
        raise ValueError(f"lesson {lesson.id} opens no explorer: name a model of the zoo, or a run")
    if not lesson.untrained:
        return replace(_of_the_zoo(title, lesson.shows), proved=True)
    (name,) = lesson.shows
    about = f"**{name}**: {catalogue().model(name).summary}; it has learned nothing yet."
    return Exhibit(title, lambda: about, partial(_untrained, name), proved=True)


def _untrained(name: str) -> Loaded:
    import torch

    from gan_course.data import load
    from gan_course.random_state import random_state_kept, seed_everything

    entry = catalogue().model(name)
    with random_state_kept(torch.device("cpu")):
        seed_everything(0)
        model = entry.kind(entry.configuration())
    return {name: model}, load(entry.data)


def _of_the_zoo(title: str, names: Sequence[str]) -> Exhibit:
    for name in names:
        zoo.card(name)  # raises where it does not ship

    def load() -> Loaded:
        return {name: zoo.load(name) for name in names}, zoo.dataset(names[0])

    whole = all(zoo.entry(name).plays for name in names)
    return Exhibit(title, lambda: "\n\n".join(map(_card, names)), load, whole)


def _card(name: str) -> str:
    """The most important of a model's card."""
    from gan_course.zoo.measures import MEASURES

    entry, card = zoo.entry(name), zoo.card(name)
    metric, words = next(iter(MEASURES[entry.measures[0]].columns.items()))
    beside = [f"{who} {value:.3g}" for who, value in card.beside.get(metric, {}).items()]
    return (
        f"**{name}**: {entry.summary}. {entry.steps:,} steps on {entry.data}, "
        f"{card.cpu_seconds / 60:,.0f} minutes of CPU time; "
        f"{'; '.join([f'{words} {card.value(metric):.3g}', *beside])}. {entry.limits}"
    )


def _of_run(path: Path) -> Exhibit:
    from gan_course.training.run_folder import RunFolder

    folder = RunFolder(path)
    recipe = folder.recipe()
    about = (
        f"**{recipe.model}**: {catalogue().model(recipe.model).summary}. "
        f"{recipe.config['steps']:,} steps on {recipe.data}, seed {recipe.seed}."
    )

    def load() -> Loaded:
        return {path.as_posix(): folder.load()}, recipe.dataset()

    return Exhibit(f"The run in {path.as_posix()}", lambda: about, load)
