from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gan_course.data import load
from gan_course.explore import CodeExplorer, Factors, shape_factors
from gan_course.models import InfoGAN, InfoGANConfig
from tests.explore.conftest import picture_size


def plain(z: Tensor, category: Tensor, codes: Tensor) -> Tensor:
    """Images of 2 × 2: above the first noise value and the number of the category, in quarters;
    below the two codes, halved."""
    number = category.argmax(1) / 4 if category.shape[1] else torch.zeros(len(z))
    return torch.stack([z[:, 0].tanh(), number, codes[:, 0] / 2, codes[:, 1] / 2], dim=1).view(
        -1, 1, 2, 2
    )


def measure(images: Tensor) -> Tensor:
    """Left and right code of `plain`."""
    return 2 * images[:, 0, 1]


CODES = Factors(measure, ("left", "right"), ((-1.0, 1.0), (-4.0, 4.0)))


@pytest.fixture
def both() -> CodeExplorer:
    """Three categories and two codes; what is read is the category."""
    return CodeExplorer(
        plain, 2, 3, 2, read=lambda images: (4 * images[:, 0, 0, 1]).round().long(), factors=CODES
    )


def test_pictures_repeat_and_leave_random_state_alone(
    digit_codes: CodeExplorer, shape_codes: CodeExplorer
) -> None:
    random = torch.get_rng_state()
    pictures = (
        digit_codes.grid(),
        digit_codes.picture(),
        shape_codes.sweep(1),
        shape_codes.picture(),
    )
    assert torch.equal(torch.get_rng_state(), random)
    assert [picture_size(picture) for picture in pictures] == [
        (704, 604),
        (704, 82),
        (762, 256),
        (704, 262),
    ]
    torch.manual_seed(5)
    assert (
        digit_codes.grid(),
        digit_codes.picture(),
        shape_codes.sweep(1),
        shape_codes.picture(),
    ) == pictures
    assert digit_codes.grid(1) != pictures[0]
    assert len({pictures[2], shape_codes.sweep(1, 1), shape_codes.sweep(2)}) == 3


def test_the_explorer_of_a_model_draws_what_its_averaged_generator_draws() -> None:
    torch.manual_seed(0)
    model = InfoGAN(InfoGANConfig(latent_dim=4, categories=3, codes=2, width=4, contrast=1.5))
    explorer = CodeExplorer.of(model)
    z = explorer.latents()[:5]
    latent = torch.zeros(5, 9)
    latent[:, :4], latent[:, 5], latent[:, 7] = z, model.category_scale, 0.5 * model.code_scale
    with torch.no_grad():
        expected = model.ema(latent)
    assert torch.equal(explorer.images(z, 1, torch.tensor([0.5, 0.0])), expected)
    for weight in model.ema.parameters():
        weight.data.mul_(3)
    assert torch.equal(explorer.images(z, 1, torch.tensor([0.5, 0.0])), expected), (
        "an explorer shows the model as it was"
    )


def test_a_row_of_the_grid_says_what_is_read_most_often(both: CodeExplorer) -> None:
    alt = both.grid().alt
    assert "category 0 as 0, 10 of 10; category 1 as 1, 10 of 10; category 2 as 2, 10 of 10." in alt
    assert "Read" not in CodeExplorer(plain, 2, 3, 2).grid().alt


