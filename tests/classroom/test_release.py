"""The students' copy: it checks as the course does, and holds no answers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from authoring.defects import pair_defects
from gan_course.catalogue import catalogue, read_catalogue
from gan_course.classroom import badges, release
from gan_course.practice.checking import PUBLIC_SEEDS
from gan_course.practice.collecting import run
from gan_course.practice.judging import judge
from gan_course.practice.question import Part
from gan_course.practice.registry import MODULES, find
from tests.classroom.conftest import ROOT
from tests.command import Command

# Between them: exceptions, hints with numbers, values that are read, inputs that are sent.
TRIED = [name for name in MODULES if name[:2] in ("01", "02", "05", "06")]
OWN = "gan_course.practice.lesson_"


@pytest.fixture(scope="module")
def parts(students: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Part, ...]]:
    """The parts of the copy's questions, beside the course's own in one process."""
    root = tmp_path_factory.mktemp("copy") / "released"
    for path in (students / "gan_course" / "practice").glob("lesson_*/*"):
        target = root / path.relative_to(students / "gan_course" / "practice")
        target.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
        target.write_bytes(content.replace(OWN.encode(), b"released.lesson_"))
    sys.path.insert(0, str(root.parent))
    try:
        modules = {name: MODULES[name].replace(OWN, "released.lesson_") for name in TRIED}
        return {name: import_module(module).QUESTION.parts for name, module in modules.items()}
    finally:
        sys.path.remove(str(root.parent))


@pytest.mark.parametrize("name", TRIED)
def test_copy_says_of_every_answer_and_mistake_what_the_course_says(
    name: str, parts: dict[str, tuple[Part, ...]]
) -> None:
    for part, copied in zip(find(name).parts, parts[name], strict=True):
        mistakes = [own for mistake in part.mistakes for own in mistake.functions]
        for answer in (part.right, *part.also_right.values(), *mistakes, lambda *_: None):
            found = run(part, answer, PUBLIC_SEEDS)
            said = [judge(one, found, PUBLIC_SEEDS).hint for one in (part, copied)]
            assert said[0] == said[1]


def test_copy_holds_no_right_answer_no_mistake_and_no_solution(students: Path) -> None:
    practice = students / "gan_course" / "practice"
    held = {
        path: path.read_text("utf-8")
        for path in students.rglob("*")
        if path.suffix in (".py", ".ipynb", ".txt", ".md")
    }
    of_questions = "".join(text for path, text in held.items() if "lesson_" in str(path))
    for name in MODULES:
        for part in find(name).parts:
            assert f"withheld(__file__, '{part.name}'" in of_questions
    for word in ("right=", "also_right=", " mistakes="):
        assert word not in of_questions
    assert "x.exp()" not in (practice / "lesson_06" / "q1_draw.py").read_text("utf-8")
    notebooks = "".join(text for path, text in held.items() if path.parent.name == "exercises")
    assert "SOLUTION" not in notebooks
    assert {path.name for path in students.iterdir()} == {
        *(
            ".gitignore",
            "README.md",
            "LICENSE",
            "LICENSE-prose",
            "NOTICE",
            "pyproject.toml",
            "binder",
        ),
        *("benchmarks", "chapters", "exercises", "gan_course"),
    }
    assert not (practice / "template").exists()


def test_check_works_in_the_copy_and_stored_seeds_are_all_it_has(students: Path) -> None:
    code = """
from gan_course.practice import check
import gan_course.practice.judging as judging
from gan_course.practice.registry import find
check("05.q1", lambda r, f: f.mean() - r.mean(), lambda f: -f.mean())
try:
    check("05.q1", lambda r, f: r.mean() - f.mean(), lambda f: -f.mean())
except AssertionError as error:
    print(error)
(part, _) = find("05.q1").parts
try:
    judging.known(part, part.right, (7,))
except ValueError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(students)},
        cwd=students,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "05.q1 · losses of a critic: right, 2 points." in done.stdout
    assert "is the gap that the critic wants large" in done.stdout
    assert "has none of seed 7: grade in the instructor's clone" in done.stdout


def test_badges_and_pairs_of_the_copy_are_its_own(students: Path) -> None:
    declared = read_catalogue(students / "gan_course" / "catalogue.toml")
    assert declared.repository == "somebody/students-2027"
    assert badges.stray(students, declared) == []
    for source in students.glob("chapters/*.py"):
        assert pair_defects(source) == []
    for source in students.glob("exercises/*.py"):
        assert pair_defects(source, executed=False) == []


def test_every_link_of_a_lesson_leads_to_a_file_of_the_copy(students: Path) -> None:
    for source in (*students.glob("chapters/*.py"), *students.glob("exercises/*.py")):
        for link in re.findall(r"\]\((\.\./[^)#]+|\w+\.ipynb)", source.read_text("utf-8")):
            assert (source.parent / link).exists(), f"{source.name} links to {link}"


def test_copy_holds_no_answers_that_somebody_tried_and_nothing_that_needs_solutions(
    students: Path,
) -> None:
    folder = students / "benchmarks"
    readme = (folder / "README.md").read_text("utf-8")
    assert "02.q4" not in readme
    for link in re.findall(r"\]\(([\w./-]+)\)", readme):
        assert (folder / link).exists(), f"benchmarks/README.md links to {link}"
    assert not (folder / "hints.json").exists()
    for script in folder.glob("*.py"):
        assert "solutions/" not in script.read_text("utf-8"), script.name


def test_environment_that_a_student_makes_in_the_copy_is_no_change_of_it(students: Path) -> None:
    assert ".venv/" in (students / ".gitignore").read_text("utf-8").splitlines()


def test_exercise_with_an_answer_in_it_is_not_handed_out(tmp_path: Path) -> None:
    solved = tmp_path / "05_exercise.ipynb"
    solved.write_bytes((ROOT / "solutions" / "05_solution.ipynb").read_bytes())
    with pytest.raises(ValueError, match="holds an answer, in the cell q1: `make exercises`"):
        release._expect_stubs(solved)


@pytest.mark.parametrize(("words", "said"), [([], True), (["--repo", "me/students"], False)])
def test_links_that_still_lead_to_the_solutions_are_named(
    course: Command, monkeypatch: pytest.MonkeyPatch, words: list[str], said: bool
) -> None:
    monkeypatch.setattr(release, "write", lambda clone, into, own: None)
    outcome = course("classroom", "release", "students", *words)
    assert outcome.code == 0, outcome.err
    sentence = f"lead to {catalogue().repository}, which has the solutions: put the copy into a "
    assert (sentence in outcome.out) == said


def test_nothing_is_left_of_a_copy_that_could_not_be_written(
    course: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "students"
    monkeypatch.setattr(release, "FILES", ("nowhere",))
    outcome = course("classroom", "release", target)
    assert (outcome.code, list(tmp_path.iterdir())) == (2, [])
    assert "nowhere is not in this clone, and the students' copy needs it" in outcome.err
    target.mkdir()
    (target / "mine").write_text("mine")
    outcome = course("classroom", "release", target)
    assert "is not empty, and nothing in it is overwritten" in outcome.err
    assert [path.name for path in target.iterdir()] == ["mine"]
