"""Configurations: frozen dataclasses of plain values, which JSON can hold."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, ClassVar, Protocol, TypeVar

from gan_course.errors import expect_positive

# Fields that count things of which at least one is needed, where a configuration has them.
COUNTS = ("batch_size", "steps", "latent_dim", "width", "classes", "embedding_dim", "n_critic")


class Config(Protocol):
    """What every configuration has; a frozen dataclass adds the rest."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    @property
    def batch_size(self) -> int:
        """Real samples that one update of a network learns from."""

    @property
    def steps(self) -> int:
        """Length of the whole run, which the schedules are laid over."""


C = TypeVar("C", bound=Config)


def as_config(kind: type[C], values: dict[str, Any]) -> C:
    """A configuration of `kind` from plain values, as JSON holds them: lists become tuples;
    `ValueError` names the first field that `kind` does not have."""
    known = {field.name for field in fields(kind)}
    if unknown := sorted(values.keys() - known):
        raise ValueError(
            f"{kind.__name__} has no field {unknown[0]!r}; it has {', '.join(sorted(known))}"
        )
    return kind(
        **{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    )


def plain(config: Config) -> dict[str, Any]:
    """A configuration as plain values for JSON."""
    return asdict(config)


def expect_counts(config: Config) -> None:
    """Raise `ValueError` or `TypeError` where a field in `COUNTS` is not a whole number of at least
    1."""
    for name, value in plain(config).items():
        if name in COUNTS:
            expect_positive(name, value)
