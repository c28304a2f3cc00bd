"""The wheel in an environment of its own, which has what the course depends on, but no clone."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from authoring import dist
from tests.command import Outcome

JUPYTER = Path(sys.prefix, "share", "jupyter")
# In the second, file names are bytes and output is ASCII.
LOCALES = {
    "UTF-8": {"LC_ALL": "C.UTF-8"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@dataclass(frozen=True)
class Learner:
    """Someone with the wheel, a home folder and an empty folder to work in."""

    scripts: Path
    package: Path
    folder: Path
    environment: Mapping[str, str]

    def start(self, *words: object, folder: Path | None = None) -> subprocess.Popen[bytes]:
        """`gan-course`, as a shell would start it."""
        return subprocess.Popen(
            [str(self.scripts / "gan-course"), *map(str, words)],
            cwd=folder or self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __call__(self, *words: object, folder: Path | None = None) -> Outcome:
        process = self.start(*words, folder=folder)
        out, err = process.communicate(timeout=300)
        return Outcome(process.returncode, out.decode(), err.decode())


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, in a folder whose name is not ASCII and holds a space."""
    root = tmp_path_factory.mktemp("wheel")
    dist.build(dist.ROOT, root, "wheel")
    (wheel,) = root.glob("*.whl")
    environment = root / "Müllers Umgebung"
    venv.create(environment, symlinks=os.name != "nt")
    python = Path(sysconfig.get_path("scripts", vars={"base": str(environment)})) / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    install = ["install", "--no-deps", "--no-index", "--no-compile", str(wheel)]
    subprocess.run([*pip, *install], check=True, stdout=subprocess.DEVNULL)
    # What a .pth names is put on the path; the .pth files that lie there, such as that of a clone,
    # are not read.
    site = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return environment


@pytest.fixture
def learner(installed: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Learner:
    scripts, site = (
        Path(sysconfig.get_path(name, vars={"base": str(installed)}))
        for name in ("scripts", "purelib")
    )
    folder, home = tmp_path / "ein Übungsraum", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    jupyter = {"JUPYTER_PATH": str(JUPYTER), "JUPYTERLAB_DIR": str(JUPYTER / "lab")}
    one_thread = {"OMP_NUM_THREADS": "1", "COLUMNS": "200"}
    locale = LOCALES[getattr(request, "param", "C")]
    surroundings = kept | jupyter | one_thread | locale | {"HOME": str(home)}
    return Learner(scripts, site / "gan_course", folder, surroundings)
