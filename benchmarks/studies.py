"""What the studies that lessons read have in common: how many seeds, which kinds of run, and where
the result goes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Collection
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from gan_course.files import write_atomically

STUDIES = Path(__file__).parents[1] / "gan_course" / "studies"


def study_parser(name: str, description: str | None, fewest: int = 3) -> argparse.ArgumentParser:
    """`--seeds`, by default as many as are stored and at least `fewest`, and `--out`, by default
    the file that the lesson reads."""
    file = STUDIES / f"{name}.json"
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument(
        "--seeds",
        type=int,
        default=max(stored_seeds(file), fewest),
        help="runs of each kind (default: %(default)s)",
    )
    parser.add_argument(
        "--out", type=Path, default=file, help="where to write (default: what the lesson reads)"
    )
    return parser


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The options. Stops where `--out` holds more seeds than are asked for: hours of work would be
    replaced by fewer."""
    options = parser.parse_args()
    if options.seeds < 1:
        parser.error(f"expected --seeds of at least 1, got {options.seeds}")
    if (stored := stored_seeds(options.out)) > options.seeds:
        parser.error(
            f"{options.out.name} holds {stored} seeds, and --seeds {options.seeds} would leave "
            f"fewer: ask for {stored} or more, or write elsewhere with --out FILE"
        )
    return options


def stored_seeds(file: Path) -> int:
    """How many seeds the study in `file` has; 0 where there is none yet."""
    return len(json.loads(file.read_text(encoding="utf-8"))["seeds"]) if file.exists() else 0


def run_study(
    name: str,
    description: str | None,
    kinds: Collection[str],
    measured: Callable[[str, int], dict[str, Any]],
    facts: Callable[[], dict[str, Any]],
) -> None:
    """Print and store what `measured(kind, seed)` finds in each run, beside `facts()` on all of
    them. What is not run stays as it is stored: other kinds, and seeds beyond those asked for."""
    parser = study_parser(name, description)
    parser.add_argument("--jobs", type=int, default=2, help="runs side by side")
    parser.add_argument(
        "--only",
        choices=kinds,
        nargs="+",
        default=list(kinds),
        help="these kinds; the others stay as they are stored",
    )
    options = parsed(parser)
    known = facts()
    runs: dict[str, list[dict[str, Any]]] = {}
    if options.out.exists():
        runs = json.loads(options.out.read_text(encoding="utf-8"))["runs"]
    wanted = [(kind, seed) for kind in options.only for seed in range(options.seeds)]
    with ProcessPoolExecutor(options.jobs) as pool:
        for (kind, seed), found in zip(
            wanted, pool.map(measured, *zip(*wanted, strict=True)), strict=True
        ):
            print(kind, seed, found, flush=True)
            runs.setdefault(kind, [])[seed : seed + 1] = [found]
            in_order = {kind: runs[kind] for kind in kinds if kind in runs}
            seeds = list(range(min(map(len, in_order.values()))))  # which every kind has
            result = known | {"seeds": seeds, "runs": in_order}
            write_atomically(options.out, json.dumps(result, indent=2, ensure_ascii=False) + "\n")
