"""Submissions as they come: notebooks or scripts in a folder, one for each student or a folder for
each. They are only read here, as text."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gan_course.files import expect_folder
from gan_course.practice.registry import MODULES

MOST = 20 * 2**20  # bytes
KINDS = (".ipynb", ".py")
LESSONS = {name.partition(".")[0] for name in MODULES}
# What Canvas and Moodle call the files and the folders in an archive of all submissions.
CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_\d+_.+")
MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_file_?")
PLAIN = re.compile(r"(?P<name>.+?)[-_ ]+\d\d[-_ ]exercise.*")  # ada_05_exercise (1)
_CHECKED = re.compile(r"""\bcheck\(\s*["'](\d\d)\.q\d""")
_MAGIC = re.compile(r"^(\s*)([%!?].*)$", re.M)


@dataclass(frozen=True)
class Submission:
    """One file of one student. `trouble` is why it cannot be graded, empty where it can."""

    student: str
    path: Path
    name: str  # of the file, from the folder of all submissions on
    late: bool = False
    id: str = ""  # the student's, in Canvas or Moodle
    time: float = 0.0
    digest: str = ""
    lesson: str = ""
    cells: list[str] = field(default_factory=list)  # empty text for what is not run
    trouble: str = ""
    notes: tuple[str, ...] = ()


class Unreadable(ValueError):  # noqa: N818
    """A file that is no submission; the message is for its student."""


def find(folder: Path, due: float | None = None) -> list[Submission]:
    """Every notebook and script below `folder`, in the order of the names; those changed after the
    time `due` are late. `FileNotFoundError` where there is no such folder, `ValueError` where it
    holds no submission."""
    expect_folder(folder)
    found = [_read(path, folder, due) for path in sorted(_files(folder))]
    if not found:
        raise ValueError(
            f"{folder} holds no submissions: expected notebooks (.ipynb) or scripts (.py) in it, "
            "or in one folder for each student"
        )
    return found


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        for name in names:
            if name.endswith(KINDS) and not name.startswith((".", "__")):
                yield Path(root, name)


def _read(path: Path, folder: Path, due: float | None) -> Submission:
    inside = path.relative_to(folder)
    name = inside.parts[0] if len(inside.parts) > 1 else inside.stem
    known = MOODLE.fullmatch(name) or CANVAS.fullmatch(name) or PLAIN.fullmatch(name)
    told = known.groupdict() if known else {"name": name}
    own: dict[str, Any] = {"id": told.get("id", ""), "late": bool(told.get("late"))}
    # A name may be no UTF-8.
    student, own["name"] = (
        x.encode(errors="replace").decode() for x in (told["name"], str(inside))
    )
    try:
        own["time"] = path.lstat().st_mtime
        own["late"] |= due is not None and own["time"] > due
        body = _bytes(path)
        own["digest"] = hashlib.sha256(body).hexdigest()
        text = body.decode("utf-8-sig")
        cells = _of_notebook(text) if path.suffix == ".ipynb" else _of_script(text)
        own["lesson"] = lesson_of(text, path.name)
    except UnicodeDecodeError:
        return Submission(student, path, **own, trouble="The file is no text in UTF-8.")
    except (Unreadable, OSError) as error:
        return Submission(student, path, **own, trouble=str(error))
    plain = [_MAGIC.sub(r"\1pass  # \2", cell) * (cell[:2] != "%%") for cell in cells]
    notes = ("has magics or shell escapes, which are not run",) if plain != cells else ()
    return Submission(student, path, **own, cells=plain, notes=notes)


def _bytes(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise Unreadable("This is a link or no file at all: hand in the notebook itself.")
    if (size := path.stat().st_size) > MOST:
        raise Unreadable(
            f"The file has {size / 2**20:,.0f} MB, and at most {MOST // 2**20} are read: clear its "
            "outputs (in JupyterLab: Kernel, Restart Kernel and Clear Outputs), save it, and hand "
            "it in again."
        )
    return path.read_bytes()


def lesson_of(text: str, name: str) -> str:
    """The number of the exercise in a file: the one that its cells check, else the one in its name;
    `Unreadable` where neither tells it."""
    plain = text.replace('\\"', '"').replace("\\n", "\n")  # as in the JSON of a notebook
    checked = Counter(_CHECKED.findall(plain))
    candidates = [lesson for lesson, _ in checked.most_common()]
    candidates += reversed(re.findall(r"(?<!\d)(\d\d)_", name))
    for lesson in candidates:
        if lesson in LESSONS:
            return lesson
    raise Unreadable(
        "No question of the course is in this file: it has no cell such as "
        'check("05.q1", ...), and its name does not begin with the number of an exercise, as in '
        "05_exercise.ipynb."
    )


def _of_notebook(text: str) -> list[str]:
    try:
        cells = json.loads(text)["cells"]
        return [_source(cell) for cell in cells]
    except (ValueError, RecursionError):
        raise Unreadable("The file is no notebook: it is not JSON.") from None
    except (LookupError, TypeError, AttributeError):
        raise Unreadable("The file is JSON, but no notebook of format 4, with cells.") from None


def _source(cell: Mapping[str, Any]) -> str:
    """A cell's code, empty where the cell is not to be run."""
    source, metadata = cell["source"], cell.get("metadata", {})
    if cell["cell_type"] != "code" or _is_the_courses(metadata):
        return ""
    return source if isinstance(source, str) else "".join(source)


def _of_script(text: str) -> list[str]:
    cells = []
    before, *marked = re.split(r"^# %%", text, flags=re.M)
    for cell in marked:
        header, _, source = cell.partition("\n")
        own = re.search(r"nbgrader=(\{.*?\})", header)
        tags = re.search(r"tags=(\[.*?\])", header)
        try:
            metadata = {
                "nbgrader": json.loads(own[1]) if own else {},
                "tags": json.loads(tags[1]) if tags else [],
            }
        except ValueError:
            metadata = {}
        skipped = header.strip().startswith("[") or _is_the_courses(metadata)
        cells.append("" if skipped else source)
    return cells or [before]


def _is_the_courses(metadata: Mapping[str, Any]) -> bool:
    """Whether a cell is one that checks, adds up, installs, or shows what answers are good for."""
    own = metadata.get("nbgrader", {})
    tags = set(metadata.get("tags", ()))
    return (
        bool(own.get("grade"))
        or own.get("grade_id") == "total"
        or bool(tags & {"install", "payoff"})
    )
