"""`gan-course scoreboard`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_course.commands.failures import INTERRUPTED, command, fail
from gan_course.files import read_json, writable_folder, write_atomically

if TYPE_CHECKING:
    from gan_course.scoreboard.cells import Cell

TABLES = {"time": ("time",), "parameters": ("parameters",), "both": ("time", "parameters")}


@command
def scoreboard(
    out: Annotated[Path, typer.Option(help="Folder for all of it.")] = Path("runs/scoreboard"),
    models: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,NAME", help="By default GANs, VAEs and diffusion models of the lessons."
        ),
    ] = None,
    table: Annotated[
        str, typer.Option(help="time (the lessons' networks), parameters (one size) or both.")
    ] = "both",
    seeds: Annotated[int, typer.Option(help="Seeds 0, 1, ... up to this many.")] = 3,
    cpu_seconds: Annotated[
        float, typer.Option(help="Of each training, counted out in steps.")
    ] = 100.0,
    parameters: Annotated[
        int, typer.Option(help="In the second table, a discriminator's too.")
    ] = 300_000,
    jobs: Annotated[int, typer.Option(help="Trainings side by side, each on one core.")] = 2,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Of a Dask scheduler, whose workers share --out."),
    ] = None,
    study: Annotated[
        Path | None, typer.Option(help="A .json to write too, such as lesson 10 reads.")
    ] = None,
) -> None:
    """Train models on the digits on equal terms, measure them, and write scoreboard.md,
    scoreboard.csv and a picture of each table.

    Every model is given the same CPU time: in one table with the networks of its lesson, in the
    other with networks of one size. What a step costs on this machine is measured first. Whatever
    stops it, the same command goes on: a finished cell (table, model, seed) is never trained again,
    and a half-trained one goes on from its checkpoint.

    \b
    Examples:
      gan-course scoreboard
      gan-course scoreboard --models dcgan,ddpm --table time --seeds 5 --out runs/two
      gan-course scoreboard --cluster tcp://10.0.0.1:8786 --out /shared/scoreboard
    """
    from gan_course.errors import expect_positive, unknown_name
    from gan_course.scoreboard import work
    from gan_course.scoreboard.cells import Cell
    from gan_course.scoreboard.entrants import ENTRANTS

    expect_positive("jobs", jobs)
    expect_positive("seeds", seeds)
    if table not in TABLES:
        raise unknown_name("table", table, TABLES)
    if study:
        writable_folder(study.absolute().parent)
        if study.exists() and (stored := len(read_json(study)["seeds"])) > seeds:
            raise ValueError(
                f"{study} holds {stored} seeds, and --seeds {seeds} would leave fewer: ask for "
                f"{stored} or more, or write elsewhere"
            )
    root, names = out.absolute(), models.split(",") if models else list(ENTRANTS)
    rows = [(kind, model) for kind in TABLES[table] for model in names]
    _settle(root, rows, cpu_seconds, expect_positive("parameters", parameters))
    cells = [Cell(root, *row, seed) for seed in range(seeds) for row in rows]
    try:
        with work.cluster(cluster, root) if cluster else work.side_by_side(jobs) as crew:
            _play(cells, crew)
        _write(root, cells, study)
    except KeyboardInterrupt:
        fail("stopped; finished cells are kept, and the same command goes on", INTERRUPTED)


def _settle(
    root: Path, rows: Sequence[tuple[str, str]], cpu_seconds: float, parameters: int
) -> None:
    """Write down, once, what is trained and how long; raise `ValueError` where that is another
    than is asked for."""
    from gan_course.models.config import plain
    from gan_course.scoreboard.entrants import configuration, laid_over, sized

    file, asked = root / "scoreboard.json", {"cpu_seconds": cpu_seconds, "parameters": parameters}
    if not file.is_file():
        if root.is_dir() and any(root.iterdir()):
            raise FileExistsError(f"{root} holds something else: choose another --out")
        configs = {
            (table, model): configuration(model) if table == "time" else sized(model, parameters)
            for table, model in rows
        }
        typer.echo(f"Measuring what a step costs: {', '.join(map('/'.join, rows))}")
        found = laid_over(configs, cpu_seconds)
        content = asked | {"rows": {"/".join(row): plain(found[row]) for row in rows}}
        writable_folder(root)
        with suppress(FileExistsError):  # another process was faster, and its word holds
            write_atomically(file, json.dumps(content, indent=2) + "\n", new=True)
    there = read_json(file)
    other = [f"with {name} = {there[name]}" for name in asked if there[name] != asked[name]]
    other += [f"without {row}" for row in map("/".join, rows) if row not in there["rows"]]
    if other:
        raise ValueError(
            f"the scoreboard in {root} was started {other[0]}: ask for the same, or choose another "
            "--out"
        )


def _play(cells: Sequence[Cell], crew: Any) -> None:
    """Finish all cells, with a bar that counts steps and says which cells are how far."""
    from gan_course.scoreboard.work import play
    from gan_course.training.progress import Meter, face_here

    def steps() -> int:
        return sum(cell.steps_done for cell in cells)

    def shares() -> dict[str, float]:
        at_work = [cell for cell in cells if cell.run.training]
        return {str(cell): cell.steps_done / cell.config["steps"] for cell in at_work}

    def say(cell: Cell) -> None:
        meter.face.clear()
        record = read_json(cell.file)
        typer.echo(f"{cell}: {record.get('diverged') or 'Fréchet {frechet:.3g}'.format(**record)}")

    total = sum(cell.config["steps"] for cell in cells)
    meter = Meter(face_here(), total, done=steps())
    try:
        play(cells, crew, say, lambda: meter.reach(steps(), shares))
    finally:
        meter.face.clear()


def _write(root: Path, cells: Sequence[Cell], study: Path | None) -> None:
    from gan_course.data import load
    from gan_course.scoreboard import report
    from gan_course.scoreboard.measures import COLUMNS, baselines
    from gan_course.viz import png

    tables: dict[str, dict[str, list[Any]]] = {}
    for cell in cells:
        rows = tables.setdefault(cell.table, {}).setdefault(cell.model, [])
        rows.append(read_json(cell.file))
    found = read_json(root / "scoreboard.json") | {
        "seeds": sorted({cell.seed for cell in cells}),
        "columns": COLUMNS,
        "tables": tables,
        "baselines": baselines(load("digits")),
    }
    files: dict[Path, bytes | str] = {
        root / f"{table}.png": png(report.picture(found, table)) for table in tables
    }
    files[root / "scoreboard.csv"] = report.comma_separated(found)
    files[root / "scoreboard.md"] = report.markdown(found)
    if study:
        files[study] = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    for file, content in files.items():
        write_atomically(file, content)
        typer.echo(f"Wrote {file}")
