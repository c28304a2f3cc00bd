"""How a model's explorer is opened: by the keys that the model declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from torch import Tensor

from gan_course.catalogue import catalogue
from gan_course.data import Dataset
from gan_course.errors import unknown_name
from gan_course.exhibits import find
from gan_course.explore.classes import ClassExplorer
from gan_course.explore.codes import CodeExplorer
from gan_course.explore.compare import Compare
from gan_course.explore.critic_lab import CriticLab
from gan_course.explore.explorer import Explorer
from gan_course.explore.factors import shape_factors
from gan_course.explore.gan_lab import GanLab
from gan_course.explore.latent import LatentExplorer
from gan_course.explore.latent_plane import LatentPlane
from gan_course.explore.round_trip import RoundTrip
from gan_course.explore.sketch_pad import SketchPad
from gan_course.explore.timeline import Timeline
from gan_course.metrics import judge
from gan_course.modalities import IMAGES
from gan_course.models import Model
from gan_course.training.fit import expect_learns

Models = Mapping[str, Any]  # by the names under which they are shown
MOST = 50  # held-out images of a domain that go there and back


def _read(data: Dataset) -> Callable[[Tensor], Tensor] | None:
    """Who reads the classes of images such as these; nobody where the judge does not know them."""
    return judge().read if data.judged else None


def _latent(model: Any, data: Any) -> Explorer:
    if data.modality is not IMAGES:
        raise ValueError(f"it shows images, the data are {data.modality.name}")
    return LatentExplorer.of(model, data)


def _codes(model: Any, data: Dataset) -> Explorer:
    factors = shape_factors() if "factors" in data.held_out.given else None
    return CodeExplorer.of(model, _read(data), factors)


def _round_trip(model: Any, data: Any) -> Explorer:
    held_out = data.held_out
    return RoundTrip(model, None, held_out.x[:MOST], held_out.y[:MOST], data.sides)


def _sketch_pad(models: Models, data: Any) -> Explorer:
    beside = data.modality.beside(data)
    return SketchPad(models, beside["input"], beside.get("truth"))


def _alone(show: Callable[[Models, Any], Explorer], model: Any, data: Any) -> Explorer:
    return show({type(model).__name__: model}, data)


# Explorers of several models, by the names under which these are shown, and their data; and those
# of one. What a model declares as its `explorers` are keys of the latter, which has all of them.
TOGETHER: dict[str, Callable[[Models, Any], Explorer]] = {
    "plane": lambda models, data: LatentPlane(models, data, _read(data)),
    "sketch_pad": _sketch_pad,
    "compare": lambda models, _: Compare(models),
}
EXPLORERS: dict[str, Callable[[Any, Any], Explorer]] = {
    "gan_lab": GanLab,
    "critic_lab": CriticLab,
    "latent": _latent,
    "classes": lambda model, data: ClassExplorer.of(model, _read(data)),
    "codes": _codes,
    "round_trip": _round_trip,
    "timeline": Timeline,
    **{key: partial(_alone, show) for key, show in TOGETHER.items()},
}

# Those that play on, with every network, and not only with those that draw.
LABS = ("gan_lab", "critic_lab")


def explore(
    what: str | Path | Sequence[str | Path] | Model[Any],
    data: Any = None,
    *,
    name: str | None = None,
) -> Explorer:
    """The explorer of `what`: a lesson, "02", a model of the zoo, "cgan", the folder of a run, a
    list of such, or a model of your own with its `data`. As the last value of a cell it shows
    itself.

    `name` chooses among the explorers that the model has, by default the first that can show it.
    Raises `ValueError` for what does not exist, with the nearest name, and for a model that no
    explorer can show; `TypeError` for a model without data; and what reading a run raises.
    """
    if isinstance(what, Model):
        if data is None:
            raise TypeError("an explorer shows a model beside its data: explore(model, data)")
        return opened(what, data, name)
    names = [what] if isinstance(what, str | Path) else what
    if not isinstance(names, Sequence) or not all(isinstance(one, str | Path) for one in names):
        raise TypeError(
            'expected a lesson, such as "02", a model of the zoo, the folder of a run, a list of '
            f"such, or a model, got {what!r:.60}"
        )
    exhibit = find(*names)
    models, own = exhibit.load()
    return opened_together(models, own if data is None else data, name, whole=exhibit.whole)


def opened(
    model: Model[Any], data: Any, name: str | None = None, *, whole: bool = True
) -> Explorer:
    """The explorer called `name` of this model, which learned from `data`; by default the first of
    those it declares that can show it. One that is not `whole` has only the networks that draw.

    Raises `ValueError` for a name that the model does not declare, a model that none can show, and
    data of another kind than the model learns.
    """
    keys = _declared(type(model), name)
    expect_learns(type(model), data)
    shows = {key: EXPLORERS[key] if whole or key not in LABS else _refuse for key in keys}
    return _first(f"this {type(model).__name__}", shows, model, data)


def _refuse(_model: Any, _data: Any) -> Explorer:
    raise ValueError(
        "it plays on with all networks of a model, and the zoo ships those that draw: explore a "
        "run of your own"
    )


def opened_together(
    models: Models, data: Any, name: str | None = None, *, whole: bool = True
) -> Explorer:
    """The explorer called `name`, or the first that can do it, which shows these models side by
    side; of one alone, what `opened` gives. Raises as that does."""
    if len(models) == 1:
        (model,) = models.values()
        return opened(model, data, name, whole=whole)
    declared = [_declared(type(model), name) for model in models.values()]
    shows = {key: show for key, show in TOGETHER.items() if all(key in keys for keys in declared)}
    return _first(f"{' and '.join(models)} side by side", shows, models, data)


def _first(
    what: str, shows: Mapping[str, Callable[[Any, Any], Explorer]], shown: Any, data: Any
) -> Explorer:
    """The first explorer that can show `what`; `ValueError` says why none can."""
    reasons = []
    for key, show in shows.items():
        try:
            return show(shown, data)
        except (TypeError, ValueError) as reason:
            reasons.append(f"{key}: {reason}")
    raise ValueError(f"no explorer can show {what}: {'; '.join(reasons) or 'none is for these'}")


def _declared(kind: type[Model[Any]], name: str | None) -> tuple[str, ...]:
    """The keys of the explorers to try."""
    if not kind.explorers:
        shown = [entry.name for entry in catalogue().models.values() if entry.kind.explorers]
        raise ValueError(
            f"no explorer can show a {kind.__name__}, which declares none; the models that have "
            f"one are {', '.join(shown)}"
        )
    if name is None:
        return kind.explorers
    if name not in kind.explorers:
        raise unknown_name(f"explorer of a {kind.__name__} called", name, kind.explorers)
    return (name,)
