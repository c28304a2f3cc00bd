"""Install the course and one of its extras into the environment that runs this file; an installed
PyTorch that fits is kept.

Usage: `python authoring/install.py EXTRA STAMP [STAMP ...]`. Needs nothing but Python and pip. Each
stamp is written with the folder installed from.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def version_tuple(version: str) -> tuple[int, ...]:
    """The release part of a version: (2, 13, 0) for "2.13.0+cpu"."""
    match = re.match(r"\d+(?:\.\d+)*", version)
    if match is None:
        raise ValueError(f"{version!r} is no version number; expected something like '2.13.0+cpu'")
    return tuple(int(part) for part in match[0].split("."))


def torch_range(pyproject: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Lowest version of torch that is accepted, and the lowest that no longer is, from the text of
    a pyproject.toml."""
    for requirement in tomllib.loads(pyproject)["project"]["dependencies"]:
        match = re.fullmatch(r"torch>=([\d.]+),<([\d.]+)", requirement)
        if match:
            return version_tuple(match[1]), version_tuple(match[2])
    raise ValueError(
        "pyproject.toml holds no dependency of the form 'torch>=2.6,<3'; authoring/install.py "
        "reads the range from it"
    )


def torch_constraint(installed: str | None, pyproject: str) -> str | None:
    """The line that makes pip keep an installed torch inside the range.

    Without it pip may pick the newest torchvision first, which asks for exactly one torch, and
    replace a small CPU build by the large CUDA one.
    """
    if installed is None:
        return None
    lowest, beyond = torch_range(pyproject)
    return f"torch=={installed}" if lowest <= version_tuple(installed) < beyond else None


def installed_torch() -> str | None:
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return None


def install(extra: str) -> int:
    """Call pip, and return its exit code."""
    # An interrupted `python -m venv` leaves a Python without pip behind.
    if (
        subprocess.run(
            [sys.executable, "-m", "pip", "--version"], capture_output=True, check=False
        ).returncode
        != 0
    ):
        subprocess.run([sys.executable, "-m", "ensurepip", "--upgrade"], check=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--editable",
        f"{ROOT}[{extra}]",
    ]
    with tempfile.TemporaryDirectory() as folder:
        kept = torch_constraint(
            installed_torch(), (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        )
        if kept:
            print(f"Keeping the PyTorch that is installed: {kept}")
            constraints = Path(folder, "torch.txt")
            constraints.write_text(kept + "\n", encoding="utf-8")
            command += ["--constraint", str(constraints)]
        return subprocess.run(command, check=False).returncode


def torchvision_advice() -> str | None:
    """What to do where torch and torchvision do not fit; None where they do.

    A torch from pytorch.org (2.13.0+cpu, say) needs the torchvision from there; the one from PyPI
    has the right version number and fails on import.
    """
    result = subprocess.run(
        [sys.executable, "-c", "import torchvision"], capture_output=True, text=True, check=False
    )
    if result.returncode == 0:
        return None
    reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
    return (
        f"torchvision {metadata.version('torchvision')} does not work with your torch "
        f"{installed_torch()} ({reason}).\n"
        "The lessons run without it; only load(..., source='full') needs it. To mend it, take "
        "torchvision from where your torch came from:\n"
        "choose your system on https://pytorch.org/get-started/locally and run the command shown "
        "there for torchvision alone,\n"
        "with --force-reinstall --no-deps."
    )


def main(arguments: list[str]) -> int:
    extra, *stamps = arguments
    print(f"Installing the course with what you need to {extra} into {sys.prefix} ...")
    print(
        "The first time this downloads PyTorch and JupyterLab, which takes some minutes; later it "
        "takes a second."
    )
    code = install(extra)
    if code != 0:
        print(
            f"pip ended with exit code {code}; its last lines above say why. Nothing was started.",
            file=sys.stderr,
        )
        return code
    advice = torchvision_advice()
    if advice:
        print(advice, file=sys.stderr)
    for stamp in stamps:
        Path(stamp).write_text(f"{ROOT}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
