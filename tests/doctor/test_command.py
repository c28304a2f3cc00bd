"""`gan-course doctor RUN`: what it prints, and with which code it leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest

from gan_course.cli import app
from gan_course.commands.overview import BLOCKS, sparkline
from gan_course.models.config import plain
from gan_course.models.gan import PROFILES
from gan_course.training.run_folder import Recipe, RunFolder
from tests.command import Command

LESSON = PROFILES["lesson"]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shortest run of the lesson's own GAN that is long enough to be judged."""
    path = tmp_path_factory.mktemp("runs") / "healthy"
    with pytest.raises(SystemExit) as leaving:
        app(["train", "gan", "--steps", "600", "--out", str(path)])
    assert leaving.value.code == 0
    return path


def begun(path: Path, **config: object) -> RunFolder:
    """A run of the GAN on its own data with another configuration, before its first step."""
    folder = RunFolder(path)
    folder.create(
        Recipe("gan", plain(replace(LESSON, **config)), "gaussian", "packaged", 0, "lesson", "cpu")
    )  # type: ignore[arg-type]
    return folder


def content(path: Path) -> dict[Path, bytes | None]:
    return {file: file.read_bytes() if file.is_file() else None for file in path.rglob("*")}


def test_a_healthy_run_is_called_healthy_and_left_as_it_is(course: Command, healthy: Path) -> None:
    before = content(healthy)
    outcome = course("doctor", healthy)
    assert (outcome.code, outcome.err) == (0, "")
    assert f"{healthy}: gan on gaussian with seed 0, lesson profile" in outcome.out
    assert "This run is healthy: its numbers are finite" in outcome.out
    assert "PROBLEM" not in outcome.out
    assert "→" not in outcome.out
    assert content(healthy) == before


def test_every_recorded_column_has_its_line_of_numbers_and_its_curve(
    course: Command, healthy: Path
) -> None:
    lines = course("doctor", healthy).out.splitlines()
    names = (healthy / "history.csv").read_text().partition("\n")[0].split(",")[1:]
    for name in names:
        (line,) = (line for line in lines if line.startswith(f"{name} "))
        _, first, middle, last, curve = line.split()
        assert all(isinstance(float(number), float) for number in (first, middle, last))
        assert len(curve) == 24
        assert set(curve) <= set(BLOCKS)
    assert any("from step 1 to 600" in line for line in lines)


def test_a_narrow_terminal_does_not_break_the_curves(
    course: Command, healthy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = course("doctor", healthy).out.splitlines()
    assert sum(any(block in line for block in BLOCKS) for line in lines) == 6


def test_a_run_that_diverged_gets_a_remedy_and_how_to_apply_it(
    course: Command, tmp_path: Path
) -> None:
    begun(tmp_path / "a", lr_g=1e6, lr_d=1e6, steps=300)
    outcome = course("train", "gan", "--out", "a", "--resume")
    assert (outcome.code, "gan-course doctor a" in outcome.err) == (1, True)
    outcome = course("doctor", "a")
    assert (outcome.code, outcome.err) == (0, "")
    assert "PROBLEM  numbers        diverged: " in outcome.out
    assert (
        "→ train anew, into another folder, with lr_g = 0.0005 (here 1000000.0), lr_d = 0.004 "
        "(here 1000000.0)" in outcome.out
    )
    assert "Something is wrong with this run: numbers." in outcome.out
    assert "--set gives them other values: gan-course train gan --set lr_g=0.002\n" in outcome.out


def test_the_command_that_is_printed_trains_on_the_runs_own_data(
    course: Command, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "a")
    changed = plain(replace(LESSON, shape=(1, 28, 28), lr_g=1e6))
    folder.create(Recipe("gan", changed, "digits", "packaged", 0, "lesson", "cpu"))
    folder.history.write_text("step,generator\n1,nan\n")
    command = course("doctor", "a").out.rpartition("other values: gan-course ")[2].split()
    assert command == ["train", "gan", "--data", "digits", "--set", "lr_g=0.002"]
    assert course(*command, "--steps", 1, "--out", "b").code == 0
    config = RunFolder(tmp_path / "b").recipe().config
    assert (config["lr_g"], config["shape"]) == (0.002, [1, 28, 28])


def test_what_a_few_steps_do_not_show_is_called_unknown(course: Command, tmp_path: Path) -> None:
    begun(tmp_path / "a", steps=3, hidden=(4,), batch_size=8)
    assert course("train", "gan", "--out", "a", "--resume").code == 0
    outcome = course("doctor", "a")
    assert outcome.code == 0
    assert "unknown  variety" in outcome.out
    assert (
        "Nothing wrong was found, but not everything can be judged: gradients, discriminator, "
        "variety." in outcome.out
    )


def test_a_run_before_its_first_step_is_told_how_to_begin(course: Command, tmp_path: Path) -> None:
    begun(tmp_path / "a b")
    outcome = course("doctor", "a b")
    assert outcome.code == 0
    assert "not finished: step 0 of 3,000; there is no checkpoint" in outcome.out
    assert "gan-course train gan --out 'a b' --resume" in outcome.out
    assert "recorded " not in outcome.out.splitlines()[2]


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("nothing there", "there is no run at a"),
        ("an empty folder", "there is no run at a"),
        ("a file", "there is no run at a"),
        ("no JSON", "config.json is damaged or not that of a run"),
        ("another model", "did you mean 'dcgan'"),
        ("an unknown field", "GANConfig has no field 'lr'"),
        ("no steps", "steps must be a whole number from 1 to 1,000,000,000, got 0"),
        ("damaged weights", "final.safetensors is damaged"),
    ],
)
def test_bad_input_gets_one_sentence_and_leaves_nothing(
    course: Command, tmp_path: Path, damage: str, sentence: str
) -> None:
    path = tmp_path / "a"
    if damage == "a file":
        path.touch()
    elif damage == "an empty folder":
        path.mkdir()
    elif damage != "nothing there":
        config = begun(path).config
        values = json.loads(config.read_text())
        if damage == "no JSON":
            config.write_text(config.read_text()[:-9])
        elif damage == "another model":
            config.write_text(json.dumps(values | {"model": "dcgn"}))
        elif damage == "damaged weights":
            (path / "final.safetensors").write_bytes(b"damaged")
        else:
            config.write_text(
                json.dumps(
                    values
                    | {
                        "config": values["config"]
                        | ({"lr": 1} if damage == "an unknown field" else {"steps": 0})
                    }
                )
            )
    before = content(tmp_path)
    outcome = course("doctor", "a")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("gan-course: ")
    assert outcome.err.count("\n") == 1
    assert sentence in outcome.err
    assert content(tmp_path) == before


def test_help_shows_it_with_a_run_and_without(course: Command) -> None:
    examples = course("doctor", "--help").out.partition("Examples:")[2].splitlines()
    assert {"    gan-course doctor", "    gan-course doctor runs/a"} <= set(examples)


def test_a_curve_rises_where_the_values_do() -> None:
    assert sparkline([float(value) for value in range(8)]) == BLOCKS
    assert sparkline([float(value) for value in range(800)], width=8) == BLOCKS
    assert sparkline([3.0, 2.0, 1.0]) == "█▅▁"


def test_a_curve_without_a_slope_lies_on_the_ground() -> None:
    assert sparkline([5.0] * 3) == "▁▁▁"


def test_a_curve_shows_where_it_is_not_finite() -> None:
    assert sparkline([1.0, 2.0, nan, inf]) == "▁█××"
    assert sparkline([nan]) == "×"
    assert sparkline([1.0, nan, 3.0, 3.0], width=2) == "▁█"
