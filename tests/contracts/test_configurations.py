"""The contracts of configurations: what every field of every model's refuses, and what every
profile can learn."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from gan_course.catalogue import ModelEntry, catalogue
from gan_course.data import load
from gan_course.modalities import Modality
from gan_course.models import DCGANConfig
from gan_course.models.config import Config, as_config, for_data, plain
from gan_course.models.kinds import Kind, Number, OneOf, Several, Text, Truth, Whole, kinds
from tests.contracts import promises
from tests.contracts.conftest import MODELS

EVERY = pytest.mark.parametrize("name", MODELS)
FIELDS = pytest.mark.parametrize(
    ("name", "field"),
    [(name, field.name) for name in MODELS for field in fields(MODELS[name].configuration())],
)


def outside(kind: Kind) -> list[Any]:
    """Values of the right type that the field may not hold."""
    match kind:
        case Whole():
            return [kind.low - 1, kind.high + 1, -(10**400)]
        case Number():
            low = kind.low if kind.above else math.nextafter(kind.low, -math.inf)
            high = kind.high if kind.below else math.nextafter(kind.high, math.inf)
            return [low, high, math.inf, -math.inf]
        case Several():
            return [(value,) * (kind.length or 1) for value in outside(kind.each)] + [(0.5,) * 3]
        case OneOf():
            return ["nothing of the kind"]
        case Text():
            return ["", " "]
        case _:
            return []


@FIELDS
def test_a_field_refuses_another_type_nan_and_what_is_out_of_range(name: str, field: str) -> None:
    config = MODELS[name].configuration()
    kind = kinds(type(config))[field]
    deep: list[Any] = []
    for _ in range(2000):
        deep = [deep]
    for value in [None, "a word", {}, deep, 1 + 2j, math.nan, *outside(kind)]:
        if isinstance(kind, Text) and value == "a word":
            continue
        with pytest.raises((TypeError, ValueError)) as caught:
            replace(config, **{field: value})
        said = str(caught.value)
        assert said.startswith((f"{field} must be {kind}, got ", f"there is no {field} ")), said
        assert "\n" not in said
        assert len(said) < 300


@FIELDS
def test_a_field_holds_what_its_profiles_give_it(name: str, field: str) -> None:
    kind = kinds(type(MODELS[name].configuration()))[field]
    for config in MODELS[name].profiles.values():
        value = getattr(config, field)
        assert kind.expect(field, value) == value
        written = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        assert kind.parsed(written) == value


@FIELDS
def test_a_whole_number_of_numpy_becomes_one_of_python(name: str, field: str) -> None:
    config = MODELS[name].configuration()
    match kinds(type(config))[field]:
        case Whole():
            held = getattr(replace(config, **{field: np.int64(3)}), field)
            assert (held, type(held)) == (3, int)
        case Number():
            held = getattr(replace(config, **{field: np.float32(0.5)}), field)
            assert (held, type(held)) == (0.5, float)
        case Truth():
            assert replace(config, **{field: True})


@EVERY
def test_a_configuration_survives_json(name: str) -> None:
    for config in MODELS[name].profiles.values():
        assert as_config(type(config), json.loads(json.dumps(plain(config)))) == config


def test_a_field_that_no_configuration_has_and_one_that_is_missing_are_named() -> None:
    with pytest.raises(ValueError, match=r"DCGANConfig has no field 'widht'; it has .*, width"):
        as_config(DCGANConfig, {"widht": 3})
    values = plain(DCGANConfig())
    for name in ("shape", "batch_size", "steps"):
        rest = {key: value for key, value in values.items() if key != name}
        with pytest.raises(ValueError, match=f"the field '{name}' of DCGANConfig is missing"):
            as_config(DCGANConfig, rest)
    # A field that was added later has its default in older runs.
    del values["spectral_norm"]
    assert as_config(DCGANConfig, values) == DCGANConfig()


def learned(entry: ModelEntry, made_for: str) -> Iterator[tuple[Modality, tuple[int, ...]]]:
    """What a profile is for, as the part of its name after the stroke says: one data set, or a
    modality, with a shape that the model can learn of it."""
    if made_for in catalogue().data:
        yield load(made_for).modality, load(made_for).shape
        return
    for modality in entry.kind.modalities:
        if made_for in ("", modality.name):
            yield modality, modality.shapes[0]


@pytest.mark.parametrize(
    ("name", "profile"), [(name, profile) for name in MODELS for profile in MODELS[name].profiles]
)
def test_every_profile_takes_a_step_on_all_that_it_is_for(name: str, profile: str) -> None:
    entry = MODELS[name]
    tried = list(learned(entry, profile.partition("/")[2]))
    assert tried, f"{profile} names neither a data set nor what {name} learns"
    for modality, shape in tried:
        assert modality in entry.kind.modalities
        config: Config = replace(entry.configuration(profile), shape=shape)
        promises.a_step_stays_on_the_device(lambda config=config: entry.kind(config))


@EVERY
def test_what_has_a_lesson_profile_has_a_full_one(name: str) -> None:
    made_for: dict[str, set[str]] = {"lesson": set(), "full": set()}
    for profile in MODELS[name].profiles:
        length, _, data = profile.partition("/")
        made_for[length].add(data)
    assert made_for["lesson"] == made_for["full"]


def test_what_follows_from_the_data_is_read_from_them() -> None:
    shapes = load("shapes")
    for entry in catalogue().models.values():
        if shapes.modality in entry.kind.modalities:
            config = for_data(entry.configuration(), shapes)
            assert config.shape == (1, 28, 28)
            assert getattr(config, "classes", 3) == 3
