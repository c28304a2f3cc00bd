"""The only reader of catalogue.toml, where every lesson, model and data set is declared once."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from gan_course.names import unknown_name

if TYPE_CHECKING:
    from gan_course.modalities.base import Modality
    from gan_course.models.base import Model
    from gan_course.models.config import Config

FILE = Path(__file__).with_name("catalogue.toml")
FIELDS = ("repository", "branch", "data", "models", "lessons")
SOURCES = ("packaged", "full")

E = TypeVar("E")


@dataclass(frozen=True)
class DataEntry:
    """A data set as the command line and the lessons know it."""

    name: str
    loads: str  # dotted path of the function that gives it
    summary: str
    sources: tuple[str, ...] = ("packaged",)  # of `SOURCES`, those that it has
    ships: bool = False  # whether it is a file of the package, which may be damaged
    holds: str = "gan_course.modalities.IMAGES"  # dotted path of its modality
    drawn: bool = False  # whether it is drawn when first asked for, in one of several sizes
    extra: str = ""  # of pyproject.toml, which holds the packages that it comes from

    @property
    def modality(self) -> Modality:
        """The kind of sample it holds, told without reading any."""
        return _named(self.holds)

    @property
    def credit(self) -> str:
        """Who made the data, and under which licence, as the module that gives them declares."""
        return _named(f"{self.loads.rpartition('.')[0]}.CREDIT")

    def load(
        self,
        source: str = "packaged",
        cache: Path | None = None,
        shape: Sequence[int] | None = None,
    ) -> Any:
        """The data. The function that gives them takes source and cache where they have more than
        one source, and shape and cache where they are drawn.

        Raises `ValueError` for a source that is unknown or that these data do not have.
        """
        if source not in SOURCES:
            raise unknown_name("source", source, SOURCES)
        if source not in self.sources:
            raise ValueError(
                f"{self.name!r} has no larger original, since its samples are generated: use "
                f'source="packaged" instead of "{source}"'
            )
        read = _named(self.loads)
        if self.drawn:
            return read(cache=cache) if shape is None else read(shape, cache)
        return read(source, cache) if len(self.sources) > 1 else read()


@dataclass(frozen=True)
class ModelEntry:
    """A model as the command line and the contract tests know it."""

    name: str
    builds: str  # dotted path of the class
    data: str  # what it learns from unless told otherwise
    summary: str

    @property
    def kind(self) -> type[Model[Any]]:
        """The model's class."""
        return _named(self.builds)

    @property
    def profiles(self) -> Mapping[str, Config]:
        """Its configurations by name, as its module declares them."""
        return _named(f"{self.builds.rpartition('.')[0]}.PROFILES")

    def profile_for(self, profile: str, *data: str) -> str:
        """The name of `profile` as it is for `data`, names of what is to be learned, the narrowest
        first: "lesson/images" where the model has such a one, else `profile` itself."""
        made = [name for kind in data if (name := f"{profile}/{kind}") in self.profiles]
        return made[0] if made else profile

    def configuration(self, profile: str = "lesson") -> Config:
        """The configuration of a profile: "lesson" (a minute or two on one core), "full" (a GPU, or
        a night) or another that the model has.

        `ValueError` for a profile that the model does not have.
        """
        known = self.profiles
        if profile not in known:
            raise unknown_name("profile", profile, known)
        return known[profile]


@dataclass(frozen=True)
class Lesson:
    """A lesson; `notebooks` says where its pairs lie."""

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
    shows: tuple[str, ...] = ()  # models of the zoo on which its explorer opens
    untrained: bool = False  # whether it opens on a model of the catalogue before its first step

    @property
    def number(self) -> int:
        return int(self.id)

    @property
    def notebooks(self) -> dict[str, str]:
        """Its notebooks' names by folder, without a suffix. No two are alike, since a tab of
        JupyterLab shows the name alone."""
        practice = {f"{kind}s": f"{self.id}_{kind}" for kind in ("solution", "exercise")}
        return {"chapters": self.name} | (practice if self.exercise else {})


