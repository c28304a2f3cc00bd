"""The only reader of catalogue.toml, where every lesson and every model is declared once."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from gan_course.data import NAMES as DATA_NAMES
from gan_course.errors import unknown_name
from gan_course.models.base import Config, Model

FILE = Path(__file__).with_name("catalogue.toml")
FIELDS = ("repository", "branch", "models", "lessons")
MODEL_FIELDS = ("class", "data", "summary")


@dataclass(frozen=True)
class ModelEntry:
    """A model as the command line and the contract tests know it."""

    name: str
    path: str  # dotted, of the class
    data: str  # what it learns from unless told otherwise
    summary: str

    @property
    def kind(self) -> type[Model[Any]]:
        """The model's class."""
        module, _, name = self.path.rpartition(".")
        kind: type[Model[Any]] = getattr(import_module(module), name)
        return kind

    def configuration(self, profile: str = "lesson", data: str | None = None) -> Config:
        """The configuration of a profile: "lesson" (a minute or two on one core) or "full" (a GPU,
        or a night).

        Where the model's module holds one for `data`, under its name in capitals, that is the
        lesson's.
        """
        if profile not in ("lesson", "full"):
            raise unknown_name("profile", profile, ("lesson", "full"))
        module = import_module(self.path.rpartition(".")[0])
        wanted = profile.upper()
        if profile == "lesson" and data in DATA_NAMES and data != self.data:
            wanted = data.upper() if hasattr(module, data.upper()) else wanted
        config: Config = getattr(module, wanted)
        return config


@dataclass(frozen=True)
class Lesson:
    """A lesson: its notebooks are `chapters/<name>.ipynb` and, where there is an exercise,
    `exercises/<name>.ipynb`."""

    id: str
    name: str
    title: str
    summary: str
    outcomes: tuple[str, ...]  # what a learner can do afterwards
    models: tuple[str, ...]
    data: tuple[str, ...]
    minutes: int  # of a learner's time
    cpu_seconds: int  # of one core, top to bottom, measured
    needs: tuple[str, ...]  # lessons before this one
    prerequisites: str
    exercise: bool

    @property
    def number(self) -> int:
        return int(self.id)


@dataclass(frozen=True)
class Catalogue:
    repository: str  # owner/name on GitHub
    branch: str
    lessons: tuple[Lesson, ...]
    models: dict[str, ModelEntry]

    def lesson(self, name: str) -> Lesson:
        """A lesson by its id, "02" or "2", or by its name; `ValueError` says the nearest for an
        unknown one."""
        for lesson in self.lessons:
            if name in (lesson.id, str(lesson.number), lesson.name):
                return lesson
        raise unknown_name(
            "lesson", name, [known for lesson in self.lessons for known in (lesson.id, lesson.name)]
        )

    def model(self, name: str) -> ModelEntry:
        """A model by its name on the command line; `ValueError` says the nearest for an unknown
        one."""
        if name not in self.models:
            raise unknown_name("model", name, self.models)
        return self.models[name]

    def colab_url(self, lesson: Lesson, folder: str = "chapters") -> str:
        return f"https://colab.research.google.com/github/{self.repository}/blob/{self.branch}/{folder}/{lesson.name}.ipynb"

    @property
    def install_requirement(self) -> str:
        """What pip is given in Colab to install the course from its repository; what shows
        notebooks is there already."""
        return f"gan-course @ git+https://github.com/{self.repository}@{self.branch}"


def read_catalogue(file: Path) -> Catalogue:
    """Read and check a catalogue.

    `ValueError` names the entry that lacks a field or has one that nothing reads, or that refers to
    something that is not there.
    """
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    _expect_fields("the catalogue", content, FIELDS)
    models = {name: _model(name, entry) for name, entry in content["models"].items()}
    lessons = tuple(
        _lesson(position, entry) for position, entry in enumerate(content["lessons"], start=1)
    )
    _check(lessons, models)
    return Catalogue(content["repository"], content["branch"], lessons, models)


@cache
def catalogue() -> Catalogue:
    """The course's own catalogue."""
    return read_catalogue(FILE)


def _model(name: str, entry: dict[str, Any]) -> ModelEntry:
    _expect_fields(f"model {name} in the catalogue", entry, MODEL_FIELDS)
    return ModelEntry(name=name, path=entry["class"], data=entry["data"], summary=entry["summary"])


def _lesson(position: int, entry: dict[str, Any]) -> Lesson:
    place = (
        f"lesson {entry['id']} in the catalogue"
        if "id" in entry
        else f"entry {position} of the lessons in the catalogue"
    )
    _expect_fields(place, entry, [field.name for field in fields(Lesson)])
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    return Lesson(**values)


def _expect_fields(place: str, entry: dict[str, Any], wanted: Sequence[str]) -> None:
    # A field typed wrong is also one that is missing; the nearest name helps more.
    for field in entry:
        if field not in wanted:
            raise ValueError(f"{place}: {unknown_name('field', field, wanted)}")
    for field in wanted:
        if field not in entry:
            raise ValueError(f"{place}: the field {field!r} is missing; add it")


def _check(lessons: tuple[Lesson, ...], models: dict[str, ModelEntry]) -> None:
    ids = [lesson.id for lesson in lessons]
    if len(set(ids)) != len(ids) or ids != sorted(ids):
        raise ValueError(f"lessons in the catalogue stand in order, each id once, got {ids}")
    for position, lesson in enumerate(lessons):
        for kind, names, known in (
            ("model", lesson.models, models),
            ("data set", lesson.data, DATA_NAMES),
            ("earlier lesson", lesson.needs, ids[:position]),
        ):
            for name in names:
                if name not in known:
                    raise ValueError(
                        f"lesson {lesson.id} in the catalogue: {unknown_name(kind, name, known)}"
                    )
    for model in models.values():
        if model.data not in DATA_NAMES:
            raise ValueError(
                f"model {model.name} in the catalogue: "
                f"{unknown_name('data set', model.data, DATA_NAMES)}"
            )
