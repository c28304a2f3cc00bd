"""A lesson as Colab runs it: PyTorch is there, the course is not, widgets are of version 7."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from gan_course.catalogue import catalogue
from tests.classroom import environments
from tests.classroom.conftest import ROOT

# https://github.com/googlecolab/backend-info lists what Colab has.
WHEELS = Path(sys.prefix, "share", "wheels-of-colab")  # ipywidgets 7; `make units` brings them
WIDGETS = ("ipywidgets", "widgetsnbextension", "jupyterlab_widgets")
# What the course requires, and of what Colab has its kernel, what its widgets require, and pip.
NEEDED = ("gan-course", "ipykernel", "notebook", "pip", "hatchling")
OTHERS = (
    ".git",
    ".venv",
    "tests",
    "benchmarks",
    "site",
    "build",
    "dist",
    "runs",
    "*_cache",
    "__pycache__",
)
EXPLORER = """
from gan_course.explore import explore

explore("01")
"""
ASKED = """
import json, sys, torch, ipywidgets, gan_course
print(json.dumps([torch.__file__, ipywidgets.__version__, gan_course.__file__]))
"""


@pytest.fixture
def colab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment such as Colab's, as the kernel `colab`, and a GitHub with the course on it."""
    environment = tmp_path / "colab"
    python = environments.make(environment, but=WIDGETS, only=NEEDED)
    wheels = sorted(WHEELS.glob("*.whl"))
    assert wheels, f"{WHEELS} holds no wheels: `make units` downloads them"
    offline = ("--no-index", "--no-deps", "-q")
    environments.run(python, "-m", "pip", "install", *offline, *wheels, cwd=tmp_path)
    packages = environments.site(environment)
    (packages / "google" / "colab").mkdir(parents=True)
    (packages / "google" / "colab" / "__init__.py").touch()
    (packages / "colab.pth").write_text("import google.colab")  # Colab's kernel imports it too
    kernel = tmp_path / "jupyter" / "kernels" / "colab" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    launch = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({"argv": launch, "display_name": "Colab", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    github(tmp_path / "github", monkeypatch)
    return environment


def github(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The course's repository on this disk, where git finds it under its address; pip has no
    index, and builds with what is installed."""
    course = catalogue()
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*OTHERS), symlinks=True)
    author = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (
        ("init", "-q", "-b", course.branch),
        ("add", "-A"),
        (*author, "commit", "-q", "-m", "The course"),
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{folder.as_uri()}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", f"https://github.com/{course.repository}")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_NO_BUILD_ISOLATION", "0")  # pip takes the value, not the option's name


def test_lesson_installs_the_course_in_colab_keeps_its_torch_and_shows_an_explorer(
    colab: Path,
) -> None:
    lesson = nbformat.read(ROOT / "chapters" / "01_gaussian_gan.ipynb", as_version=4)
    code = [cell for cell in lesson.cells if cell.cell_type == "code"]
    assert code[0].metadata.tags == ["install"]
    lesson.cells = [*code[:3], new_code_cell(EXPLORER), new_code_cell(ASKED)]
    lesson.metadata.pop("kernelspec")
    content = {"metadata": {"path": str(colab.parent)}}
    NotebookClient(lesson, kernel_name="colab", timeout=300, resources=content).execute()
    _, card, _, explorer, asked = lesson.cells
    assert "After this lesson you can" in card.outputs[0]["data"]["text/markdown"]
    shown = explorer.outputs[-1]["data"]
    assert "application/vnd.jupyter.widget-view+json" in shown
    torch, widgets, course = json.loads(asked.outputs[0]["text"])
    packages = environments.site(colab)
    assert torch == str(colab / "borrowed" / "torch" / "__init__.py")
    assert not list(packages.glob("torch*"))
    assert widgets.startswith("7.")
    assert course == str(packages / "gan_course" / "__init__.py")
