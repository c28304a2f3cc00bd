"""The page of the zoo: a card for each trained model that ships."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from statistics import median

from authoring.readme import table_row
from gan_course.zoo import card, entry, names, picture
from gan_course.zoo.cards import Card
from gan_course.zoo.entries import SHIPPED, Entry
from gan_course.zoo.measures import MEASURES


def write_zoo(out: Path, folder: Path = SHIPPED) -> None:
    """Write the page and its pictures below `out`. A model that is declared and does not ship, or
    ships as another recipe made it, is only named."""
    cards: dict[str, Card] = {}
    for name in names():
        with suppress(FileNotFoundError, ValueError):
            cards[name] = card(name, folder)
    out.mkdir(parents=True, exist_ok=True)
    for name in cards:
        (out / f"{name}.png").write_bytes(picture(name, folder))
    (out / "index.md").write_text("\n\n".join(_page(cards)) + "\n", encoding="utf-8")


def _page(cards: Mapping[str, Card]) -> Iterator[str]:
    yield "# The zoo"
    yield (
        "Trained models that ship with the course, each with the command that made it and what was "
        "measured on its weights as they ship: `gan_course.zoo.load(name)`, `gan-course zoo show "
        "NAME`. A measure is the median of five sets of samples, with the lowest and the highest."
    )
    if missing := [f"`{name}`" for name in names() if name not in cards]:
        yield f"Declared, and not shipped: {', '.join(missing)}."
    for name, found in cards.items():
        yield from _section(entry(name), found)


def _section(asked: Entry, found: Card) -> Iterator[str]:
    yield f"## {asked.name}"
    yield f"{_sentence(asked.summary)} {_sentence(asked.limits)}"
    yield f"![{found.alt}]({asked.name}.png)"
    yield "\n".join(_measures(asked, found))
    yield (
        f"{found.parameters:,} parameters in {found.bytes / 1e6:.2f} MB, trained in "
        f"{found.cpu_seconds:,.0f} s of CPU time ({found.processor}) by"
    )
    yield f"```sh\n{found.command}\n```"


def _measures(asked: Entry, found: Card) -> Iterator[str]:
    words = {key: said for one in asked.measures for key, said in MEASURES[one].columns.items()}
    yield table_row(["measure", "median", "lowest", "highest", "beside it"])
    yield table_row(["---"] * 5)
    for name, values in found.metrics.items():
        spread = (f"{value:.4g}" for value in (median(values), min(values), max(values)))
        others = found.beside.get(name, {})
        beside = ", ".join(f"{rival}: {value:.4g}" for rival, value in others.items())
        yield table_row([words[name], *spread, beside])


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:].rstrip('.')}."
