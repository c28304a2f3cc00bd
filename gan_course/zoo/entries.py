"""The only reader of zoo.toml, where every model of the zoo is declared once."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("zoo.toml")
SHIPPED = FILE.with_name("shipped")


@dataclass(frozen=True)
class Entry:
    """A model of the zoo: what it is trained from, and by what it is measured."""

    name: str
    model: str  # its name in the catalogue
    data: str  # a data set of the catalogue
    steps: int
    seed: int
    summary: str
    limits: str  # one honest sentence
    measures: tuple[str, ...]  # of `measures.MEASURES`; the first measures what matters most
    settings: Mapping[str, Any] = field(default_factory=dict)  # fields of its configuration
    plays: tuple[str, ...] = ()  # networks that its explorer needs besides those that draw
    at_least: Mapping[str, float] = field(default_factory=dict)  # what it must reach, by measure
    at_most: Mapping[str, float] = field(default_factory=dict)

    @property
    def fields(self) -> list[str]:
        """Its settings as `--set` takes them."""
        return [f"{name}={value}" for name, value in self.settings.items()]

    @property
    def command(self) -> str:
        """The command that trains it."""
        words = ["gan-course", "train", self.model, "--data", self.data, "--steps", str(self.steps)]
        words += ["--seed", str(self.seed), "--accelerator", "cpu"]
        return shlex.join(words + [word for text in self.fields for word in ("--set", text)])

    def holds(self, name: str, value: float) -> bool:
        """Whether a measure's value is what it must be."""
        least, most = self.at_least.get(name, value), self.at_most.get(name, value)
        return least <= value <= most

    def asked(self, name: str) -> str:
        """What a measure's value must be, in words; empty where all will do."""
        bounds = {"at least": self.at_least, "at most": self.at_most}
        return " and ".join(f"{sense} {of[name]:g}" for sense, of in bounds.items() if name in of)


def read_entries(file: Path) -> dict[str, Entry]:
    """The models that a file declares, by name, in its order."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: Entry(name, **_frozen(values)) for name, values in content.items()}


def _frozen(values: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(one) if isinstance(one, list) else one for key, one in values.items()}


@cache
def declared() -> dict[str, Entry]:
    """The course's own zoo."""
    return read_entries(FILE)
