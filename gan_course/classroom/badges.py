"""The badges of a clone: every link to Colab and every line that clones, installs or cites the
course from GitHub. They name the repository and the branch that stand once, in catalogue.toml."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from gan_course.catalogue import FILE, Catalogue
from gan_course.classroom.links import missing
from gan_course.files import write_atomically
from gan_course.lesson import requirement_lines

COLAB = re.compile(
    r"colab\.research\.google\.com/github/([\w.-]+/[\w.-]+)/blob/([^/\s]+)/([\w./-]+)"
)
ADDRESS = re.compile(
    r"(?:git\+|git clone |repository-code: )https://github\.com/([\w.-]+/[\w.-]+)(?:@([\w./-]+))?"
)
PLACES = ("README.md", "CITATION.cff", "site/index.md")
FOLDERS = ("chapters", "exercises", "solutions")


def files(root: Path) -> Iterator[Path]:
    """Those of a clone, or of a students' copy, that hold badges; a notebook follows its source."""
    yield from filter(Path.is_file, (root / name for name in PLACES))
    for folder in FOLDERS:
        for source in sorted((root / folder).glob("[0-9][0-9]_*.py")):
            yield from (path for path in (source, source.with_suffix(".ipynb")) if path.is_file())


def stray(root: Path, course: Catalogue) -> list[str]:
    """A sentence for each badge of the clone at `root` that names another repository or branch than
    `course`, or a file that is not there."""
    said = missing(course, root)
    for path in files(root):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(root).as_posix()
        for repository, quoted, notebook in COLAB.findall(text):
            if (repository, at := unquote(quoted)) != (course.repository, course.branch):
                said.append(f"{name} has a badge of {repository}, branch {at}")
            elif not (root / notebook).is_file():
                said.append(f"{name} has a badge of {notebook}, which is not there")
        for repository, at in ADDRESS.findall(text):
            if (repository, at or course.branch) != (course.repository, course.branch):
                branch = f", branch {at}" if at else ""
                said.append(f"{name} takes the course from {repository}{branch}")
    return said


def stamp(root: Path, old: Catalogue, new: Catalogue) -> list[Path]:
    """Make every badge of the clone at `root` one of `new` where it is one of `old`; returns the
    files that changed.

    Sources and notebooks are changed alike, the digest that a notebook has of its source too, so
    that pairs fit as before. The catalogue comes last: what was interrupted is done by the same
    command again. Raises `ValueError`, before anything is written, where a chapter is missing.
    """
    if said := missing(new, root):
        raise ValueError(said[0])
    texts: dict[Path, str] = {}
    for path in files(root):
        text = _stamped(path.read_text(encoding="utf-8"), old, new)
        source = path.with_suffix(".py")
        if path.suffix == ".ipynb" and source in texts:
            before, after = (_digest(own) for own in (source.read_text("utf-8"), texts[source]))
            text = text.replace(before, after)
        texts[path] = text
    place = root / FILE.relative_to(FILE.parents[1])
    declared = place.read_text(encoding="utf-8")
    for key in ("repository", "branch"):
        line = f'{key} = "{getattr(new, key)}"'  # of characters that re.sub takes as they are
        declared = re.sub(rf"^{key} = .*$", line, declared, count=1, flags=re.M)
    changed = [path for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
    for path in sorted(changed):  # a notebook before its source, by which its digest is known
        write_atomically(path, texts[path])
    write_atomically(place, declared)
    return [*changed, place]


def _stamped(text: str, old: Catalogue, new: Catalogue) -> str:
    """The text of a file with the badges of `new`."""
    lesson = old.lessons[0]
    before, after = (course.colab_url(lesson).split("chapters/")[0] for course in (old, new))
    text = text.replace(before, after)
    for lesson in old.lessons:
        lines = [requirement_lines(course, lesson) for course in (old, new)]
        for begin, end in ((*lines,), (_in_json(lines[0]), _in_json(lines[1]))):
            text = text.replace(begin + "\n", end + "\n")
    clone = "git clone https://github.com/{} && cd {}"
    begin, end = (clone.format(c.repository, c.repository.split("/")[1]) for c in (old, new))
    text = text.replace(begin, end).replace(_website(old), _website(new))
    whole = rf"(https://github\.com/){re.escape(old.repository)}(?![\w.-])"
    return re.sub(whole, rf"\g<1>{new.repository}", text)


def _website(course: Catalogue) -> str:
    """Where GitHub Pages shows the site that a repository's workflow builds."""
    owner, name = course.repository.split("/")
    return f"https://{owner.lower()}.github.io/{name}/"


def _in_json(lines: str) -> str:
    """Lines of a cell as an .ipynb has them."""
    return "\n".join(
        f"    {json.dumps(line + chr(10), ensure_ascii=False)}," for line in lines.split("\n")
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
