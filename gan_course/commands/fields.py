"""Fields of a configuration, given on the command line as `--set lr_g=0.004`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from gan_course.errors import unknown_name
from gan_course.models.config import Config

# These have an option of their own, or follow from one.
ELSEWHERE = {"steps": "use --steps", "shape": "it is that of the data, so choose them with --data"}


def read_fields(config: Config, settings: Iterable[str]) -> dict[str, Any]:
    """Values by field from texts such as "lr_g=0.004" or "hidden=64,64", each of the type that the
    field has in `config`.

    Raises `ValueError` where a text is not of that form, names no field, or names one twice.
    """
    values: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not equals:
            raise ValueError(
                f"--set takes a field and a value, such as lr_g=0.004, got {setting!r}"
            )
        if name in ELSEWHERE:
            raise ValueError(f"{name} is not set by --set: {ELSEWHERE[name]}")
        known = [field.name for field in fields(config) if field.name not in ELSEWHERE]
        if name not in known:
            raise unknown_name("field", name, known)
        if name in values:
            raise ValueError(f"--set gives {name} twice: leave one of them out")
        values[name] = _read(name, text, getattr(config, name))
    return values


def _read(name: str, text: str, usual: Any) -> Any:
    if isinstance(usual, tuple):
        return tuple(
            _read(name, part.strip(), usual[0]) for part in text.strip("()[], ").split(",")
        )
    if isinstance(usual, bool):
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise ValueError(f"{name} is true or false, got {text!r}")
    if isinstance(usual, str):
        return text
    kind, called = (int, "a whole number") if isinstance(usual, int) else (float, "a number")
    try:
        value = kind(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{name} is {called}, such as {usual}, got {text!r}") from None
    return value
