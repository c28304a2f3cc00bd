"""Fields of a configuration, given on the command line as `--set lr_g=0.004`, and sizes such as
3x64x64."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gan_course.errors import unknown_name
from gan_course.models.config import Config
from gan_course.models.kinds import kinds, of_the_data


def read_fields(config: Config, settings: Iterable[str]) -> dict[str, Any]:
    """Values by field from texts such as "lr_g=0.004" or "hidden=64,64", each as its field holds
    it.

    Raises `ValueError` where a text is not of that form, names no field or one twice, or gives it a
    value that it cannot hold.
    """
    known = kinds(type(config))
    # These have an option of their own, or follow from one.
    elsewhere = {"steps": "use --steps"} | dict.fromkeys(
        of_the_data(type(config)), "it is that of the data, so choose them with --data"
    )
    values: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not equals:
            raise ValueError(
                f"--set takes a field and a value, such as lr_g=0.004, got {setting!r}"
            )
        if name in elsewhere:
            raise ValueError(f"{name} is not set by --set: {elsewhere[name]}")
        if name not in known:
            raise unknown_name("field", name, known.keys() - elsewhere.keys())
        if name in values:
            raise ValueError(f"--set gives {name} twice: leave one of them out")
        try:
            values[name] = known[name].expect(name, known[name].parsed(text))
        except (ValueError, TypeError) as error:
            usual = getattr(config, name)
            example = ",".join(map(str, usual)) if isinstance(usual, tuple) else usual
            raise ValueError(f"{error}; write for example --set {name}={example}") from None
    return values


def read_shape(text: str | None) -> tuple[int, ...] | None:
    """Channels, height and width in a text such as "3x64x64"; None where there is none."""
    return None if text is None else read_sides("--shape", text, "3x64x64")


def read_sides(option: str, text: str, example: str) -> tuple[int, ...]:
    """The numbers in a text that is built as the `example` is; `ValueError` for another text."""
    sides = text.lower().split("x")
    whole = all(side.isascii() and side.isdigit() and int(side) for side in sides)
    if not whole or len(sides) != len(example.split("x")):
        raise ValueError(f"{option} takes whole numbers above 0, as in {example}, got {text!r}")
    return tuple(map(int, sides))
