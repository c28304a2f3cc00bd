"""What models that turn images into others have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import torch
from torch import Tensor

from gan_course.data.batches import Batch
from gan_course.errors import expect_positive, expect_shape
from gan_course.models.base import Model
from gan_course.models.config import C
from gan_course.models.declarations import Condition


class Translator(Model[C]):
    """Learns to turn images into others: `translate` does, and a sample is a translation. A model
    that also learns the way back declares it as the second of its `directions`."""

    directions: ClassVar[tuple[str, ...]] = ("translate",)
    explorers: ClassVar[tuple[str, ...]] = ("sketch_pad",)
    conditions = {
        "inputs": Condition(
            "the images that are turned into others: held-out ones, or with `gan-course translate` "
            "your own"
        )
    }

    @abstractmethod
    def translate(self, x: Tensor) -> Tensor:
        """What becomes of images in [-1, 1] (N, *config.shape): images of the same shape."""

    @torch.no_grad()
    def sample(self, n: int, inputs: Tensor | None = None) -> Tensor:
        """`n` images in [-1, 1] (n, *config.shape): translations of `inputs` (M, *config.shape),
        one after the other and then from the first again. `ValueError` without any."""
        return self.translate(self.inputs(n, inputs))

    def sampled(self, n: int, inputs: Tensor | None = None) -> Batch:
        """As `sample`, each with its input under the name "input"."""
        x = self.inputs(n, inputs)
        return Batch(self.sample(n, x), given={"input": x})

    def inputs(self, n: int, inputs: Tensor | None) -> Tensor:
        """`n` inputs, taken from these in turn; raises as `sample` does."""
        if inputs is None:
            raise ValueError(
                f"a {type(self).__name__} turns images into others, so it needs some: "
                "model.sample(4, inputs=images), of shape (N, *model.config.shape)"
            )
        expect_shape("inputs", inputs, self.config.shape)
        rows = torch.arange(expect_positive("n", n), device=self.device) % len(inputs)
        return inputs.to(self.device)[rows]