def test_a_sweep_changes_one_code_in_ten_steps_and_nothing_else(
    both: CodeExplorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.move(0, 1.5)
    seen: list[tuple[Tensor, Tensor, Tensor]] = []
    monkeypatch.setattr(both, "draw", lambda *given: (seen.append(given), plain(*given))[1])
    alt = both.sweep(1, category=2, noises=3).alt
    assert len(seen) == 3
    for row, (z, category, codes) in enumerate(seen):
        assert torch.equal(z, both.latents()[row].expand(11, -1))
        assert category.argmax(1).tolist() == [2] * 11
        torch.testing.assert_close(
            codes, torch.stack([torch.zeros(11), torch.linspace(-2, 2, 11)], dim=1)
        )
    assert (
        "with code 1 from -2 (left) to 2 (right), all of category 2. It was trained from -1 to 1. "
        "Read as: 2 2 2" in alt
    )


def test_the_picture_shows_the_chosen_category_and_codes(both: CodeExplorer) -> None:
    start = both.picture()
    both.choose(2)
    both.move(1, -0.5)
    chosen = both.picture()
    assert chosen != start
    assert (
        "images of category 2 with all codes at 0; below, the same noise with code 1 at -0.5: "
        "on average a pixel changed by 3.1% of its range" in chosen.alt
    )
    assert "Read as: 2 2 2 2 2 2 2 2 2 2." in chosen.alt
    both.reset()
    both.choose(0)
    assert both.picture() == start


def test_each_codes_change_of_each_factor_is_measured_as_a_share_of_its_range(
    both: CodeExplorer,
) -> None:
    torch.testing.assert_close(both.changes(), torch.tensor([[1.0, 0.0], [0.0, 0.25]]))
    both.move(0, 2.0)
    torch.testing.assert_close(both.changes(), torch.tensor([[1.0, 0.0], [0.0, 0.25]]))
    assert (
        "code 0 changes most left 100% (right 0%); code 1 changes most right 25% (left 0%)."
        in both.picture().alt
    )


def test_a_circular_factor_changes_the_shorter_way() -> None:
    turn = Factors(lambda images: images[:, 0, 0], ("turn",), ((0.0, 1.0),), circular=("turn",))
    before, after = (
        torch.tensor([0.1, 0.5, 0.0]).view(3, 1, 1, 1),
        torch.tensor([0.9, 0.2, 0.5]).view(3, 1, 1, 1),
    )
    torch.testing.assert_close(turn.change(before, after), torch.tensor([(0.2 + 0.3 + 0.5) / 3]))


def test_factors_of_real_shapes_that_differ_change_and_those_of_the_same_do_not() -> None:
    images = load("shapes").held_out.x[:50]
    factors = shape_factors()
    assert factors.change(images, images).tolist() == [0.0] * 4
    moved = images.roll(3, dims=3)  # three pixels of a range of twelve to the right
    torch.testing.assert_close(
        factors.change(images, moved)[:2], torch.tensor([0.25, 0.0]), atol=0.02, rtol=0
    )


def test_views_that_a_model_has_not_are_refused_in_one_sentence(
    digit_codes: CodeExplorer, shape_codes: CodeExplorer
) -> None:
    with pytest.raises(
        ValueError,
        match=r"this model has no categories, .* sweep\(code\) shows what its codes move",
    ):
        shape_codes.grid()
    with pytest.raises(
        ValueError, match=r"this model has no continuous codes, .* grid\(\) shows its categories"
    ):
        digit_codes.sweep(0)
    with pytest.raises(ValueError, match="there is no category to choose"):
        shape_codes.choose(0)
    with pytest.raises(ValueError, match="there is no category to choose"):
        shape_codes.sweep(0, category=0)
    with pytest.raises(ValueError, match="there is no code to choose"):
        digit_codes.move(0, 1.0)
    with pytest.raises(ValueError, match="there is nothing to measure"):
        digit_codes.changes()


def test_bad_input_gets_one_clear_sentence_and_changes_nothing(both: CodeExplorer) -> None:
    before = both.picture()
    with pytest.raises(ValueError, match="number of a category, a whole number from 0 to 2, got 3"):
        both.choose(3)
    with pytest.raises(ValueError, match="number of a code, a whole number from 0 to 1, got 2"):
        both.sweep(2)
    for value in (2.5, float("nan")):
        with pytest.raises(ValueError, match="a code lies between -2 and 2"):
            both.move(0, value)
    with pytest.raises(ValueError, match="at most 64 noise vectors, got 65"):
        both.sweep(0, noises=65)
    with pytest.raises(ValueError, match="seed must be a whole number"):
        both.grid(draw=-1)
    with pytest.raises(
        ValueError,
        match="at least two categories or at least one code to explore, got 0 categories and 0 "
        "codes",
    ):
        CodeExplorer(plain, 2, 0, 0)
    with pytest.raises(ValueError, match="latent_dim must be at least 1"):
        CodeExplorer(plain, 0, 3, 2)
    assert both.picture() == before


def test_factors_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="a range for each factor, got 2 names and 1 ranges"):
        Factors(measure, ("left", "right"), ((0.0, 1.0),))
    with pytest.raises(ValueError, match="low below high"):
        Factors(measure, ("left",), ((1.0, 1.0),))
    with pytest.raises(ValueError, match="there is no factor 'up' to be circular"):
        Factors(measure, ("left",), ((0.0, 1.0),), circular=("up",))
    with pytest.raises(
        ValueError, match=r"expected measure to give factors of shape \(4, 1\), .* got \(4, 2\)"
    ):
        Factors(measure, ("left",), ((0.0, 1.0),)).change(
            torch.zeros(4, 1, 2, 2), torch.zeros(4, 1, 2, 2)
        )


@pytest.mark.gpu
def test_an_explorer_of_a_model_on_a_gpu_gives_images_on_the_cpu() -> None:
    with torch.device("cuda"):
        explorer = CodeExplorer.of(
            InfoGAN(InfoGANConfig(latent_dim=4, codes=2, width=4)), factors=shape_factors()
        )
    assert explorer.images(explorer.latents(), 3, torch.zeros(2)).device.type == "cpu"
    assert "code 1 changes most" in explorer.picture().alt
