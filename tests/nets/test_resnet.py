"""The generator with residual blocks: shapes, its skip, and the code that all can be made to
pass."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gan_course.nets import ResNetGenerator


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 40), (4, 40, 32)])
@pytest.mark.parametrize("blocks", [2, 9])
def test_images_become_images_of_the_same_shape(shape: tuple[int, ...], blocks: int) -> None:
    y = ResNetGenerator(shape, width=2, blocks=blocks)(torch.randn(2, *shape))
    assert y.shape == (2, *shape)
    assert y.abs().max() <= 1


def test_with_the_skip_a_network_that_draws_nothing_keeps_its_input() -> None:
    shape = (3, 16, 16)
    kept, lost = (ResNetGenerator(shape, width=2, skip=skip) for skip in (True, False))
    for network in (kept, lost):
        nn.init.zeros_(network.body[-1].weight)
        nn.init.zeros_(network.body[-1].bias)
    x = torch.tensor([-1.0, 0, 1])[None, :, None, None].expand(1, *shape)
    torch.testing.assert_close(kept(x), x, atol=0.01, rtol=0)
    assert not lost(x).any()


@pytest.mark.parametrize("skip", [False, True])
def test_all_that_passes_is_the_code_but_for_the_skip(skip: bool) -> None:
    network = ResNetGenerator((3, 32, 48), width=4, code=2, skip=skip)
    (narrow,) = (
        layer for layer in network.body if isinstance(layer, nn.Conv2d) and layer.out_channels == 2
    )
    codes: list[torch.Size] = []

    def cut(_layer: nn.Module, _inputs: object, code: Tensor) -> Tensor:
        codes.append(code.shape)
        return code.detach()

    narrow.register_forward_hook(cut)
    x = torch.randn(1, 3, 32, 48, requires_grad=True)
    (gradient,) = torch.autograd.grad(network(x).sum(), x, allow_unused=True)
    assert codes == [(1, 2, 4, 6)]
    assert (gradient is not None) == skip


@pytest.mark.parametrize(("code", "least"), [(0, 8), (3, 16)])
def test_the_smallest_image_can_be_learned_from_and_others_are_told_what_would_do(
    code: int, least: int
) -> None:
    network = ResNetGenerator((3, least, least), width=2, blocks=1, code=code).train()
    assert network(torch.randn(1, 3, least, least)).isfinite().all()
    for side in (least // 2, least - 1, least + 1):
        with pytest.raises(ValueError, match=rf"got .*, \(3, {least}, {least}\) would do$"):
            ResNetGenerator((3, side, least), code=code)
