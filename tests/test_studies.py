"""Every study has what made it, and many seeds are never replaced by fewer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gan_course.cli import app
from gan_course.lesson import study

ROOT = Path(__file__).parents[1]


def run(name: str, *options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "benchmarks" / f"{name}.py", *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "seeds"),
    [
        ("atlas", 3),
        ("autoencoders", 5),
        ("codes", 5),
        ("conditioning", 5),
        ("critics", 3),
        ("cycle", 3),
        ("pairs", 3),
        ("samplers", 3),
        ("vae", 3),
    ],
)
def test_a_study_with_fewer_seeds_than_are_stored_is_refused_before_it_begins(
    name: str, seeds: int
) -> None:
    file = ROOT / "gan_course" / "studies" / f"{name}.json"
    before = file.read_bytes()
    done = run(name, "--seeds", seeds - 1)
    assert done.returncode == 2
    assert (
        f"{name}.json holds {seeds} seeds, and --seeds {seeds - 1} would leave fewer: ask for "
        f"{seeds} or more, or write elsewhere with --out FILE"
    ) in " ".join(done.stderr.split())
    assert file.read_bytes() == before


def test_another_file_is_held_to_its_own_seeds(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"seeds": [0, 1]}), encoding="utf-8")
    done = run("codes", "--seeds", 1, "--out", file)
    assert done.returncode == 2
    assert "mine.json holds 2 seeds" in done.stderr


def test_no_seed_at_all_is_refused() -> None:
    done = run("codes", "--seeds", 0)
    assert done.returncode == 2
    assert "expected --seeds of at least 1, got 0" in done.stderr


def test_a_shorter_curve_does_not_replace_a_longer_one() -> None:
    file = ROOT / "benchmarks" / "common_recipe.json"
    before = file.read_bytes()
    done = run("common_recipe", "--seconds", 20)
    assert done.returncode == 2
    assert (
        "common_recipe.json holds a curve of 480 seconds, and --seconds 20 would leave a shorter "
        "one: ask for 480 or more, or write elsewhere with --out FILE"
    ) in " ".join(done.stderr.split())
    assert file.read_bytes() == before


def test_a_study_holds_what_its_script_measured_and_an_unknown_one_is_told_the_nearest() -> None:
    assert {"networks", "rates"} <= study("conditioning").keys()
    with pytest.raises(ValueError, match=r"'conditoning'.*did you mean 'conditioning'"):
        study("conditoning")


def test_every_study_has_the_script_or_the_command_that_made_it() -> None:
    commands = {one.callback.__name__ for one in app.registered_commands if one.callback}
    for file in (ROOT / "gan_course" / "studies").glob("*.json"):
        script = ROOT / "benchmarks" / f"{file.stem}.py"
        assert script.is_file() or file.stem in commands
