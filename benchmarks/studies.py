"""The command line of the studies that lessons read: how many seeds, and where the result goes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

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
