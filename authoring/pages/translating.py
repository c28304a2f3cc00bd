"""Pages of models that turn images into others."""

from __future__ import annotations

from torch import Tensor

from authoring.pages.networks import to_onnx
from authoring.pages.page import Content, Zoo, seen
from gan_course.explore import RoundTrip, SketchPad
from gan_course.explore.sketch_pad import SHEETS

MOST = 24  # held-out images of a domain that go there and back
PAINTERS = {"pix2pix": "Pix2Pix", "pix2pix_l1": "L1 alone"}


def sketch(zoo: Zoo) -> Content:
    models = {name: zoo.load(name) for name in PAINTERS}
    held_out = zoo.dataset("pix2pix").held_out
    named = {PAINTERS[name]: model for name, model in models.items()}
    explorer = SketchPad(named, held_out.x, held_out.y)
    x = held_out.x[:2]
    networks = {
        name: to_onnx(model.translate, [model.ema], {"x": x}) for name, model in models.items()
    }
    tensors = {"inputs": _bytes(held_out.x[:SHEETS]), "truths": _bytes(held_out.y[:SHEETS])}
    return Content(*seen(explorer, ("pad",)), networks, tensors, {"painters": PAINTERS})


def trip(zoo: Zoo) -> Content:
    model, held_out = zoo.load("cyclegan"), zoo.dataset("cyclegan").held_out
    x, y = held_out.x[:MOST], held_out.y[:MOST]
    names = ("sketch", "portrait")
    networks = {
        "translate": to_onnx(model.translate, [model.ema_y], {"x": x[:2]}),
        "back": to_onnx(model.back, [model.ema_x], {"x": y[:2]}),
    }
    explorer = RoundTrip(model, None, x, y, names)
    return Content(
        *seen(explorer, ("trip",)), networks, {"x": _bytes(x), "y": _bytes(y)}, {"names": names}
    )


def _bytes(images: Tensor) -> Tensor:
    """Images in [-1, 1] as uint8, 0 for -1: they were drawn from such."""
    return (127.5 * (images + 1)).round().byte()
