"""Environments made in a moment: they borrow what the running one has installed, all but what a
test wants to see installed anew."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

INSTALLED = Path(sysconfig.get_path("purelib"))
COURSE = ("gan_course", "_editable_impl_gan_course")


def borrow(folder: Path, but: Iterable[str] = (), only: Iterable[str] = ()) -> None:
    """Fill `folder` with links to every installed package but the course and those named; where
    some are named as the `only` ones, to these and what they need."""
    left_out, taken = {*COURSE, *but}, _with_what_they_need(only)
    folder.mkdir()
    for path in INSTALLED.iterdir():
        if path.name.partition("-")[0].partition(".")[0] in left_out:
            continue
        if not taken or path.name in taken:
            (folder / path.name).symlink_to(path)


def _with_what_they_need(names: Iterable[str]) -> set[str]:
    """What distributions, and all that they require, have among the installed packages."""
    asked, known = [Requirement(name) for name in names], set()
    entries: set[str] = set()
    while asked:
        asking = asked.pop()
        if str(asking) in known:
            continue
        known.add(str(asking))
        try:
            found = distribution(asking.name)
        except PackageNotFoundError:  # another platform's
            continue
        entries |= {file.parts[0] for file in found.files or ()}
        asked += [
            needed
            for needed in map(Requirement, found.requires or ())
            if not needed.marker
            or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *asking.extras))
        ]
    return entries


def site(environment: Path) -> Path:
    """Where an environment of this Python has its packages."""
    return environment / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


def make(environment: Path, but: Iterable[str] = (), only: Iterable[str] = ()) -> Path:
    """An environment with links to what is installed here, pip too, as `borrow` chooses it; returns
    its Python."""
    venv.create(environment, symlinks=True)
    borrow(environment / "borrowed", but, only)
    (site(environment) / "borrowed.pth").write_text(str(environment / "borrowed"))
    return environment / "bin" / "python"


def run(*words: str | Path, cwd: Path, **environment: str) -> str:
    """What a command prints; its errors are shown where it fails."""
    # What whoever runs the tests tells Python and pip holds for their own environment.
    told = ("PYTHON", "PIP_CONSTRAINT")
    known = {key: value for key, value in os.environ.items() if not key.startswith(told)}
    done = subprocess.run(
        [*map(str, words)], cwd=cwd, env=known | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def empty_wheel(
    folder: Path, name: str, version: str, needs: Iterable[str] = (), borrowed: Path | None = None
) -> None:
    """A wheel of that name which holds nothing, so that pip has something to find; or a line that
    adds the folder `borrowed` to where an environment has its packages."""
    stem = f"{name.replace('-', '_')}-{version}"
    about = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    about += [f"Requires-Dist: {need}" for need in needs]
    tag = "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{stem}.dist-info/METADATA", "\n".join(about) + "\n")
        archive.writestr(f"{stem}.dist-info/WHEEL", tag)
        archive.writestr(f"{stem}.dist-info/RECORD", "")
        if borrowed:
            archive.writestr("borrowed.pth", str(borrowed))
