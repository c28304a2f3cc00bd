"""Models that turn images into others: what they are asked for, and what CycleGAN's losses are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_course.data import Batch, Dataset, Domains, PairSplit, UnpairedSplit
from gan_course.doctor import evidence
from gan_course.losses import least_squares
from gan_course.models import Config, CycleGAN, CycleGANConfig, Pix2Pix, Pix2PixConfig, Translator
from gan_course.models.cyclegan import PROFILES
from gan_course.training import LiveSamples, fit
from gan_course.training.samples import draw, draw_batch
from gan_course.training.scores import score

TINY = Pix2PixConfig(width=2, d_width=2, batch_size=2, steps=2)


class Brighter(nn.Module):
    """Adds one value to all of an image."""

    def __init__(self, by: float) -> None:
        super().__init__()
        self.by = nn.Parameter(torch.tensor(by))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.by


class Noisy(Translator[Config]):
    """Makes each image a little brighter, and some noise is in it."""

    def __init__(self) -> None:
        super().__init__(Config(shape=(1, 2, 2), batch_size=2, steps=2))
        self.network = Brighter(0.1)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        return {"l1": (batch.expect_y() - self.network(batch.x)).abs().mean().detach()}

    def translate(self, x: Tensor) -> Tensor:
        return self.network(x) + 1e-3 * torch.rand_like(x)


def images(n: int, first: int = 0) -> Tensor:
    """Images of one grey each, which all differ."""
    return (torch.arange(first, first + n) / 1000)[:, None, None, None].expand(n, 1, 2, 2)


def near(x: Tensor, y: Tensor) -> bool:
    return torch.allclose(x, y, atol=2e-3)


PAIR = PairSplit(images(5), y=images(5) + 0.2)
PAIRS = Dataset("pairs", PairSplit(images(5, 500), y=images(5, 800)), PAIR, "no one")


def test_samples_are_translations_of_the_inputs_over_and_over() -> None:
    x = images(3)
    assert near(Noisy().sample(7, x), x[[0, 1, 2, 0, 1, 2, 0]] + 0.1)
    drawn = Noisy().sampled(4, inputs=x)
    assert torch.equal(drawn.given["input"], x[[0, 1, 2, 0]])
    assert near(drawn.x, drawn.given["input"] + 0.1)
    assert not drawn.x.requires_grad


def test_without_inputs_there_is_nothing_to_sample() -> None:
    for ask in (Pix2Pix(TINY).sample, Pix2Pix(TINY).sampled):
        with pytest.raises(
            ValueError, match=r"^a Pix2Pix turns images into others, so it needs some: model.sample"
        ):
            ask(4)
        with pytest.raises(ValueError, match=r"expected inputs of shape \(N, 3, 32, 32\), got"):
            ask(4, images(4))


def test_data_without_a_partner_for_each_image_say_which_have_one() -> None:
    with pytest.raises(ValueError, match="hold none to turn them into: use pairs, such as emoji"):
        Pix2Pix(TINY).step(Batch(torch.zeros(2, 3, 32, 32)))


def test_each_input_is_translated_though_they_are_drawn_in_chunks() -> None:
    model, x = Noisy(), images(600)
    drawn = draw_batch(model, 600, 0, {"inputs": x})
    assert torch.equal(drawn.given["input"], x)
    assert near(drawn.x, x + 0.1)
    assert torch.equal(draw(model, 600, 0, condition={"inputs": x}), drawn.x)


def test_the_first_samples_are_the_same_however_many_are_drawn() -> None:
    few, many = (draw(Noisy(), n, 0, condition=PAIRS.modality.asked(PAIRS, n)) for n in (3, 300))
    assert torch.equal(few, many[:3])


def test_held_out_images_are_what_a_run_translates() -> None:
    model, frames = Noisy(), LiveSamples(every=2, n=3)
    fit(model, PAIRS, hooks=[frames])
    assert near(frames.frames[-1], PAIR.x[:3] + 0.1)
    assert score("l1", PAIRS)(model) == pytest.approx(0.1, abs=2e-3)


@pytest.mark.parametrize("held_out", [PAIR, UnpairedSplit(images(5), y=images(90, 500))])
def test_the_doctor_translates_each_held_out_image_once(
    monkeypatch: pytest.MonkeyPatch, held_out: UnpairedSplit
) -> None:
    seen: list[Batch] = []

    def noticed(*asked: Any) -> Batch:
        seen.append(draw_batch(*asked))
        return seen[-1]

    monkeypatch.setattr(evidence, "draw_batch", noticed)

    class OfPairs:
        seed = 0

        def dataset(self) -> Dataset:
            return Domains("two", held_out, held_out, "no one")

    _, variety, lacking = evidence._measured(Noisy(), OfPairs())  # type: ignore[arg-type]
    assert lacking == ""
    assert torch.equal(seen[0].given["input"], images(5))
    # Over and over, two of them would be no distance apart, as if the model drew one image.
    assert variety is not None
    assert variety.nearest == pytest.approx(1, abs=0.3)


def losses_of_a_step(x: Tensor, y: Tensor, **config: Any) -> tuple[CycleGAN, Tensor, Tensor]:
    """A CycleGAN that makes images brighter by 0.1 one way and by 0.2 the other; the cycle's loss
    that it records, and the whole loss that it descends."""
    model = CycleGAN(CycleGANConfig(width=2, d_width=2, **config))
    model.to_y, model.to_x = Brighter(0.1), Brighter(0.2)  # type: ignore[assignment]
    descended: list[Tensor] = []

    def descend(_optimizer: object, loss: Tensor) -> Tensor:
        descended.append(loss)
        return loss

    model.descend = descend  # type: ignore[method-assign, assignment]
    record = model.generator_step(x, y, model.to_x(y), model.to_y(x))
    return model, record["cycle"], descended[0]


def test_the_way_there_and_back_is_compared_with_the_start_on_both_sides() -> None:
    x, y = torch.zeros(2, 3, 32, 32), torch.full((2, 3, 32, 32), 0.5)
    model, cycle, loss = losses_of_a_step(x, y, cycle=7.0, identity=0.0)
    assert cycle.item() == pytest.approx(0.3 + 0.3)
    game = least_squares.generator(model.discriminator_y(x + 0.1))
    game = game + least_squares.generator(model.discriminator_x(y + 0.2))
    assert loss.item() == pytest.approx(game.item() + 7 * 0.6, rel=1e-5)


def test_what_is_of_the_domain_already_is_asked_to_stay() -> None:
    x, y = torch.zeros(2, 3, 32, 32), torch.full((2, 3, 32, 32), 0.5)
    _, _, loss = losses_of_a_step(x, y, adversarial=0.0, cycle=0.0, identity=4.0)
    assert loss.item() == pytest.approx(4 * (0.1 + 0.2), rel=1e-5)


def test_pools_are_part_of_the_state() -> None:
    config = replace(PROFILES["lesson"], width=2, d_width=2, blocks=1, pool=3, steps=4)
    model, other = CycleGAN(config), CycleGAN(config)
    for value in range(4):
        model.pools[0].mix(torch.full((1, 3, 2, 2), float(value)))
    other.load_state_dict(model.state_dict())
    assert len(other.pools[0].kept) == 3
    for kept, loaded in zip(model.pools[0].kept, other.pools[0].kept, strict=True):
        assert torch.equal(kept, loaded)
    assert other.pools[1].kept == []


def test_both_ways_are_declared_and_are_those_of_the_averages() -> None:
    model, x = CycleGAN(CycleGANConfig(width=2, d_width=2)), torch.rand(1, 3, 32, 32)
    assert (CycleGAN.directions, Pix2Pix.directions) == (("translate", "back"), ("translate",))
    assert torch.equal(model.translate(x), model.ema_y(x))
    assert torch.equal(model.back(x), model.ema_x(x))
