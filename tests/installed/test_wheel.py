"""The wheel alone serves a learner, from any folder."""

from __future__ import annotations

import json
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from authoring import dist
from gan_course.catalogue import catalogue
from gan_course.commands import paths
from gan_course.zoo.entries import SHIPPED
from tests.installed.conftest import Learner

NOWHERE = Path("/proc")  # where nobody can make a folder, not even root
NAMES = [lesson.name for lesson in catalogue().lessons]
SMALL = "# %% [markdown]\n# # A lesson\n\n# %%\nimport gan_course\n\nprint(gan_course.__file__)\n"
PATIENCE = 90  # seconds
BOTH = pytest.mark.parametrize("learner", ["UTF-8", "C"], indirect=True)


@pytest.fixture
def small_lesson(learner: Learner) -> Iterator[None]:
    """In the place of lesson 01, which takes a minute."""
    source = learner.package / "lessons" / "chapters" / f"{NAMES[0]}.py"
    text = source.read_text(encoding="utf-8")
    source.write_text(SMALL, encoding="utf-8")
    yield
    source.write_text(text, encoding="utf-8")


def files(root: Path) -> dict[Path, bytes]:
    return {
        path.relative_to(root): path.read_bytes()
        for name in paths.FOLDERS
        for path in (root / name).rglob("*")
        if path.is_file() and not set(path.parts) & set(paths.BY_MACHINES)
    }


@BOTH
def test_lessons_are_copied_whole(learner: Learner) -> None:
    outcome = learner("lessons", "mein Kurs")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.endswith("Now: gan-course lab --folder 'mein Kurs'\n")
    copied = learner.folder / "mein Kurs"
    assert files(copied) == files(dist.ROOT)
    assert {path.name for path in copied.iterdir()} == set(paths.FOLDERS)


def test_the_doctor_finds_all_there(learner: Learner) -> None:
    outcome = learner("doctor", folder=NOWHERE)
    assert outcome.code == 0, outcome.out
    assert f"all {len(NAMES)} of the catalogue in " in outcome.out
    assert "The course can be used." in outcome.out


@pytest.mark.usefixtures("small_lesson")
def test_a_lesson_runs_from_any_folder(learner: Learner) -> None:
    outcome = learner("run", "01", "--out", learner.folder / "b", folder=NOWHERE)
    assert outcome.code == 0, outcome.err
    notebook = json.loads((learner.folder / "b" / f"{NAMES[0]}.ipynb").read_text(encoding="utf-8"))
    (printed,) = notebook["cells"][1]["outputs"]
    assert "/gan_course/__init__.py" in "".join(printed["text"])
    assert str(dist.ROOT) not in "".join(printed["text"])
    refused = learner("run", "01", folder=NOWHERE)
    assert refused.code == 2
    assert "the folder runs/01_gaussian_gan cannot be written" in refused.err


def test_a_model_is_trained_and_sampled_from_any_folder(learner: Learner) -> None:
    trained = learner("train", "dcgan", "--steps", 1, "--out", learner.folder / "ä", folder=NOWHERE)
    assert trained.code == 0, trained.err
    assert "TensorBoard cannot write to" in trained.err  # here, where names are not in UTF-8
    drawn = learner("sample", "ä", "--n", 2, "--out", "x.npz")
    assert drawn.code == 0, drawn.err
    assert (learner.folder / "x.npz").is_file()


def test_the_zoo_is_there(learner: Learner) -> None:
    outcome = learner(
        "zoo", "show", "infogan", "--picture", learner.folder / "x.png", folder=NOWHERE
    )
    assert outcome.code == 0, outcome.err
    assert (learner.folder / "x.png").is_file()
    shipped = {path.name for path in (learner.package / "zoo" / "shipped").iterdir()}
    assert shipped == {path.name for path in SHIPPED.iterdir()}


def test_lab_copies_the_lessons_and_opens_the_first(learner: Learner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ("--no-browser", "--port", port, "--IdentityProvider.token=a", "--allow-root")
    process = learner.start("lab", *options)
    try:
        listed = answer(f"http://127.0.0.1:{port}/api/contents/chapters?token=a")
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    assert out == b"Copied chapters, exercises and benchmarks to gan-course\n"
    assert f"/lab/tree/chapters/{NAMES[0]}.ipynb?token=".encode() in err
    shown = [one["name"] for one in json.loads(listed)["content"]]
    assert sorted(shown) == [f"{name}.ipynb" for name in NAMES]


def answer(url: str) -> bytes:
    """What a server that is about to start says."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as response:
                return response.read()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
