"""What numbers may depend on besides seeds: the machine, and the versions of what runs on it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gan_course import __version__


def versions() -> dict[str, str]:
    """Of everything that numbers may depend on."""
    return {
        "gan_course": __version__,
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
    }


class OtherVersionError(ValueError):
    """A file is whole, and only another version of the course can read it: to pass over it, as over
    one that is damaged, would lose what it holds."""


def expect_not_newer(path: Path, written_with: dict[str, str]) -> None:
    """Raise `OtherVersionError` where `path` was written with a newer version of the course, whose
    meaning this one cannot know."""
    if _numbers(written_with["gan_course"]) > _numbers(__version__):
        raise OtherVersionError(
            f"{path} was written by gan-course {written_with['gan_course']}, this is "
            f"{__version__}: update the course"
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(match[0]) for part in version.split(".") if (match := re.match(r"\d+", part)))


def machine(device: torch.device) -> dict[str, Any]:
    """Processor, cores, system and, where there is one in use, the GPU."""
    found: dict[str, Any] = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
    }
    if device.type == "cuda":
        found["gpu"] = torch.cuda.get_device_name(device)
    return found


def processor() -> str:
    """The processor's model name, as the system knows it."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def commit() -> str | None:
    """The git commit of the clone the course runs from, with "+" where files in it were changed;
    None where it is no clone."""
    clone = Path(__file__).resolve().parents[1]
    if not (clone / ".git").exists():
        return None
    try:
        git = ["git", "--no-optional-locks", "-C", str(clone)]
        head = subprocess.run(  # noqa: S603
            [*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True, timeout=10
        ).stdout.strip()
        changed = subprocess.run(  # noqa: S603
            [*git, "status", "--porcelain", "-uno"],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return head + ("+" if changed.strip() else "")


def free_memory() -> int | None:
    """Bytes that a program can still have, None where the system does not tell."""
    information = Path("/proc/meminfo")
    if not information.is_file():
        return None
    found = re.search(r"MemAvailable:\s+(\d+) kB", information.read_text(encoding="utf-8"))
    return int(found[1]) * 2**10 if found else None


def memory(kind: str) -> int | None:
    """Bytes of memory that a device of a kind, "cpu", "cuda" or "mps", has in all; None where the
    system does not tell."""
    if kind == "cuda":
        return int(torch.cuda.mem_get_info()[1])
    if sys.platform == "win32":
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def forget_peak_memory() -> None:
    """Let `peak_memory` count from here, where the system can: Linux."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")


def peak_memory(device: torch.device) -> dict[str, int]:
    """The most memory this process has held, in MiB: "main", where the system tells, and "gpu",
    where one is in use."""
    found = {}
    if sys.platform != "win32":
        import resource

        unit = 2**20 if sys.platform == "darwin" else 2**10
        found["main"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    if device.type == "cuda":
        found["gpu"] = torch.cuda.max_memory_allocated(device) // 2**20
    return found
