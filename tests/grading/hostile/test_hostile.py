"""Hostile submissions: no points, no canary touched, no hang, the next answer graded as ever, and
each noted as what it was.

Their code runs in the sandbox alone. It refuses to start where it can see its canary, which is a
file that the test made outside.
"""

from __future__ import annotations

import re
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gan_course.grading.questions import grade
from gan_course.grading.sandbox import PACKAGE, Sandbox
from gan_course.practice.checking import PUBLIC_SEEDS
from gan_course.practice.registry import MODULES, find
from tests.grading.conftest import LIMITS
from tests.grading.hostile.on_the_grade import ANYWHERE, CELLS
from tests.grading.hostile.on_the_machine import CALLS

QUESTION = find("05.q1")
SEEDS = (901, 77, 5)
HONEST = """
def critic_loss(real, fake): return fake.mean() - real.mean()
def generator_loss(fake): return -fake.mean()
"""
GUARD = """
import ctypes, os, resource, shutil, signal, socket, subprocess, sys, threading, time
import torch
if os.path.exists(CANARY):
    os._exit(99)  # not in the sandbox
def critic_loss(real, fake): return 0 * real.mean()
def generator_loss(fake): return 0 * fake.mean()
"""


class Canary:
    """A file with a secret, and servers that nobody should reach."""

    def __init__(self, folder: Path) -> None:
        self.path, self.secret = folder / "canary", secrets.token_hex(8)
        self.path.write_text(self.secret)
        self.servers = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)]
        self.name = f"canary-{self.secret}"
        self.servers[1].bind(f"\0{self.name}")
        self.servers[1].listen()
        scores = {
            round(part["real"][0].item(), 4): 1.0
            for part in (QUESTION.parts[0].inputs(seed, "") for seed in PUBLIC_SEEDS)
        }
        self.words = {
            "CANARY": str(self.path),
            "PACKAGE": str(PACKAGE),
            "PORT": self.servers[0].getsockname()[1],
            "NAME": self.name,
            "REMEMBERED": scores,
        }

    def cell(self) -> str:
        return "".join(f"{name} = {value!r}\n" for name, value in self.words.items())

    def is_untouched(self) -> bool:
        for server in self.servers:
            server.settimeout(0.01)
            try:
                server.accept()
            except TimeoutError:
                continue
            return False
        return self.path.read_text() == self.secret and len(list(self.path.parent.iterdir())) == 1


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Canary]:
    own = Canary(tmp_path)
    monkeypatch.setenv("SECRET", own.secret)
    yield own
    for server in own.servers:
        server.close()


def called(body: str) -> str:
    """A cell whose function does what `body` says once it is called."""
    lines = body.strip().splitlines()
    return "def critic_loss(real, fake):\n" + "\n".join(f"    {line}" for line in lines)


KINDS = {name: (called(body), said) for name, (body, said) in CALLS.items()} | CELLS


@pytest.mark.parametrize("name", KINDS)
def test_hostile_submission_gains_nothing_and_touches_nothing(
    name: str, sandbox: Sandbox, canary: Canary
) -> None:
    cell, said = KINDS[name]
    start = time.monotonic()
    found = grade(sandbox, QUESTION, [canary.cell() + GUARD, cell], SEEDS)
    told = " ".join([found.hint, *found.notes])
    assert time.monotonic() - start < 2 * LIMITS.seconds + 10
    assert found.points == 0
    assert found.hint
    assert canary.is_untouched()
    assert canary.secret not in told.replace(canary.name, "")
    assert re.search(said, told), told
    assert len(told.encode()) < 4000  # a text that can be written
    assert grade(sandbox, QUESTION, [HONEST], SEEDS).points == QUESTION.points


@pytest.mark.parametrize("question_id", MODULES)
def test_no_question_is_fooled_by_what_once_fooled_the_notebook(
    question_id: str, sandbox: Sandbox, canary: Canary
) -> None:
    question = find(question_id)
    for name, cell in ANYWHERE.items():
        answers = f"{' = '.join(question.asks)} = answer"
        cells = [canary.cell() + GUARD, f"{cell}\n{answers}"]
        assert grade(sandbox, question, cells, SEEDS[:2]).points == 0, name
    assert canary.is_untouched()


def test_there_are_as_many_kinds_as_were_promised() -> None:
    assert len(KINDS) == len(CALLS) + len(CELLS) >= 40
