"""Networks as a browser runs them give what they give in Python."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto
from torch import Tensor, nn

from authoring.pages.networks import OUTPUT, to_onnx
from gan_course.metrics import judge
from tests.pages.conftest import small

CLOSE = 1e-4  # of values in [-1, 1], and of logits


def run(network: bytes, inputs: dict[str, Tensor]) -> Tensor:
    session = onnxruntime.InferenceSession(network)
    feeds = {name: tensor.numpy() for name, tensor in inputs.items()}
    return torch.from_numpy(session.run([OUTPUT], feeds)[0])


def images(n: int, shape: tuple[int, ...] = (3, 32, 32)) -> Tensor:
    return 2 * torch.rand(n, *shape) - 1


NETWORKS = {
    "dcgan/generator": lambda n: (small("dcgan").ema, {"z": small("dcgan").noise(n)}),
    "cgan/generator": lambda n: (
        small("cgan").ema.network.draw,
        {"z": small("cgan").noise(n), "embedding": torch.randn(n, 16)},
    ),
    "cgan/judge": lambda n: (judge(), {"images": images(n, (1, 28, 28))}),
    "infogan/generator": lambda n: (small("infogan").ema, {"z": small("infogan").noise(n)}),
    "pix2pix/pix2pix": lambda n: (small("pix2pix").translate, {"x": images(n)}),
    "pix2pix/pix2pix_l1": lambda n: (small("pix2pix_l1").translate, {"x": images(n)}),
    "cyclegan/translate": lambda n: (small("cyclegan").translate, {"x": images(n)}),
    "cyclegan/back": lambda n: (small("cyclegan").back, {"x": images(n)}),
    "diffusion/denoiser": lambda n: (
        small("ddpm").ema,
        {"x": images(n, (1, 28, 28)), "time": torch.rand(n), "labels": torch.arange(n)},
    ),
    "vae/decoder": lambda n: (small("vae_plane").decode, {"z": small("vae_plane").noise(n)}),
}


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_of_a_page_gives_what_it_gives_in_python(built: Path, name: str, n: int) -> None:
    function, inputs = NETWORKS[name](n)
    with torch.no_grad():
        expected = function(*inputs.values())
    given = run((built / f"{name}.onnx").read_bytes(), inputs)
    assert given.shape == expected.shape
    assert expected.std() > 0.01  # no even grey
    assert (given - expected).abs().max() < CLOSE


def test_every_network_of_a_page_is_compared(built: Path) -> None:
    files = {str(path.relative_to(built).with_suffix("")) for path in built.glob("*/*.onnx")}
    assert {name for name in files if not name.endswith("judge")} <= NETWORKS.keys()


def test_weights_are_halved_where_that_loses_nothing() -> None:
    torch.manual_seed(0)
    exact, fine = nn.Linear(3, 4), nn.Linear(4, 2)
    exact.weight.data = exact.weight.data.half().float()
    both = nn.Sequential(exact, fine)
    file, x = to_onnx(both, [both], {"x": torch.randn(2, 3)}), torch.randn(5, 3)
    stored = {
        tuple(weight.dims): weight.data_type
        for weight in onnx.load_from_string(file).graph.initializer
        if len(weight.dims) == 2
    }
    assert sorted(stored.values()) == [TensorProto.FLOAT, TensorProto.FLOAT16]
    assert np.allclose(run(file, {"x": x}), both(x).detach(), atol=1e-6)
