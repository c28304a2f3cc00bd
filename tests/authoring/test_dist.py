"""What `make dist` hands out, and what it refuses to."""

from __future__ import annotations

import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from authoring import dist


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    dist.build(dist.ROOT, folder)
    return folder


@pytest.fixture(scope="module")
def files() -> list[str]:
    """The repository's files, also those that are to be added yet."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=dist.ROOT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if (dist.ROOT / name).is_file()]


def test_what_is_built_passes_and_its_version_is_that_of_the_package(
    built: Path, files: list[str]
) -> None:
    assert list(dist.defects(built, files)) == []
    text = (dist.ROOT / "gan_course" / "__init__.py").read_text(encoding="utf-8")
    (version,) = re.findall(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    assert sorted(path.name for path in built.iterdir()) == [
        f"gan_course-{version}-py3-none-any.whl",
        f"gan_course-{version}.tar.gz",
    ]


def test_a_file_that_is_missing_unknown_or_too_large_is_named(
    built: Path, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = [name for name in files if name != "gan_course/catalogue.toml"]
    found = "\n".join(dist.defects(built, [*other, "chapters/11_new.py"]))
    assert "whl lacks gan_course/lessons/chapters/11_new.py" in found
    assert "whl holds gan_course/catalogue.toml, which git does not know" in found
    monkeypatch.setattr(dist, "MOST", 5_000_000)
    large = list(dist.defects(built, files))
    assert len(large) == 2
    assert all("at most 5,000,000 are handed out" in line for line in large)


def test_an_sdist_that_builds_another_wheel_is_refused(
    built: Path, files: list[str], tmp_path: Path
) -> None:
    (sdist,), (wheel,) = built.glob("*.tar.gz"), built.glob("*.whl")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (project,) = tmp_path.iterdir()
    (project / "gan_course" / "colours.py").write_text("", encoding="utf-8")
    (tmp_path / wheel.name).write_bytes(wheel.read_bytes())
    with tarfile.open(tmp_path / sdist.name, "w:gz") as archive:
        archive.add(project, project.name)
    assert list(dist.defects(tmp_path, files)) == [
        f"{sdist.name} builds another wheel than the repository does"
    ]


def test_nothing_is_handed_out_that_fails_a_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dist, "DIST", tmp_path / "dist")
    monkeypatch.setattr(dist, "MOST", 5_000_000)
    assert dist.main() == 1
    assert "at most 5,000,000" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()
    with pytest.raises(RuntimeError, match="hatchling cannot build what lies in"):
        dist.build(tmp_path, tmp_path)
