"""A sandbox made with bubblewrap, for one submission: no network, no home, nothing of the system
but the interpreter and the learner's part of this library, and limits on all that can run out."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gan_course.grading import bubblewrap, wire
from gan_course.grading.extract import inputs
from gan_course.practice.collecting import Run
from gan_course.practice.question import Part

PACKAGE = Path(__file__).resolve().parents[1]
KILLED = (-9, 128 + 9)  # bubblewrap itself, or what it runs; Windows has no signal.SIGKILL
FIRST_UID = 2_000_000_000  # where the grader is root, each sandbox gets a user of its own
MIB = 2**20
TO_START = 120  # seconds; PyTorch is loaded on a machine that may be busy
OWN = "/tmp"  # noqa: S108 - inside, where nobody else is


class Ended(Exception):  # noqa: N818
    """A submission gave no reply; the message says what it did instead."""


@dataclass(frozen=True)
class Limits:
    """What one question of a submission may take."""

    seconds: float = 90.0  # by the clock
    computing: int = 60  # seconds of one process
    memory: int = 3072 * MIB  # of all processes together
    files: int = 64 * MIB  # in its private /tmp
    processes: int = 32  # with their threads

    def of_kernel(self) -> dict[str, int]:
        """Those that the kernel watches, for each process."""
        return {
            "RLIMIT_CPU": self.computing,
            "RLIMIT_AS": self.memory + 5120 * MIB,  # PyTorch maps far more than it uses
            "RLIMIT_FSIZE": self.files,
            "RLIMIT_NPROC": self.processes,
            "RLIMIT_NOFILE": 256,
            "RLIMIT_CORE": 0,
        }


@dataclass(frozen=True)
class Reply:
    """What a submission's functions gave, and what is noted about its cells."""

    runs: dict[str, Run]
    troubles: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)


def command(limits: Limits, descriptor: int, bwrap: str) -> list[str]:
    """The command line that starts a worker in a sandbox. Nothing is bound that could be written,
    and of the library not the folders that hold the questions' answers."""
    prefixes = {Path(sys.base_prefix), Path(sys.prefix)}
    bound = [Path("/usr/lib"), *sorted(prefixes - {Path("/usr")}), PACKAGE]
    if Path("/usr") in prefixes:  # of the system's programs Python alone
        bound[1:1] = [Path(sys.executable).resolve(), Path("/usr/local/lib")]
    made = {Path("/etc"), *(parent for path in bound for parent in path.parents)}
    root = os.geteuid() == 0 and _may_become(FIRST_UID + os.getpid())
    words = [bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    words += ["--unshare-cgroup-try", "--new-session", "--die-with-parent", "--cap-drop", "ALL"]
    if root:  # the worker becomes a user without any rights by itself
        words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        words += ["--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"]
    # First, so that it hides nothing: the library may lie in a folder below it.
    words += ["--perms", "1777", "--size", str(limits.files), "--tmpfs", OWN]
    words += [word for path in sorted(made) for word in ("--dir", str(path))]
    words += [word for path in bound for word in ("--ro-bind", str(path), str(path))]
    for name in ("lib", "lib64"):
        link = Path("/", name)
        if link.is_symlink():
            words += ["--symlink", str(link.readlink()), str(link)]
        else:
            words += ["--ro-bind-try", str(link), str(link)]
    words += ["--ro-bind-try", "/usr/lib64", "/usr/lib64"]
    words += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for folder in sorted((PACKAGE / "practice").glob("lesson_*")):
        words += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
    words += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    words += ["--remount-ro", "/", "--chdir", OWN, "--clearenv"]
    for name, value in _environment().items():
        words += ["--setenv", name, value]
    start = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); "
    start += "from gan_course.grading.worker import main; "
    start += f"main({descriptor}, {FIRST_UID + os.getpid()}, {limits.of_kernel()})"
    return [*words, sys.executable, "-I", "-B", "-c", start]


def _may_become(uid: int) -> bool:
    """Whether there is such a user here: the root of a rootless container knows few others."""
    ranges = [
        line.split() for line in Path("/proc/self/uid_map").read_text(encoding="utf-8").splitlines()
    ]
    return any(int(first) <= uid < int(first) + int(count) for first, _, count in ranges)


def _environment() -> dict[str, str]:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {"HOME": OWN, "TMPDIR": OWN, "LANG": "C.UTF-8", **threads}


