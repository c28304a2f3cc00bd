"""What stands before the first lesson: finding a Python, installing, keeping a PyTorch, and running
without a network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from authoring import install, offline

ROOT = install.ROOT
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def make(
    *arguments: str, folder: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {
        key: value
        for key, value in os.environ.items()
        if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VENV", "PYTHON", "ONLY", "CHANGED")
    }
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a space in its name that holds the Makefile, what it reads, and an installed
    environment that only pretends; npm has been there too."""
    root = tmp_path / "my course"
    for folder in (".venv/bin", "authoring", "node_modules"):
        (root / folder).mkdir(parents=True)
    for name in ("Makefile", "authoring/make_venv.sh", "pyproject.toml"):
        shutil.copyfile(ROOT / name, root / name)
    for name in ("package-lock.json", "node_modules/.package-lock.json"):
        (root / name).touch()
    os.utime(root / "pyproject.toml", (1e9, 1e9))
    python = root / ".venv/bin/python"
    python.write_text(
        '#!/bin/sh\necho "python $@"\ncase $1 in authoring/install.py) shift 2; for stamp; do pwd '
        '> "$stamp"; done;; esac\n'
    )
    python.chmod(0o755)
    return root


def test_make_alone_lists_what_it_can_do() -> None:
    result = make()
    assert result.returncode == 0
    for command in ("lab", "test", "notebooks", "exercises", "slides", "dist", "offline", "clean"):
        assert re.search(rf"^  make {command} +\w", result.stdout, re.MULTILINE), command


def test_make_lab_installs_once_and_opens_the_first_lesson(checkout: Path) -> None:
    first, second = (
        make("lab", "LAB_ARGS=--no-browser --port 8900", folder=checkout) for _ in range(2)
    )
    assert first.stdout.count("authoring/install.py learn .venv/.gan-course-learn") >= 1
    assert "install.py" not in second.stdout
    assert "-m jupyterlab" in second.stdout
    assert "/lab/tree/chapters/01_gaussian_gan.ipynb --no-browser --port 8900" in second.stdout


def test_a_learners_list_leaves_out_the_sources_of_notebooks_and_an_authors_does_not(
    checkout: Path,
) -> None:
    hidden = "--ContentsManager.hide_globs=[0-9][0-9]_*.py"
    assert hidden in make("lab", folder=checkout).stdout
    assert hidden not in make("lab", "AUTHOR=1", folder=checkout).stdout


def test_make_test_serves_make_lab_too(checkout: Path) -> None:
    assert make("lint", folder=checkout).returncode == 0
    assert "install.py" not in make("lab", folder=checkout).stdout


def test_a_changed_pyproject_installs_again(checkout: Path) -> None:
    make("lab", folder=checkout)
    os.utime(checkout / "pyproject.toml", (4e9, 4e9))
    assert "install.py" in make("lab", folder=checkout).stdout


def test_a_folder_that_was_moved_installs_again(checkout: Path) -> None:
    make("lab", folder=checkout)
    moved = checkout.rename(checkout.with_name("elsewhere"))
    assert "install.py" in make("lab", folder=moved).stdout
    assert "install.py" not in make("lab", folder=moved).stdout


def test_an_environment_whose_path_holds_a_space_is_refused() -> None:
    result = make("lab", "VENV=/tmp/my env")
    assert result.returncode != 0
    assert 'VENV is "/tmp/my env", which holds a space' in result.stderr


def test_make_test_runs_every_check(checkout: Path) -> None:
    output = make("test", folder=checkout).stdout
    for call in (
        "ruff check",
        "ruff format --check",
        "-m mypy",
        "codespell",
        "authoring.notebooks check",
        "authoring.exercises --check",
        "authoring.readme --check",
        "pytest -q -n 2 tests",
        "authoring.lessons",
    ):
        assert call in output, call
    assert "Every check passed." in output


def test_make_test_of_one_lesson_says_what_it_covers(checkout: Path) -> None:
    output = make("test", "ONLY=03", folder=checkout).stdout
    for call in ("authoring.units 03\n", "authoring.lessons 03\n", 'that ONLY="03" covers.'):
        assert call in output, call
    assert "pytest -q -n 2 tests" not in output


def test_only_what_changed_is_executed_where_it_is_asked_for(checkout: Path) -> None:
    for words, flag in ((("CHANGED=1",), " --changed"), ((), ""), (("CHANGED=0",), "")):
        output = make("lessons", "notebooks", *words, folder=checkout).stdout
        assert f"-m authoring.lessons{flag}\n" in output
        assert f"-m authoring.notebooks write{flag}\n" in output


def fake_python(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def make_venv(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(ROOT / "authoring/make_venv.sh"), "venv", *arguments],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
    )


