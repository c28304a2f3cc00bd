"""Build the sdist and the wheel, check them and put them into dist/: `python -m authoring.dist`.

What fails a check is not put there.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from authoring.unwritten import unwritten

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
MOST = 40_000_000  # bytes of a file that is handed out


def build(root: Path, out: Path, *targets: str) -> None:
    """Build the `targets` of the project in `root`, by default both, into `out`. Needs no
    network."""
    chosen = [word for target in targets for word in ("--target", target)]
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(out), *chosen],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"hatchling cannot build what lies in {root}:\n{done.stderr}")


def defects(built: Path, tracked: list[str]) -> Iterator[str]:
    """What is wrong with the sdist and the wheel in `built`, given the files that git knows."""
    (sdist,), (wheel,) = built.glob("*.tar.gz"), built.glob("*.whl")
    for path in (sdist, wheel):
        if path.stat().st_size > MOST:
            yield f"{path.name} has {path.stat().st_size:,} bytes; at most {MOST:,} are handed out"
    found = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expected = set(in_wheel(tracked))
    yield from (f"{wheel.name} lacks {name}" for name in sorted(expected - found))
    yield from (
        f"{wheel.name} holds {name}, which git does not know" for name in sorted(found - expected)
    )
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(sdist) as archive:
            archive.extractall(folder, filter="data")
        (project,) = Path(folder).iterdir()
        build(project, Path(folder), "wheel")
        if (Path(folder) / wheel.name).read_bytes() != wheel.read_bytes():
            yield f"{sdist.name} builds another wheel than the repository does"


def in_wheel(names: Iterable[str]) -> Iterator[str]:
    """Of files of the repository, those that the wheel is to hold, and where, as pyproject.toml
    says."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]
    for name in names:
        top, _, rest = name.partition("/")
        if top in wheel["only-include"]:
            yield f"{wheel['sources'].get(top, top)}/{rest}"


def main() -> int:
    if wrong := unwritten(ROOT):
        print(*wrong, sep="\n", file=sys.stderr)
        return 1
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder)
        build(ROOT, built)
        wrong = list(defects(built, listed.stdout.decode().split("\0")))
        print(*wrong, sep="\n", file=sys.stderr, end="\n" if wrong else "")
        if wrong:
            return 1
        DIST.mkdir(exist_ok=True)
        for path in sorted(built.iterdir()):
            shutil.move(path, DIST / path.name)
            print(f"dist/{path.name}: {(DIST / path.name).stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
