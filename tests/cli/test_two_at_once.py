"""Two processes and one run: each new run has its folder, and a folder has one run at a time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gan_course import locks
from gan_course.locks import held, is_held
from gan_course.models import GAN
from gan_course.training import launch
from gan_course.training.run_folder import RunFolder
from tests.cli.run_folders import RECIPE, make, row
from tests.command import Command

HOLD = """
import sys, time
from pathlib import Path
from gan_course.locks import held
with held(Path(sys.argv[1])) as alone:
    print(alone, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that are ended after the test."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def hold(path: Path, holder: list[subprocess.Popen[str]]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(path)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    holder.append(process)
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    return process


def test_a_file_is_held_by_one_process_until_that_process_is_killed(
    tmp_path: Path, holder: list[subprocess.Popen[str]]
) -> None:
    path = tmp_path / "file"
    path.write_text("content")
    assert not is_held(path)
    process = hold(path, holder)
    assert is_held(path)
    with held(path) as alone:
        assert not alone
    assert path.read_text() == "content"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not is_held(path)
    with held(path) as alone:
        assert alone
        assert is_held(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_who_only_looks_does_not_keep_a_run_from_starting(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    looking = path.open("rb")
    locks._lock(looking.fileno(), shared=True)
    threading.Timer(locks.PATIENCE / 4, looking.close).start()
    with held(path) as alone:
        assert alone


def test_what_is_not_there_or_cannot_be_locked_is_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_held(tmp_path / "nowhere")
    path = tmp_path / "file"
    path.touch()

    def no_locks(descriptor: int, shared: bool) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(locks, "_lock", no_locks)
    assert not is_held(path)
    with held(path) as alone:
        assert alone


def test_a_run_in_training_is_shown_as_that_and_is_not_gone_on_with(
    course: Command, holder: list[subprocess.Popen[str]]
) -> None:
    make("runs/a", checkpoints=(30,))
    folder = make("runs/b")
    for name in ("a", "b"):
        hold(Path("runs", name, "config.json"), holder)
    outcome = course("runs")
    assert row(outcome, "runs/a")[4] == "training, past step 30 of 4,000"
    assert row(outcome, "runs/b")[4] == "training, 4,000 steps"
    assert "Go on with" not in outcome.out
    outcome = course("doctor", "runs/b")
    assert "in training at this moment: step 0 of 4,000" in outcome.out
    before = set(folder.path.rglob("*"))
    outcome = course("train", "gan", "--out", "runs/b", "--resume")
    assert (outcome.code, outcome.err) == (
        2,
        (
            "gan-course: another process trains in runs/b at this moment: wait for its end, or "
            "choose another --out\n"
        ),
    )
    assert set(folder.path.rglob("*")) == before


def test_a_run_is_held_while_it_trains_and_let_go_at_its_end(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, held_at = GAN.step, []

    def step(self: GAN, batch: object) -> object:
        held_at.append(RunFolder(Path("a")).training)
        return original(self, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(GAN, "step", step)
    assert course("train", "gan", "--steps", 3, "--out", "a").code == 0
    assert held_at == [True] * 3
    assert not RunFolder(Path("a")).training


def test_a_folder_without_a_name_that_another_run_takes_first_is_left_to_it(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = launch.launch

    def launched(*arguments: object) -> object:
        make("runs/gan-1")  # after the folder was chosen, and before it is made
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(launch, "launch", launched)
    outcome = course("train", "gan", "--steps", 1)
    assert outcome.code == 0
    assert "the run is in runs/gan-2" in outcome.out
    assert RunFolder(Path("runs/gan-1")).recipe().seed == RECIPE.seed
    assert Path("runs/gan-2/final.safetensors").is_file()


def create(path: Path, start: object, queue: object) -> None:
    start.wait()  # type: ignore[attr-defined]
    try:
        RunFolder(path).create(RECIPE)
        queue.put("made")  # type: ignore[attr-defined]
    except FileExistsError as error:
        queue.put(str(error))  # type: ignore[attr-defined]


def test_of_several_processes_that_make_the_same_folder_one_does(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    start, queue = context.Event(), context.Queue()
    workers = [context.Process(target=create, args=(tmp_path / "a", start, queue)) for _ in "1234"]
    for worker in workers:
        worker.start()
    start.set()
    said = [queue.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert said.count("made") == 1
    assert sum("holds a run already (config.json)" in sentence for sentence in said) == 3
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["config.json"]


def test_on_a_file_system_without_links_the_recipe_is_written_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    RunFolder(tmp_path / "a").create(RECIPE)
    assert RunFolder(tmp_path / "a").recipe().seed == RECIPE.seed
    with pytest.raises(FileExistsError, match="holds a run already"):
        RunFolder(tmp_path / "a").create(RECIPE)