@dataclass(frozen=True)
class Catalogue:
    repository: str  # owner/name on GitHub
    branch: str
    lessons: tuple[Lesson, ...]
    models: dict[str, ModelEntry]
    data: dict[str, DataEntry]

    def lesson(self, name: str) -> Lesson:
        """A lesson by its id, "02" or "2", or by its name; `ValueError` names the nearest for an
        unknown one."""
        for lesson in self.lessons:
            if name in (lesson.id, str(lesson.number), lesson.name):
                return lesson
        raise unknown_name(
            "lesson", name, [known for lesson in self.lessons for known in (lesson.id, lesson.name)]
        )

    def model(self, name: str) -> ModelEntry:
        """A model by its name on the command line; `ValueError` names the nearest for an unknown
        one."""
        if name not in self.models:
            raise unknown_name("model", name, self.models)
        return self.models[name]

    def dataset(self, name: str) -> DataEntry:
        """A data set by its name; `ValueError` names the nearest for an unknown one."""
        if name not in self.data:
            raise ValueError(
                f"{unknown_name('data set', name, self.data)}; pictures of your own are "
                "folder:PATH, pairs:PATH or unpaired:PATH_A,PATH_B"
            )
        return self.data[name]

    def colab_url(self, lesson: Lesson, folder: str = "chapters") -> str:
        branch = quote(self.branch, safe="")  # a slash in it would look like a folder
        place = f"{self.repository}/blob/{branch}/{folder}/{lesson.notebooks[folder]}.ipynb"
        return f"https://colab.research.google.com/github/{place}"

    def install_requirement(self, lesson: Lesson) -> str:
        """What pip installs in Colab: the course from its repository, with the extras of the
        lesson's data, without the one for notebooks, which Colab shows by itself."""
        extras = ",".join(sorted({self.data[name].extra for name in lesson.data} - {""}))
        course = f"gan-course[{extras}]" if extras else "gan-course"
        return f"{course} @ git+https://github.com/{self.repository}@{self.branch}"


def read_catalogue(file: Path) -> Catalogue:
    """Read and check a catalogue.

    `ValueError` names the entry that lacks a field, has one that nothing reads, or refers to
    something that is not there.
    """
    return checked(file.read_text(encoding="utf-8"))


def checked(text: str) -> Catalogue:
    """The catalogue that a text declares; `ValueError` as `read_catalogue` raises it."""
    content = tomllib.loads(text)
    _expect_fields("the catalogue", content, FIELDS, FIELDS)
    data, models = read_entries(content)
    lessons = tuple(
        _entry(Lesson, f"lesson {entry['id']}" if "id" in entry else f"lesson number {i}", entry)
        for i, entry in enumerate(content["lessons"], start=1)
    )
    _check(lessons, models, data)
    return Catalogue(content["repository"], content["branch"], lessons, models, data)


def read_entries(content: dict[str, Any]) -> tuple[dict[str, DataEntry], dict[str, ModelEntry]]:
    """The data sets and the models that the content of a catalogue declares, by name."""
    data = {
        name: _entry(DataEntry, f"data set {name}", {"name": name, **entry})
        for name, entry in content["data"].items()
    }
    models = {
        name: _entry(ModelEntry, f"model {name}", {"name": name, **entry})
        for name, entry in content["models"].items()
    }
    return data, models


@cache
def catalogue() -> Catalogue:
    """The course's own catalogue."""
    return read_catalogue(FILE)


def _named(path: str) -> Any:
    """What a dotted path names."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def _entry(kind: type[E], place: str, values: dict[str, Any]) -> E:
    """An entry of the catalogue, with tuples for its lists."""
    parts: Sequence[Field[Any]] = fields(kind)  # type: ignore[arg-type]
    needed = [p.name for p in parts if p.default is MISSING and p.default_factory is MISSING]
    _expect_fields(f"{place} in the catalogue", values, needed, [part.name for part in parts])
    return kind(
        **{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    )


def _expect_fields(
    place: str, entry: dict[str, Any], needed: Sequence[str], known: Sequence[str]
) -> None:
    # A field typed wrong is also one that is missing; the nearest name helps more.
    for name in entry:
        if name not in known:
            raise ValueError(f"{place}: {unknown_name('field', name, known)}")
    for name in needed:
        if name not in entry:
            raise ValueError(f"{place}: the field {name!r} is missing; add it")


def _check(
    lessons: tuple[Lesson, ...], models: dict[str, ModelEntry], data: dict[str, DataEntry]
) -> None:
    from gan_course import zoo  # reads this catalogue in its turn

    ids = [lesson.id for lesson in lessons]
    if len(set(ids)) != len(ids) or ids != sorted(ids):
        raise ValueError(f"lessons in the catalogue stand in order, each id once, got {ids}")
    for position, lesson in enumerate(lessons):
        place = f"lesson {lesson.id}"
        _expect_known(place, "model", lesson.models, models)
        _expect_known(place, "data set", lesson.data, data)
        _expect_known(place, "earlier lesson", lesson.needs, ids[:position])
        if lesson.untrained:
            _expect_known(place, "model", lesson.shows, models)
        else:
            _expect_known(place, "model of the zoo", lesson.shows, zoo.names())
    for model in models.values():
        _expect_known(f"model {model.name}", "data set", (model.data,), data)


def _expect_known(place: str, kind: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{place} in the catalogue: {unknown_name(kind, name, known)}")
