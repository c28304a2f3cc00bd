"""Ctrl-C is noted once, believed at once the second time, and gone back to what it was when the
training is over."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from gan_course.training.interrupt import interruptible_between_steps


@pytest.fixture(autouse=True)
def handler_put_back() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.001)  # a chance for Python to call the handler


def test_nothing_is_noted_before_ctrl_c() -> None:
    with interruptible_between_steps() as stop:
        assert not stop.asked


def test_the_first_ctrl_c_is_noted_and_interrupts_nothing() -> None:
    with interruptible_between_steps() as stop:
        press_ctrl_c()
        done = True
    assert done
    assert stop.asked


def test_the_second_ctrl_c_interrupts_at_once() -> None:
    reached = []

    def training() -> None:
        with interruptible_between_steps():
            press_ctrl_c()
            reached.append("after the first")
            press_ctrl_c()
            reached.append("after the second")

    with pytest.raises(KeyboardInterrupt):
        training()
    assert reached == ["after the first"]


def test_one_run_does_not_remember_the_ctrl_c_of_another() -> None:
    with interruptible_between_steps() as first:
        press_ctrl_c()
    with interruptible_between_steps() as second:
        assert first.asked
        assert not second.asked
        press_ctrl_c()
    assert second.asked


@pytest.mark.parametrize("ending", [None, ArithmeticError, KeyboardInterrupt])
def test_afterwards_ctrl_c_does_what_it_did_before_however_it_ends(
    ending: type[BaseException] | None,
) -> None:
    calls = []
    signal.signal(signal.SIGINT, lambda *_: calls.append("mine"))
    try:
        with interruptible_between_steps():
            press_ctrl_c()
            if ending is not None:
                raise ending
    except (ArithmeticError, KeyboardInterrupt):
        pass
    assert calls == []
    press_ctrl_c()
    assert calls == ["mine"]


@pytest.mark.parametrize("before", [signal.SIG_IGN, signal.SIG_DFL, signal.default_int_handler])
def test_a_handler_of_the_systems_is_put_back_too(before: signal.Handlers) -> None:
    signal.signal(signal.SIGINT, before)
    with interruptible_between_steps():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_a_handler_that_python_cannot_set_again_gives_way_to_pythons_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = signal.signal
    with monkeypatch.context() as patch:
        patch.setattr(signal, "signal", lambda number, handler: [real(number, handler), None][1])
        with interruptible_between_steps():
            pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_in_another_thread_nothing_is_noted_and_no_handler_is_touched() -> None:
    before, seen = signal.getsignal(signal.SIGINT), []

    def train() -> None:
        with interruptible_between_steps() as stop:
            seen.append((signal.getsignal(signal.SIGINT), stop.asked))

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert seen == [(before, False)]
    assert signal.getsignal(signal.SIGINT) == before
