"""The reader of codes, and the generator that knows where it draws."""

from __future__ import annotations

import pytest
import torch

from gan_course.information import gaussian_bound
from gan_course.nets import CoordinateGenerator, QHead
from gan_course.nets.infogan import LOG_VAR


@pytest.mark.parametrize(("categories", "codes"), [(10, 0), (0, 3), (4, 2)])
def test_a_reading_has_a_logit_for_each_category_and_a_gaussian_for_each_code(
    categories: int, codes: int
) -> None:
    reading = QHead(12, categories, codes)(torch.randn(5, 12))
    assert reading.logits.shape == (5, categories)
    assert reading.mu.shape == reading.log_var.shape == (5, codes)


def test_no_features_make_a_reader_surer_than_its_floor() -> None:
    reader = QHead(12, 0, 3)
    log_var = reader(1e4 * torch.randn(50, 12)).log_var
    assert log_var.min().item() == pytest.approx(LOG_VAR[0])
    assert log_var.max().item() == pytest.approx(LOG_VAR[1])


@pytest.mark.parametrize(("sure", "error"), [(-12.0, 0.9), (10.0, 0.0)])
def test_a_reader_that_is_far_too_sure_or_unsure_still_learns_to_be_less_so(
    sure: float, error: float
) -> None:
    reader = QHead(12, 0, 1)
    last = reader.body[-1]
    torch.nn.init.zeros_(last.weight)
    last.bias.data = torch.tensor([0.0, sure])
    reading = reader(torch.randn(50, 12))
    codes = torch.full((50, 1), error)
    gaussian_bound(reading.mu, reading.log_var, codes).sum().backward()
    slope = last.bias.grad[1].item()  # of the bound, which is raised
    assert slope * sure < 0
    assert abs(slope) > 1e-4


def test_how_sure_the_reader_is_does_not_reach_the_features() -> None:
    features = torch.randn(5, 12, requires_grad=True)
    reading = QHead(12, 3, 2)(features)
    for part, reaches in (("logits", True), ("mu", True), ("log_var", False)):
        (slope,) = torch.autograd.grad(
            getattr(reading, part).sum(), features, retain_graph=True, allow_unused=True
        )
        assert (slope is not None) == reaches, part


def test_features_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected features of shape \(N, 12\), got \(5, 13\)"):
        QHead(12, 2, 1)(torch.zeros(5, 13))


@pytest.mark.parametrize(
    "shape", [(channels, side, side) for channels in (1, 3) for side in (28, 32, 64)]
)
def test_the_coordinate_generator_draws_images_of_any_size(shape: tuple[int, ...]) -> None:
    x = CoordinateGenerator(5, shape, width=4)(torch.randn(3, 5))
    assert x.shape == (3, *shape)
    assert x.abs().max() <= 1


def test_a_pixel_depends_on_its_place_and_the_latent_alone() -> None:
    torch.manual_seed(0)
    small, large = (
        CoordinateGenerator(5, (1, 28, 28), width=4),
        CoordinateGenerator(5, (1, 55, 55), width=4),
    )
    large.load_state_dict({**small.state_dict(), "places": large.places})
    z = torch.randn(2, 5)
    # Every second pixel of the large picture lies where one of the small picture does.
    torch.testing.assert_close(large(z)[..., ::2, ::2], small(z), atol=1e-5, rtol=0)


def test_the_coordinate_generator_knows_right_from_down() -> None:
    torch.manual_seed(0)
    x = CoordinateGenerator(5, (1, 28, 28), width=8)(torch.randn(2, 5))
    assert (x - x.transpose(2, 3)).abs().max() > 1e-3


def test_latent_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"expected latent vectors of shape \(N, 5\), got \(3, 6\)"
    ):
        CoordinateGenerator(5, (1, 28, 28), width=4)(torch.zeros(3, 6))
