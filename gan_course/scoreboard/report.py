"""The scoreboard in Markdown, as CSV and as a picture. A `study` is what lesson 10 reads too: the
seeds, the columns in words, records by table and model, one a seed, and those of baselines."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import StringIO
from statistics import median
from typing import TYPE_CHECKING, Any

from gan_course.metrics.ladder import BLURRED
from gan_course.scoreboard.entrants import entrant
from gan_course.scoreboard.measures import COLUMNS, NOTHING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Records = Sequence[Mapping[str, Any]]
TITLES = {"time": "Equal CPU time", "parameters": "Equal parameter count, and the same CPU time"}
TRAINS = "share of seeds that train ↑"
SHOWN = list(COLUMNS)[:-2]  # the last two tell of complexity alone
PANELS = {"Fréchet ↓": "frechet", "coverage ↑": "coverage", "s for 1,000 ↓": "sampling_seconds"}
# What is often said: in which respect who is ahead, and the columns that tell.
SAID = [
    ("sampling speed", "GAN", ["sampling_seconds"]),
    ("quality", "diffusion", ["frechet", "precision", "readable"]),
    ("diversity", "diffusion", ["recall", "coverage", "histogram"]),
    ("complexity (less is better)", "GAN", ["parameters", "networks", "settings"]),
]


def markdown(study: Mapping[str, Any]) -> str:
    """All tables; the last is on what is said of GAN and diffusion."""
    text = (
        "# Scoreboard\n\nModels after the same CPU time, counted out in steps: the median over "
        f"{len(study['seeds'])} seeds, and the smallest and the largest. A run trains where "
        f"its Fréchet distance is below that of {BLURRED}; {NOTHING}: draws from a Gaussian for "
        "each class.\n"
    )
    for table in study["tables"]:
        text += f"\n## {TITLES[table]}\n\n{_in_markdown(rows(study, table))}"
    if {"dcgan", "ddpm"} <= next(iter(study["tables"].values())).keys():
        text += f"\n## What is said of GAN and diffusion\n\n{_in_markdown(said(study))}"
    return text


def rows(
    study: Mapping[str, Any], table: str, columns: Sequence[str] = SHOWN
) -> dict[str, dict[str, str]]:
    """A row for each model of a table and each baseline, with the spread of each of `columns`."""
    models = study["tables"][table]
    return {
        entrant(model).title: {TRAINS: f"{_trains(study, records):.0%}"} | _row(records, columns)
        for model, records in models.items()
    } | {title: {TRAINS: ""} | _row([one], columns) for title, one in study["baselines"].items()}


def said(study: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What is often said of GAN and diffusion, and what the first table found."""
    models = next(iter(study["tables"].values()))
    asked: list[tuple[str, str, str, Callable[[Records], list[float]]]] = [
        ("stability", "diffusion", TRAINS, lambda records: [_trains(study, records)]),
        ("stability", "diffusion", "Fréchet distance, largest / smallest ↓", _ratio),
    ]
    for aspect, ahead, names in SAID:
        asked += [(aspect, ahead, COLUMNS[name], partial(values, name=name)) for name in names]
    found = {}
    for aspect, ahead, words, measured in asked:
        gan, diffusion = measured(models["dcgan"]), measured(models["ddpm"])
        found[f"{aspect}: {words}"] = {
            "said to be ahead": ahead,
            "GAN": _spread(gan),
            "diffusion": _spread(diffusion),
            "ahead here": _ahead(gan, diffusion, "↑" in words),
        }
    return found


def comma_separated(study: Mapping[str, Any]) -> str:
    """A line for every cell, and for every baseline."""
    text = StringIO()
    writer = csv.DictWriter(text, ["table", "model", "seed", *COLUMNS, "diverged"])
    writer.writeheader()
    for table, rows in study["tables"].items():
        for model, records in rows.items():
            for seed, record in zip(study["seeds"], records, strict=True):
                writer.writerow({"table": table, "model": model, "seed": seed, **record})
    writer.writerows({"model": name, **record} for name, record in study["baselines"].items())
    return text.getvalue()


def picture(study: Mapping[str, Any], table: str) -> Figure:
    """Distance, coverage and time to sample of every run in a table."""
    from gan_course.viz import dot_plot

    runs = {entrant(model).title: records for model, records in study["tables"][table].items()}
    runs |= {title: [record] for title, record in study["baselines"].items()}
    measures = {
        words: {title: values(records, name) or [float("nan")] for title, records in runs.items()}
        for words, name in PANELS.items()
    }
    figure = dot_plot(measures)
    for panel in figure.axes[::2]:
        panel.set_xscale("log")
        panel.minorticks_off()
    return figure


def values(records: Records, name: str) -> list[float]:
    """A column, without the runs that diverged."""
    return [record[name] for record in records if name in record]


def _trains(study: Mapping[str, Any], records: Records) -> float:
    blurred = study["baselines"][BLURRED]["frechet"]
    return sum(distance < blurred for distance in values(records, "frechet")) / len(records)


def _ratio(records: Records) -> list[float]:
    distances = values(records, "frechet")
    return [max(distances) / min(distances)] if distances else []


def _ahead(gan: Sequence[float], diffusion: Sequence[float], higher: bool) -> str:
    """Who is ahead with every seed."""
    sides = {"GAN": gan, "diffusion": diffusion}
    if gan and diffusion:
        first, second = sorted(sides, key=lambda side: median(sides[side]), reverse=higher)
        best, rest = sides[first], sides[second]
        if min(best) > max(rest) if higher else max(best) < min(rest):
            return first
    return "neither, with every seed"


def _spread(found: Sequence[float]) -> str:
    if not found:
        return "–"
    least, middle, most = (
        f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
        for value in (min(found), median(found), max(found))
    )
    return middle if least == most else f"{middle} ({least} – {most})"


def _row(records: Records, columns: Sequence[str]) -> dict[str, str]:
    return {COLUMNS[name]: _spread(values(records, name)) for name in columns}


def _in_markdown(rows: Mapping[str, Mapping[str, str]]) -> str:
    columns = next(iter(rows.values())).keys()
    lines = [["", *columns], ["---"] * (len(columns) + 1)]
    lines += [[name, *row.values()] for name, row in rows.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
