"""One thread per process, no windows, and no test but those for a GPU may be skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

# Before torch is imported anywhere: it reads the number of threads once.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")

import pytest
from hypothesis import settings

from tests.command import Command, Outcome

# How long an example takes says how busy the machine is, not whether what it shows is true.
settings.register_profile("course", deadline=None)
settings.load_profile("course")

ONLY_GPU = (
    "was skipped, and only tests marked `gpu` may be: a skipped test checks nothing and "
    "looks as if it did"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if not marked:
        return
    import torch

    if not torch.cuda.is_available():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="no CUDA device"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and not item.get_closest_marker("gpu"):
        report.outcome, report.longrepr = "failed", f"{item.nodeid} {ONLY_GPU}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report = yield
    if report.skipped:
        report.outcome, report.longrepr = "failed", f"{collector.nodeid} {ONLY_GPU}"
    return report


@pytest.fixture(autouse=True)
def no_lesson_of_the_course(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No command run by a test finds the course's own lessons: they take minutes, and `verify`
    would overwrite their evidence."""
    from gan_course.commands import paths

    monkeypatch.setattr(paths, "CLONE", tmp_path_factory.getbasetemp() / "no clone")


@pytest.fixture
def course(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Calls `gan-course` in an empty folder."""
    from gan_course.cli import app

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as leaving:
            app([str(argument) for argument in arguments], prog_name="gan-course")
        return Outcome(int(leaving.value.code or 0), *capsys.readouterr())

    return call