def test_the_first_python_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    fake_python(
        tmp_path, "python3", 'case "$2" in *version_info*) exit 1;; esac; echo "made by an old one"'
    )
    fake_python(tmp_path, "python3.12", 'case "$1" in -m) echo "made $3";; esac')
    assert "made venv" in make_venv(tmp_path).stdout


def test_without_a_new_enough_python_it_says_where_to_get_one(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", "exit 1")
    result = make_venv(tmp_path)
    assert result.returncode == 1
    assert "No Python 3.11 or newer was found" in result.stderr


def test_a_python_that_was_asked_for_is_not_exchanged(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", "exit 0")
    result = make_venv(tmp_path, "python3.9")
    assert result.returncode == 1
    assert "PYTHON is 'python3.9'" in result.stderr


def test_a_python_without_venv_names_the_package_that_brings_it(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", 'case "$2" in *ensurepip*) exit 1;; esac')
    result = make_venv(tmp_path)
    assert result.returncode == 1
    assert "sudo apt install python3-venv" in result.stderr


@pytest.mark.parametrize(
    ("installed", "kept"),
    [
        ("2.13.0+cpu", "torch==2.13.0+cpu"),
        ("2.6.0", "torch==2.6.0"),
        ("2.5.1", None),
        ("3.0.0", None),
        (None, None),
    ],
)
def test_a_torch_inside_the_range_is_kept(installed: str | None, kept: str | None) -> None:
    assert install.torch_constraint(installed, PYPROJECT) == kept


def test_pip_is_told_to_keep_torch_and_a_failure_leaves_no_stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []
    constraints: list[str] = []

    def fake_run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        if "--constraint" in command:
            constraints.append(Path(command[-1]).read_text(encoding="utf-8"))
        return subprocess.CompletedProcess(command, 1 if "install" in command else 0)

    monkeypatch.setattr(install.subprocess, "run", fake_run)
    monkeypatch.setattr(install, "installed_torch", lambda: "2.13.0+cpu")
    assert install.main(["learn", str(tmp_path / "stamp")]) == 1
    assert calls[-1][:4] == [sys.executable, "-m", "pip", "install"]
    assert constraints == ["torch==2.13.0+cpu\n"]
    assert not (tmp_path / "stamp").exists()


def test_a_torchvision_that_does_not_fit_is_named_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = subprocess.CompletedProcess(
        [], 1, "", "Traceback ...\nRuntimeError: operator torchvision::nms does not exist\n"
    )
    monkeypatch.setattr(install.subprocess, "run", lambda *_, **__: broken)
    advice = install.torchvision_advice()
    assert advice is not None
    assert "operator torchvision::nms does not exist" in advice
    assert "take torchvision from where your torch came from" in advice
    monkeypatch.setattr(
        install.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, "", "")
    )
    assert install.torchvision_advice() is None


def test_constraints_lie_inside_the_ranges_of_the_project() -> None:
    from packaging.requirements import Requirement

    project = tomllib.loads(PYPROJECT)["project"]
    everything = project["dependencies"] + [
        line for extra in project["optional-dependencies"].values() for line in extra
    ]
    ranges = {
        requirement.name: requirement.specifier for requirement in map(Requirement, everything)
    }
    pins = [
        Requirement(line)
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert {"torch", "torchvision", "numpy", "ruff", "mypy", "jupytext", "nbgrader"} <= {
        pin.name for pin in pins
    }
    for pin in pins:
        (version,) = (specifier.version for specifier in pin.specifier)
        assert pin.name not in ranges or version in ranges[pin.name], (
            f"{pin} lies outside {ranges[pin.name]}"
        )


def test_offline_runs_a_command_with_loopback_and_nothing_else(
    capfd: pytest.CaptureFixture[str],
) -> None:
    talk = (
        "import socket; print([name for _, name in socket.if_nameindex()]); "
        "here = socket.create_server(('127.0.0.1', 0)); "
        "socket.create_connection(here.getsockname(), 5)"
    )
    code = offline.main([sys.executable, "-c", talk])
    out, err = capfd.readouterr()
    if offline.can_unshare():
        assert code == 0, err
        assert "['lo']" in out
    else:
        assert code == 1
        assert "sudo unshare -n" in err


def test_offline_passes_on_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert offline.main(["false"]) == 1


def test_where_namespaces_are_refused_the_form_with_sudo_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(offline, "can_unshare", lambda: False)
    assert offline.main(["make", "test"]) == 1
    line = capsys.readouterr().err.splitlines()[-1].strip()
    assert line.startswith("sudo unshare -n sh -c ")
    assert line.endswith('"$USER" make test')


def test_offline_refuses_to_run_inside_where_a_network_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(offline, "devices", lambda: ["lo", "eth0"])
    monkeypatch.setattr(offline, "raise_loopback", lambda: None)
    monkeypatch.setattr(offline.os, "execvp", lambda *_: pytest.fail("the command was run"))
    assert offline.main([offline.INSIDE, "true"]) == 1
    assert "eth0" in capsys.readouterr().err
