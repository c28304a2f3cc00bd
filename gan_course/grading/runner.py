"""A class graded: submissions shared out among processes, one record a file, kept as it comes, so
that a run that was killed goes on where it stopped."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import secrets
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

from gan_course import __version__
from gan_course.files import read_json, writable_folder, write_atomically
from gan_course.grading.questions import Graded, grade
from gan_course.grading.sandbox import Sandbox
from gan_course.grading.submissions import Submission
from gan_course.practice.registry import MODULES, find

SEEDS = 3  # for each run, drawn when all submissions have been read
RECORDS = "records"
STAMP = "report.json"
KILLED = "The process that graded this file was killed, as happens where memory runs out. "
KILLED += "It is graded when the grader is started again."


@dataclass(frozen=True)
class Record:
    """What came of one submission: its questions by id, or the trouble that kept it from being
    graded."""

    key: str
    student: str
    id: str
    lesson: str
    file: str
    digest: str
    late: bool
    trouble: str = ""
    notes: tuple[str, ...] = ()
    questions: dict[str, Graded] = field(default_factory=dict)

    @property
    def points(self) -> int:
        return sum(graded.points for graded in self.questions.values())


@dataclass(frozen=True)
class Task:
    """The files of one student that are to be graded, with the questions that each still needs."""

    files: tuple[tuple[Submission, tuple[str, ...]], ...]
    seeds: tuple[int, ...]


def key_of(submission: Submission) -> str:
    """The name of what belongs to one student and exercise, safe as a file's name."""
    text = f"{submission.student}\0{submission.id}\0{submission.lesson}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def newest(submissions: Sequence[Submission]) -> tuple[list[Submission], list[Submission]]:
    """The submission that counts for each student and exercise, and the earlier ones."""
    by_key: dict[str, Submission] = {}
    earlier = []
    for submission in sorted(submissions, key=lambda own: own.time):
        key = key_of(submission)
        earlier += [by_key[key]] if key in by_key else []
        by_key[key] = submission
    return sorted(by_key.values(), key=lambda own: own.path), earlier


def open_report(out: Path) -> None:
    """Make the folder `out`, or go on with the report in it; `ValueError` where it holds something
    else, or what another version of the course has made."""
    writable_folder(out)
    stamp = out / STAMP
    if stamp.exists():
        version = read_json(stamp)
        if version != {"gan-course": __version__}:
            raise ValueError(
                f"{out} holds a report of another version of the course ({version}), and this is "
                f"{__version__}: choose another folder with --out"
            )
    elif any(out.iterdir()):
        raise ValueError(
            f"{out} is not empty and holds no report: choose another folder with --out"
        )
    else:
        write_atomically(stamp, json.dumps({"gan-course": __version__}))
    (out / RECORDS).mkdir(exist_ok=True)


def records(out: Path, submissions: Sequence[Submission]) -> list[Record]:
    """The records of `submissions` that a report's folder holds already."""
    found = []
    for submission in submissions:
        path = _path(out, key_of(submission))
        if path.exists():
            own = read_json(path)
            questions = {name: Graded(**graded) for name, graded in own["questions"].items()}
            found.append(Record(**{**own, "questions": questions, "late": submission.late}))
    return found


def _path(out: Path, key: str) -> Path:
    return out / RECORDS / f"{key}.json"


def run(
    submissions: Sequence[Submission],
    out: Path,
    jobs: int,
    regrade: str = "",
) -> Iterator[Record]:
    """Grade what has no record yet, or another file than the record's; and the question `regrade`
    of all once more. Each record is written as soon as it is there, and then given."""
    seeds = tuple(secrets.randbelow(2**31) for _ in range(SEEDS))
    known = {record.key: record for record in records(out, submissions)}
    tasks = list(_tasks(submissions, known, regrade, seeds))
    for found in _shared_out(tasks, jobs):
        for record in found:
            before = known.get(record.key)
            if before and before.digest == record.digest:  # one question of it, once more
                questions = {**before.questions, **record.questions}
                record = replace(record, questions=questions)  # noqa: PLW2901
            write_atomically(_path(out, record.key), json.dumps(asdict(record), indent=1))
            yield record


def _shared_out(tasks: Sequence[Task], jobs: int) -> Iterator[list[Record]]:
    """The records of each task, by so many processes. Where one is killed, as for want of memory,
    those left go on one by one: then it is known whose task it was."""
    left = list(tasks)
    while left:
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), _die_with_parent, (os.getpid(),))
        try:
            futures = {pool.submit(_grade, task): task for task in left}
            for future in as_completed(futures):
                found = future.result()
                left.remove(futures[future])
                yield found
        except (BrokenProcessPool, MemoryError):
            if jobs == 1:
                yield _killed(left.pop(0))
            jobs = 1
        finally:
            pool.shutdown(cancel_futures=True)


def _tasks(
    submissions: Sequence[Submission],
    known: Mapping[str, Record],
    regrade: str,
    seeds: tuple[int, ...],
) -> Iterator[Task]:
    by_student: dict[tuple[str, str], list[tuple[Submission, tuple[str, ...]]]] = {}
    for submission in submissions:
        record = known.get(key_of(submission))
        asked = [name for name in MODULES if name.startswith(f"{submission.lesson}.")]
        if record and record.digest == submission.digest:
            asked = [name for name in asked if name == regrade]
            if not asked:
                continue
        own = by_student.setdefault((submission.student, submission.id), [])
        own.append((submission, tuple(asked)))
    for files in by_student.values():
        yield Task(tuple(files), seeds)


def _die_with_parent(parent: int) -> None:
    """A worker of a run that was killed must not go on, nor its sandbox."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _grade(task: Task) -> list[Record]:
    """One student's files, in one sandbox, in a process where no submission has ever run."""
    found = []
    with Sandbox() as sandbox:
        for submission, asked in task.files:
            graded: dict[str, Graded] = {}
            for name in asked if not submission.trouble else ():
                graded[name] = grade(sandbox, find(name), submission.cells, task.seeds)
            found.append(_record(submission, graded))
    return found


def _killed(task: Task) -> list[Record]:
    """The records of a task whose process was killed. They are of no file's digest, so that the
    next run grades the files."""
    found = [_record(submission, {}) for submission, _ in task.files]
    return [own if own.trouble else replace(own, digest="", trouble=KILLED) for own in found]


def _record(submission: Submission, graded: dict[str, Graded]) -> Record:
    return Record(
        key_of(submission),
        submission.student,
        submission.id,
        submission.lesson,
        submission.name,
        submission.digest,
        submission.late,
        submission.trouble,
        submission.notes,
        graded,
    )
