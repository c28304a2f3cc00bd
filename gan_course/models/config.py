"""Configurations: frozen dataclasses of plain values, which JSON can hold."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from gan_course.models.kinds import Checked, Count, Shape, Size, of_the_data

if TYPE_CHECKING:
    from gan_course.data.source import Source


@dataclass(frozen=True)
class Config(Checked):
    """What every configuration has. That of a model gives these a default and adds its own fields,
    each with what it may hold: `lr_g: Rate = 2e-4`. Any other value is a `ValueError` or, where it
    is of another type, a `TypeError`."""

    shape: Shape  # of one sample
    batch_size: Size  # real samples that one update of a network learns from
    steps: Count  # length of the whole run, which the schedules are laid over


C = TypeVar("C", bound=Config)


def as_config(kind: type[C], values: Mapping[str, Any]) -> C:
    """A configuration of `kind` from plain values, as JSON holds them.

    Raises `ValueError` or `TypeError` for a field that `kind` does not have, for one that every
    configuration has and is missing, and for a value that its field cannot hold.
    """
    if not isinstance(values, Mapping):
        raise TypeError(
            f"the fields of a {kind.__name__} stand by their names, got {reprlib.repr(values)}"
        )
    known = {field.name for field in fields(kind)}
    if unknown := sorted(values.keys() - known):
        raise ValueError(
            f"{kind.__name__} has no field {unknown[0]!r}; it has {', '.join(sorted(known))}"
        )
    for field in fields(Config):
        if field.name not in values:
            raise ValueError(f"the field {field.name!r} of {kind.__name__} is missing")
    return kind(**values)


def plain(config: Config) -> dict[str, Any]:
    """A configuration as plain values for JSON."""
    return asdict(config)


def for_data(config: C, data: Source) -> C:
    """The same configuration with what follows from `data` read from them: the shape of a sample
    and, for a model that is told them, the number of classes.

    `ValueError` where the data lack what the model needs.
    """
    return replace(config, **_read(type(config), data))


def expect_for_data(config: Config, data: Source) -> None:
    """Raise `ValueError` where a field that follows from the data is not that of `data`."""
    for name, there in _read(type(config), data).items():
        if (here := getattr(config, name)) != there:
            raise ValueError(
                f"{type(config).__name__} has {name} = {here}, and the data have {there}: build "
                f"the model with {name}={there}"
            )


def _read(kind: type[Config], data: Source) -> dict[str, Any]:
    found = {}
    for name, mark in of_the_data(kind).items():
        there = getattr(data, name)
        found[name] = mark.lacking if there is None else there
        if found[name] is None:
            raise ValueError(
                f"this model learns from the {name} of its data, and these have none: use others, "
                "such as digits"
            )
    return found
