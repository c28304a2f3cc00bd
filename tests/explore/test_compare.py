from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gan_course.explore import Compare
from gan_course.explore.picture import pixels
from gan_course.models import (
    CGAN,
    DCGAN,
    DDPM,
    GAN,
    VAE,
    CGANConfig,
    DCGANConfig,
    DDPMConfig,
    GANConfig,
    InfoGAN,
    InfoGANConfig,
    Model,
    Pix2Pix,
    VAEConfig,
)
from tests.explore.conftest import picture_size


def small() -> dict[str, Model[Any]]:
    torch.manual_seed(0)
    return {
        "DCGAN": DCGAN(DCGANConfig(latent_dim=8, width=4)),
        "VAE": VAE(VAEConfig(latent_dim=4, width=4)),
        "InfoGAN": InfoGAN(InfoGANConfig(latent_dim=4, codes=1, width=4)),
    }


def told() -> dict[str, Model[Any]]:
    """Two models that know classes; the second has no latent space."""
    torch.manual_seed(0)
    return {
        "CGAN": CGAN(CGANConfig(latent_dim=8, width=4)),
        "diffusion": DDPM(DDPMConfig(width=4, sampling_steps=2)),
    }


def rows(compare: Compare, monkeypatch: pytest.MonkeyPatch, view: str, **values: Any) -> Any:
    """The images of each model in what the view shows at these values."""
    seen: dict[str, Tensor] = {}
    own = compare._row
    monkeypatch.setattr(
        compare, "_row", lambda name, images: own(name, seen.setdefault(name, images))
    )
    first = next(each for each in compare.views() if each.key == view).values
    compare.show(view, first | values)
    return seen


def test_each_model_draws_what_it_samples_from_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    models = small()
    seen = rows(Compare(models, n=4), monkeypatch, "samples", seed=3)
    assert list(seen) == list(models)
    for name, model in models.items():
        with model.evaluating():
            torch.manual_seed(3)
            assert torch.equal(seen[name], model.sample(4)), name


def test_a_class_is_asked_of_all_where_all_know_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    models = told()
    compare = Compare(models, n=3)
    for view, key, chosen in (("samples", "label", 8), ("walk", "label", 7)):
        seen = rows(compare, monkeypatch, view, **{key: chosen})
        assert not torch.equal(
            seen["CGAN"], rows(compare, monkeypatch, view, **{key: chosen - 1})["CGAN"]
        )
    seen = rows(compare, monkeypatch, "samples", label=8)
    for name, model in models.items():
        with model.evaluating():
            torch.manual_seed(0)
            assert torch.equal(seen[name], model.sample(3, label=7)), name  # type: ignore[call-arg]
    keys = {view.key: list(view.values) for view in Compare(small()).views()}
    assert keys == {"samples": ["seed"], "walk": ["from", "to", "psi"]}


def test_all_walk_between_the_latents_of_two_seeds_at_one_psi(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models = {"one": small()["DCGAN"], "the same": small()["DCGAN"], **told()}
    compare = Compare(models, n=5)
    there = rows(compare, monkeypatch, "walk", **{"from": 1, "to": 2})
    assert list(there) == ["one", "the same", "CGAN"]
    assert torch.equal(there["one"], there["the same"])
    back = rows(compare, monkeypatch, "walk", **{"from": 2, "to": 1})
    torch.testing.assert_close(back["CGAN"].flip(0), there["CGAN"])
    middle = rows(compare, monkeypatch, "walk", psi=0)["one"]
    assert torch.equal(middle, middle[:1].expand_as(middle))


def test_images_of_other_sizes_get_white_edges() -> None:
    models = {
        "grey": GAN(GANConfig(shape=(1, 4, 6), hidden=(4,))),
        "colour": GAN(GANConfig(shape=(3, 6, 4), hidden=(4,))),
    }
    compare = Compare(models, n=2)
    row = pixels(compare._row("grey", -torch.ones(1, 1, 4, 6)).images)[0]
    assert (row == 255).all(axis=(1, 2)).tolist() == [True, False, False, False, False, True]
    row = pixels(compare._row("colour", -torch.ones(1, 3, 6, 4)).images)[0]
    assert (row == 255).all(axis=(0, 2)).tolist() == [True, False, False, False, False, True]
    assert picture_size(compare.samples()) == (118 + 2 * (6 * 9 + 2), 24 + 2 * (6 * 9 + 2))


def test_models_stay_as_they_were_and_random_state_is_left_alone() -> None:
    models = small()
    compare = Compare(models)
    before, random = compare.samples(1), torch.get_rng_state()
    with torch.no_grad():
        for model in models.values():
            for weight in model.networks().values():
                for parameter in weight.parameters():
                    parameter.add_(1)
    assert compare.samples(1) == before
    assert compare.walk(0, 1) == compare.walk(0, 1)
    assert torch.equal(torch.get_rng_state(), random)


def test_words_say_what_is_seen() -> None:
    compare = Compare(told(), n=3)
    assert "3 images by each of CGAN, diffusion" in compare.samples(4, 7).alt
    assert "from seed 4, all asked for class 7." in compare.samples(4, 7).alt
    assert "by each of CGAN, a row each, on the arc" in compare.walk(0, 1, 0.5).alt


def test_bad_input_gets_one_clear_sentence() -> None:
    with pytest.raises(ValueError, match="at least one model to compare, got none"):
        Compare({})
    with pytest.raises(ValueError, match="'p' is a Pix2Pix, which needs more than a seed"):
        Compare({"p": Pix2Pix()})
    with pytest.raises(ValueError, match=r"'points' draws samples of shape \(2,\)"):
        Compare({"points": GAN(GANConfig(shape=(2,), hidden=(4,)))})
    with pytest.raises(ValueError, match="no class to choose, so none can be number 3"):
        Compare(small()).samples(0, 3)
    with pytest.raises(ValueError, match="a class, a whole number from 0 to 9, got 10"):
        Compare(told()).walk(0, 1, 1.0, 10)
    with pytest.raises(ValueError, match=r"ψ lies between 0 and 1\.5, got nan"):
        Compare(small()).walk(0, 1, float("nan"))
    with pytest.raises(ValueError, match="none of these models has a latent space"):
        Compare({"diffusion": told()["diffusion"]}).walk(0, 1)
    with pytest.raises(ValueError, match="seed must be a whole number"):
        Compare(small()).samples(-1)
