"""Trained models that ship with the course: `load("cgan")` gives one, `card("cgan")` says how it
was made and how good it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_course.zoo.entries import SHIPPED, Entry, declared

if TYPE_CHECKING:
    from gan_course.models.base import Model
    from gan_course.zoo.cards import Card

__all__ = ["Entry", "card", "dataset", "entry", "load", "names", "picture", "shipped"]


def names() -> tuple[str, ...]:
    """Every model of the zoo, as zoo.toml declares them."""
    return tuple(declared())


def shipped() -> tuple[str, ...]:
    """Those of them whose weights and card are there."""
    return tuple(name for name in names() if (SHIPPED / f"{name}.json").is_file())


def entry(name: str) -> Entry:
    """What is declared of a model of the zoo; `ValueError` names the nearest for an unknown
    name."""
    if name not in declared():
        from gan_course.errors import unknown_name

        raise unknown_name("model of the zoo", name, names())
    return declared()[name]


def load(name: str, folder: Path = SHIPPED) -> Model[Any]:
    """The trained model, on the CPU and in eval mode. Its weights are kept in half precision, and
    those alone that drawing and its explorer need; other networks are as they were before the first
    step.

    `folder` is where `gan-course zoo rebuild` wrote it, by default the package. Raises what `card`
    raises, and `ValueError` where the weights are damaged, or of another model or recipe.
    """
    from gan_course.training.run_folder import Recipe
    from gan_course.zoo.weights import load_half

    asked, path = entry(name), _there(name, folder, ".safetensors")
    model = Recipe(**card(name, folder).recipe).build("cpu")
    load_half(path, model, asked)
    model.eval()
    return model


def card(name: str, folder: Path = SHIPPED) -> Card:
    """How the model was made and what was measured on it.

    Raises `ValueError` for an unknown name, and where the card is damaged or of another recipe than
    zoo.toml declares; `FileNotFoundError` where the model does not ship.
    """
    from gan_course.zoo.cards import read_card

    asked = entry(name)
    return read_card(_there(name, folder, ".json"), asked)


def dataset(name: str, folder: Path = SHIPPED) -> Any:
    """The data that the model was trained and measured on. Raises what `card` raises, and
    `ValueError` where they are others here than they were then."""
    from gan_course.data import load as load_data
    from gan_course.zoo.cards import checksum, same_data

    said, data = card(name, folder), load_data(entry(name).data)
    if not same_data(checksum(data), said.data_checksum):
        raise ValueError(
            f"the {entry(name).data} here are not those that {name!r} was trained on, so its card "
            f"does not hold for them: train it on these with `gan-course zoo rebuild {name}`"
        )
    return data


def picture(name: str, folder: Path = SHIPPED) -> bytes:
    """A PNG of its samples, whose words are `card(name).alt`; raises what `card` raises."""
    entry(name)
    return _there(name, folder, ".png").read_bytes()


def _there(name: str, folder: Path, suffix: str) -> Path:
    path = Path(folder, name + suffix)
    if not path.is_file():
        raise FileNotFoundError(
            f"{name!r} is declared in the zoo, and there is no {path.name} in {folder}: make it "
            f"with `gan-course zoo rebuild {name}`"
        )
    return path
