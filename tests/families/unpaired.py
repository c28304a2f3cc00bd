"""Images of two domains, in no order."""

from __future__ import annotations

import torch

from gan_course.data.batches import Unpaired
from gan_course.modalities.base import Shape
from gan_course.modalities.images import Images


class UnpairedImages(Images):
    """As images, but a batch holds as many of a second domain."""

    name = "images of two domains"
    shapes = ((1, 28, 28), (3, 8, 8))

    def random_batch(self, n: int, shape: Shape, generator: torch.Generator) -> Unpaired:
        return Unpaired(self.random(n, shape, generator), y=self.random(n, shape, generator))


UNPAIRED_IMAGES = UnpairedImages()
