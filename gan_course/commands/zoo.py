"""`gan-course zoo list`, `gan-course zoo show` and `gan-course zoo rebuild`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gan_course.commands.failures import command

if TYPE_CHECKING:
    from rich.table import Table

    from gan_course.zoo import Entry
    from gan_course.zoo.cards import Card

Name = Annotated[
    str,
    typer.Argument(
        help="A model of the zoo; `gan-course zoo list` shows them.", show_default=False
    ),
]


@command
def list_models() -> None:
    """List the trained models that ship with the course.

    \b
    Examples:
      gan-course zoo list
      gan-course zoo show cgan
    """
    from rich.console import Console
    from rich.table import Table

    from gan_course import zoo
    from gan_course.zoo.measures import MEASURES

    table = Table.grid("lesson", "name", "what it is, and what was measured", padding=(0, 2, 0, 0))
    for name in zoo.names():
        entry = zoo.entry(name)
        said = [entry.summary]
        if name in zoo.shipped():
            card = zoo.card(name)
            metric, words = next(iter(MEASURES[entry.measures[0]].columns.items()))
            beside = [f", {who} {x:.3g}" for who, x in card.beside.get(metric, {}).items()]
            said.append(f"[dim]{words} {card.spread(metric)}{''.join(beside)}[/dim]")
        table.add_row(_lessons(entry.model), name, "\n".join(said))
    Console().print(table)


@command
def show(
    name: Name,
    picture: Annotated[
        Path | None, typer.Option(help="Write its picture of samples, a .png, here.")
    ] = None,
) -> None:
    """Show the card of a model of the zoo: how it was made, what was measured, what it cannot do.

    \b
    Examples:
      gan-course zoo show cgan
      gan-course zoo show cgan --picture cgan.png
    """
    from rich.console import Console

    from gan_course import zoo
    from gan_course.files import write_atomically

    entry, card = zoo.entry(name), zoo.card(name)
    if picture is not None:
        if picture.suffix != ".png":
            raise ValueError(f"the picture is a .png, got --picture {picture}")
        write_atomically(picture, zoo.picture(name))
    facts = {
        "made by": entry.command,
        "in": f"{card.cpu_seconds:,.0f} s of CPU time on one core, {card.processor}",
        "with": ", ".join(f"{part} {number}" for part, number in card.recipe["versions"].items()),
        "data": entry.data,
        "ships": f"{card.parameters:,} numbers in half precision, {card.bytes:,} bytes",
        "limits": entry.limits,
    }
    typer.echo(f"{name}: {entry.summary}")
    for what, said in facts.items():
        typer.echo(f"  {what:8} {said}")
    Console().print(_measures(entry, card))
    if picture is not None:
        typer.echo(f"Wrote {picture}: {card.alt}")


@command
def rebuild(
    name: Name,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the run; by default runs/zoo/NAME.")
    ] = None,
    ship: Annotated[
        bool,
        typer.Option(
            "--ship", help="Write weights and card into the package, for the course's authors."
        ),
    ] = False,
) -> None:
    """Train a model of the zoo again, measure it, and write its weights and its card.

    Whatever stops it, the same command goes on. The same machine with as many threads gives the
    same weights, bit for bit.

    \b
    Examples:
      gan-course zoo rebuild wgan_gp
      gan-course zoo rebuild wgan_gp --out mine
    """
    from gan_course import zoo
    from gan_course.commands.training import train
    from gan_course.files import writable_folder
    from gan_course.training.run_folder import RunFolder
    from gan_course.zoo.cards import ship as write
    from gan_course.zoo.entries import SHIPPED

    entry, path = zoo.entry(name), out or Path("runs", "zoo", name)
    folder = SHIPPED if ship else path
    writable_folder(folder, "leave out --ship" if ship else "choose another with --out")
    train(
        entry.model,
        out=path,
        data=entry.data,
        steps=entry.steps,
        seed=entry.seed,
        settings=entry.fields,
        accelerator="cpu",
        resume=True,
    )
    card = write(entry, RunFolder(path), folder)
    typer.echo(f"Wrote {name}.safetensors, {name}.json and {name}.png into {folder}")
    for metric in (
        metric for metric in card.metrics if not entry.holds(metric, card.value(metric))
    ):
        found, asked = f"{card.value(metric):.4g}", entry.asked(metric)
        typer.echo(f"gan-course: {metric} is {found}, and is to be {asked}", err=True)


def _lessons(model: str) -> str:
    """The lessons that a model of the catalogue belongs to, by number."""
    from gan_course.catalogue import catalogue

    return ", ".join(lesson.id for lesson in catalogue().lessons if model in lesson.models)


def _measures(entry: Entry, card: Card) -> Table:
    from rich.table import Table

    from gan_course.zoo.measures import MEASURES

    table = Table("measure", "median (least – greatest)", "beside", box=None, pad_edge=False)
    for measure in (MEASURES[name] for name in entry.measures):
        for metric, words in measure.columns.items():
            beside = card.beside.get(metric, {}).items()
            said = ", ".join(f"{who} {value:.3g}" for who, value in beside)
            table.add_row(words, card.spread(metric), said)
    return table
