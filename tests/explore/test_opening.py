"""Explorers open by what a model declares: every model of the catalogue has one, and so has a model
that is registered later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_course import zoo
from gan_course.catalogue import ModelEntry, catalogue
from gan_course.data import Dataset, Domains, PairSet, PairSplit, Split, UnpairedSplit, load
from gan_course.explore import EXPLORERS, Explorer, LatentPlane, SketchPad, explore
from gan_course.explore.opening import opened_together
from gan_course.modalities import IMAGES, LINE, PAIRS, PLANE, UNPAIRED
from gan_course.models import (
    DCGAN,
    DDPM,
    VAE,
    DCGANConfig,
    DDPMConfig,
    Pix2PixConfig,
    Translator,
    VAEConfig,
)
from tests.contracts.conftest import MODELS, small
from tests.families.tokens import TokenGenerator, ladders

# Every model with what it learns from by default, and with what the zoo's has learned from.
LEARNED = {(name, entry.data) for name, entry in catalogue().models.items()}
LEARNED |= {(entry.model, entry.data) for entry in map(zoo.entry, zoo.names())}
DECLARED = [(name, key) for name, entry in MODELS.items() for key in entry.kind.explorers]


def images(shape: tuple[int, ...]) -> Split:
    generator = torch.Generator().manual_seed(0)
    return Split(IMAGES.random(30, shape, generator), torch.arange(30) % 10)


def unpaired(shape: tuple[int, ...], kind: Any = UnpairedSplit) -> Any:
    x = images(shape).x
    return kind(x, y=-x)


# Data to look at beside a tiny model, for each kind of sample.
DATA = {
    LINE: lambda _: load("gaussian"),
    PLANE: lambda _: load("grid"),
    IMAGES: lambda shape: Dataset("tiny", images(shape), images(shape), "me"),
    PAIRS: lambda shape: PairSet(
        "tiny", unpaired(shape, PairSplit), unpaired(shape, PairSplit), "me"
    ),
    UNPAIRED: lambda shape: Domains("tiny", unpaired(shape), unpaired(shape), "me"),
}


def tiny(entry: ModelEntry, shape: tuple[int, ...]) -> Any:
    return entry.kind(small(entry.configuration(), shape=shape, latent_dim=2))


def draws(explorer: Explorer) -> bool:
    """Whether every view is drawn, from where its controls stand at first."""
    pictures = [explorer.show(view.key, view.values) for view in explorer.views()]
    return all(picture and picture.alt for picture in pictures)


@pytest.mark.parametrize(("name", "data"), sorted(LEARNED))
def test_every_model_of_the_course_is_shown_beside_data_such_as_its_own(
    name: str, data: str
) -> None:
    modality = catalogue().dataset(data).modality
    shape = modality.shapes[0]
    assert draws(explore(tiny(MODELS[name], shape), DATA[modality](shape)))


@pytest.mark.parametrize(("name", "key"), DECLARED)
def test_every_explorer_that_a_model_declares_shows_it(name: str, key: str) -> None:
    entry, reasons = MODELS[name], []
    for modality in entry.kind.modalities:
        for shape in modality.shapes:
            try:
                shown = explore(tiny(entry, shape), DATA[modality](shape), name=key)
            except ValueError as reason:  # it is for samples of another shape
                reasons.append(str(reason))
            else:
                assert draws(shown)
                return
    pytest.fail("; ".join(reasons))


class Negative(Translator[Pix2PixConfig]):
    """A model that the course does not have: it declares nothing new, as a translator."""

    modalities = (PAIRS,)

    def __init__(self) -> None:
        super().__init__(small(Pix2PixConfig()))
        self.network = torch.nn.Linear(1, 1)

    def step(self, batch: Any) -> dict[str, Tensor]:
        raise NotImplementedError

    def translate(self, x: Tensor) -> Tensor:
        return -x


class Wide(VAE):
    """Another, which declares what it can be shown by."""

    explorers = ("plane",)


def test_a_model_registered_later_works_by_declaring() -> None:
    pad = explore(Negative(), DATA[PAIRS]((3, 32, 32)))
    assert isinstance(pad, SketchPad)
    assert pad.picture([], 0).alt.endswith("and is 0.0% from the truth.")
    wide = Wide(VAEConfig(latent_dim=2, width=4))
    assert isinstance(explore(wide, DATA[IMAGES]((1, 28, 28))), LatentPlane)


def test_several_models_stand_side_by_side_under_their_names() -> None:
    data, config = DATA[IMAGES]((1, 28, 28)), VAEConfig(latent_dim=2, width=4)
    plane = opened_together({"one": VAE(config), "other": VAE(config)}, data)
    assert isinstance(plane, LatentPlane)
    assert list(plane.models) == ["one", "other"]
    pad = opened_together({"one": Negative(), "other": Negative()}, DATA[PAIRS]((3, 32, 32)))
    assert isinstance(pad, SketchPad)
    assert list(pad.models) == ["one", "other"]
    dcgan, mine = DCGAN(DCGANConfig(width=4)), Negative()
    both = opened_together({"dcgan": dcgan, "vae": VAE(config)}, data)
    assert "by each of dcgan, vae" in both.show("samples", both.views()[0].values).alt
    with pytest.raises(ValueError, match="can show dcgan and mine side by side: none is for these"):
        opened_together({"dcgan": dcgan, "mine": mine}, data)


def test_the_judge_reads_digits_and_factors_are_measured_where_the_data_know_them() -> None:
    digits = load("digits")
    classes = EXPLORERS["classes"](tiny(MODELS["cgan"], (1, 28, 28)), digits)
    assert "read as their own class" in classes.show("grid", {"draw": 0}).alt
    entry = MODELS["infogan"]
    config = small(entry.configuration(), categories=0, codes=2)
    shapes = load("shapes")
    codes = explore(entry.kind(config), shapes)
    assert "rotation" in codes.show("choice", {"draw": 0, "code 0": 0.5, "code 1": 0.0}).alt


def test_what_cannot_be_shown_gets_one_clear_sentence() -> None:
    data, vae = DATA[IMAGES]((1, 28, 28)), VAE(VAEConfig(latent_dim=2, width=4))
    with pytest.raises(ValueError, match=r"explorer of a VAE called 'plain' \(did you mean 'plan"):
        explore(vae, data, name="plain")
    with pytest.raises(ValueError, match="a VAE learns images, the data are points on a line"):
        explore(vae, load("gaussian"))
    with pytest.raises(TypeError, match=r"beside its data: explore\(model, data\)"):
        explore(vae)
    with pytest.raises(
        ValueError, match=r"a TokenGenerator, which declares none; .* are gan, dcga"
    ):
        explore(TokenGenerator(), ladders())
    points = DDPM(replace(DDPMConfig(), shape=(2,), classes=0, drop_label=0.0))
    with pytest.raises(
        ValueError, match=r"this DDPM: timeline: .* such as ddpm or flow, got one of"
    ):
        explore(points, load("grid"))
    with pytest.raises(TypeError, match=r'a lesson, such as "02", .* got 2'):
        explore(2)  # type: ignore[arg-type]