class Sandbox:
    """The sandbox of one student's answers, which starts with the first question and is ended with
    all that ran in it at the end of a `with`."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self.limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def ask(
        self,
        harness: Mapping[str, Any],
        cells: Sequence[str],
        parts: Sequence[Part],
        seeds: Sequence[int],
        most: int,
    ) -> Reply:
        """What the functions that `cells` define give under `seeds`, which leave this process only
        after the cells have run; `Ended` where they give nothing within `most` bytes."""
        with self._channel() as ours:
            try:
                return self._exchange(ours, {**harness, "cells": list(cells)}, parts, seeds, most)
            except (EOFError, ConnectionError):
                raise Ended(self._how_it_ended()) from None
            except wire.Malformed as error:
                self._end()
                raise Ended(f"sent {error}") from None
            except Ended:
                self._end()
                raise

    def _channel(self) -> socket.socket:
        """Our end of a socket whose other end a new process in the sandbox has."""
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._start()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"?"], [theirs.fileno()])
            except OSError:
                raise Ended("ended the process that watches over it") from None
        return ours

    def _exchange(
        self,
        channel: socket.socket,
        task: Mapping[str, Any],
        parts: Sequence[Part],
        seeds: Sequence[int],
        most: int,
    ) -> Reply:
        watch = _Watch(self.limits, self._pid)
        wire.send(channel, json.dumps(task).encode())
        defined = wire.notes(wire.receive(channel, wire.MOST_TEXT, watch))
        channel.setblocking(False)
        try:
            if channel.recv(1, socket.MSG_PEEK):
                raise wire.Malformed("an answer before it was asked")
        except BlockingIOError:
            pass
        channel.setblocking(True)
        nonce = secrets.token_hex(16)
        sent = {part.name: inputs(part, seeds) for part in parts}
        request = {"nonce": nonce, "seeds": list(seeds), "inputs": sent}
        wire.send(channel, json.dumps(request).encode())
        body = wire.receive(channel, most, watch)
        runs = wire.runs_of(body, nonce, parts, seeds)
        self._finish(5)
        return Reply(runs, *defined)

    def _start(self) -> None:
        bwrap = bubblewrap.expect()
        ours, theirs = socket.socketpair()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - the worker's, until it is ready
        self._process = subprocess.Popen(  # noqa: S603
            command(self.limits, theirs.fileno(), bwrap),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._said,
        )
        self._control = ours
        theirs.close()
        ours.settimeout(TO_START)
        try:
            ready = ours.recv(5)
        except TimeoutError:
            ready = b""
        if ready != b"ready":
            with suppress(subprocess.TimeoutExpired):
                if self._process.wait(1) in KILLED:
                    raise MemoryError("a sandbox was killed while it started")
            self._end()
            self._said.seek(0)
            lines = self._said.read(4000).decode(errors="replace").strip().splitlines()
            raise bubblewrap.refusal((lines or ["no word"])[-1])

    @property
    def _pid(self) -> int:
        assert self._process  # noqa: S101
        return self._process.pid

    def _finish(self, seconds: float) -> int | None:
        """Wait until the process that answered has ended, and all that it started; its status, or
        None where the whole sandbox had to be ended."""
        self._control.settimeout(seconds)
        try:
            said = self._control.recv(4)
        except (TimeoutError, ConnectionError):
            said = b""
        if len(said) == 4:
            return int.from_bytes(said, sys.byteorder)
        self._end()
        return None

    def _how_it_ended(self) -> str:
        status = self._finish(5)
        if status is None:
            return "ended the process that watches over it"
        if os.WIFEXITED(status):
            return f"ended its process (exit code {os.WEXITSTATUS(status)})"
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGKILL):
            return (
                f"was ended: it computed for {self.limits.computing} seconds, took more memory "
                "than there is, or killed itself"
            )
        return f"ended its process ({signal.Signals(number).name})"

    def _end(self) -> None:
        """End the sandbox and all processes in it."""
        if self._process:
            self._process.kill()  # bubblewrap's, with which the others die
            self._process.wait()
            self._control.close()
            self._process = None


class _Watch:
    """Raises `Ended` when a question has taken too long, or its processes too much memory."""

    def __init__(self, limits: Limits, pid: int) -> None:
        self._limits, self._pid = limits, pid
        self._end = time.monotonic() + limits.seconds
        self._next = 0.0

    def __call__(self) -> None:
        now = time.monotonic()
        if now > self._end:
            raise Ended(f"had not answered after {self._limits.seconds:g} seconds")
        if now > self._next:
            self._next = now + 0.05
            if (found := memory(self._pid)) > self._limits.memory:
                raise Ended(f"took {found / MIB:,.0f} MiB of memory")


def memory(pid: int) -> int:
    """Bytes that a process and all below it hold for themselves alone."""
    total = 0
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except OSError:  # it has just ended
        return 0
    for line in lines:
        if line.startswith(("RssAnon:", "RssShmem:")):
            total += 1024 * int(line.split()[1])
    return total + sum(memory(int(child)) for child in below)
