from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

from gan_course.nets import (
    ConcatDiscriminator,
    ConditionalGenerator,
    DeafDiscriminator,
    ProjectionDiscriminator,
)

SHAPES = [(channels, side, side) for channels in (1, 3) for side in (28, 32, 64)]
DISCRIMINATORS = [ProjectionDiscriminator, ConcatDiscriminator, DeafDiscriminator]
LABELS = torch.tensor([0, 4, 2])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_the_generator_draws_images_of_classes_and_each_discriminator_scores_them(
    kind: type, shape: tuple[int, ...]
) -> None:
    x = ConditionalGenerator(5, shape, classes=5, width=4)(torch.randn(3, 5), LABELS)
    assert x.shape == (3, *shape)
    assert x.abs().max() <= 1
    assert kind(shape, classes=5, width=4)(x, LABELS).shape == (3, 1)


def test_the_generator_draws_another_image_for_another_class() -> None:
    generator = ConditionalGenerator(5, (1, 28, 28), classes=5, width=4).eval()
    z = torch.randn(1, 5).expand(5, 5)
    images = generator(z, torch.arange(5)).flatten(1)
    assert len(images.unique(dim=0)) == 5


def test_between_two_embeddings_the_generator_draws_what_lies_between() -> None:
    generator = ConditionalGenerator(5, (1, 28, 28), classes=5, width=4).eval()
    z, ends = torch.randn(1, 5), generator.embedding(torch.tensor([1, 3]))
    assert torch.equal(generator.draw(z, ends[:1]), generator(z, torch.tensor([1])))
    middle = generator.draw(z, ends.mean(dim=0, keepdim=True))
    assert not torch.equal(middle, generator(z, torch.tensor([1])))
    assert not torch.equal(middle, generator(z, torch.tensor([3])))


def test_a_projection_is_the_score_plus_the_inner_product_with_the_classes_vector() -> None:
    network = ProjectionDiscriminator((1, 28, 28), classes=5, width=4).eval()
    x = torch.randn(3, 1, 28, 28)
    features = network.network.features(x)
    head, vectors = network.network.body[-1], network.embedding.weight
    by_hand = [
        head(features)[i] + vectors[label] @ features[i] for i, label in enumerate(LABELS.tolist())
    ]
    assert torch.allclose(network(x, LABELS), torch.stack(by_hand), atol=1e-5)


def test_the_classes_vectors_of_a_projection_start_small_and_may_grow() -> None:
    network = ProjectionDiscriminator((1, 28, 28), classes=5, width=4)
    assert network.embedding.weight.std().item() == pytest.approx(0.02, rel=0.1)
    assert not is_parametrized(network.embedding)
    assert all(
        is_parametrized(layer)
        for layer in network.modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    )


def score_of_every_class(kind: type) -> Tensor:
    torch.manual_seed(0)
    network = kind((1, 28, 28), classes=5, width=4).eval()
    return network(torch.randn(1, 1, 28, 28).expand(5, 1, 28, 28), torch.arange(5)).flatten()


def test_only_the_deaf_discriminator_gives_every_class_one_score() -> None:
    assert score_of_every_class(DeafDiscriminator).std() < 1e-6
    for kind in (ProjectionDiscriminator, ConcatDiscriminator):
        assert score_of_every_class(kind).std() > 1e-3


def test_a_joined_label_is_one_channel_more() -> None:
    first = next(
        layer
        for layer in ConcatDiscriminator((3, 28, 28), classes=5, width=4).modules()
        if isinstance(layer, nn.Conv2d)
    )
    assert first.in_channels == 4


def networks() -> list[nn.Module]:
    shape = (1, 28, 28)
    return [
        ConditionalGenerator(5, shape, classes=5, width=4),
        *(kind(shape, classes=5, width=4) for kind in DISCRIMINATORS),
    ]


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (torch.tensor([0, 5, 1]), ValueError, "expected labels from 0 to 4, got 0 to 5"),
        (torch.tensor([-1, 0, 1]), ValueError, "expected labels from 0 to 4, got -1 to 1"),
        (
            torch.tensor([0.0, 1.0, 2.0]),
            TypeError,
            r"expected labels of a whole-number type, got torch.float32: \.long\(\) converts them",
        ),
        (
            torch.tensor([0, 1]),
            ValueError,
            r"expected labels of shape \(3,\), one for each sample, got \(2,\)",
        ),
        (
            torch.tensor([[0], [1], [2]]),
            ValueError,
            r"expected labels of shape \(3,\), one for each sample, got \(3, 1\)",
        ),
    ],
)
@pytest.mark.parametrize("place", range(4))
def test_labels_that_are_none_are_refused(
    place: int, labels: Tensor, error: type[Exception], message: str
) -> None:
    x = torch.randn(3, 5) if place == 0 else torch.zeros(3, 1, 28, 28)
    with pytest.raises(error, match=message):
        networks()[place](x, labels)


def test_images_and_latent_vectors_of_another_shape_are_refused() -> None:
    generator, *discriminators = networks()
    with pytest.raises(
        ValueError, match=r"expected latent vectors of shape \(N, 5\), got \(3, 6\)"
    ):
        generator(torch.zeros(3, 6), LABELS)
    for network in discriminators:
        with pytest.raises(
            ValueError, match=r"expected images of shape \(N, 1, 28, 28\), got \(3, 2, 28, 28\)"
        ):
            network(torch.zeros(3, 2, 28, 28), LABELS)
