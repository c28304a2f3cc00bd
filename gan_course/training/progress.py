"""How far a run is: a bar in a terminal, one line that is replaced in a notebook, a line now and
then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

from gan_course.training.hooks import Hook, Run


@dataclass(frozen=True)
class Moment:
    """Work at a moment: `rate` in units a second, `left` in seconds, `values` of interest by name,
    such as the latest losses."""

    done: int
    total: int
    rate: float
    left: float
    values: dict[str, float]
    unit: str = "step"

    def __str__(self) -> str:
        parts = [
            f"{self.unit} {self.done} of {self.total}",
            f"{self.rate:.3g} {self.unit}s/s",
            f"{clock(self.left)} left",
        ]
        return ", ".join(parts + [f"{name} {value:.3f}" for name, value in self.values.items()])


class Face(Protocol):
    """Where progress is shown."""

    # seconds between two showings: each takes up to some milliseconds, away from the work
    interval: float

    def show(self, moment: Moment) -> None: ...

    def clear(self) -> None:
        """Make room for other lines; the next showing takes it back."""

    def finish(self, sentence: str) -> None: ...


class Meter:
    """Tells `face` now and then how far work of `total` units is, of which the first `done` were
    there before."""

    def __init__(self, face: Face, total: int, unit: str = "step", done: int = 0) -> None:
        self.face, self.total, self.unit = face, total, unit
        self._first = done
        self._began = time.monotonic()
        self._due = self._began + face.interval

    def reach(self, done: int, values: Callable[[], dict[str, float]] = dict) -> None:
        """Say that `done` units are done, if it is time to say something."""
        now = time.monotonic()
        if now < self._due or done <= self._first:
            return
        rate = (done - self._first) / (now - self._began)
        self.face.show(
            Moment(done, self.total, rate, (self.total - done) / rate, values(), self.unit)
        )
        # From the end of the showing: a terminal that answers slowly must not make the work slow.
        self._due = time.monotonic() + self.face.interval


class Progress(Hook):
    """Shows step, rate, time left and the latest losses of a run; `face` is chosen by where Python
    runs unless given.

    What stays in a notebook is one sentence, "1500 steps in 61 s CPU".
    """

    def __init__(self, face: Face | None = None) -> None:
        self.face = face

    def start(self, run: Run) -> None:
        self._first = run.step
        self._meter = Meter(self.face or face_here(), run.total, done=run.step)
        self._began, self._began_cpu = time.monotonic(), time.process_time()

    def after_step(self, run: Run) -> None:
        self._meter.reach(run.step, lambda: _losses(run))

    def end(self, run: Run) -> None:
        if run.model.device.type == "cpu":
            took = f"{_seconds(time.process_time() - self._began_cpu)} CPU"
        else:
            took = _seconds(time.monotonic() - self._began)
        done = run.step - self._first
        sentence = (
            f"{done} steps in {took}"
            if run.step == run.total
            else f"stopped after {done} of {run.total - self._first} steps, {took}"
        )
        self._meter.face.finish(sentence)


class TerminalFace:
    """A bar in the terminal, on standard error, which leaves its last sentence."""

    interval = 0.5

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._console = Console(stderr=True)
        # Its own refreshing would run in a thread that takes the interpreter from the training ten
        # times a second.
        self._bar = Progress(
            BarColumn(bar_width=24),
            TextColumn("{task.description}", markup=False),
            console=self._console,
            auto_refresh=False,
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=None)

    def show(self, moment: Moment) -> None:
        self._bar.start()
        self._bar.update(
            self._task, completed=moment.done, total=moment.total, description=str(moment)
        )
        self._bar.refresh()

    def clear(self) -> None:
        self._bar.stop()

    def finish(self, sentence: str) -> None:
        self._bar.stop()
        self._console.print(sentence, highlight=False, markup=False)


class NotebookFace:
    """One output in a notebook, replaced in place. Plain HTML: it needs no widget, and a stored
    notebook shows its last sentence."""

    interval = 0.4

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, moment: Moment) -> None:
        bar = (
            f'<progress aria-label="training" value="{moment.done}" max="{moment.total}" '
            'style="width: 16em"></progress>'
        )
        self._display({"text/html": f"{bar} {escape(str(moment))}", "text/plain": str(moment)})

    def clear(self) -> None: ...

    def finish(self, sentence: str) -> None:
        self._display({"text/plain": sentence})

    def _display(self, bundle: dict[str, str]) -> None:
        from IPython.display import display

        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


class LogFace:
    """A line every half minute, for output that goes to a file."""

    interval = 30.0

    def __init__(self, write: Callable[[str], None] | None = None) -> None:
        self._write = write or (lambda line: print(line, file=sys.stderr, flush=True))

    def show(self, moment: Moment) -> None:
        self._write(str(moment))

    def clear(self) -> None: ...

    def finish(self, sentence: str) -> None:
        self._write(sentence)


def face_here() -> Face:
    """The face that fits: a notebook's where a kernel runs this, a terminal's where there is one,
    else a log's."""
    # A kernel has loaded IPython; looking for it here must not.
    ipython = sys.modules.get("IPython")
    if ipython is not None and hasattr(ipython.get_ipython(), "kernel"):
        return NotebookFace()
    return TerminalFace() if sys.stderr.isatty() else LogFace()


def clock(seconds: float) -> str:
    """Seconds as m:ss, or h:mm:ss from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _seconds(value: float) -> str:
    return f"{value:.0f} s" if value >= 10 else f"{value:.1f} s"


def _losses(run: Run) -> dict[str, float]:
    """The latest losses: a step records each network's loss under the network's name."""
    latest = run.history.last()
    return {name: latest[name] for name in run.model.networks() if name in latest}
