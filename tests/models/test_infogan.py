"""InfoGAN: which network each loss reaches, what is recorded, and what its samples can be asked
for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_course.catalogue import catalogue
from gan_course.data import Batch, load
from gan_course.models import InfoGAN, InfoGANConfig
from gan_course.models.infogan import PROFILES
from gan_course.training import fit
from gan_course.training.samples import draw

LESSON, SHAPES = PROFILES["lesson"], PROFILES["lesson/shapes"]
SMALL = InfoGANConfig(latent_dim=4, categories=3, codes=2, width=4, batch_size=8, steps=6)


def model(**changes: Any) -> InfoGAN:
    torch.manual_seed(0)
    return InfoGAN(replace(SMALL, **changes))


def batch(seed: int = 0) -> Batch:
    return Batch(2 * torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(seed)) - 1)


def copied(network: torch.nn.Module) -> list[Tensor]:
    return [p.detach().clone() for p in network.parameters()]


def changed(network: torch.nn.Module, before: list[Tensor]) -> bool:
    return any(not torch.equal(p, old) for p, old in zip(network.parameters(), before, strict=True))


@pytest.mark.parametrize("generator", ["convolutional", "coordinates"])
@pytest.mark.parametrize(("categories", "codes"), [(10, 0), (0, 3), (3, 2)])
def test_nats_are_recorded_for_the_category_and_the_codes_that_there_are(
    generator: str, categories: int, codes: int
) -> None:
    record = model(generator=generator, categories=categories, codes=codes).step(batch())
    assert ("information_category" in record) == (categories > 0)
    assert ("information_codes" in record) == (codes > 0)
    if categories:
        assert record["information_category"] <= math.log(categories)


def test_the_reader_learns_in_the_discriminators_step_alone() -> None:
    infogan = model()
    latent = infogan.noise(8)
    fake = infogan.generator(latent)
    before = copied(infogan.q_head)
    infogan.discriminator_step(batch().x, fake, latent)
    assert changed(infogan.q_head, before)
    before = copied(infogan.q_head)
    infogan.generator_step(fake, latent)
    assert not changed(infogan.q_head, before)
    assert all(p.requires_grad for p in infogan.q_head.parameters())


def test_without_lambda_q_the_reader_learns_nothing() -> None:
    infogan = model(lambda_q=0.0)
    before = copied(infogan.q_head)
    infogan.step(batch())
    assert not changed(infogan.q_head, before)


def trained(lambda_g: float, **changes: Any) -> InfoGAN:
    infogan = model(lambda_g=lambda_g, **changes)
    infogan.step(batch())
    return infogan


def test_without_lambda_g_the_generator_does_not_hear_the_reader() -> None:
    deaf, other = trained(0.0), trained(0.0)
    torch.nn.init.normal_(other.q_head.body[-1].weight)
    torch.manual_seed(1)
    latent = deaf.noise(8)
    weights = []
    for infogan in (deaf, other):
        infogan.generator_step(infogan.generator(latent), latent)
        weights.append(copied(infogan.generator))
    assert all(torch.equal(one, two) for one, two in zip(*weights, strict=True))


def test_with_lambda_g_it_does() -> None:
    hearing, other = trained(1.0), trained(1.0)
    torch.nn.init.normal_(other.q_head.body[-1].weight)
    torch.manual_seed(1)
    latent = hearing.noise(8)
    weights = []
    for infogan in (hearing, other):
        torch.manual_seed(2)  # the same disturbances
        infogan.generator_step(infogan.generator(latent), latent)
        weights.append(copied(infogan.generator))
    assert not all(torch.equal(one, two) for one, two in zip(*weights, strict=True))


def test_the_reader_is_never_shown_what_is_real() -> None:
    infogan = model(lambda_q=1.0)
    shown: list[Tensor] = []
    infogan.q_head.register_forward_hook(lambda module, inputs, output: shown.append(inputs[0]))
    infogan.step(batch())
    assert len(shown) == 2  # the fakes, once in each step


def test_the_generator_is_given_noise_and_codes_of_one_spread() -> None:
    infogan = model(categories=10, contrast=1.0)
    z, category, codes = infogan.noise(20_000).split([4, 10, 2], dim=1)
    assert z.std(0).tolist() == pytest.approx([1.0] * 4, abs=0.03)
    assert category.std(0).tolist() == pytest.approx([1.0] * 10, abs=0.04)
    assert codes.std(0).tolist() == pytest.approx([1.0] * 2, abs=0.03)
    assert codes.abs().max().item() == pytest.approx(math.sqrt(3), abs=0.01)
    assert ((category > 0).sum(1) == 1).all()
    weak = model(categories=10, contrast=0.1).noise(20_000)[:, 4:]
    assert weak.std(0).tolist() == pytest.approx([0.1] * 12, abs=0.004)


def test_a_category_that_is_asked_for_is_that_of_every_sample() -> None:
    infogan = model()
    seen = drawn_from(infogan, category=2)
    _, category, codes = seen.split(infogan.parts, dim=1)
    assert (category.argmax(1) == 2).all()
    assert ((category > 0).sum(1) == 1).all()
    assert codes.std() > 0.1


def drawn_from(
    infogan: InfoGAN, category: int | None = None, code: Mapping[int, float] | None = None
) -> Tensor:
    """The latent vectors behind 50 samples."""
    seen: list[Tensor] = []
    handle = infogan.ema.register_forward_hook(
        lambda module, inputs, output: seen.append(inputs[0])
    )
    infogan.sample(50, category=category, code=code)
    handle.remove()
    return seen[0]


def test_codes_that_are_asked_for_have_their_value_and_the_rest_is_drawn_as_before() -> None:
    infogan = model()
    torch.manual_seed(5)
    free = drawn_from(infogan)
    torch.manual_seed(5)
    held = drawn_from(infogan, code={1: -0.5})
    assert (held[:, -1] / infogan.code_scale).tolist() == pytest.approx([-0.5] * 50)
    assert torch.equal(held[:, :-1], free[:, :-1])


def test_one_category_is_one_picture_where_the_noise_is_the_same() -> None:
    infogan = model(categories=3, codes=0)
    pictures = []
    for category in (0, 0, 1):
        torch.manual_seed(5)
        pictures.append(infogan.sample(4, category=category))
    assert torch.equal(pictures[0], pictures[1])
    assert not torch.equal(pictures[0], pictures[2])


def test_conditions_are_category_and_code() -> None:
    assert list(InfoGAN.conditions) == ["category", "code"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"category": 3}, "expected the number of a category, a whole number from 0 to 2, got 3"),
        ({"category": -1}, "from 0 to 2, got -1"),
        ({"category": True}, "got True"),
        ({"code": {2: 0.5}}, "expected the number of a code, a whole number from 0 to 1, got 2"),
        (
            {"code": {0: math.nan}},
            "a code is a finite number, usually from -1 to 1, got nan for code 0",
        ),
        ({"code": {1: math.inf}}, "got inf for code 1"),
    ],
)
def test_what_is_not_there_cannot_be_asked_for(asked: dict[str, Any], sentence: str) -> None:
    with pytest.raises((ValueError, TypeError), match=sentence):
        model().sample(2, **asked)


@pytest.mark.parametrize(
    ("categories", "codes", "asked"), [(0, 2, {"category": 0}), (3, 0, {"code": {0: 0.1}})]
)
def test_an_infogan_that_lacks_a_part_says_so(
    categories: int, codes: int, asked: dict[str, Any]
) -> None:
    with pytest.raises(
        ValueError,
        match=r"there is no (category|code) to choose, so none can be number 0: leave it out",
    ):
        model(categories=categories, codes=codes).sample(2, **asked)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"categories": 0, "codes": 0},
            (
                "an InfoGAN without a code is a GAN: "
                "categories or codes must be above 0, got 0 for both"
            ),
        ),
        ({"categories": -1}, "categories must be a whole number from 0 to 65,536, got -1"),
        ({"codes": -2}, "codes must be a whole number from 0 to 65,536, got -2"),
        (
            {"categories": 1},
            "a single category tells nothing: categories must be at least 2, or 0 for none, got 1",
        ),
        (
            {"generator": "coordinate"},
            r"there is no generator 'coordinate' \(did you mean 'coordinates'\?\)",
        ),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(
    changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        model(**changes)


@pytest.mark.parametrize("profile", ["lesson", "full"])
def test_shapes_have_codes_and_a_generator_of_their_own_in_every_profile(profile: str) -> None:
    entry = catalogue().model("infogan")
    digits = entry.configuration(entry.profile_for(profile, "digits", "images"))
    shapes = entry.configuration(entry.profile_for(profile, "shapes", "images"))
    assert (digits.generator, digits.categories) == ("convolutional", 10)
    assert (shapes.generator, shapes.categories, shapes.codes) == ("coordinates", 0, 3)
    assert shapes.steps == digits.steps


def test_it_learns_from_shapes() -> None:
    infogan = InfoGAN(replace(SHAPES, width=2, steps=3, batch_size=8))
    history = fit(infogan, load("shapes"))
    assert history["information_codes"]
    assert draw(infogan, 5, seed=0).shape == (5, 1, 28, 28)


def test_a_category_is_soon_read_from_what_is_drawn_and_not_where_the_code_is_too_weak() -> None:
    def nats(**changes: Any) -> float:
        infogan = model(
            codes=0, shift=0.0, turn=0.0, stretch=0.0, noise=0.1, steps=40, batch_size=32, **changes
        )
        history = fit(infogan, load("digits"))
        return float(torch.tensor(history["information_category"][-5:]).mean())

    assert nats(lambda_g=1.0) > 0.9 * math.log(3)
    assert nats(lambda_g=0.0, contrast=0.01) < 0.3
