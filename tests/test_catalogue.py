"""The catalogue: what it promises exists, and what it refers to is there."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest

from gan_course.catalogue import FILE, Lesson, catalogue, read_catalogue
from gan_course.models import GAN, Model

ROOT = Path(__file__).parents[1]
BRANCH = f'branch = "{catalogue().branch}"'
LESSONS = pytest.mark.parametrize("lesson", catalogue().lessons, ids=lambda lesson: lesson.name)


@LESSONS
def test_every_lesson_has_its_files(lesson: Lesson) -> None:
    folders = ["chapters", "solutions", "exercises"] if lesson.exercise else ["chapters"]
    assert list(lesson.notebooks) == folders
    files = [
        f"{folder}/{name}{suffix}"
        for folder, name in lesson.notebooks.items()
        for suffix in (".py", ".ipynb")
    ]
    assert [file for file in files if not (ROOT / file).is_file()] == []


@pytest.mark.parametrize("folder", ["chapters", "solutions", "exercises"])
def test_every_notebook_belongs_to_a_lesson(folder: str) -> None:
    names = {lesson.notebooks.get(folder) for lesson in catalogue().lessons}
    assert {path.stem for path in (ROOT / folder).glob("*.py")} <= names
    assert {path.stem for path in (ROOT / folder).glob("*.ipynb")} <= names


@pytest.mark.parametrize("folder", ["chapters", "solutions", "exercises"])
def test_every_link_to_a_file_of_the_course_leads_somewhere(folder: str) -> None:
    link = re.compile(r"\]\(([\w./-]+\.\w+)[)#]")
    gone = [
        f"{source.name}: {target}"
        for source in sorted((ROOT / folder).glob("*.py"))
        for target in link.findall(source.read_text(encoding="utf-8"))
        if not (source.parent / target).exists()
    ]
    assert gone == []


def test_no_two_notebooks_have_the_same_name_or_one_that_a_tab_cuts() -> None:
    names = [name for lesson in catalogue().lessons for name in lesson.notebooks.values()]
    assert len(set(names)) == len(names)
    # With its suffix, a tab of JupyterLab shows so many characters.
    assert max(map(len, names)) <= 24 - len(".ipynb")


@LESSONS
def test_a_lesson_is_found_by_its_id_its_number_and_its_name(lesson: Lesson) -> None:
    assert lesson.name.startswith(f"{lesson.id}_")
    for name in (lesson.id, str(lesson.number), lesson.name):
        assert catalogue().lesson(name) is lesson


@LESSONS
def test_a_lesson_says_what_a_card_needs(lesson: Lesson) -> None:
    assert lesson.title
    assert lesson.summary
    assert lesson.outcomes
    assert lesson.prerequisites
    assert lesson.minutes > 0
    assert 0 < lesson.cpu_seconds <= 240  # four minutes at the most


@pytest.mark.parametrize("name", catalogue().models)
def test_every_model_has_a_lesson_and_a_full_configuration_and_data_of_its_shape_or_kind(
    name: str,
) -> None:
    entry = catalogue().model(name)
    assert issubclass(entry.kind, Model)
    assert entry.name == name
    assert entry.summary
    assert entry.data in catalogue().data
    assert type(entry.configuration("lesson")) is type(entry.configuration("full"))
    assert entry.configuration() == entry.configuration("lesson")
    assert {"shape", "batch_size", "steps"} <= {
        field.name for field in fields(entry.configuration())
    }


def test_unknown_names_are_told_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"there is no lesson '02_dcgn' \(did you mean '02_dcgan'\?\)"
    ):
        catalogue().lesson("02_dcgn")
    known = ", ".join(sorted(catalogue().models))
    with pytest.raises(ValueError, match=rf"no model 'dcgn' \(did you .*\?\); known are {known}"):
        catalogue().model("dcgn")
    with pytest.raises(ValueError, match=r"there is no profile 'ful' \(did you mean 'full'\?\)"):
        catalogue().model("gan").configuration("ful")
    assert catalogue().model("gan").kind is GAN


def test_links_are_derived_from_repository_and_branch() -> None:
    known = replace(catalogue(), repository="me/fork", branch="autumn/one")
    lesson = known.lessons[0]
    assert (
        known.colab_url(lesson)
        == f"https://colab.research.google.com/github/me/fork/blob/autumn%2Fone/chapters/{lesson.name}.ipynb"
    )
    assert known.colab_url(lesson, "exercises").endswith(f"/exercises/{lesson.id}_exercise.ipynb")
    address = "gan-course @ git+https://github.com/me/fork@autumn/one"
    assert known.install_requirement(lesson) == address


def test_colab_installs_the_extra_that_a_lessons_data_come_from() -> None:
    known = catalogue()
    drawn = replace(known.lessons[0], data=("gaussian", "avatar_pairs", "emoji"))
    assert known.install_requirement(drawn).startswith("gan-course[pictures] @ git+")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {entry.extra for entry in known.data.values()} - {""}
    assert extras <= project["optional-dependencies"].keys()


def with_change(folder: Path, old: str, new: str) -> Path:
    """The course's own catalogue with one thing wrong."""
    content = FILE.read_text(encoding="utf-8")
    assert old in content
    changed = folder / "catalogue.toml"
    changed.write_text(content.replace(old, new), encoding="utf-8")
    return changed


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'models = ["gan"]',
            'models = ["gna"]',
            r"lesson 01 in the catalogue: there is no model 'gna' \(did you mean 'gan'\?\)",
        ),
        (
            'data = ["digits"]',
            'data = ["digts"]',
            r"lesson 02 in the catalogue: there is no data set 'digts' \(did you mean 'digits'\?\)",
        ),
        (
            'needs = ["01"]',
            'needs = ["07"]',
            r"lesson 02 in the catalogue: there is no earlier lesson '07'",
        ),
        (
            'data = "digits"',
            'data = "digts"',
            (
                r"model dcgan in the catalogue: "
                r"there is no data set 'digts' \(did you mean 'digits'\?\)"
            ),
        ),
        (
            'shows = ["dcgan"]',
            'shows = ["dcgn"]',
            r"lesson 02 in the catalogue: there is no model of the zoo 'dcgn' \(did you mean 'dcga",
        ),
        ('id = "02"', 'id = "01"', r"each id once, got \['01', '01'"),
        ('id = "02"', 'id = "00"', r"lessons in the catalogue stand in order, .* got \['01', '00'"),
    ],
)
def test_a_reference_to_nothing_is_named_with_its_entry(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        read_catalogue(with_change(tmp_path, old, new))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'title = "Digits from noise"\n',
            "",
            "lesson 02 in the catalogue: the field 'title' is missing; add it",
        ),
        ('id = "01"\n', "", "lesson number 1 in the catalogue: the field 'id' is missing; add it"),
        (
            'data = "digits"\n',
            "",
            "model dcgan in the catalogue: the field 'data' is missing; add it",
        ),
        (f"{BRANCH}\n", "", "the catalogue: the field 'branch' is missing; add it"),
        (
            'title = "Digits',
            'titel = "Digits',
            (
                r"lesson 02 in the catalogue: "
                r"there is no field 'titel' \(did you mean 'title'\?\); known are .*"
            ),
        ),
        (
            'id = "02"',
            'idd = "02"',
            (
                r"lesson number 2 in the catalogue: "
                r"there is no field 'idd' \(did you mean 'id'\?\); known are .*"
            ),
        ),
        (
            'data = "digits"',
            'data = "digits"\ndat = "x"',
            r"model dcgan in the catalogue: there is no field 'dat' \(did you mean 'data'\?\).*",
        ),
        (
            BRANCH,
            f'{BRANCH}\nxyz = "x"',
            "the catalogue: there is no field 'xyz'; known are branch, data, lessons, .*",
        ),
    ],
)
def test_a_field_that_is_missing_or_unknown_is_named_with_its_entry(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        read_catalogue(with_change(tmp_path, old, new))


@pytest.mark.parametrize("needed", ["02", "01"])
def test_a_lesson_needs_only_lessons_before_it(tmp_path: Path, needed: str) -> None:
    with pytest.raises(
        ValueError, match=f"lesson 01 in the catalogue: there is no earlier lesson '{needed}'"
    ):
        read_catalogue(with_change(tmp_path, "needs = []", f'needs = ["{needed}"]'))
