"""The judge of patches: how much one of its outputs sees."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gan_course.nets import PatchDiscriminator
from gan_course.nets.patches import receptive_field


def seen(network: PatchDiscriminator, row: int, column: int) -> tuple[int, int]:
    """Height and width of the part of an image that one output's gradient reaches."""
    for module in network.modules():
        if isinstance(module, nn.InstanceNorm2d):
            # Its mean and spread are those of the whole map, and so a look at all of it.
            module.forward = lambda x: x  # type: ignore[method-assign]
    x = torch.randn(1, *network.shape, requires_grad=True)
    network(x)[0, 0, row, column].backward()
    rows, columns = x.grad[0].abs().sum(0).nonzero().T  # type: ignore[index]
    return int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1


@pytest.mark.parametrize(("halvings", "patch", "side"), [(1, 16, 32), (2, 34, 64), (3, 70, 128)])
def test_the_patch_is_what_an_outputs_gradient_reaches(
    halvings: int, patch: int, side: int
) -> None:
    torch.manual_seed(0)
    network = PatchDiscriminator((2, side, side), width=4, halvings=halvings)
    outputs = side // 2**halvings - 2
    assert network(torch.zeros(2, 2, side, side)).shape == (2, 1, outputs, outputs)
    assert network.patch == patch
    assert seen(network, outputs // 2, outputs // 2) == (patch, patch)


def test_a_receptive_field_is_worked_out_from_the_last_layer_to_the_first() -> None:
    assert receptive_field([]) == 1
    assert receptive_field([(3, 1), (3, 1)]) == 5
    assert receptive_field([(4, 2), (3, 1)]) == 8
    assert receptive_field([(3, 1), (4, 2)]) == 6


@pytest.mark.parametrize("shape", [(1, 32, 32), (6, 24, 40), (4, 8, 8)])
def test_images_of_any_size_and_channels_are_judged(shape: tuple[int, ...]) -> None:
    height, width = (side // 2 - 2 for side in shape[1:])
    assert PatchDiscriminator(shape, width=2)(torch.zeros(3, *shape)).shape == (3, 1, height, width)


@pytest.mark.parametrize(("halvings", "least"), [(1, 8), (2, 16), (3, 32)])
def test_the_smallest_image_can_be_learned_from_and_a_smaller_one_is_refused(
    halvings: int, least: int
) -> None:
    network = PatchDiscriminator((3, least, least), width=2, halvings=halvings).train()
    assert network(torch.randn(2, 3, least, least)).isfinite().all()
    with pytest.raises(ValueError, match=f"at least {least} pixels a side, .*: lower `halvings`$"):
        PatchDiscriminator((3, least, least - 1), halvings=halvings)
