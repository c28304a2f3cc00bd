"""The U-Net: shapes, what its skips reach, and which sizes it takes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gan_course.nets import UNet


@pytest.mark.parametrize("shape", [(1, 32, 32), (3, 32, 48), (4, 48, 32), (3, 64, 64)])
def test_images_become_images_of_the_same_shape(shape: tuple[int, ...]) -> None:
    y = UNet(shape, width=2)(torch.randn(2, *shape))
    assert y.shape == (2, *shape)
    assert y.abs().max() <= 1


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_coarsest_map_has_two_pixels_a_side_in_the_smallest_image(depth: int) -> None:
    side = 2 * 2**depth
    network = UNet((3, side, side), width=2, depth=depth).train()
    assert network(torch.randn(1, 3, side, side)).isfinite().all()
    with pytest.raises(ValueError, match=rf"\(3, {side}, {side}\) would do$"):
        UNet((3, side // 2, side), width=2, depth=depth)


def reached(network: UNet) -> list[bool]:
    """Whether the output still depends on the input of each halving, the finest first, when all
    that is coarser is cut off."""
    found = []
    for block in network.down:
        handle = block.register_forward_hook(lambda _module, _inputs, maps: maps.detach() * 0)
        x = torch.randn(1, *network.shape, requires_grad=True)
        y = network(x)
        found.append(bool(y.requires_grad and _gradient(y, x).any()))
        handle.remove()
    return found


def _gradient(y: Tensor, x: Tensor) -> Tensor:
    (found,) = torch.autograd.grad(y.square().sum(), x, allow_unused=True)
    return torch.zeros_like(x) if found is None else found


def test_skips_carry_each_map_past_all_that_is_coarser() -> None:
    torch.manual_seed(0)
    shape = (3, 32, 32)
    assert reached(UNet(shape, width=2)) == [True] * 4
    assert reached(UNet(shape, width=2, skips=False)) == [False] * 4


def test_dropout_is_noise_in_training_and_none_in_use() -> None:
    torch.manual_seed(0)
    network, x = UNet((3, 32, 32), width=4, dropout=0.5), torch.randn(1, 3, 32, 32)
    assert not torch.equal(network(x), network(x))
    network.eval()
    assert torch.equal(network(x), network(x))


def test_in_use_what_becomes_of_an_image_does_not_depend_on_the_batch() -> None:
    network, x = UNet((3, 32, 32), width=4).eval(), torch.randn(3, 3, 32, 32)
    torch.testing.assert_close(network(x[1:2]), network(x)[1:2])


@pytest.mark.parametrize(
    ("shape", "would_do"),
    [((3, 30, 40), "(3, 32, 32)"), ((1, 16, 33), "(1, 32, 32)"), ((3, 70, 100), "(3, 64, 96)")],
)
def test_sizes_that_do_not_fit_are_refused_with_one_that_would(
    shape: tuple[int, ...], would_do: str
) -> None:
    with pytest.raises(ValueError, match="with sides of 32, 48, 64 or more, for this net") as said:
        UNet(shape)
    assert str(said.value).endswith(f"got {shape}, {would_do} would do")


def test_what_is_no_shape_of_images_is_refused() -> None:
    with pytest.raises(ValueError, match=r"of shape \(channels, height, width\) .*: got \(2,\)$"):
        UNet((2,))
    with pytest.raises(ValueError, match=r"expected images of shape \(N, 3, 32, 32\), got \(1, 1"):
        UNet((3, 32, 32), width=2)(torch.zeros(1, 1, 32, 32))
