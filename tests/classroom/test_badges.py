"""Badges: those of the course lead somewhere, and a fork's are its own after one command."""

from __future__ import annotations

from pathlib import Path

import pytest

from authoring.defects import check
from authoring.exercises import differences
from gan_course.catalogue import catalogue, read_catalogue
from gan_course.classroom import badges
from gan_course.classroom.links import in_repository
from tests.classroom.conftest import LONG, ROOT
from tests.command import Command

NAMED = ("README.md", "CITATION.cff", "site/index.md")  # where the repository is named in words


def test_every_badge_of_the_course_points_at_a_notebook_that_is_there() -> None:
    assert badges.stray(ROOT, catalogue()) == []


def test_badge_of_another_repository_or_of_no_notebook_is_named(clone: Path) -> None:
    readme = clone / "README.md"
    text = readme.read_text("utf-8")
    readme.write_text(text.replace("chapters/02_dcgan.ipynb)", "chapters/02_old.ipynb)"), "utf-8")
    source = clone / "chapters" / "03_cgan.py"
    own = catalogue()
    address = f"{own.repository}@{own.branch}"
    text = source.read_text("utf-8").replace(address, f"{own.repository}@old")
    source.write_text(text, "utf-8")
    assert badges.stray(clone, catalogue()) == [
        "README.md has a badge of chapters/02_old.ipynb, which is not there",
        f"chapters/03_cgan.py takes the course from {own.repository}, branch old",
    ]
    said = badges.stray(clone, in_repository(own, "me/fork", "main"))
    badge = f"has a badge of {own.repository}, branch {own.branch}"
    assert f"chapters/01_gaussian_gan.ipynb {badge}" in said
    for name in NAMED:
        assert f"{name} takes the course from {own.repository}" in said


def test_links_that_lead_nowhere_after_a_stamp_are_named(clone: Path, course: Command) -> None:
    readme = clone / "README.md"
    text = readme.read_text("utf-8")
    readme.write_text(text.replace("chapters/02_dcgan.ipynb)", "chapters/02_old.ipynb)"), "utf-8")
    outcome = course("classroom", "links", "--repo", "me/fork", "--write")
    assert outcome.code == 0, outcome.err
    gone = "README.md has a badge of chapters/02_old.ipynb, which is not there"
    assert outcome.out.splitlines()[-1] == gone


@pytest.mark.parametrize(("repository", "branch"), [("me/fork", "main"), (LONG, "autumn/one")])
def test_stamped_fork_names_itself_everywhere_and_its_pairs_fit(
    clone: Path, course: Command, repository: str, branch: str
) -> None:
    before = {path: path.read_bytes() for path in clone.rglob("*.*") if path.is_file()}
    words = ("--repo", repository, "--branch", branch)
    assert course("classroom", "links", *words, "--write").code == 0
    for name in NAMED:
        assert f"https://github.com/{catalogue().repository}" not in (clone / name).read_text()
    declared = read_catalogue(clone / "gan_course" / "catalogue.toml")
    assert (declared.repository, declared.branch) == (repository, branch)
    assert badges.stray(clone, declared) == []
    assert check(clone) == []
    assert differences(clone) == []
    owner, name = repository.split("/")
    for address in (
        f"git clone https://github.com/{repository} && cd ",
        f"https://{owner.lower()}.github.io/{name}/",
    ):
        assert address in (clone / "README.md").read_text()
    badges.stamp(clone, declared, catalogue())
    assert {path: path.read_bytes() for path in before} == before


def test_notebook_that_did_not_fit_its_source_does_not_fit_it_after_a_stamp(clone: Path) -> None:
    source = clone / "chapters" / "01_gaussian_gan.py"
    source.write_text(source.read_text("utf-8") + "\n# %%\nprint(1)\n", "utf-8")
    before = check(clone)
    badges.stamp(clone, catalogue(), in_repository(catalogue(), "me/fork", "main"))
    assert check(clone) == before != []


def test_stamp_that_was_interrupted_is_done_by_the_same_command_again(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork, written = in_repository(catalogue(), "me/fork", "main"), []
    write = badges.write_atomically

    def until_the_third(path: Path, text: str) -> None:
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(path)
        write(path, text)

    monkeypatch.setattr(badges, "write_atomically", until_the_third)
    with pytest.raises(KeyboardInterrupt):
        badges.stamp(clone, catalogue(), fork)
    monkeypatch.undo()
    badges.stamp(clone, catalogue(), fork)
    assert badges.stray(clone, fork) == check(clone) == []
