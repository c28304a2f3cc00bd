"""Networks as ONNX files, which a browser can run."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from io import BytesIO

import numpy as np
import onnx
import torch
from onnx import ModelProto, TensorProto, helper, numpy_helper
from torch import Tensor, nn

OPSET = 17
OUTPUT = "output"


class _Called(nn.Module):
    """A function as a module, which is what an exporter asks for; it owns the weights of
    `networks`."""

    def __init__(self, function: Callable[..., Tensor], networks: list[nn.Module]) -> None:
        super().__init__()
        self.function, self.networks = function, nn.ModuleList(networks)

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.function(*inputs)


def to_onnx(
    function: Callable[..., Tensor], networks: list[nn.Module], inputs: Mapping[str, Tensor]
) -> bytes:
    """`function`, which runs `networks`, as an ONNX file for any batch: its inputs are called as
    in `inputs`, which hold an example of each with a batch of at least two, its one output is
    `OUTPUT`.

    Weights that half precision holds exactly are stored in it, as all of the zoo's are.
    """
    called, buffer = _Called(function, networks).eval(), BytesIO()
    batch = {name: {0: "n"} for name in (*inputs, OUTPUT)}
    with warnings.catch_warnings(), torch.no_grad():
        # The exporter that traces is the older one. The newer takes ten times as long, and cannot
        # pass a check of labels' values, such as a denoiser makes.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            called,
            tuple(inputs.values()),
            buffer,  # type: ignore[arg-type]  # this exporter takes a file as well
            dynamo=False,
            opset_version=OPSET,
            input_names=[*inputs],
            output_names=[OUTPUT],
            dynamic_axes=batch,
        )
    model = onnx.load_from_string(buffer.getvalue())
    halve(model)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def halve(model: ModelProto) -> None:
    """Store in half precision, in place, every weight that loses nothing by it; a cast, which a
    runtime makes once, when it loads the file, gives it back."""
    casts = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < 2:
            continue
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), values):
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(half, f"{name} in half precision"))
        casts.append(helper.make_node("Cast", [weight.name], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
