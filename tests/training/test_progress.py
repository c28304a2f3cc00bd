"""Progress is told rightly, in each of the three places, and costs next to nothing."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest

from gan_course.data import Gaussian
from gan_course.models import GAN, GANConfig
from gan_course.training import fit, progress
from gan_course.training.hooks import Hook, Run
from gan_course.training.progress import (
    LogFace,
    Moment,
    NotebookFace,
    Progress,
    TerminalFace,
    clock,
    face_here,
)

SMALL = GANConfig(hidden=(4,), batch_size=8, steps=20)
DATA = Gaussian(2.0, 1.0)


class Noted:
    """A face that keeps what it is given."""

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self.moments: list[Moment] = []
        self.sentences: list[str] = []

    def show(self, moment: Moment) -> None:
        self.moments.append(moment)

    def clear(self) -> None: ...

    def finish(self, sentence: str) -> None:
        self.sentences.append(sentence)


class Clock:
    """Stands in for the module `time`: each step takes half a second."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def process_time(self) -> float:
        return self.now


class Tick(Hook):
    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def after_step(self, run: Run) -> None:
        self.clock.now += 0.5


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def test_step_rate_time_left_and_losses_are_shown_once_an_interval(time: Clock) -> None:
    face = Noted(interval=2.0)
    history = fit(GAN(SMALL), DATA, hooks=[Tick(time), Progress(face)])
    assert [moment.done for moment in face.moments] == [4, 8, 12, 16, 20]
    third = face.moments[2]
    assert (third.total, third.rate, third.left) == (20, 2.0, 4.0)
    assert third.values == {
        "generator": history["generator"][11],
        "discriminator": history["discriminator"][11],
    }
    assert str(third).startswith("step 12 of 20, 2 steps/s, 0:04 left, generator ")


def test_the_last_sentence_says_how_many_steps_took_how_long(time: Clock) -> None:
    face = Noted(interval=100.0)
    fit(GAN(SMALL), DATA, hooks=[Tick(time), Progress(face)])
    assert face.sentences == ["20 steps in 10 s CPU"]


def test_a_run_that_breaks_off_says_how_far_it_came(time: Clock) -> None:
    class Break(Hook):
        def after_step(self, run: Run) -> None:
            if run.step == 7:
                raise KeyboardInterrupt

    face = Noted(interval=100.0)
    with pytest.raises(KeyboardInterrupt):
        fit(GAN(SMALL), DATA, hooks=[Tick(time), Progress(face), Break()])
    assert face.sentences == ["stopped after 7 of 20 steps, 3.5 s CPU"]


def test_a_notebook_gets_one_output_that_is_replaced_and_ends_as_one_plain_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from IPython.core import display_functions

    shown: list[tuple[str, dict[str, str]]] = []

    class Handle:
        def update(self, bundle: dict[str, str], raw: bool) -> None:
            shown.append(("update", bundle))

    def display(bundle: dict[str, str], raw: bool, display_id: bool) -> Handle:
        shown.append(("display", bundle))
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)
    assert display_functions
    face = NotebookFace()
    face.interval = 0.0
    fit(GAN(SMALL), DATA, hooks=[Progress(face)])
    assert [how for how, _ in shown] == ["display"] + ["update"] * 20
    assert '<progress aria-label="training" value="7" max="20"' in shown[6][1]["text/html"]
    assert shown[6][1]["text/plain"].startswith("step 7 of 20, ")
    assert shown[-1][1].keys() == {"text/plain"}
    assert shown[-1][1]["text/plain"].startswith("20 steps in ")


def test_a_terminal_keeps_only_the_last_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "160")
    face = TerminalFace()
    face.interval = 0.0
    fit(GAN(SMALL), DATA, hooks=[Progress(face)])
    out, err = capsys.readouterr()
    assert out == ""
    assert "step 7 of 20" in err
    assert "steps/s" in err
    erased = err.rpartition("\x1b[2K")[2]
    assert erased.strip().startswith("20 steps in ")


def test_a_log_gets_lines() -> None:
    lines: list[str] = []
    face = LogFace(lines.append)
    face.interval = 0.0
    fit(GAN(SMALL), DATA, hooks=[Progress(face)])
    assert len(lines) == 21
    assert lines[0].startswith("step 1 of 20, ")
    assert lines[-1].startswith("20 steps in ")


@pytest.mark.parametrize(
    ("shell", "tty", "kind"),
    [
        ("kernel", True, NotebookFace),
        ("plain", True, TerminalFace),
        ("plain", False, LogFace),
        ("none", True, TerminalFace),
    ],
)
def test_the_face_fits_the_place(
    monkeypatch: pytest.MonkeyPatch, shell: str, tty: bool, kind: type
) -> None:
    shells = {"kernel": SimpleNamespace(kernel=object()), "plain": None}
    if shell in shells:
        monkeypatch.setitem(
            sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shells[shell])
        )
    else:
        monkeypatch.delitem(sys.modules, "IPython", raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: tty)
    assert type(face_here()) is kind


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (61.4, "1:01"), (3599.6, "1:00:00"), (7325, "2:02:05")]
)
def test_time_reads_as_on_a_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_what_a_run_leaves_behind_is_imported_without_pictures_or_widgets() -> None:
    heavy = ("matplotlib", "torchvision", "scipy", "ipywidgets", "IPython", "rich", "safetensors")
    modules = ", ".join(
        f"gan_course.training.{name}"
        for name in ("checkpoint", "progress", "run_folder", "samples")
    )
    code = f"import sys; import {modules}; print([name for name in {heavy} if name in sys.modules])"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
