"""What a notebook uses of the library, found without running it."""

from __future__ import annotations

from pathlib import Path

import pytest

from authoring import units
from authoring.imports import digest, used
from authoring.notebooks import ROOT, sources
from gan_course.catalogue import Lesson, catalogue
from gan_course.commands.paths import lesson_source

LIBRARY = {
    "__init__.py": '"""A library."""\n\n__version__ = "0.1.0"\n',
    "catalogue.toml": """
[models.gan]
class = "gan_course.models.gan.GAN"
[models.wgan]
class = "gan_course.models.wgan.WGAN"
[[lessons]]
name = "01_points"
models = ["gan"]
[[lessons]]
name = "02_critic"
models = ["wgan"]
""",
    "catalogue.py": 'FILE = "catalogue.toml"\n',
    "models/__init__.py": (
        '"""Models."""\n\nfrom gan_course.models.gan import GAN\n'
        "from gan_course.models.wgan import WGAN\n\n__all__ = []\n"
    ),
    "models/gan.py": "from gan_course import losses\n",
    "models/wgan.py": "import gan_course.penalties\n",
    "losses.py": "",
    "penalties.py": "def slope():\n    from gan_course.nets.mlp import MLP\n",
    "nets/__init__.py": "SIZE = 3\n",
    "nets/mlp.py": 'WEIGHTS = "mlp.safetensors"\n',
    "nets/mlp.safetensors": "weights",
    "practice/__init__.py": "from gan_course.practice.checking import check\n",
    "practice/checking.py": "",
    "practice/lesson_01/__init__.py": "",
    "practice/lesson_01/q1_losses.py": "",
    "practice/lesson_02/__init__.py": "",
    "studies/critics.json": "{}",
    "studies/codes.json": "{}",
    "unused.py": "",
}
SOURCES = {
    "chapters/01_points.py": "from gan_course.models import GAN\nimport gan_course.catalogue\n",
    "chapters/02_critic.py": 'from gan_course.losses import hinge\nstudy("critics")\n',
    "solutions/01_points.py": 'from gan_course.practice import check\ncheck("01.q1", f)\n',
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    files = {f"gan_course/{name}": text for name, text in LIBRARY.items()} | SOURCES
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def names(course: Path, source: str) -> set[str]:
    package = course / "gan_course"
    found = used(course / source, course)
    return {path.relative_to(package).as_posix() for path in found} - {"__init__.py"}


def test_a_name_that_a_package_passes_on_leads_to_the_one_file_it_comes_from(course: Path) -> None:
    assert names(course, "chapters/01_points.py") == {"catalogue.py", "losses.py", "models/gan.py"}


def test_models_of_the_catalogue_studies_and_what_functions_import_count(course: Path) -> None:
    assert names(course, "chapters/02_critic.py") == {
        "losses.py",
        "models/wgan.py",
        "penalties.py",
        "nets/__init__.py",
        "nets/mlp.py",
        "nets/mlp.safetensors",
        "studies/critics.json",
    }


def test_questions_that_are_checked_count(course: Path) -> None:
    assert names(course, "solutions/01_points.py") == {
        "losses.py",
        "models/gan.py",
        "practice/checking.py",
        "practice/lesson_01/__init__.py",
        "practice/lesson_01/q1_losses.py",
    }


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        ("losses.py", {"01_points.py", "02_critic.py"}),
        ("penalties.py", {"02_critic.py"}),
        ("nets/mlp.safetensors", {"02_critic.py"}),
        ("studies/codes.json", set()),
        ("models/__init__.py", set()),
        ("unused.py", set()),
    ],
)
def test_a_change_reaches_exactly_those_who_use_the_file(
    course: Path, change: str, stale: set[str]
) -> None:
    chapters = sorted((course / "chapters").glob("*.py"))
    before = [digest(chapter, course) for chapter in chapters]
    path = course / "gan_course" / change
    path.write_text(path.read_text() + "\n")
    after = [digest(chapter, course) for chapter in chapters]
    assert {
        chapter.name
        for chapter, one, other in zip(chapters, before, after, strict=True)
        if one != other
    } == stale


def test_of_the_catalogue_a_lessons_own_entries_count(course: Path) -> None:
    chapters = sorted((course / "chapters").glob("*.py"))
    before = [digest(chapter, course) for chapter in chapters]
    path = course / "gan_course/catalogue.toml"
    path.write_text(path.read_text() + 'minutes = 70\n[models.new]\nclass = "x"\n')
    after = [digest(chapter, course) for chapter in chapters]
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_line_ends_of_windows_change_nothing(course: Path) -> None:
    chapter, path = course / "chapters/01_points.py", course / "gan_course/catalogue.py"
    before = digest(chapter, course)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert digest(chapter, course) == before


@pytest.mark.parametrize("lesson", catalogue().lessons, ids=lambda lesson: lesson.name)
def test_a_lesson_uses_its_models_and_no_command_line(lesson: Lesson) -> None:
    found = {path.relative_to(ROOT).as_posix() for path in used(lesson_source(lesson.id), ROOT)}
    modules = [catalogue().model(name).builds.rpartition(".")[0] for name in lesson.models]
    assert {f"{module.replace('.', '/')}.py" for module in modules} <= found
    assert "gan_course/lesson.py" in found
    assert "gan_course/training/fit.py" in found or not modules
    assert "gan_course/cli.py" not in found


def test_the_tests_of_a_lesson_are_those_of_its_models_its_questions_and_what_it_imports() -> None:
    ids = [
        "tests/contracts/test_a.py::test_b[gan-1x28x28]",
        "tests/contracts/test_a.py::test_b[wgan_gp-2]",
        "tests/contracts/test_a.py::test_b[wgan]",
        "tests/practice/test_a.py::test_b[05.q2]",
        "tests/practice/test_a.py::test_b[05.q2-sign turned]",
        "tests/practice/test_a.py::test_b[15.q2]",
        "tests/practice/test_a.py::test_b",
    ]
    assert units.of_entry(ids, ["wgan_gp"], "05") == [ids[1], ids[3], ids[4]]
    assert units.of_entry(ids, ["gan"], "01") == [ids[0]]
    files = units.test_files(sources(ROOT, only=["05"]), ROOT)
    assert "tests/metrics/test_wasserstein.py" in files
    assert "tests/nets/test_dcgan_networks.py" not in files
