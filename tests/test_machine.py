"""What is written down of the machine and the versions is so, and a newer version's files are
refused."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from gan_course import machine
from gan_course.machine import commit, expect_not_newer, peak_memory, processor, versions

CPU, CUDA = torch.device("cpu"), torch.device("cuda", 0)


@pytest.mark.parametrize(
    "written",
    ["0.9.2", "0.9.1", "0.9", "0.8.30", "0.0.0", "0.9.2+local", "0.9.2.dev4", "unknown", ""],
)
def test_what_the_same_or_an_older_version_wrote_is_read(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setattr(machine, "__version__", "0.9.2")
    expect_not_newer(Path("x.pt"), {"gan_course": written})


@pytest.mark.parametrize(
    "written",
    [
        "0.9.3",
        "0.9.10",
        "0.10.0",
        "0.10",
        "1.0.0",
        "1",
        "0.9.2.1",
        "10.0.0",
        "0.10.0rc1",
        "0.9.3rc1",
    ],
)
def test_what_a_newer_version_wrote_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setattr(machine, "__version__", "0.9.2")
    with pytest.raises(ValueError, match="update the course") as refused:
        expect_not_newer(Path("a/x.pt"), {"gan_course": written})
    assert (
        str(refused.value)
        == f"a/x.pt was written by gan-course {written}, this is 0.9.2: update the course"
    )


def test_what_this_version_writes_it_reads() -> None:
    expect_not_newer(Path("x.pt"), versions())


def test_the_versions_are_those_that_are_loaded() -> None:
    assert versions()["torch"] == torch.__version__
    assert versions()["numpy"] == np.__version__
    assert versions()["python"] == ".".join(map(str, sys.version_info[:3]))
    # PyTorch's own is of a class of its own, which a checkpoint must not hold.
    assert {type(version) for version in versions().values()} == {str}


Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Calls git in a clone, of one commit, that the course seems to run from."""
    clone = tmp_path / "clone"
    (clone / "gan_course").mkdir(parents=True)
    (clone / "gan_course" / "machine.py").write_text("one\n")
    monkeypatch.setattr(machine, "__file__", str(clone / "gan_course" / "machine.py"))
    who = {
        f"GIT_{role}_{what}": "nobody@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    nobody_elses = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

    def call(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=clone,
            env=os.environ | who | nobody_elses,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    call("init")
    call("add", ".")
    call("commit", "-m", "one")
    return call


def source() -> Path:
    return Path(str(machine.__file__))


def test_the_commit_of_a_clone_without_changes_is_its_head(git: Git) -> None:
    head = git("rev-parse", "HEAD")
    assert len(head) == 40
    assert commit() == head


def test_a_commit_is_marked_where_files_in_the_clone_were_changed(git: Git) -> None:
    source().write_text("two\n")
    assert commit() == git("rev-parse", "HEAD") + "+"
    git("add", ".")
    assert commit() == git("rev-parse", "HEAD") + "+"
    git("commit", "-m", "two")
    assert commit() == git("rev-parse", "HEAD")


def test_files_that_git_does_not_know_such_as_runs_are_no_change(git: Git) -> None:
    source().with_name("notes.txt").touch()
    assert commit() == git("rev-parse", "HEAD")


def test_a_clone_within_another_has_its_own_commit_whatever_folder_one_works_in(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init"], cwd=tmp_path, capture_output=True, check=True)
    monkeypatch.chdir(tmp_path)
    assert commit() == git("rev-parse", "HEAD")


def test_a_course_that_was_installed_into_somebody_elses_repository_has_no_commit(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = source().parent / "site-packages" / "gan_course"
    package.mkdir(parents=True)
    monkeypatch.setattr(machine, "__file__", str(package / "machine.py"))
    assert commit() is None


def test_a_clone_of_which_git_can_say_nothing_has_no_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "gan_course").mkdir()
    monkeypatch.setattr(machine, "__file__", str(tmp_path / "gan_course" / "machine.py"))
    assert commit() is None


def test_without_git_there_is_no_commit(git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert commit() is None


def test_a_machine_is_its_processor_cores_system_and_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"GPU number {device.index}")
    found = machine.machine(CPU)
    assert found.keys() == {"processor", "cores", "system"}
    assert found["processor"] == processor() != ""
    assert found["cores"] == os.cpu_count()
    assert machine.machine(CUDA) == found | {"gpu": "GPU number 0"}


def test_a_processor_is_known_where_the_system_keeps_no_file_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Path, "is_file", lambda _: False)
    monkeypatch.setattr("platform.processor", lambda: "")
    monkeypatch.setattr("platform.machine", lambda: "abacus64")
    assert processor() == "abacus64"


def test_the_peak_of_memory_grows_by_what_is_held_and_stays_when_it_is_let_go() -> None:
    before, block = peak_memory(CPU)["main"], 32
    assert 50 < before < 100_000  # what Python and PyTorch take, in MiB
    blocks = []
    # What was let go earlier is taken up again first.
    while (peak := peak_memory(CPU)["main"]) == before and len(blocks) * block < before + 100:
        blocks.append(np.ones(block * 2**17))
    blocks += [np.ones(block * 2**17) for _ in range(2)]
    most = peak_memory(CPU)["main"]
    assert peak > before
    assert most - peak == pytest.approx(2 * block, abs=4)
    blocks.clear()
    assert peak_memory(CPU)["main"] == most


def test_the_peak_of_a_gpu_is_told_where_one_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        torch.cuda, "max_memory_allocated", lambda device: 7 * 2**20 if device == CUDA else 0
    )
    assert peak_memory(CUDA)["gpu"] == 7
    assert peak_memory(CPU).keys() == {"main"}


@pytest.mark.parametrize(("system", "unit"), [("linux", 2**10), ("darwin", 2**20)])
def test_systems_count_memory_in_units_of_their_own(
    monkeypatch: pytest.MonkeyPatch, system: str, unit: int
) -> None:
    import resource

    monkeypatch.setattr(sys, "platform", system)
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert peak_memory(CPU)["main"] == pytest.approx(whole // unit, abs=1)


def test_a_system_that_does_not_tell_leaves_main_memory_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert peak_memory(CPU) == {}
