"""A kit: for the laptops that were named, and enough where there is no network."""

from __future__ import annotations

import os
import shutil
import sys
from importlib import metadata
from pathlib import Path

import pytest

from authoring import offline
from gan_course.catalogue import Catalogue, DataEntry
from gan_course.classroom import kit
from tests.classroom import environments
from tests.classroom.conftest import ROOT
from tests.command import Command

PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder with a wheel for everything that is installed here. Each of them is empty, but for
    one that tells where what they stand for is borrowed from."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    environments.borrow(tmp_path / "borrowed")
    for package in metadata.distributions():
        name = package.metadata["Name"]
        if name.lower() not in ("gan-course", "gan_course"):
            borrowed = tmp_path / "borrowed" if name == "platformdirs" else None
            environments.empty_wheel(folder, name, package.version, borrowed=borrowed)
    return folder


@pytest.fixture
def filled(students: Path, wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kit for this machine, whose data are one small file."""

    def drawn(entry: DataEntry, cache: Path) -> None:
        cache.mkdir(exist_ok=True)
        (cache / f"{entry.name}-32.npz").write_bytes(b"drawn")

    monkeypatch.setattr(DataEntry, "load", drawn)
    folder = tmp_path / "kit"
    shutil.copytree(students, folder / "course")
    kit.fill(folder, ROOT, kit.target("linux", PYTHON), wheels)
    return folder


INSTALLED = """
from gan_course.catalogue import catalogue
from gan_course.practice import check
import gan_course, socket
check("05.q1", lambda r, f: f.mean() - r.mean(), lambda f: -f.mean())
print(gan_course.__file__, [name for _, name in socket.if_nameindex()])
"""


def test_kit_installs_and_runs_where_there_is_no_network(filled: Path, tmp_path: Path) -> None:
    assert offline.can_unshare(), "needs a Linux whose users may make network namespaces"
    assert not list(filled.glob("wheels/*.tar.gz"))
    told = (filled / "README.txt").read_text("utf-8")
    assert f"is for Linux on x86-64, with Python {PYTHON}, which must be installed" in told
    assert "Open start.sh in the copy." in told
    room = tmp_path / "a room" / "kit"  # moved, as on a stick, and with a space in its path
    room.parent.mkdir()
    filled.rename(room)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    no_network = (sys.executable, "-m", "authoring.offline")
    home = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environments.run(*no_network, room / "start.sh", "--install", cwd=ROOT, PATH=path, **home)
    assert [file.read_bytes() for file in (tmp_path / "cache").rglob("avatars*.npz")] == [b"drawn"]
    python = room / ".venv" / "bin" / "python"
    said = environments.run(*no_network, python, "-I", "-c", INSTALLED, cwd=ROOT, **home)
    assert "05.q1 · losses of a critic: right, 2 points." in said
    assert f"{environments.site(room / '.venv')}/gan_course/__init__.py ['lo']" in said


def test_kit_has_what_only_its_own_platform_needs(tmp_path: Path, wheels: Path) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, needs in {
        "shell": [
            'pywinpty>=2; os_name == "nt"',
            'appnope; sys_platform == "darwin"',
            "shell-core",
        ],
        "shell_core": ['x; python_version < "3.12"', 'y; extra == "test"'],
    }.items():
        environments.empty_wheel(folder, name, "1.0", needs)
    lacking = {
        platform: kit._lacking(folder, kit.target(platform, "3.12")) for platform in kit.TARGETS
    }
    assert lacking == {"linux": set(), "macos": {"appnope"}, "windows": {"pywinpty>=2"}}


def test_copy_in_a_kit_is_that_of_the_repository_which_was_named(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[str, str]] = []

    def note(clone: Path, into: Path, own: Catalogue) -> None:
        written.append((own.repository, own.branch))

    monkeypatch.setattr("gan_course.classroom.release.write", note)
    monkeypatch.setattr(kit, "fill", lambda *words: None)
    words = ("--platform", "linux", "--repo", "me/students", "--branch", "autumn")
    outcome = course("classroom", "kit", "stick", *words)
    assert written == [("me/students", "autumn")], outcome.err
    assert "which has the solutions" not in outcome.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--platform", "zx81"], "there is no platform 'zx81'; known are linux, macos, windows"),
        (["--platform", "Mac"], "there is no platform 'Mac' (did you mean 'macos'?)"),
        (["--platform", "linux", "--python", "3.1"], "there is no Python for a kit '3.1' (did you"),
        (["--platform", "linux", "--wheels", "no"], "no: No such file or directory"),
    ],
)
def test_unknown_platform_or_python_is_told_the_choices(
    course: Command, tmp_path: Path, words: list[str], sentence: str
) -> None:
    outcome = course("classroom", "kit", "stick", *words)
    assert (outcome.code, list(tmp_path.iterdir())) == (2, [])
    assert outcome.err.startswith(f"gan-course: {sentence}")


def test_package_without_a_wheel_is_named_and_nothing_is_left(
    course: Command, tmp_path: Path, students: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copied(clone: Path, into: Path, own: Catalogue) -> None:
        shutil.copytree(students, into)

    monkeypatch.setattr("gan_course.classroom.release.write", copied)
    (tmp_path / "shelf").mkdir()
    words = ("--platform", "windows", "--wheels", tmp_path / "shelf")
    outcome = course("classroom", "kit", "stick", *words)
    assert outcome.code == 2
    assert outcome.err.startswith("gan-course: pip download failed: ERROR: ")
    assert "No matching distribution found for " in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["shelf"]
