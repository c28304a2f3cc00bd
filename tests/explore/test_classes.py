from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gan_course.explore import ClassExplorer
from gan_course.models import CGAN, CGANConfig
from tests.explore.conftest import picture_size


def plain(z: Tensor, vectors: Tensor) -> Tensor:
    """Images of 2 × 2: the class's vector above, the latent below."""
    return torch.stack([vectors, z], dim=1)[:, None]


VECTORS = torch.tensor([[-1.0, 0.0], [1.0, 0.0], [0.0, 0.5]])


def test_pictures_repeat_and_leave_random_state_alone(classes: ClassExplorer) -> None:
    random = torch.get_rng_state()
    grid, mix = classes.grid(), classes.mix(3, 8)
    assert torch.equal(torch.get_rng_state(), random)
    assert picture_size(grid) == (698, 604)
    assert picture_size(mix) == (698, 198)
    torch.manual_seed(5)
    assert (classes.grid(), classes.mix(3, 8)) == (grid, mix)
    assert len({grid, classes.grid(1)}) == 2
    assert len({mix, classes.mix(8, 3), classes.mix(3, 8, draw=1)}) == 3


def test_between_two_classes_lies_the_straight_line_of_their_vectors() -> None:
    explorer = ClassExplorer(plain, VECTORS, latent_dim=2)
    t = torch.tensor([0.0, 0.25, 1.0])
    assert explorer.between(0, 1, t).tolist() == [[-1.0, 0.0], [-0.5, 0.0], [1.0, 0.0]]
    assert explorer.images(torch.zeros(3, 2), explorer.between(0, 1, t))[:, 0, 0, 0].tolist() == [
        -1.0,
        -0.5,
        1.0,
    ]


def test_the_explorer_of_a_model_draws_what_its_averaged_generator_draws() -> None:
    torch.manual_seed(0)
    model = CGAN(CGANConfig(classes=4, latent_dim=8, width=4))
    explorer = ClassExplorer.of(model)
    z = explorer.latents(3)
    with torch.no_grad():
        assert torch.equal(
            explorer.images(z, explorer.embeddings[[2, 2, 2]]),
            model.ema(z, torch.tensor([2, 2, 2])),
        )
    before = explorer.images(z, explorer.embeddings[:3])
    for weight in model.ema.parameters():
        weight.data.mul_(3)
    assert torch.equal(explorer.images(z, explorer.embeddings[:3]), before), (
        "an explorer shows the model as it was"
    )


def test_what_is_read_is_told_in_words() -> None:
    explorer = ClassExplorer(
        plain, VECTORS, latent_dim=2, read=lambda images: (images[:, 0, 0, 0] > 0).long()
    )
    assert "Read as: 0 0 0 0 0 1 1 1 1 1; 0 0" in explorer.mix(0, 1).alt
    assert "Read as" not in ClassExplorer(plain, VECTORS, latent_dim=2).mix(0, 1).alt


def test_choices_that_are_not_there_are_refused() -> None:
    explorer = ClassExplorer(plain, VECTORS, latent_dim=2)
    with pytest.raises(ValueError, match="there are classes 0 to 2, got 3"):
        explorer.mix(0, 3)
    with pytest.raises(ValueError, match="seed must be a whole number from 0 to 2"):
        explorer.grid(draw=-1)
    with pytest.raises(
        ValueError,
        match=r"expected the vectors of at least two classes, of shape \(K, D\), got \(1, 2\)",
    ):
        ClassExplorer(plain, VECTORS[:1], latent_dim=2)
    with pytest.raises(ValueError, match="latent_dim must be at least 1, got 0"):
        ClassExplorer(plain, VECTORS, latent_dim=0)
