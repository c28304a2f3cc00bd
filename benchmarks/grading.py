"""What it takes to grade a class: `python benchmarks/grading.py` hands in 200 exercises, solved and
unsolved ones in turn, kills the grader with `kill -9` half-way, starts it again, and writes what it
found to grading.json.

Stops where a grade is missing or not what it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from gan_course.practice.registry import MODULES, find

ROOT = Path(__file__).parents[1]
RESULT = Path(__file__).with_name("grading.json")


def hand_in(folder: Path, number: int) -> dict[str, int]:
    """A folder of submissions, every third of them unsolved, and the points due to each student."""
    solved, due = sorted(ROOT.glob("solutions/*_solution.py")), {}
    for i in range(number):
        lesson, student = solved[i % len(solved)].name[:2], f"student-{i:03}"
        points = sum(find(question).points for question in MODULES if question[:2] == lesson)
        source, due[student] = solved[i % len(solved)], points
        if i % 3 == 2:
            source, due[student] = ROOT / "exercises" / f"{lesson}_exercise.py", 0
        target = folder / student / f"{lesson}_exercise.py"
        target.parent.mkdir(parents=True)
        shutil.copy(source, target)
    return due


def memory(process: psutil.Process) -> float:
    """MiB that a process and all below it hold, what they share counted once."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:  # it has just ended
            continue
    return total / 2**20


def grade(folder: Path, report: Path, jobs: int, until: int | None = None) -> float:
    """Grade, or go on grading, and kill the grader once `until` submissions have a record; the
    most MiB it held."""
    command = [sys.executable, "-m", "gan_course.cli", "grade", folder, "--out", report]
    process = psutil.Popen([*map(str, command), "--jobs", str(jobs)], stdout=subprocess.DEVNULL)
    most = 0.0
    while process.poll() is None:
        most = max(most, memory(process))
        if until and len(list(report.glob("records/*.json"))) >= until:
            os.kill(process.pid, signal.SIGKILL)
            break
        time.sleep(0.5)
    if process.wait() and not until:
        raise SystemExit(f"the grader ended with {process.returncode}")
    return most


def measured(number: int, jobs: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder, report = Path(name, "handed_in"), Path(name, "report")
        due, start = hand_in(folder, number), time.monotonic()
        most = max(grade(folder, report, jobs, number // 2), grade(folder, report, jobs))
        seconds = time.monotonic() - start
        found = json.loads((report / "grades.json").read_text(encoding="utf-8"))
        if {own["student"]: own["points"] for own in found} != due:
            raise SystemExit("some grade is missing, or not what it should be")
        questions = sum(len(own["questions"]) for own in found)
    return {
        "submissions": number,
        "questions": questions,
        "jobs": jobs,
        "seconds": round(seconds),
        "submissions_per_minute": round(60 * number / seconds, 1),
        "peak_memory_mib": round(most),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    result = measured(options.submissions, options.jobs)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
