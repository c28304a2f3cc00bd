"""Every cell of the scoreboard is finished once, whoever trains it and whatever stops them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import LocalCluster

from gan_course.models.config import plain
from gan_course.scoreboard import report
from gan_course.scoreboard.cells import Cell
from gan_course.scoreboard.entrants import ENTRANTS, configuration, count, learned, sized
from gan_course.scoreboard.measures import COLUMNS
from gan_course.training.sessions import read_sessions
from tests.command import Command

STEPS = 200  # an epoch, after which there is a checkpoint, has 62


def settled(root: Path) -> list[Cell]:
    """The cells of a scoreboard of the VAE alone, as if what a step costs were measured."""
    root.mkdir()
    rows = {"time/vae": plain(configuration("vae")) | {"steps": STEPS}}
    content = {"cpu_seconds": 100.0, "parameters": 300_000, "rows": rows}
    (root / "scoreboard.json").write_text(json.dumps(content))
    return [Cell(root, "time", "vae", seed) for seed in range(2)]


def options(root: Path) -> list[object]:
    return ["scoreboard", "--models", "vae", "--table", "time", "--seeds", 2, "--out", root]


def started(root: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gan_course.cli", *map(str, options(root))]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    # A shell ignores Ctrl-C in what it starts in the background.
    heed = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    pipes |= {"env": environment, "start_new_session": True}
    return subprocess.Popen(command, preexec_fn=heed, **pipes)  # noqa: PLW1509


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 600
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def expect_once(cells: list[Cell], said: str) -> list[Cell]:
    """Each is finished, announced once, and no step was trained twice; returns those that went on
    from a checkpoint."""
    for cell in cells:
        assert said.count(f"{cell}: Fréchet") == 1
        assert json.loads(cell.file.read_text()).keys() == COLUMNS.keys()
        ends = [(one["from_step"], one["to_step"]) for one in read_sessions(cell.run.sessions)]
        assert [begin for begin, _ in ends] == [0, *(end for _, end in ends[:-1])]
        assert ends[-1][1] == STEPS
    return [cell for cell in cells if read_sessions(cell.run.sessions)[-1]["from_step"]]


def test_what_ctrl_c_stopped_two_scoreboards_in_one_folder_finish_together(tmp_path: Path) -> None:
    cells = settled(root := tmp_path / "a")
    first = started(root)
    until(lambda: cells[0].steps_done > 0)
    os.killpg(first.pid, signal.SIGINT)
    said = first.communicate(timeout=300)[0]
    assert first.returncode == 130, said
    assert "stopped; finished cells are kept, and the same command goes on" in said
    assert not cells[0].file.exists()
    assert cells[0].steps_done > 0
    both = [started(root), started(root)]
    spoken = [process.communicate(timeout=600)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], spoken
    assert cells[0] in expect_once(cells, "".join(spoken))


def test_what_a_lost_worker_had_in_hand_another_goes_on_with(
    tmp_path: Path, course: Command
) -> None:
    cells = settled(root := tmp_path / "a")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:

        def kill() -> None:
            # Not at its first checkpoint but when that is on record: it is told by sessions.json.
            until(lambda: any(one["to_step"] for one in read_sessions(cells[0].run.sessions)))
            for worker in cluster.workers.values():
                opened = psutil.Process(worker.pid).open_files()
                if str(cells[0].run.config) in [file.path for file in opened]:
                    os.kill(worker.pid, signal.SIGKILL)

        killing = threading.Thread(target=kill)
        killing.start()
        outcome = course(*options(root), "--cluster", cluster.scheduler_address)
        killing.join()
    assert outcome.code == 0, outcome.err
    assert cells[0] in expect_once(cells, outcome.out)


def test_the_tables_are_written_and_a_finished_cell_is_not_trained_again(
    tmp_path: Path, course: Command
) -> None:
    asked = ["scoreboard", "--table", "time", "--out", tmp_path / "a", "--cpu-seconds", 0.5]
    assert course(*asked, "--models", "dcgan,vae", "--seeds", 1).code == 0
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("a/time/**/*")}
    outcome = course(*asked, "--models", "dcgan,vae", "--seeds", 2, "--study", "s.json")
    assert outcome.code == 0
    assert outcome.out.count("Fréchet") == 2
    assert {path: path.stat().st_mtime_ns for path in before if path.is_file()} == {
        path: then for path, then in before.items() if path.is_file()
    }
    study = json.loads(Path("s.json").read_text(encoding="utf-8"))
    assert study["seeds"] == [0, 1]
    assert study["columns"] == COLUMNS
    records = study["tables"]["time"]["dcgan"]
    assert 0.2 < records[1]["training_seconds"] < 2
    assert records[0]["parameters"] > records[0]["drawing_parameters"] > 0
    assert records[0]["networks"] == 2
    assert study["baselines"]["real against real"]["frechet"] < 1
    assert study["baselines"]["ten memorised pictures a class"]["memorisation"] == 0
    names = {"scoreboard.json", "scoreboard.md", "scoreboard.csv", "time.png", "time"}
    assert {path.name for path in (tmp_path / "a").iterdir()} == names
    assert (tmp_path / "a" / "scoreboard.csv").read_text().count("\n") == 1 + 4 + 4
    assert "was started without time/vae_gan: ask" in course(*asked, "--models", "vae_gan").err
    assert "was started with cpu_seconds = 0.5: ask" in course(*asked[:-1], 2).err
    fewer = course(*asked, "--models", "dcgan,vae", "--seeds", 1, "--study", "s.json")
    assert "s.json holds 2 seeds, and --seeds 1 would leave fewer: ask for 2" in fewer.err
    assert json.loads(Path("s.json").read_text(encoding="utf-8")) == study


@pytest.mark.parametrize("model", ENTRANTS)
def test_networks_of_one_size_are_within_a_tenth_of_it(model: str) -> None:
    from gan_course.catalogue import catalogue

    built = catalogue().model(model).kind(sized(model, 300_000))
    assert count(learned(built)) == pytest.approx(300_000, rel=0.1)


def test_who_is_ahead_is_who_is_ahead_with_every_seed() -> None:
    def row(*distances: float) -> list[dict[str, float]]:
        same = dict.fromkeys(COLUMNS, 1.0)
        return [same | {"frechet": one, "recall": one % 2} for one in distances]

    rows = {"dcgan": [*row(9.0, 8.0), {"diverged": "at step 3"}], "ddpm": row(7.0, 6.0, 5.0)}
    baselines = {"blurred real images": row(10.0)[0]}
    study = {"seeds": [0, 1, 2], "tables": {"time": rows}, "baselines": baselines}
    for row, *cells in [
        ("stability: share of seeds that train ↑", "diffusion", "0.667", "1", "diffusion"),
        (f"quality: {COLUMNS['frechet']}", "diffusion", "8.5 (8 – 9)", "6 (5 – 7)", "diffusion"),
        (
            f"diversity: {COLUMNS['recall']}",
            *("diffusion", "0.5 (0 – 1)", "1 (0 – 1)", "neither, with every seed"),
        ),
    ]:
        assert list(report.said(study)[row].values()) == cells
        assert f"| {row} | {' | '.join(cells)} |\n" in report.markdown(study)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--models", "dcgann"], "there is no model 'dcgann' (did you mean 'dcgan'?)"),
        (["--models", "pix2pix"], "a Pix2Pix learns"),
        (["--models", "gan"], "'gan' has no width to choose"),
        (["--table", "size"], "there is no table 'size'"),
        (["--seeds", 0], "seeds must be at least 1, got 0"),
        (["--models", "vae", "--cpu-seconds", 1e-5], "so --cpu-seconds must be at least that, got"),
        (["--out", "full"], "holds something else: choose another --out"),
    ],
)
def test_bad_input_gets_one_sentence_and_leaves_nothing(
    course: Command, arguments: list[object], sentence: str
) -> None:
    Path("full").mkdir()
    Path("full/a.txt").touch()
    outcome = course("scoreboard", *arguments)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert outcome.err.count("\n") == 1
    assert not Path("runs").exists()


def test_a_cluster_that_does_not_answer_or_is_not_installed_is_said(
    tmp_path: Path, course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(tmp_path / "a")
    asked = [*options(tmp_path / "a"), "--cluster", "tcp://127.0.0.1:9"]
    assert "no Dask cluster answers at 'tcp://127.0.0.1:9': start" in course(*asked).err
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert 'pip install -e ".[cluster]"' in course(*asked).err
