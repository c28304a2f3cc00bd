"""`gan-course explore`: what it refuses, before a page is served."""

from __future__ import annotations

import socket
import sys

import pytest

from gan_course.commands import serving
from tests.cli.run_folders import make
from tests.command import Command


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What pages would be served."""
    pages: list[tuple[object, ...]] = []
    monkeypatch.setattr(serving, "serve", lambda *page: pages.append(page))
    return pages


def test_a_page_is_served_on_a_free_port_or_the_one_asked_for(
    course: Command, served: list[tuple[object, ...]]
) -> None:
    free = serving.usable_port(None)
    assert course("explore", "1", "--port", free, "--no-browser").code == 0
    assert course("explore", "01", "--explorer", "gan_lab").code == 0
    title = "1 · The game, on a line"
    assert served[0] == (title, ["1"], None, free, False)
    assert served[1][:3] == (title, ["01"], "gan_lab")
    assert served[1][4]


def test_a_port_in_use_is_one_sentence(course: Command, served: list[object]) -> None:
    with socket.socket() as taken:
        taken.bind((serving.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        outcome = course("explore", "01", "--port", port)
    assert outcome.code == 2
    assert outcome.err == (
        f"gan-course: port {port} is in use or not yours: choose another with --port, or leave it "
        "out\n"
    )
    assert served == []


def test_what_cannot_be_shown_is_told_before_a_page_is_served(
    course: Command, served: list[object]
) -> None:
    make("runs/unfinished")
    trained = course("train", "ddpm", "--data", "grid", "--steps", 1, "--out", "runs/points")
    assert trained.code == 0, trained.err
    for what, said in {
        "dcgn": "no lesson, model of the zoo or run 'dcgn' (did you mean 'dcgan'?)",
        "runs/gone": "there is no run at runs/gone",
        "runs/unfinished": "the run did not reach its end",
        "runs/points": "no explorer can show this DDPM",
    }.items():
        outcome = course("explore", what)
        assert outcome.code == 2
        assert said in outcome.err
        assert outcome.err.count("\n") == 1
    refused = course("explore", "01", "--explorer", "ganlab")
    assert "explorer of a GAN called 'ganlab' (did you mean 'gan_lab'?)" in refused.err
    assert served == []


def test_without_voila_it_says_what_to_install(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.split(".")[0] == "voila"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "voila", None)
    outcome = course("explore", "01", "--no-browser")
    assert outcome.code == 2
    assert "need voila, which is not installed: " in outcome.err
    assert "[learn]" in outcome.err
