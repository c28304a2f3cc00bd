"""The networks of lesson 2, told a class: a generator that draws it, and three discriminators that
hear of it in different ways."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gan_course.errors import expect_labels, expect_shape
from gan_course.nets.dcgan import ConvDiscriminator, ConvGenerator


class ConditionalGenerator(nn.Module):
    """Latent vectors (N, latent_dim) and labels, int64 (N,), to images (N, C, H, W) in [-1, 1].

    Each class has a learned vector, its embedding, and the two are joined: Mirza & Osindero 2014
    (arXiv:1411.1784), figure 1.
    """

    def __init__(
        self,
        latent_dim: int,
        shape: tuple[int, ...],
        classes: int,
        width: int = 16,
        embedding_dim: int = 16,
    ) -> None:
        super().__init__()
        self.latent_dim, self.classes = latent_dim, classes
        self.embedding = nn.Embedding(classes, embedding_dim)
        self.network = ConvGenerator(latent_dim + embedding_dim, shape, width)

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        expect_labels(labels, len(z), self.classes)
        return self.draw(z, self.embedding(labels))

    def draw(self, z: Tensor, embedding: Tensor) -> Tensor:
        """As `forward`, from embeddings (N, embedding_dim), which may lie between those of two
        classes."""
        expect_shape("latent vectors", z, (self.latent_dim,))
        return self.network(torch.cat([z, embedding], dim=1))


class ConcatDiscriminator(nn.Module):
    """Images (N, C, H, W) in [-1, 1] and labels, int64 (N,), to scores (N, 1): the label joins the
    image, as one channel more.

    Each class has a learned plane of the image's size. After figure 1 of Mirza & Osindero 2014,
    where both pass a dense layer before they are joined.
    """

    def __init__(self, shape: tuple[int, ...], classes: int, width: int = 16) -> None:
        super().__init__()
        channels, *sides = shape
        self.shape, self.classes = shape, classes
        self.embedding = nn.Sequential(
            nn.Embedding(classes, sides[0] * sides[1]), nn.Unflatten(1, (1, *sides))
        )
        self.network = ConvDiscriminator((channels + 1, *sides), width)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        expect_shape("images", x, self.shape)
        expect_labels(labels, len(x), self.classes)
        return self.network(torch.cat([x, self.embedding(labels)], dim=1))


class ProjectionDiscriminator(nn.Module):
    """Images (N, C, H, W) in [-1, 1] and labels y, int64 (N,), to scores ψ(φ(x)) + ⟨v_y, φ(x)⟩ of
    shape (N, 1).

    φ are the features and ψ the last layer, which says how real an image looks; the inner product
    with the class's vector v_y adds how well it fits the class: figure 1d of Miyato & Koyama 2018
    (arXiv:1802.05637), here with features that keep their places in the image.
    """

    def __init__(self, shape: tuple[int, ...], classes: int, width: int = 16) -> None:
        super().__init__()
        self.classes = classes
        self.network = ConvDiscriminator(shape, width)
        # Not under spectral norm, so that a class may come to weigh more than the last layer; at
        # first it weighs about the same.
        self.embedding = nn.Embedding(classes, self.network.feature_count)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        expect_labels(labels, len(x), self.classes)
        features = self.network.features(x)
        return self.network.body[-1](features) + (self.embedding(labels) * features).sum(
            dim=1, keepdim=True
        )


class DeafDiscriminator(nn.Module):
    """As `ConvDiscriminator`: takes labels, int64 (N,), and does not look at them."""

    def __init__(self, shape: tuple[int, ...], classes: int, width: int = 16) -> None:
        super().__init__()
        self.classes = classes
        self.network = ConvDiscriminator(shape, width)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        expect_labels(labels, len(x), self.classes)
        return self.network(x)
