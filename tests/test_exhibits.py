"""What can be explored by name, before anything heavy is read."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gan_course import zoo
from gan_course.catalogue import catalogue
from gan_course.data import Gaussian, load
from gan_course.exhibits import find
from gan_course.explore import Compare, CriticLab, LatentExplorer, LatentPlane, explore
from gan_course.models import (
    DCGAN,
    GAN,
    VAE,
    WGAN,
    WGANGP,
    DCGANConfig,
    VAEConfig,
    WGANConfig,
    WGANGPConfig,
)
from tests.cli.run_folders import make
from tests.command import Command

BUILT = {
    "wgan": lambda: WGAN(WGANConfig(hidden=(8,))),
    "wgan_gp": lambda: WGANGP(WGANGPConfig(hidden=(8,))),
    "dcgan": lambda: DCGAN(DCGANConfig(width=4)),
    "vae_gan_plane": lambda: VAE(VAEConfig(width=4, latent_dim=2)),
    "aae_plane": lambda: VAE(VAEConfig(width=4, latent_dim=2)),
}


@pytest.fixture
def small_zoo(monkeypatch: pytest.MonkeyPatch) -> None:
    """A zoo of tiny models, which have learned nothing."""
    card = SimpleNamespace(cpu_seconds=90, beside={"frechet": {"real": 0.5}}, value=lambda _: 1.25)
    monkeypatch.setattr(zoo, "card", lambda name: card)
    monkeypatch.setattr(zoo, "load", lambda name: BUILT[name]())
    monkeypatch.setattr(zoo, "dataset", lambda name: load("digits"))


SHOWING = [lesson for lesson in catalogue().lessons if lesson.shows]


@pytest.mark.parametrize("lesson", SHOWING, ids=lambda lesson: lesson.name)
def test_a_lesson_that_shows_models_opens_an_explorer_under_its_title(
    small_zoo: None, lesson: Any
) -> None:
    for name in (lesson.id, str(lesson.number), lesson.name):
        assert find(name).title == f"{lesson.number} · {lesson.title}"
    assert all(f"**{name}**: " in find(lesson.id).about() for name in lesson.shows)


def test_a_lesson_and_a_model_of_the_zoo_open_what_ships(small_zoo: None) -> None:
    for name in ("02", "dcgan"):
        assert isinstance(explore(name), LatentExplorer)
    assert "2 minutes of CPU time" in find("02").about()
    assert "1.25; real 0.5." in find("02").about()
    assert isinstance(explore("dcgan", load("digits"), name="latent"), LatentExplorer)


def test_models_of_a_lesson_stand_side_by_side(small_zoo: None) -> None:
    plane = explore("07")
    assert isinstance(plane, LatentPlane)
    assert list(plane.models) == ["vae_gan_plane", "aae_plane"]


def test_what_is_named_together_is_compared(small_zoo: None) -> None:
    both = explore(["dcgan", "aae_plane"])
    assert isinstance(both, Compare)
    assert list(both.models) == ["dcgan", "aae_plane"]
    assert find("dcgan", "aae_plane").title == "dcgan, aae_plane"
    assert find("dcgan", "aae_plane").about().count("2 minutes of CPU time") == 2


def test_a_lab_opens_where_the_zoo_ships_what_plays_on_and_says_so_where_it_does_not(
    small_zoo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zoo, "dataset", lambda name: load("grid"))
    assert {*zoo.entry("wgan_gp").plays} == {"generator", "critic"}
    assert isinstance(explore("wgan_gp"), CriticLab)
    with pytest.raises(ValueError, match="can show this WGAN: critic_lab: it plays on with all"):
        explore("wgan")


def test_the_first_lesson_begins_with_a_model_that_has_learned_nothing() -> None:
    models, data = find("01").load()
    assert isinstance(models["gan"], GAN)
    assert isinstance(data, Gaussian)
    again, _ = find("01").load()
    assert all((w == again["gan"].weights()[k]).all() for k, w in models["gan"].weights().items())
    assert "it has learned nothing yet" in find("01").about()


def test_a_run_opens_from_its_folder(course: Command) -> None:
    trained = course("train", "dcgan", "--set", "width=4", "--steps", 1, "--out", "runs/mine")
    assert trained.code == 0, trained.err
    for folder in ("runs/mine", Path("runs/mine")):
        assert isinstance(explore(folder), LatentExplorer)
    assert "1 steps on digits, seed 0" in find("runs/mine").about()
    with pytest.raises(ValueError, match=r"no lesson, .* 'runs-mine' \(did you mean 'runs/mine'"):
        explore("runs-mine")


def test_what_is_not_there_gets_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"no lesson, .* 'dcgn' \(did you mean 'dcgan'\?\)"):
        find("dcgn")
    with pytest.raises(FileNotFoundError, match="there is no run at a/b"):
        find("a/b")
    make("a")
    with pytest.raises(FileNotFoundError, match="the run did not reach its end"):
        explore("a")


def test_a_lesson_that_shows_nothing_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    course = replace(catalogue(), lessons=(replace(catalogue().lesson("02"), shows=()),))
    monkeypatch.setattr("gan_course.exhibits.catalogue", lambda: course)
    with pytest.raises(ValueError, match="lesson 02 opens no explorer: name a model of the zoo"):
        find("02")


def test_nothing_heavy_is_imported_to_find_a_lesson() -> None:
    code = "import sys; from gan_course.exhibits import find; find('01'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "torch" not in done.stdout.split()
